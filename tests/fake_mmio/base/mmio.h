/* SPDX-License-Identifier: MIT */
/*
 * Device registers in memory, for unit tests on the host: a cell has the size and the
 * address of the real one, but an access goes to the test, which plays the device.
 *
 * Use      Put -I tests/fake_mmio in front of -I common.  The test defines fake_mmio_read
 *          and fake_mmio_write.  The address is never dereferenced, so any will do.
 * Units    width is the access in bits: 8 or 32.
 */
#ifndef BASE_MMIO_H
#define BASE_MMIO_H

#include <stdint.h>

/* The device: defined by the test. */
uint32_t fake_mmio_read(uintptr_t address, unsigned width);
void fake_mmio_write(uintptr_t address, unsigned width, uint32_t value);

typedef struct { uint8_t cell_; } reg8;
typedef struct { uint32_t cell_; } reg32;

static inline uint8_t reg_read8(const reg8 *r)
{
    return (uint8_t)fake_mmio_read((uintptr_t)r, 8);
}
static inline void reg_write8(reg8 *r, uint8_t value)
{
    fake_mmio_write((uintptr_t)r, 8, value);
}
static inline uint32_t reg_read32(const reg32 *r)
{
    return fake_mmio_read((uintptr_t)r, 32);
}
static inline void reg_write32(reg32 *r, uint32_t value)
{
    fake_mmio_write((uintptr_t)r, 32, value);
}

#endif
