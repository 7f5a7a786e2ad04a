/* SPDX-License-Identifier: MIT */
/*
 * Bit fields of registers and descriptors, named the way the manuals name them: hi, lo.
 *
 * Why not  C bit-fields: gcc and clang access a volatile bit-field with different widths,
 *          and a device may drop the narrow access.  A mask and whole-register reads and
 *          writes compile to the same bus access everywhere.
 * Units    hi and lo are bit numbers, 0 the least significant; both ends are included.
 * Errors   A value that does not fit its field is a programming error and asserts.
 * Calls    Pure functions: any context.
 */
#ifndef BASE_BITS_H
#define BASE_BITS_H

#include <stdint.h>

#include "base/assert.h"

/* The mask with bits hi down to lo set. */
#define BITS64(hi, lo) ((UINT64_MAX >> (63 - (hi))) & (UINT64_MAX << (lo)))
#define BITS32(hi, lo) ((uint32_t)BITS64((hi), (lo)))
#define BITS8(hi, lo)  ((uint8_t)BITS64((hi), (lo)))

/* The mask with the one bit n set. */
#define BIT64(n) BITS64((n), (n))
#define BIT32(n) BITS32((n), (n))
#define BIT8(n)  BITS8((n), (n))

/* The value of the field `mask` in `reg`, moved down to bit 0.  `mask` is not 0. */
static inline uint32_t field_get32(uint32_t mask, uint32_t reg)
{
    return (reg & mask) >> __builtin_ctz(mask);
}

static inline uint64_t field_get64(uint64_t mask, uint64_t reg)
{
    return (reg & mask) >> __builtin_ctzll(mask);
}

/* `value` moved up into the field `mask`.  It must fit: it is never truncated. */
static inline uint32_t field_put32(uint32_t mask, uint32_t value)
{
    uint32_t shift = (uint32_t)__builtin_ctz(mask);
    ASSERT(value <= mask >> shift);
    return value << shift;
}

static inline uint64_t field_put64(uint64_t mask, uint64_t value)
{
    uint64_t shift = (uint64_t)__builtin_ctzll(mask);
    ASSERT(value <= mask >> shift);
    return value << shift;
}

#endif
