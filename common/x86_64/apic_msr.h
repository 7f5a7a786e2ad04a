/* SPDX-License-Identifier: MIT */
/*
 * Where the local APIC is and how it is spoken to: IA32_APIC_BASE, and the x2APIC
 * registers, which are MSRs instead of memory.  The driver is not here.
 *
 * Source   SDM 3A 10.4.3 to 10.4.5 (APIC base), SDM 3A 10.12 (x2APIC).
 * Needs    CPUID 1 EDX.9; x2APIC: CPUID 1 ECX.21.
 * Calls    Pure functions anywhere; _read and _write in ring 0.
 */
#ifndef X86_64_APIC_MSR_H
#define X86_64_APIC_MSR_H

#include "x86_64/msr.h"

#define APIC_BASE_BSP    BIT64(8)       /* RO this is the bootstrap processor */
#define APIC_BASE_X2APIC BIT64(10)      /* RW x2APIC mode; only together with ENABLE */
#define APIC_BASE_ENABLE BIT64(11)      /* RW global enable */
#define APIC_BASE_ADDR   BITS64(51, 12) /* RW page of the xAPIC registers */

#define APIC_BASE_DEFAULT UINT64_C(0xfee00000) /* the page after reset */

enum apic_mode { APIC_OFF = 0, APIC_INVALID = 1, APIC_XAPIC = 2, APIC_X2APIC = 3 };

static inline enum apic_mode apic_mode_of(uint64_t apic_base)
{
    return (enum apic_mode)((apic_base & APIC_BASE_ENABLE ? 2 : 0) |
                            (apic_base & APIC_BASE_X2APIC ? 1 : 0));
}

static inline phys_addr apic_page_of(uint64_t apic_base)
{
    return apic_base & APIC_BASE_ADDR;
}
static inline bool apic_is_bsp(uint64_t apic_base)
{
    return (apic_base & APIC_BASE_BSP) != 0;
}

/* The changes of mode that are not #GP, SDM 3A 10.12.5: off to xAPIC to x2APIC, either to
 * off, and staying. */
static inline bool apic_mode_can_go(enum apic_mode from, enum apic_mode to)
{
    if (from == APIC_INVALID || to == APIC_INVALID) return false;
    if (from == APIC_X2APIC) return to != APIC_XAPIC;
    return !(from == APIC_OFF && to == APIC_X2APIC);
}

/* `apic_base` in another mode, everything else kept. */
static inline uint64_t apic_base_with(uint64_t apic_base, enum apic_mode mode)
{
    ASSERT(mode != APIC_INVALID);
    apic_base &= ~(APIC_BASE_ENABLE | APIC_BASE_X2APIC);
    if (mode != APIC_OFF) apic_base |= APIC_BASE_ENABLE;
    if (mode == APIC_X2APIC) apic_base |= APIC_BASE_X2APIC;
    return apic_base;
}

static inline uint64_t apic_base_read(void) { return insn_rdmsr(MSR_APIC_BASE); }

/* Changes the mode, by way of off where there is no direct one. */
static inline void apic_set_mode(enum apic_mode mode)
{
    uint64_t base = apic_base_read();
    if (!apic_mode_can_go(apic_mode_of(base), mode)) {
        enum apic_mode between = mode == APIC_X2APIC ? APIC_XAPIC : APIC_OFF;
        insn_wrmsr(MSR_APIC_BASE, apic_base_with(base, between));
    }
    insn_wrmsr(MSR_APIC_BASE, apic_base_with(base, mode));
}

/* The MSR of the register that xAPIC has at `offset` bytes; ERR_NOT_FOUND for the two
 * that x2APIC leaves out (DFR, and the upper half of ICR, which is one 64-bit MSR at
 * 830h), ERR_RANGE for what is not a multiple of 10h below 400h.  SELF IPI is at offset
 * 3f0h. */
MUST_CHECK static inline enum err x2apic_msr(uint32_t offset, uint32_t *number)
{
    if (offset >= 0x400 || offset % 0x10 != 0) return ERR_RANGE;
    if (offset == 0x0e0 || offset == 0x310) return ERR_NOT_FOUND;
    *number = MSR_X2APIC_FIRST + offset / 0x10;
    return OK;
}

#endif
