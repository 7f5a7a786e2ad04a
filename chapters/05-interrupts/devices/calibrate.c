/* SPDX-License-Identifier: MIT */
#include "devices/calibrate.h"

#include "devices/hpet.h"
#include "devices/pit.h"
#include "x86_64/tsc.h"

#define PATIENCE_TSC_TICKS (UINT64_C(1) << 28) /* at least 50 ms up to 5 GHz */

enum { PER_SECOND = 200, ROUNDS = 10 }; /* each 5 ms */

static uint64_t (*counter)(void);
static uint64_t start;

static void note_start(void)
{
    start = counter();
}

/* snippet: rounds */
static enum err wait_pit(void)
{
    return pit_wait(PIT_HZ / PER_SECOND, note_start);
}

static enum err wait_hpet(void)
{
    if (hpet_hz() == 0) return ERR_NOT_FOUND;
    note_start();
    uint32_t from = (uint32_t)hpet_count(), counts = (uint32_t)(hpet_hz() / PER_SECOND);
    uint64_t begin = tsc_read();
    while ((uint32_t)hpet_count() - from < counts)
        if (tsc_read() - begin > PATIENCE_TSC_TICKS) return ERR_TIMEOUT;
    return OK;
}

/* The counter is read before the wait begins and after it has ended: what comes in between,
 * such as firmware or the host of an emulator, only makes a round longer.  So the shortest
 * is the best.  A round that was over before anyone could look (ERR_DEVICE) does not count. */
static enum err measure(enum err (*wait)(void), uint64_t *hz)
{
    uint64_t shortest = UINT64_MAX;

    for (unsigned i = 0; i < ROUNDS; i++) {
        enum err e = wait();
        uint64_t n = counter() - start;
        if (e == ERR_DEVICE) continue;
        if (e != OK) return e;
        if (n < shortest) shortest = n;
    }
    if (shortest == UINT64_MAX) return ERR_DEVICE;
    *hz = shortest * PER_SECOND;
    return *hz > 0 ? OK : ERR_DEVICE;
}
/* end: rounds */

enum err calibrate(uint64_t (*counter_up)(void), uint64_t *hz, const char **against)
{
    counter = counter_up;
    *against = "the PIT";
    if (measure(wait_pit, hz) == OK) return OK;
    *against = "the HPET, because the PIT is dead";
    return measure(wait_hpet, hz) == OK ? OK : ERR_NOT_FOUND;
}
