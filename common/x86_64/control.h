/* SPDX-License-Identifier: MIT */
/*
 * Control registers CR0, CR2, CR3, CR4 and CR8.
 *
 * Source   SDM 3A 2.5 (fields), SDM 3A 4.10 (PCID), SDM 3A 10.8.6 (CR8).
 * Writing  cr0_write and cr4_write set the named bits to exactly the value given and
 *          leave every bit this header does not name as the processor has it, so that a
 *          bit a later processor defines is not cleared by accident.  cr0_update says
 *          which named bits to set and which to clear.
 * Errors   A bit without a name, or a combination the processor refuses, is a programming
 *          error and asserts, instead of the #GP without a word that hardware gives.
 *          cr4_is_allowed answers without asserting.
 * CR2      Is raw: what faulted may be no address at all.  Never feed it to a function
 * that
 *          insists on canonical addresses without looking at the error it returns.
 * C        Cannot stop a caller from a write that pulls the mapping away under its own
 *          feet.
 * Calls    Ring 0; the pure functions (_compose, _is_allowed, cr3_make) anywhere.
 */
#ifndef X86_64_CONTROL_H
#define X86_64_CONTROL_H

#include "x86_64/addr.h"
#include "x86_64/insn_system.h"

/* CR0, SDM 3A 2.5. */
#define CR0_PE BIT64(0)  /* protected mode */
#define CR0_MP BIT64(1)  /* wait faults when TS is set */
#define CR0_EM BIT64(2)  /* no x87: its instructions are #NM, and SSE #UD */
#define CR0_TS BIT64(3)  /* task switched: the next x87 or SSE instruction is #NM */
#define CR0_ET BIT64(4)  /* always 1 */
#define CR0_NE BIT64(5)  /* x87 errors are exception 16 */
#define CR0_WP BIT64(16) /* ring 0 obeys read-only pages */
#define CR0_AM BIT64(18) /* RFLAGS.AC checks alignment in ring 3 */
#define CR0_NW BIT64(29) /* not write-through; only together with CD */
#define CR0_CD BIT64(30) /* caches off */
#define CR0_PG BIT64(31) /* paging */
#define CR0_NAMED                                                                        \
    (CR0_PE | CR0_MP | CR0_EM | CR0_TS | CR0_ET | CR0_NE | CR0_WP | CR0_AM | CR0_NW |    \
     CR0_CD | CR0_PG)

/* CR3, SDM 3A 4.5.2 and 4.10.4.1.  Bits 11:0 are the PCID when CR4.PCIDE is set. */
#define CR3_PWT      BIT64(3)       /* the top table is written through */
#define CR3_PCD      BIT64(4)       /* the top table is not cached */
#define CR3_PCID     BITS64(11, 0)  /* process-context identifier */
#define CR3_ADDR     BITS64(51, 12) /* physical address of the top table */
#define CR3_LAM_U57  BIT64(61)      /* user pointers: bits 62:57 are ignored */
#define CR3_LAM_U48  BIT64(62)      /* user pointers: bits 62:48 are ignored */
#define CR3_NO_FLUSH BIT64(63)      /* write only: keep this PCID's translations */

/* CR4, SDM 3A 2.5. */
#define CR4_VME        BIT64(0)  /* virtual-8086 extensions */
#define CR4_PVI        BIT64(1)  /* virtual interrupt flag in protected mode */
#define CR4_TSD        BIT64(2)  /* rdtsc in ring 0 only */
#define CR4_DE         BIT64(3)  /* I/O breakpoints; DR4 and DR5 are #UD */
#define CR4_PSE        BIT64(4)  /* 4 MiB pages in 32-bit paging */
#define CR4_PAE        BIT64(5)  /* physical address extension; needed for long mode */
#define CR4_MCE        BIT64(6)  /* machine checks are exception 18, not a shutdown */
#define CR4_PGE        BIT64(7)  /* global pages */
#define CR4_PCE        BIT64(8)  /* rdpmc in any ring */
#define CR4_OSFXSR     BIT64(9)  /* SSE, and fxsave saves its registers */
#define CR4_OSXMMEXCPT BIT64(10) /* SSE errors are exception 19 */
#define CR4_UMIP       BIT64(11) /* sgdt, sidt, sldt, smsw, str in ring 0 only */
#define CR4_LA57       BIT64(12) /* 5-level paging */
#define CR4_VMXE       BIT64(13) /* VMX */
#define CR4_SMXE       BIT64(14) /* SMX */
#define CR4_FSGSBASE   BIT64(16) /* rdfsbase and its kin in any ring */
#define CR4_PCIDE      BIT64(17) /* process-context identifiers */
#define CR4_OSXSAVE    BIT64(18) /* xsave, xgetbv, xsetbv */
#define CR4_KL         BIT64(19) /* key locker */
#define CR4_SMEP       BIT64(20) /* ring 0 does not execute user pages */
#define CR4_SMAP       BIT64(21) /* ring 0 does not touch user pages unless RFLAGS.AC */
#define CR4_PKE        BIT64(22) /* protection keys for user pages */
#define CR4_CET        BIT64(23) /* control-flow enforcement */
#define CR4_PKS        BIT64(24) /* protection keys for supervisor pages */
#define CR4_UINTR      BIT64(25) /* user interrupts */
#define CR4_LAM_SUP    BIT64(28) /* supervisor pointers with ignored bits */
#define CR4_NAMED                                                                        \
    (BITS64(14, 0) | BITS64(25, 16) | CR4_LAM_SUP) /* bit 15 has no name in the SDM */

/* CR8, SDM 3A 10.8.6: the task priority.  Interrupts whose class is not higher wait. */
#define CR8_TPR BITS64(3, 0)

/* The value to write so that the named bits become `bits` and the others stay. */
static inline uint64_t cr0_compose(uint64_t old, uint64_t bits)
{
    ASSERT((bits & ~CR0_NAMED) == 0);
    return (old & ~CR0_NAMED) | bits;
}

static inline uint64_t cr4_compose(uint64_t old, uint64_t bits)
{
    ASSERT((bits & ~CR4_NAMED) == 0);
    return (old & ~CR4_NAMED) | bits;
}

/* SDM 2, MOV to control register: what is #GP whatever the processor's features are. */
static inline bool cr0_is_allowed(uint64_t cr0)
{
    if ((cr0 & CR0_PG) && !(cr0 & CR0_PE)) return false;
    return !((cr0 & CR0_NW) && !(cr0 & CR0_CD));
}

/* Whether 64-bit mode can go from CR4 `old` to `next`, with these CR0 and CR3 in force:
 * PAE stays on, LA57 stays as it is, PCIDE comes on only while CR3's PCID is 0, CET needs
 * CR0.WP.  Whether the processor has the feature is CPUID's to say. */
static inline bool cr4_is_allowed(uint64_t old, uint64_t next, uint64_t cr0, uint64_t cr3)
{
    if (!(next & CR4_PAE) || ((old ^ next) & CR4_LA57)) return false;
    if ((next & CR4_PCIDE) && !(old & CR4_PCIDE) && (cr3 & CR3_PCID)) return false;
    return !(next & CR4_CET) || (cr0 & CR0_WP);
}

static inline uint64_t cr0_read(void) { return insn_read_cr0(); }

static inline void cr0_write_raw(uint64_t value) { insn_write_cr0(value); }

static inline void cr0_write(uint64_t bits)
{
    uint64_t next = cr0_compose(cr0_read(), bits);
    ASSERT(cr0_is_allowed(next));
    insn_write_cr0(next);
}

/* Sets and clears named bits; no bit may be in both. */
static inline void cr0_update(uint64_t set, uint64_t clear)
{
    ASSERT((set & clear) == 0 && (clear & ~CR0_NAMED) == 0);
    cr0_write(((cr0_read() & CR0_NAMED) | set) & ~clear);
}

/* The linear address of the last page fault: any 64-bit value. */
static inline uint64_t cr2_read_raw(void) { return insn_read_cr2(); }

/* A value for CR3 without PCIDs; `flags` of CR3_PWT, CR3_PCD and the LAM bits. */
static inline uint64_t cr3_make(phys_addr top_table_pa, uint64_t flags)
{
    ASSERT((top_table_pa & ~CR3_ADDR) == 0);
    ASSERT((flags & ~(CR3_PWT | CR3_PCD | CR3_LAM_U48 | CR3_LAM_U57)) == 0);
    return top_table_pa | flags;
}

/* A value for CR3 while CR4.PCIDE is set; `keep` keeps what the TLB knows of that
 * PCID. */
static inline uint64_t cr3_make_pcid(phys_addr top_table_pa, uint16_t pcid, bool keep)
{
    ASSERT((top_table_pa & ~CR3_ADDR) == 0);
    return top_table_pa | field_put64(CR3_PCID, pcid) | (keep ? CR3_NO_FLUSH : 0);
}

static inline phys_addr cr3_table(uint64_t cr3) { return cr3 & CR3_ADDR; }
static inline uint16_t cr3_pcid(uint64_t cr3) { return (uint16_t)(cr3 & CR3_PCID); }

static inline uint64_t cr3_read(void) { return insn_read_cr3(); }
static inline void cr3_write(uint64_t cr3) { insn_write_cr3(cr3); }

/* Another top table, everything else in CR3 as it was. */
static inline void cr3_update_table(phys_addr top_table_pa)
{
    ASSERT((top_table_pa & ~CR3_ADDR) == 0);
    insn_write_cr3((insn_read_cr3() & ~CR3_ADDR) | top_table_pa);
}

static inline uint64_t cr4_read(void) { return insn_read_cr4(); }

static inline void cr4_write_raw(uint64_t value) { insn_write_cr4(value); }

static inline void cr4_write(uint64_t bits)
{
    uint64_t old = cr4_read(), next = cr4_compose(old, bits);
    ASSERT(cr4_is_allowed(old, next, insn_read_cr0(), insn_read_cr3()));
    insn_write_cr4(next);
}

static inline void cr4_update(uint64_t set, uint64_t clear)
{
    ASSERT((set & clear) == 0 && (clear & ~CR4_NAMED) == 0);
    cr4_write(((cr4_read() & CR4_NAMED) | set) & ~clear);
}

/* The priority class, 0 (nothing waits) to 15 (everything does). */
static inline unsigned cr8_read(void) { return (unsigned)(insn_read_cr8() & CR8_TPR); }
static inline void cr8_write(unsigned priority_class)
{
    insn_write_cr8(field_put64(CR8_TPR, priority_class));
}

/* The class a vector belongs to: served while CR8 is lower. */
static inline unsigned cr8_class_of(uint8_t vector) { return vector >> 4; }

#endif
