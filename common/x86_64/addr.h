/* SPDX-License-Identifier: MIT */
/*
 * Virtual and physical addresses, checked.
 *
 * Source   SDM 1 3.3.7.1 (canonical addresses), SDM 3A 4.1.4 (MAXPHYADDR), SDM 3A 4.5 (4-
 *          and 5-level paging).
 * Rule     No function here changes the upper bits of an address behind the caller's
 *          back: an address that does not exist is an error (ERR_RANGE), and the one
 *          function that drops bits says so in its name.
 * Units    Bytes.
 * Errors   On any error the result is left as it was.
 * C        virt_addr and phys_addr are names for the same integer type: C keeps a reader
 *          from mixing them up, not the compiler.  Nor does a value carry the proof that
 *          it was checked: check where it enters (firmware, a device, a user) and nowhere
 *          else.
 * Calls    Pure functions: any context.
 */
#ifndef X86_64_ADDR_H
#define X86_64_ADDR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/assert.h"
#include "base/bits.h"
#include "base/err.h"

typedef uint64_t virt_addr;
typedef uint64_t phys_addr;

/* Paging structures above a page; CR4.LA57 chooses, SDM 3A 4.1.1. */
enum paging_levels { PAGING_4_LEVELS = 4, PAGING_5_LEVELS = 5 };

/* Sizes a page can have. */
#define PAGE_4K UINT64_C(0x1000)
#define PAGE_2M UINT64_C(0x200000)
#define PAGE_1G UINT64_C(0x40000000)

/* Physical addresses are never wider, SDM 3A 4.1.4; CPUID says how wide they are here. */
#define PHYS_BITS_MAX 52

/* Bits of a linear address that translation uses: 48 or 57. */
static inline unsigned virt_bits(enum paging_levels levels)
{
    return 12 + 9 * (unsigned)levels;
}

/* Whether all bits above the translated ones equal the topmost translated one. */
static inline bool virt_is_canonical(uint64_t raw, enum paging_levels levels)
{
    uint64_t upper = raw >> (virt_bits(levels) - 1);
    return upper == 0 || upper == UINT64_MAX >> (virt_bits(levels) - 1);
}

/* `raw` as an address; ERR_RANGE when it is not canonical. */
MUST_CHECK enum err virt_from_u64(uint64_t raw, enum paging_levels levels, virt_addr *va);

/* Drops the untranslated upper bits of `raw` and repeats the topmost translated one:
 * makes an address out of table indices.  Not for addresses that came from elsewhere. */
virt_addr virt_truncate(uint64_t raw, enum paging_levels levels);

/* a + n and a - n; ERR_RANGE when that wraps around, is not canonical, or lies on the
 * other side of the hole in the middle of the address space. */
MUST_CHECK enum err virt_add(virt_addr a, uint64_t n, enum paging_levels levels,
                             virt_addr *sum);
MUST_CHECK enum err virt_sub(virt_addr a, uint64_t n, enum paging_levels levels,
                             virt_addr *difference);

/* Bytes from `from` up to `to`; ERR_RANGE when `to` is below, or across the hole. */
MUST_CHECK enum err virt_distance(virt_addr from, virt_addr to, enum paging_levels levels,
                                  uint64_t *bytes);

/* The address `n` steps after or before `a` where the address after the lower half's last
 * is the upper half's first: walks over the hole.  ERR_RANGE past either end. */
MUST_CHECK enum err virt_step(virt_addr a, uint64_t n, enum paging_levels levels,
                              virt_addr *next);
MUST_CHECK enum err virt_step_back(virt_addr a, uint64_t n, enum paging_levels levels,
                                   virt_addr *previous);
/* How many such steps from `from` to `to`; ERR_RANGE when `to` is below. */
MUST_CHECK enum err virt_steps_between(virt_addr from, virt_addr to,
                                       enum paging_levels levels, uint64_t *steps);

/* `a` moved up to a multiple of `align`; ERR_RANGE when that is not canonical. */
MUST_CHECK enum err virt_align_up(virt_addr a, uint64_t align, enum paging_levels levels,
                                  virt_addr *aligned);

/* `raw` as a physical address of `bits` bits, as CPUID reports them (at most 52);
 * ERR_RANGE when it is wider. */
MUST_CHECK enum err phys_from_u64(uint64_t raw, unsigned bits, phys_addr *pa);
MUST_CHECK enum err phys_add(phys_addr a, uint64_t n, unsigned bits, phys_addr *sum);
MUST_CHECK enum err phys_sub(phys_addr a, uint64_t n, phys_addr *difference);
MUST_CHECK enum err phys_align_up(phys_addr a, uint64_t align, unsigned bits,
                                  phys_addr *aligned);

/* Plain numbers: `align` is a power of two, which is asserted.  Down never fails; up is
 * ERR_RANGE when the multiple does not fit in 64 bits. */
static inline bool is_power_of_two(uint64_t n) { return n != 0 && (n & (n - 1)) == 0; }

static inline uint64_t align_down(uint64_t n, uint64_t align)
{
    ASSERT(is_power_of_two(align));
    return n & ~(align - 1);
}

static inline bool is_aligned(uint64_t n, uint64_t align)
{
    return align_down(n, align) == n;
}

MUST_CHECK enum err align_up(uint64_t n, uint64_t align, uint64_t *aligned);

/* Where in its page of `page_bytes` an address lies. */
static inline uint64_t page_offset(uint64_t address, uint64_t page_bytes)
{
    ASSERT(is_power_of_two(page_bytes));
    return address & (page_bytes - 1);
}

/* The index an address has in the table of `level`, 1 (entries map 4 KiB) to 5: 0 to 511.
 * SDM 3A 4.5.4. */
static inline unsigned virt_table_index(virt_addr a, unsigned level)
{
    ASSERT(level >= 1 && level <= 5);
    return (unsigned)(a >> (12 + 9 * (level - 1))) & 0x1ff;
}

/* The page-aligned address that table indices lead to; index[0] belongs to level 1.
 * Indices below 512, which is asserted; with 4 levels index[4] is not read. */
virt_addr virt_from_indices(const unsigned index[5], enum paging_levels levels);

/* Pointers of this program. */
static inline virt_addr virt_of(const volatile void *p) { return (uintptr_t)p; }
static inline void *virt_to_ptr(virt_addr a) { return (void *)(uintptr_t)a; }

#endif
