/* SPDX-License-Identifier: MIT */
#include "devices/clock.h"

#include "console/log.h"
#include "devices/calibrate.h"
#include "devices/hpet.h"
#include "x86_64/cpuid_read.h"
#include "x86_64/interrupts.h"
#include "x86_64/tsc.h"

static uint64_t ticks;

static uint64_t ticks_count(void)
{
    return __atomic_load_n(&ticks, __ATOMIC_RELAXED);
}

static struct {
    uint64_t (*count)(void);
    uint64_t mask; /* of the bits that count */
    uint64_t hz;
} source;

/* snippet: choose */
/* Invariant: the same rate whatever the processor saves power with.  CPUID may know it. */
static bool use_tsc(void)
{
    struct cpuid_source cpu = cpuid_this_processor();
    const char *measured_by = "CPUID";
    uint64_t hz;

    if (!cpuid_has(&cpu, CPUID_INVARIANT_TSC)) return false;
    if (cpuid_tsc_hz(&cpu, &hz) != OK && calibrate(tsc_read, &hz, &measured_by) != OK)
        return false;
    source.count = tsc_read;
    source.mask = UINT64_MAX;
    source.hz = hz;
    log_info("clock: invariant TSC at %lu kHz, by %s", hz / 1000, measured_by);
    return true;
}

static bool use_hpet(void)
{
    if (hpet_hz() == 0) return false;
    source.count = hpet_count;
    source.mask = UINT32_MAX;
    source.hz = hpet_hz();
    log_info("clock: HPET at %lu kHz", source.hz / 1000);
    return true;
}

void clock_init(void)
{
    if (use_tsc() || use_hpet()) return;
    source.count = ticks_count;
    source.mask = UINT64_MAX;
    source.hz = CLOCK_TICK_HZ;
    log_info("clock: the timer's interrupts, %u a second", CLOCK_TICK_HZ);
}
/* end: choose */

/* snippet: now */
uint64_t clock_now_ns(void)
{
    static uint64_t last, counted; /* the counter when it was last read; its way since boot */
    static bool started;

    INTERRUPTS_OFF_HERE();
    uint64_t now = source.count();
    uint64_t step = (now - last) & source.mask;
    /* The first reading is the zero; a 64-bit counter found behind has not moved. */
    if (started && step <= source.mask / 2) counted += step;
    if (!started || step <= source.mask / 2) last = now;
    started = true;
    return tsc_to_ns(counted, source.hz);
}
/* end: now */

bool clock_needs_ticks(void)
{
    return source.count == ticks_count;
}

void clock_tick(void)
{
    __atomic_store_n(&ticks, ticks + 1, __ATOMIC_RELAXED);
}
