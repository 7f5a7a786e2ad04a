/* SPDX-License-Identifier: MIT */
/*
 * The registers behind syscall and sysret: STAR, LSTAR, CSTAR, SFMASK.
 *
 * Source   SDM 3A 5.8.8, SDM 2 (SYSCALL, SYSRET), APM 2 6.1.1.
 * Why      syscall loads CS from STAR 47:32 and SS from the entry after it; 64-bit sysret
 *          loads SS from the entry after STAR 63:48 and CS from the one after that,
 *          without looking into the GDT.  A GDT in another order works until the first
 *          interrupt returns.  So the four selectors are given, and the order is checked.
 * Calls    star_check, star_make, star_get anywhere; the rest in ring 0.
 */
#ifndef X86_64_SYSCALL_MSR_H
#define X86_64_SYSCALL_MSR_H

#include "x86_64/flags.h"
#include "x86_64/msr.h"
#include "x86_64/segment.h"

#define STAR_SYSCALL_BASE BITS64(47, 32) /* RW CS; SS is 8 more */
#define STAR_SYSRET_BASE                                                                 \
    BITS64(63, 48) /* RW 32-bit CS; SS is 8 more, 64-bit CS 16 more */

struct star_selectors {
    selector user_cs, user_ss;     /* 64-bit code and data, with RPL 3 */
    selector kernel_cs, kernel_ss; /* with RPL 0 */
};

enum star_check {
    STAR_OK = 0,
    STAR_USER_ORDER,   /* user_cs is not the entry after user_ss */
    STAR_KERNEL_ORDER, /* kernel_ss is not the entry after kernel_cs */
    STAR_USER_RING,    /* user_cs or user_ss has not RPL 3 */
    STAR_KERNEL_RING,  /* kernel_cs or kernel_ss has not RPL 0 */
    STAR_NULL,         /* the GDT's null entry would be used, or the local table */
};

/* The first reason, in the order of the list, why the selectors cannot be used. */
static inline enum star_check star_check(const struct star_selectors *s)
{
    if ((uint32_t)s->user_cs != (uint32_t)s->user_ss + 8) return STAR_USER_ORDER;
    if ((uint32_t)s->kernel_ss != (uint32_t)s->kernel_cs + 8) return STAR_KERNEL_ORDER;
    if (selector_rpl(s->user_cs) != 3 || selector_rpl(s->user_ss) != 3)
        return STAR_USER_RING;
    if (selector_rpl(s->kernel_cs) || selector_rpl(s->kernel_ss)) return STAR_KERNEL_RING;
    if (selector_index(s->kernel_cs) == 0 || selector_index(s->user_ss) == 0)
        return STAR_NULL;
    if (selector_is_local(s->kernel_cs) || selector_is_local(s->user_ss))
        return STAR_NULL;
    return STAR_OK;
}

/* The value of STAR, whose lower half (32-bit legacy mode's target) is 0.  The sysret
 * base keeps RPL 3, because AMD's processors do not add it to SS themselves. */
static inline uint64_t star_make(const struct star_selectors *s)
{
    ASSERT(star_check(s) == STAR_OK);
    return field_put64(STAR_SYSRET_BASE, (uint64_t)(s->user_ss - 8)) |
           field_put64(STAR_SYSCALL_BASE, s->kernel_cs);
}

/* The selectors that 64-bit syscall and sysret would load, as the processor adds them. */
static inline struct star_selectors star_get(uint64_t star)
{
    uint64_t kernel = field_get64(STAR_SYSCALL_BASE, star);
    uint64_t user = field_get64(STAR_SYSRET_BASE, star);
    return (struct star_selectors){
        .user_cs = (selector)((user + 16) | 3),
        .user_ss = (selector)((user + 8) | 3),
        .kernel_cs = (selector)(kernel & ~UINT64_C(3)),
        .kernel_ss = (selector)((kernel & ~UINT64_C(3)) + 8),
    };
}

static inline void star_write(const struct star_selectors *s)
{
    insn_wrmsr(MSR_STAR, star_make(s));
}
static inline struct star_selectors star_read(void)
{
    return star_get(insn_rdmsr(MSR_STAR));
}

/* Where syscall goes, from 64-bit code and (Intel: never) from 32-bit code. */
MUST_CHECK static inline enum err lstar_write(virt_addr entry, enum paging_levels levels)
{
    return msr_write_address(MSR_LSTAR, entry, levels);
}

MUST_CHECK static inline enum err cstar_write(virt_addr entry, enum paging_levels levels)
{
    return msr_write_address(MSR_CSTAR, entry, levels);
}

static inline virt_addr lstar_read(void) { return insn_rdmsr(MSR_LSTAR); }
static inline virt_addr cstar_read(void) { return insn_rdmsr(MSR_CSTAR); }

/* The RFLAGS bits syscall clears: at least IF and DF, or the kernel's first instructions
 * run on the user's stack with interrupts on. */
static inline void sfmask_write(uint64_t rflags_to_clear)
{
    ASSERT((rflags_to_clear & ~RFLAGS_NAMED) == 0);
    insn_wrmsr(MSR_SFMASK, rflags_to_clear);
}

static inline uint64_t sfmask_read(void) { return insn_rdmsr(MSR_SFMASK); }

#endif
