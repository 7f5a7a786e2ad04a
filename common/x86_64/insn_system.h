/* SPDX-License-Identifier: MIT */
/*
 * Instructions of ring 0, one a function: control, debug and model-specific registers,
 * segments and descriptor tables, translation caches.  They move raw values; the headers
 * named after the registers say what the bits mean and which values are allowed.
 *
 * Source   SDM 2 (instruction set reference); invlpgb and tlbsync: APM 3.
 * Context  Ring 0, except where said.  A value the processor refuses is #GP.
 * Ordering A "memory" clobber stands wherever the compiler must not move memory accesses
 *          across the instruction.
 */
#ifndef X86_64_INSN_SYSTEM_H
#define X86_64_INSN_SYSTEM_H

#include <stdint.h>

/* What lgdt, lidt, sgdt and sidt read and write: SDM 3A 2.4.1, 10 bytes. */
struct __attribute__((packed)) table_pointer {
    uint16_t limit; /* size of the table in bytes, minus 1 */
    uint64_t base;  /* linear address */
};
_Static_assert(sizeof(struct table_pointer) == 10, "SDM 3A 2.4.1");

/* Control and debug registers: INSN_REGISTER(cr0) defines insn_read_cr0,
 * insn_write_cr0. */
#define INSN_REGISTER(name)                                                              \
    static inline uint64_t insn_read_##name(void)                                        \
    {                                                                                    \
        uint64_t value;                                                                  \
        __asm__ volatile("movq %%" #name ", %0" : "=r"(value)::"memory");                \
        return value;                                                                    \
    }                                                                                    \
    static inline void insn_write_##name(uint64_t value)                                 \
    {                                                                                    \
        __asm__ volatile("movq %0, %%" #name ::"r"(value) : "memory");                   \
    }

INSN_REGISTER(cr0)
INSN_REGISTER(cr2)
INSN_REGISTER(cr3)
INSN_REGISTER(cr4)
INSN_REGISTER(cr8)
INSN_REGISTER(dr0)
INSN_REGISTER(dr1)
INSN_REGISTER(dr2)
INSN_REGISTER(dr3)
INSN_REGISTER(dr6)
INSN_REGISTER(dr7)

/* CR0.TS to 0, the rest of CR0 untouched. */
static inline void insn_clts(void) { __asm__ volatile("clts" ::: "memory"); }

/* Extended control register `index`: XCR0 is 0. */
static inline void insn_xsetbv(uint32_t index, uint64_t value)
{
    __asm__ volatile("xsetbv" ::"a"((uint32_t)value), "d"((uint32_t)(value >> 32)),
                     "c"(index)
                     : "memory");
}

/* Model-specific register `number`.  One that does not exist is #GP. */
static inline uint64_t insn_rdmsr(uint32_t number)
{
    uint32_t lo, hi;
    __asm__ volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(number) : "memory");
    return (uint64_t)hi << 32 | lo;
}

static inline void insn_wrmsr(uint32_t number, uint64_t value)
{
    __asm__ volatile("wrmsr" ::"a"((uint32_t)value), "d"((uint32_t)(value >> 32)),
                     "c"(number)
                     : "memory");
}

/* Segment registers.  Reading is allowed in any ring.  Writing fs or gs zeroes its
 * base. */
#define INSN_READ_SEGMENT(name)                                                          \
    static inline uint16_t insn_read_##name(void)                                        \
    {                                                                                    \
        uint16_t selector;                                                               \
        __asm__ volatile("movw %%" #name ", %0" : "=r"(selector)::"memory");             \
        return selector;                                                                 \
    }
#define INSN_WRITE_SEGMENT(name)                                                         \
    static inline void insn_write_##name(uint16_t selector)                              \
    {                                                                                    \
        __asm__ volatile("movw %0, %%" #name ::"r"(selector) : "memory");                \
    }

INSN_READ_SEGMENT(cs)
INSN_READ_SEGMENT(ss)
INSN_READ_SEGMENT(ds)
INSN_READ_SEGMENT(es)
INSN_READ_SEGMENT(fs)
INSN_READ_SEGMENT(gs)
INSN_WRITE_SEGMENT(ss)
INSN_WRITE_SEGMENT(ds)
INSN_WRITE_SEGMENT(es)
INSN_WRITE_SEGMENT(fs)
INSN_WRITE_SEGMENT(gs)

/* CS cannot be written by mov: a far return to the next line loads it.  Several
 * instructions, because no single one does it.  Uses the stack below rsp
 * (-mno-red-zone). */
static inline void insn_write_cs(uint16_t selector)
{
    uint64_t scratch;
    __asm__ volatile("pushq %1\n\t"
                     "leaq 1f(%%rip), %0\n\t"
                     "pushq %0\n\t"
                     "lretq\n"
                     "1:"
                     : "=&r"(scratch)
                     : "r"((uint64_t)selector)
                     : "memory");
}

/* FS and GS base, any ring, when CR4.FSGSBASE is set (CPUID 7.0 EBX.0); otherwise #UD and
 * the MSRs of msr.h remain.  Writing a non-canonical base is #GP. */
#define INSN_SEGMENT_BASE(name)                                                          \
    static inline uint64_t insn_rd##name##base(void)                                     \
    {                                                                                    \
        uint64_t base;                                                                   \
        __asm__ volatile("rd" #name "base %0" : "=r"(base)::"memory");                   \
        return base;                                                                     \
    }                                                                                    \
    static inline void insn_wr##name##base(uint64_t base)                                \
    {                                                                                    \
        __asm__ volatile("wr" #name "base %0" ::"r"(base) : "memory");                   \
    }

INSN_SEGMENT_BASE(fs)
INSN_SEGMENT_BASE(gs)

/* Exchanges the GS base with IA32_KERNEL_GS_BASE. */
static inline void insn_swapgs(void) { __asm__ volatile("swapgs" ::: "memory"); }

/* Descriptor tables.  The store forms are refused outside ring 0 when CR4.UMIP is set. */
static inline void insn_lgdt(const struct table_pointer *table)
{
    __asm__ volatile("lgdt %0" ::"m"(*table) : "memory");
}

static inline void insn_lidt(const struct table_pointer *table)
{
    __asm__ volatile("lidt %0" ::"m"(*table) : "memory");
}

static inline void insn_sgdt(struct table_pointer *table)
{
    __asm__ volatile("sgdt %0" : "=m"(*table)::"memory");
}

static inline void insn_sidt(struct table_pointer *table)
{
    __asm__ volatile("sidt %0" : "=m"(*table)::"memory");
}

/* Task register: the descriptor must be an available TSS and is marked busy. */
static inline void insn_ltr(uint16_t selector)
{
    __asm__ volatile("ltr %0" ::"r"(selector) : "memory");
}

static inline uint16_t insn_str(void)
{
    uint16_t selector;
    __asm__ volatile("strw %0" : "=r"(selector)::"memory");
    return selector;
}

/* Local descriptor table: 0 for none. */
static inline void insn_lldt(uint16_t selector)
{
    __asm__ volatile("lldt %0" ::"r"(selector) : "memory");
}

static inline uint16_t insn_sldt(void)
{
    uint16_t selector;
    __asm__ volatile("sldtw %0" : "=r"(selector)::"memory");
    return selector;
}

/* Allows and forbids ring 0 to touch user pages under CR4.SMAP, by RFLAGS.AC.
 * CPUID 7.0 EBX.20. */
static inline void insn_stac(void) { __asm__ volatile("stac" ::: "memory", "cc"); }
static inline void insn_clac(void) { __asm__ volatile("clac" ::: "memory", "cc"); }

/* Drops the translations of the page that holds `address` in the current PCID, and global
 * ones.  Never faults, whatever the address. */
static inline void insn_invlpg(uint64_t address)
{
    __asm__ volatile("invlpg (%0)" ::"r"(address) : "memory");
}

/* SDM 2, INVPCID: the descriptor is 16 bytes, PCID then address.  CPUID 7.0 EBX.10. */
static inline void insn_invpcid(uint64_t kind, const uint64_t descriptor[2])
{
    __asm__ volatile("invpcid (%1), %0" ::"r"(kind), "r"(descriptor) : "memory");
}

/* Broadcasts an invalidation to all processors; tlbsync waits until they all did it.
 * AMD, CPUID 80000008h EBX.3. */
static inline void insn_invlpgb(uint64_t rax, uint32_t ecx, uint32_t edx)
{
    __asm__ volatile("invlpgb" ::"a"(rax), "c"(ecx), "d"(edx) : "memory");
}

static inline void insn_tlbsync(void) { __asm__ volatile("tlbsync" ::: "memory"); }

/* All caches: written back and dropped; dropped with their contents lost. */
static inline void insn_wbinvd(void) { __asm__ volatile("wbinvd" ::: "memory"); }
static inline void insn_invd(void) { __asm__ volatile("invd" ::: "memory"); }

/* Watches the cache line of `address`, then sleeps until it is written or an interrupt
 * comes.  CPUID 1 ECX.3; some processors allow them only in ring 0. */
static inline void insn_monitor(const volatile void *address, uint32_t extensions,
                                uint32_t hints)
{
    __asm__ volatile("monitor" ::"a"(address), "c"(extensions), "d"(hints) : "memory");
}

static inline void insn_mwait(uint32_t extensions, uint32_t hints)
{
    __asm__ volatile("mwait" ::"a"(hints), "c"(extensions) : "memory");
}

/* Continues at the frame rip, cs, rflags, rsp, ss in memory, as from an interrupt.  Two
 * instructions: iretq takes its frame from rsp. */
__attribute__((noreturn)) static inline void insn_iretq(const uint64_t frame[5])
{
    __asm__ volatile("movq %0, %%rsp\n\tiretq" ::"r"(frame) : "memory");
    __builtin_unreachable();
}

#endif
