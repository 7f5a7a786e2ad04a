/* SPDX-License-Identifier: MIT */
/*
 * The processor's memory of translations, and making it forget.
 *
 * Source   SDM 3A 4.10.4, SDM 2 (INVLPG, INVPCID); invlpgb and tlbsync: APM 3.
 * Note     Everything but invlpgb is about the processor that runs it; the others need an
 *          interrupt to each of them.
 * C        Nothing forces a caller to flush after changing a table: page-table functions
 *          return what has to be flushed and mark it MUST_CHECK.
 * Calls    Ring 0; tlb_pcid and tlb_broadcast_make anywhere.
 */
#ifndef X86_64_TLB_H
#define X86_64_TLB_H

#include "x86_64/control.h"

/* A process-context identifier, 0 to 4095, checked by tlb_pcid. */
typedef uint16_t tlb_pcid;

MUST_CHECK static inline enum err tlb_pcid_from(uint32_t number, tlb_pcid *pcid)
{
    if (number > CR3_PCID) return ERR_RANGE;
    *pcid = (tlb_pcid)number;
    return OK;
}

/* The page of `address`, for the current PCID, and global ones. */
static inline void tlb_flush_page(virt_addr address) { insn_invlpg(address); }

/* Everything of the current PCID that is not global, by loading CR3 again. */
static inline void tlb_flush_current(void) { insn_write_cr3(insn_read_cr3()); }

/* Everything, global pages and all PCIDs included: changing CR4.PGE does it, either way,
 * and it comes back as it was. */
static inline void tlb_flush_all(void)
{
    uint64_t cr4 = insn_read_cr4();
    insn_write_cr4(cr4 ^ CR4_PGE);
    insn_write_cr4(cr4);
}

/* invpcid, CPUID_INVPCID.  SDM 2: a PCID above 4095, or other than 0 without CR4.PCIDE,
 * is #GP; the first asserts. */
enum tlb_invpcid {
    TLB_ADDRESS = 0,        /* one address of one PCID, not global */
    TLB_PCID = 1,           /* one PCID, not global */
    TLB_ALL = 2,            /* all PCIDs, global too */
    TLB_ALL_NOT_GLOBAL = 3, /* all PCIDs, not global */
};

static inline void tlb_invpcid(enum tlb_invpcid kind, tlb_pcid pcid, virt_addr address)
{
    ASSERT(pcid <= CR3_PCID);
    const uint64_t descriptor[2] = {pcid, address};
    insn_invpcid((uint64_t)kind, descriptor);
}

static inline void tlb_invpcid_address(tlb_pcid pcid, virt_addr a)
{
    tlb_invpcid(TLB_ADDRESS, pcid, a);
}
static inline void tlb_invpcid_pcid(tlb_pcid pcid) { tlb_invpcid(TLB_PCID, pcid, 0); }
static inline void tlb_invpcid_all(void) { tlb_invpcid(TLB_ALL, 0, 0); }
static inline void tlb_invpcid_not_global(void) { tlb_invpcid(TLB_ALL_NOT_GLOBAL, 0, 0); }

/* invlpgb, on AMD processors with CPUID_INVLPGB: its three registers, APM 3. */
#define INVLPGB_ADDRESS_VALID BIT64(0)
#define INVLPGB_PCID_VALID    BIT64(1)
#define INVLPGB_ASID_VALID    BIT64(2)
#define INVLPGB_GLOBAL        BIT64(3) /* global pages too */
#define INVLPGB_FINAL_ONLY    BIT64(4) /* only the last level of translations */
#define INVLPGB_NESTED        BIT64(5) /* guests' translations too */
#define INVLPGB_ADDRESS       BITS64(63, 12)
#define INVLPGB_ECX_COUNT     BITS32(15, 0) /* pages after the first */
#define INVLPGB_ECX_2M        BIT32(31)     /* they are 2 MiB apart, not 4 KiB */
#define INVLPGB_EDX_ASID      BITS32(15, 0)
#define INVLPGB_EDX_PCID      BITS32(27, 16)

struct tlb_broadcast {
    bool by_address;     /* else every address */
    virt_addr address;   /* page-aligned */
    uint32_t page_count; /* 1 to cpuid_invlpgb's pages_max; 1 when not by_address */
    bool pages_2m;
    bool by_pcid; /* else every PCID */
    tlb_pcid pcid;
    bool by_asid;  /* else every address space of the machine: say true outside */
    uint16_t asid; /*   hypervisors, with 0 for this system itself */
    bool global, final_only, nested;
};

struct tlb_broadcast_regs {
    uint64_t rax;
    uint32_t ecx, edx;
};

/* The registers for a request; `pages_max` and `asids` from cpuid_invlpgb.  ERR_RANGE:
 * the count is 0 or too large, the address is not page-aligned, PCID or ASID does not
 * exist. */
MUST_CHECK static inline enum err tlb_broadcast_make(const struct tlb_broadcast *b,
                                                     uint32_t pages_max, uint32_t asids,
                                                     struct tlb_broadcast_regs *regs)
{
    if (b->page_count == 0 || b->page_count > pages_max || b->page_count > 0x10000)
        return ERR_RANGE;
    if (!b->by_address && b->page_count != 1) return ERR_RANGE;
    if (b->by_address && !is_aligned(b->address, b->pages_2m ? PAGE_2M : PAGE_4K))
        return ERR_RANGE;
    if (b->by_pcid && b->pcid > CR3_PCID) return ERR_RANGE;
    if (b->by_asid && b->asid != 0 && b->asid >= asids) return ERR_RANGE;
    *regs = (struct tlb_broadcast_regs){
        .rax = (b->by_address ? INVLPGB_ADDRESS_VALID | b->address : 0) |
               (b->by_pcid ? INVLPGB_PCID_VALID : 0) |
               (b->by_asid ? INVLPGB_ASID_VALID : 0) | (b->global ? INVLPGB_GLOBAL : 0) |
               (b->final_only ? INVLPGB_FINAL_ONLY : 0) |
               (b->nested ? INVLPGB_NESTED : 0),
        .ecx = field_put32(INVLPGB_ECX_COUNT, b->page_count - 1) |
               (b->pages_2m ? INVLPGB_ECX_2M : 0),
        .edx = field_put32(INVLPGB_EDX_ASID, b->by_asid ? b->asid : 0) |
               field_put32(INVLPGB_EDX_PCID, b->by_pcid ? b->pcid : 0),
    };
    return OK;
}

/* Sends requests, then waits until every processor has done them.  The thread must stay
 * on its processor in between. */
static inline void tlb_broadcast(const struct tlb_broadcast_regs *regs)
{
    insn_invlpgb(regs->rax, regs->ecx, regs->edx);
}
static inline void tlb_broadcast_wait(void) { insn_tlbsync(); }

#endif
