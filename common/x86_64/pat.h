/* SPDX-License-Identifier: MIT */
/*
 * Memory types and the page attribute table, which gives the eight combinations of a page
 * entry's PAT, PCD and PWT bits a memory type each.
 *
 * Source   SDM 3A 11.3 (types), SDM 3A 11.12 (PAT).
 * Needs    CPUID 1 EDX.16.
 * Writing  Changing a type in use needs the cache and TLB steps of SDM 3A 11.12.4; they
 *          are the caller's.
 * Calls    Pure functions anywhere; pat_read and pat_write in ring 0.
 */
#ifndef X86_64_PAT_H
#define X86_64_PAT_H

#include "base/bits.h"
#include "base/err.h"
#include "x86_64/msr.h"

/* SDM 3A table 11-10; 2 and 3 are reserved. */
enum memory_type {
    MEMORY_UC = 0,       /* uncacheable */
    MEMORY_WC = 1,       /* write-combining */
    MEMORY_WT = 4,       /* write-through */
    MEMORY_WP = 5,       /* write-protected */
    MEMORY_WB = 6,       /* write-back */
    MEMORY_UC_MINUS = 7, /* uncacheable unless an MTRR says write-combining; PAT only */
};

#define PAT_ENTRIES  8
#define PAT_TYPE(n)  BITS64(8 * (n) + 2, 8 * (n)) /* RW enum memory_type */
#define PAT_RESERVED UINT64_C(0xf8f8f8f8f8f8f8f8) /* must be 0 */

/* After reset: WB, WT, UC-, UC, twice. */
#define PAT_DEFAULT UINT64_C(0x0007040600070406)

static inline bool memory_type_is_valid(unsigned type)
{
    return type <= MEMORY_UC_MINUS && type != 2 && type != 3;
}

static inline const char *memory_type_name(unsigned type)
{
    static const char *const names[] = {
        "uncacheable",   "write-combining", "reserved",   "reserved",
        "write-through", "write-protected", "write-back", "uncacheable (weak)"};
    return type <= MEMORY_UC_MINUS ? names[type] : "reserved";
}

/* Whether wrmsr takes the value. */
static inline bool pat_is_valid(uint64_t pat)
{
    for (unsigned n = 0; n < PAT_ENTRIES; n++)
        if (!memory_type_is_valid((unsigned)(pat >> (8 * n) & 0xff))) return false;
    return true;
}

/* Entry `n`, 0 to 7, of a PAT that may hold anything. */
MUST_CHECK static inline enum err pat_get(uint64_t pat, unsigned n,
                                          enum memory_type *type)
{
    ASSERT(n < PAT_ENTRIES);
    unsigned raw = (unsigned)(pat >> (8 * n) & 0xff);
    if (!memory_type_is_valid(raw)) return ERR_FORMAT;
    *type = (enum memory_type)raw;
    return OK;
}

/* `pat` with entry `n` replaced. */
static inline uint64_t pat_with(uint64_t pat, unsigned n, enum memory_type type)
{
    ASSERT(n < PAT_ENTRIES && memory_type_is_valid((unsigned)type));
    return (pat & ~(UINT64_C(0xff) << (8 * n))) |
           field_put64(PAT_TYPE(n), (uint64_t)type);
}

static inline uint64_t pat_make(const enum memory_type types[PAT_ENTRIES])
{
    uint64_t pat = 0;
    for (unsigned n = 0; n < PAT_ENTRIES; n++) pat = pat_with(pat, n, types[n]);
    return pat;
}

/* Which entry a page entry's three bits choose, SDM 3A table 11-11. */
static inline unsigned pat_index(bool pat_bit, bool pcd, bool pwt)
{
    return (pat_bit ? 4u : 0) | (pcd ? 2u : 0) | (pwt ? 1u : 0);
}

static inline uint64_t pat_read(void) { return insn_rdmsr(MSR_PAT); }

static inline void pat_write(uint64_t pat)
{
    ASSERT(pat_is_valid(pat));
    insn_wrmsr(MSR_PAT, pat);
}

#endif
