/* SPDX-License-Identifier: MIT */
/*
 * The privileged instructions of drivers, for unit tests on the host.
 *
 * Use      Put -I tests/fake in front of -I common.  The test defines fake_port_read and
 *          fake_port_write, which play the device.
 * Units    width is the access in bits: 8, 16 or 32.
 * Others   Instructions that a driver may only execute around port I/O are counted in
 *          fake_insn, so that a test can see that they were executed.  Each program that
 *          includes this from more than one file shares one counter.
 */
#ifndef X86_64_INSN_H
#define X86_64_INSN_H

#include <stdint.h>

/* The device: defined by the test. */
uint32_t fake_port_read(uint16_t port, unsigned width);
void fake_port_write(uint16_t port, unsigned width, uint32_t value);

struct fake_insn {
    unsigned hlt_count, cli_count, sti_count, pause_count;
};
__attribute__((weak)) struct fake_insn fake_insn;

static inline void insn_hlt(void) { fake_insn.hlt_count++; }
static inline void insn_cli(void) { fake_insn.cli_count++; }
static inline void insn_sti(void) { fake_insn.sti_count++; }
static inline void insn_pause(void) { fake_insn.pause_count++; }

static inline void insn_sti_hlt(void)
{
    fake_insn.sti_count++;
    fake_insn.hlt_count++;
}

static inline uint8_t insn_in8(uint16_t port) { return (uint8_t)fake_port_read(port, 8); }
static inline void insn_out8(uint16_t port, uint8_t value) { fake_port_write(port, 8, value); }
static inline uint16_t insn_in16(uint16_t port) { return (uint16_t)fake_port_read(port, 16); }
static inline void insn_out16(uint16_t port, uint16_t value)
{
    fake_port_write(port, 16, value);
}
static inline uint32_t insn_in32(uint16_t port) { return fake_port_read(port, 32); }
static inline void insn_out32(uint16_t port, uint32_t value)
{
    fake_port_write(port, 32, value);
}

#endif
