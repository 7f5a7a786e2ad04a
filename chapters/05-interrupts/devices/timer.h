/* SPDX-License-Identifier: MIT */
/*
 * Being woken at a time.
 *
 * What     The local APIC's timer, asked for one interrupt at a time: nothing comes while
 *          nothing is due.  Where the clock counts interrupts, or where there is no APIC, it
 *          is CLOCK_TICK_HZ interrupts a second instead.
 * Race     An interrupt that comes before its caller is asleep wakes nobody.  A timer may be
 *          early by one of its counts, so who means to sleep asks for it with interrupts
 *          off: in the question that cpu_idle asks.
 * Calls    timer_wake_at from one place at a time.
 */
#ifndef DEVICES_TIMER_H
#define DEVICES_TIMER_H

#include <stdint.h>

/* After clock_init and irq_init, interrupts off. */
void timer_init(void);

/* Asks for an interrupt at that time of clock_now_ns, or earlier; at once where that has
 * passed.  Only the last one asked for counts. */
void timer_wake_at(uint64_t deadline_ns);

/* Waits for many short times, asleep, and logs how late it was woken.  Interrupts on.  Does
 * not return when a wake-up is lost. */
void timer_check(void);

#endif
