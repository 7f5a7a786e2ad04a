/* SPDX-License-Identifier: MIT */
/*
 * The 8254 interval timer: three counters at 1.193182 MHz, the one rate every PC agrees on.
 *
 * Source   Intel 8254 data sheet (order number 231164); port 61h: IBM Personal System/2
 *          Hardware Interface Technical Reference, System Control Port B.
 * Here     Channel 2, meant for the loudspeaker, measures other clocks: its gate and output
 *          can be reached by port.  Channel 0 makes interrupts where there is no APIC timer.
 * Calls    One caller at a time.
 */
#ifndef DEVICES_PIT_H
#define DEVICES_PIT_H

#include <stdint.h>

#include "base/err.h"

#define PIT_HZ UINT32_C(1193182)

/* Lets `ticks` (1 to 65536) pass; `about_to_start` is called right before.  Bounded: ERR_TIMEOUT
 * when they never end, ERR_DEVICE when they end before they have begun. */
MUST_CHECK enum err pit_wait(uint32_t ticks, void (*about_to_start)(void));

/* Interrupt 0, `hz` times a second (19 or more), give or take a rounding of PIT_HZ / hz. */
void pit_start_interrupts(unsigned hz);

#endif
