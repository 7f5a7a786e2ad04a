/* SPDX-License-Identifier: MIT */
/*
 * Device registers in memory, as cells that can only be read and written whole.
 *
 * Why      `reg->x |= 1` does not compile, so a write is always a decision, and both
 *          compilers emit exactly one access of the declared width for each call.
 * Memory   Lay a struct of cells over the device's mapping; assert offsets, never pack.
 * Calls    Any context the device allows.
 */
#ifndef BASE_MMIO_H
#define BASE_MMIO_H

#include <stdint.h>

/* The members are private. */
typedef struct { volatile uint8_t cell_; } reg8;
typedef struct { volatile uint32_t cell_; } reg32;
_Static_assert(sizeof(reg8) == 1 && _Alignof(reg8) == 1, "reg8 is one byte");
_Static_assert(sizeof(reg32) == 4 && _Alignof(reg32) == 4, "reg32 is one dword");

static inline uint8_t reg_read8(const reg8 *r) { return r->cell_; }
static inline void reg_write8(reg8 *r, uint8_t value) { r->cell_ = value; }
static inline uint32_t reg_read32(const reg32 *r) { return r->cell_; }
static inline void reg_write32(reg32 *r, uint32_t value) { r->cell_ = value; }

#endif
