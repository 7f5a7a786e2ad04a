/* SPDX-License-Identifier: MIT */
/*
 * Memory type range registers, read: what firmware says about the cacheability of
 * physical memory.  Nothing here writes them; that takes all processors stopped, SDM 3A
 * 11.11.8.
 *
 * Source   SDM 3A 11.11.
 * Needs    CPUID 1 EDX.12.
 * Input    Untrusted: firmware's values may overlap, contradict or be reserved.
 * Calls    mtrr_type_at and the field functions anywhere; mtrr_read in ring 0.
 */
#ifndef X86_64_MTRR_H
#define X86_64_MTRR_H

#include "x86_64/pat.h"

#define MTRRCAP_VCNT BITS64(7, 0) /* RO variable ranges */
#define MTRRCAP_FIX  BIT64(8)     /* RO fixed ranges exist */
#define MTRRCAP_WC   BIT64(10)    /* RO write-combining exists */
#define MTRRCAP_SMRR BIT64(11)    /* RO system-management range exists */

#define MTRR_DEF_TYPE_TYPE BITS64(7, 0) /* RW type of what no range covers */
#define MTRR_DEF_TYPE_FE   BIT64(10)    /* RW fixed ranges are on */
#define MTRR_DEF_TYPE_E    BIT64(11) /* RW all are on; off: everything is uncacheable */

#define MTRR_BASE_TYPE  BITS64(7, 0)
#define MTRR_BASE_ADDR  BITS64(51, 12)
#define MTRR_MASK_VALID BIT64(11)
#define MTRR_MASK_ADDR  BITS64(51, 12)

#define MSR_MTRR_BASE(n) (UINT32_C(0x200) + 2 * (uint32_t)(n))
#define MSR_MTRR_MASK(n) (UINT32_C(0x201) + 2 * (uint32_t)(n))

#define MTRR_FIXED_COUNT  11 /* registers, of 8 ranges each */
#define MTRR_VARIABLE_MAX 32 /* we keep; processors have 8 or 10 */

struct mtrr_state {
    uint64_t cap, def_type;
    uint64_t fixed[MTRR_FIXED_COUNT]; /* in the order of mtrr_fixed_msr */
    uint64_t base[MTRR_VARIABLE_MAX], mask[MTRR_VARIABLE_MAX];
    unsigned variable_count; /* of base and mask that hold something */
    unsigned phys_bits;      /* width of physical addresses, from CPUID */
};

/* The register of fixed ranges `i`, 0 to 10: 250h 64 KiB ranges; 258h, 259h 16 KiB
 * ranges; 268h to 26fh 4 KiB ranges. */
uint32_t mtrr_fixed_msr(unsigned i);

/* The type of the byte at `pa`.  ERR_RANGE: `pa` is wider than phys_bits.  ERR_FORMAT:
 * the range has a reserved type, or ranges overlap in a way SDM 3A 11.11.4.1 leaves
 * undefined. */
MUST_CHECK enum err mtrr_type_at(const struct mtrr_state *m, phys_addr pa,
                                 enum memory_type *type);

/* Variable range `n`: its first byte and its length.  ERR_NOT_FOUND: it is not valid.
 * ERR_FORMAT: its type is reserved, or its mask has holes and so covers several
 * ranges. */
MUST_CHECK enum err mtrr_variable(const struct mtrr_state *m, unsigned n,
                                  phys_addr *start, uint64_t *len_bytes,
                                  enum memory_type *type);

/* Reads the processor's registers.  `phys_bits` is CPUID's, 32 to 52. */
void mtrr_read(struct mtrr_state *m, unsigned phys_bits);

#endif
