/* SPDX-License-Identifier: MIT */
/*
 * The time-stamp counter, read so that it counts what it seems to count.
 *
 * Source   SDM 3B 17.17, SDM 2 (RDTSC, RDTSCP, LFENCE).
 * Needs    For rdtscp CPUID_RDTSCP.  That the counter runs at one rate for ever is
 *          CPUID_INVARIANT_TSC; its rate is cpuid_tsc_hz, or measured.
 * Units    Ticks.  Counters of different processors need not agree.
 * AMD      lfence holds rdtsc back only where DE_CFG (MSR C0011029h) bit 1 is set, as
 *          firmware and Linux leave it.
 * Calls    Any ring, unless CR4.TSD.
 */
#ifndef X86_64_TSC_H
#define X86_64_TSC_H

#include "base/assert.h"
#include "x86_64/insn_user.h"

/* Now, give or take some instructions on both sides. */
static inline uint64_t tsc_read(void) { return insn_rdtsc(); }

/* Before what is measured: nothing earlier is still running, nothing later has begun. */
static inline uint64_t tsc_read_begin(void)
{
    insn_lfence();
    uint64_t ticks = insn_rdtsc();
    insn_lfence();
    return ticks;
}

/* After what is measured: it has ended, nothing later has begun. */
static inline uint64_t tsc_read_end(void)
{
    uint32_t aux;
    uint64_t ticks = insn_rdtscp(&aux);
    insn_lfence();
    return ticks;
}

/* As tsc_read_end, with IA32_TSC_AUX: the same before and after means the same
 * processor. */
static inline uint64_t tsc_read_end_aux(uint32_t *aux)
{
    uint64_t ticks = insn_rdtscp(aux);
    insn_lfence();
    return ticks;
}

/* The same on a processor without rdtscp. */
static inline uint64_t tsc_read_ordered(void) { return tsc_read_begin(); }

/* Nanoseconds in `ticks` at `hz` (1 to 18e9, asserted), rounded down.  Exact; what does
 * not fit 64 bits, 584 years, comes out as UINT64_MAX. */
static inline uint64_t tsc_to_ns(uint64_t ticks, uint64_t hz)
{
    const uint64_t second = UINT64_C(1000000000);
    ASSERT(hz >= 1 && hz <= 18 * second);
    uint64_t ns;
    if (__builtin_mul_overflow(ticks / hz, second, &ns)) return UINT64_MAX;
    if (__builtin_add_overflow(ns, ticks % hz * second / hz, &ns)) return UINT64_MAX;
    return ns;
}

/* Ticks in `ns` at `hz` (1 to 18e9, asserted), rounded up: at least that long. */
static inline uint64_t tsc_from_ns(uint64_t ns, uint64_t hz)
{
    const uint64_t second = UINT64_C(1000000000);
    ASSERT(hz >= 1 && hz <= 18 * second);
    uint64_t ticks;
    if (__builtin_mul_overflow(ns / second, hz, &ticks)) return UINT64_MAX;
    uint64_t product = ns % second * hz;
    uint64_t rest = product / second + (product % second != 0);
    return __builtin_add_overflow(ticks, rest, &ticks) ? UINT64_MAX : ticks;
}

#endif
