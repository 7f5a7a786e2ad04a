/* SPDX-License-Identifier: MIT */
/*
 * One entry of a paging structure: its bits, and values built whole.
 *
 * Source   SDM 3A 4.5.4 (formats, tables 4-14 to 4-20), SDM 3A 4.6 (rights), SDM 3A 4.7
 *          (reserved bits), SDM 3A 4.8 (accessed, dirty), SDM 3A 4.9.2 (memory type).
 * Levels   1 (page table, entries map 4 KiB) to 5, as in virt_table_index.  An entry of
 *          level 1 is a page; of level 2 and 3 a page of 2 MiB or 1 GiB when PTE_LARGE is
 *          set; everything else is a table of the level below.
 * Flags    pt_flags are written the same for every size of page: the layout of level 1
 *          without the address and without PTE_PRESENT, which every mapping has.  In a
 *          large page the PAT bit sits elsewhere; pte_page and pte_flags move it.
 * Rights   A page can be written or used by ring 3 when its entry and every table entry
 *          on the way say so; it cannot be executed when any of them says PTE_NX.
 * Writing  pte_store is one store of eight bytes: the processor, which may read at any
 *          moment, sees the old entry or the new one.
 * C        The compiler does not keep a pte from being used as flags: pte, pt_flags and
 *          phys_addr are one integer type.  What mixes them up asserts.
 * Calls    No state: any context.
 */
#ifndef X86_64_PAGE_TABLE_ENTRY_H
#define X86_64_PAGE_TABLE_ENTRY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/assert.h"
#include "base/bits.h"
#include "x86_64/addr.h"

typedef uint64_t pte;
typedef uint64_t pt_flags;

#define PTE_PRESENT  BIT64(0)       /* without it the other 63 bits are ignored */
#define PTE_WRITE    BIT64(1)       /* may be written; ring 0 obeys with CR0.WP */
#define PTE_USER     BIT64(2)       /* ring 3 may */
#define PTE_PWT      BIT64(3)       /* bit 0 of the memory type's number in the PAT */
#define PTE_PCD      BIT64(4)       /* bit 1 of it */
#define PTE_ACCESSED BIT64(5)       /* set by the processor before it uses the entry */
#define PTE_DIRTY    BIT64(6)       /* set by the processor before it writes; pages only */
#define PTE_LARGE    BIT64(7)       /* levels 2 and 3: a page, not a table */
#define PTE_PAT      BIT64(7)       /* level 1, and flags: bit 2 of the memory type */
#define PTE_GLOBAL   BIT64(8)       /* CR3 writes keep it in the TLB; needs CR4.PGE */
#define PTE_SOFT_LO  BITS64(11, 9)  /* ignored by the processor */
#define PTE_PAT_LARGE BIT64(12)     /* levels 2 and 3: what PTE_PAT is in level 1 */
#define PTE_ADDR     BITS64(51, 12) /* of a table, or a page of 4 KiB */
#define PTE_ADDR_2M  BITS64(51, 21)
#define PTE_ADDR_1G  BITS64(51, 30)
#define PTE_SOFT_HI  BITS64(58, 52) /* ignored by the processor */
#define PTE_KEY      BITS64(62, 59) /* protection key of a page; CR4.PKE, CR4.PKS */
#define PTE_NX       BIT64(63)      /* not executable; reserved without EFER.NXE */

/* What may be in pt_flags. */
#define PT_FLAGS_ALL (BITS64(11, 1) | BITS64(63, 52))
/* What the processor itself sets, at any moment. */
#define PTE_NOTED (PTE_ACCESSED | PTE_DIRTY)

#define PT_ENTRIES 512

/* Bytes that one entry of a table of `level` stands for: 4 KiB, 2 MiB, 1 GiB, ... */
static inline uint64_t pt_level_bytes(unsigned level)
{
    ASSERT(level >= 1 && level <= 5);
    return PAGE_4K << 9 * (level - 1);
}

/* Whether a present entry of a table of `level` is a page.  The bit is reserved in levels
 * 4 and 5, which pte_reserved says. */
static inline bool pte_is_page(pte e, unsigned level)
{
    return level == 1 || (level <= 3 && (e & PTE_LARGE));
}

/* The bits that the address of a page in a table of `level` may have. */
static inline uint64_t pte_page_addr_mask(unsigned level)
{
    return level == 1 ? PTE_ADDR : level == 2 ? PTE_ADDR_2M : PTE_ADDR_1G;
}

/* A present page; `pa` a multiple of its size. */
static inline pte pte_page(unsigned level, phys_addr pa, pt_flags flags)
{
    ASSERT(level >= 1 && level <= 3);
    ASSERT((pa & ~pte_page_addr_mask(level)) == 0 && (flags & ~PT_FLAGS_ALL) == 0);
    if (level == 1) return pa | flags | PTE_PRESENT;
    return pa | (flags & ~PTE_PAT) | (flags & PTE_PAT ? PTE_PAT_LARGE : 0) | PTE_LARGE |
           PTE_PRESENT;
}

/* A present reference to a table; `rights` of PTE_WRITE, PTE_USER and PTE_NX. */
static inline pte pte_table(phys_addr pa, pt_flags rights)
{
    ASSERT((pa & ~PTE_ADDR) == 0);
    ASSERT((rights & ~(PTE_WRITE | PTE_USER | PTE_NX)) == 0);
    return pa | rights | PTE_PRESENT;
}

static inline phys_addr pte_table_pa(pte e) { return e & PTE_ADDR; }
static inline phys_addr pte_page_pa(pte e, unsigned level)
{
    return e & pte_page_addr_mask(level);
}

/* The flags of a present page of `level`. */
static inline pt_flags pte_flags(pte e, unsigned level)
{
    if (level == 1) return e & PT_FLAGS_ALL;
    return (e & PT_FLAGS_ALL & ~PTE_PAT) | (e & PTE_PAT_LARGE ? PTE_PAT : 0);
}

/* `flags` of a page below a table entry whose rights are `table`: what is left of them. */
static inline pt_flags pt_flags_below(pt_flags flags, pte table)
{
    return (flags & (table | ~(PTE_WRITE | PTE_USER))) | (table & PTE_NX);
}

/* The bits a present entry must not have: with any of them set the processor faults and
 * never uses the entry.  `phys_bits` as CPUID says, `nx` whether EFER.NXE is set.  That a
 * processor has no pages of 1 GiB is not asked here. */
static inline uint64_t pte_reserved(unsigned level, bool page, unsigned phys_bits, bool nx)
{
    uint64_t reserved = (PTE_ADDR & ~((UINT64_C(1) << phys_bits) - 1)) | (nx ? 0 : PTE_NX);
    if (!page) return reserved | (level >= 4 ? PTE_LARGE : 0);
    uint64_t low = PTE_ADDR & ~pte_page_addr_mask(level);
    return reserved | (level == 1 ? 0 : low & ~PTE_PAT_LARGE);
}

static inline pte pte_load(const pte *entry)
{
    return __atomic_load_n(entry, __ATOMIC_RELAXED);
}

/* Publishes: what was stored before, a whole table perhaps, is seen before the entry. */
static inline void pte_store(pte *entry, pte value)
{
    __atomic_store_n(entry, value, __ATOMIC_RELEASE);
}

#endif
