/* SPDX-License-Identifier: MIT */
/*
 * Time since boot.
 *
 * Source   The best counter the machine has: the time-stamp counter where it is invariant,
 *          else the HPET, else the timer's interrupts, counted.
 * Promise  Never goes backwards.
 * Needs    To be asked at least every 20 s: an HPET at 100 MHz wraps around after 42 s, and
 *          what is more than half way round counts as behind.
 * Calls    Any context.
 */
#ifndef DEVICES_CLOCK_H
#define DEVICES_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define NS_PER_SECOND UINT64_C(1000000000)

/* Chooses the counter and logs which; needs hpet_init.  Interrupts off. */
void clock_init(void);

/* Nanoseconds since clock_init. */
uint64_t clock_now_ns(void);

/* Does the clock count the timer's interrupts?  Then clock_tick wants to be called
 * CLOCK_TICK_HZ times a second. */
enum { CLOCK_TICK_HZ = 100 };
bool clock_needs_ticks(void);
void clock_tick(void);

#endif
