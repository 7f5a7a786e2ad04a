/* SPDX-License-Identifier: MIT */
#include "devices/clock.h"
#include "devices/pit.h"
#include "tests/suites.h"
#include "x86_64/interrupts.h"

static void never_goes_backwards(void)
{
    uint64_t before = clock_now_ns();
    for (unsigned i = 0; i < 20000; i++) {
        uint64_t now = clock_now_ns();
        if (now < before) KTEST_FAIL("%lu ns after %lu ns", now, before);
        before = now;
    }
}

static uint64_t pit_start_ns;

static void note_start(void)
{
    pit_start_ns = clock_now_ns();
}

/* The shortest of many, because everything that disturbs only makes it longer. */
static void agrees_with_the_pit(void)
{
    enum { ROUNDS = 200, ROUND_NS = 5000000, TOLERATED_NS = ROUND_NS / 100 };
    uint64_t shortest = UINT64_MAX;

    if (clock_needs_ticks()) KTEST_SKIP("this clock has a resolution of 10 ms");
    for (unsigned i = 0; i < ROUNDS && shortest > ROUND_NS + TOLERATED_NS; i++) {
        INTERRUPTS_OFF_HERE();
        if (pit_wait(PIT_HZ / 200, note_start) != OK) KTEST_SKIP("the PIT is dead");
        uint64_t took = clock_now_ns() - pit_start_ns;
        if (took < shortest) shortest = took;
    }
    KTEST_EXPECT(shortest >= ROUND_NS - TOLERATED_NS);
    KTEST_EXPECT(shortest <= ROUND_NS + TOLERATED_NS);
    ktest_note("5000 us of the PIT are %lu us of the clock", shortest / 1000);
}

static const struct ktest_case cases[] = {
    {"never_goes_backwards", never_goes_backwards},
    {"agrees_with_the_pit", agrees_with_the_pit},
};
const struct ktest_suite clock_suite = KTEST_SUITE("clock", cases);
