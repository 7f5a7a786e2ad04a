/* SPDX-License-Identifier: MIT */
#include "devices/timer.h"

#include "console/log.h"
#include "cpu/idle.h"
#include "cpu/irq.h"
#include "cpu/local_apic.h"
#include "devices/calibrate.h"
#include "devices/clock.h"
#include "devices/pit.h"
#include "x86_64/tsc.h"

/* Taken for the APIC timer's rate where nothing can measure it.  Too low: waits end early
 * and are asked for again.  Too high: they end late. */
#define APIC_TIMER_HZ_GUESS UINT64_C(10000000)

static uint64_t apic_timer_hz;
static bool periodic;

/* snippet: handler */
/* The interrupt itself is the message: it ends the hlt. */
static void woken(void)
{
    if (periodic) clock_tick();
}
/* end: handler */

/* snippet: calibrate */
static uint64_t apic_timer_count_up(void)
{
    return UINT32_MAX - local_apic_timer_left();
}

/* The rate is that of the bus or of a crystal, which only a known clock can tell. */
static void calibrate_apic_timer(void)
{
    const char *against;

    local_apic_timer_start(UINT32_MAX, false);
    enum err e = calibrate(apic_timer_count_up, &apic_timer_hz, &against);
    local_apic_timer_start(0, false);
    if (e != OK) {
        apic_timer_hz = APIC_TIMER_HZ_GUESS;
        against = "a guess: neither PIT nor HPET counts";
    }
    log_info("timer: local APIC at %lu kHz, by %s", apic_timer_hz / 1000, against);
}
/* end: calibrate */

static void enable(enum irq irq)
{
    enum err e = irq_enable(irq, "timer", woken);
    if (e != OK) log_error("timer: %s: nothing will wake this kernel", err_name(e));
}

/* snippet: init */
void timer_init(void)
{
    periodic = clock_needs_ticks() || !irq_uses_apic();
    if (irq_uses_apic()) {
        calibrate_apic_timer();
        enable(IRQ_LOCAL_TIMER);
        if (periodic) local_apic_timer_start((uint32_t)(apic_timer_hz / CLOCK_TICK_HZ), true);
    } else {
        enable(IRQ_PIT);
        pit_start_interrupts(CLOCK_TICK_HZ);
    }
    if (periodic) log_info("timer: %u interrupts a second", CLOCK_TICK_HZ);
    else log_info("timer: an interrupt only when one is due");
}
/* end: init */

/* snippet: wake_at */
void timer_wake_at(uint64_t deadline_ns)
{
    if (periodic) return; /* one comes soon anyway */
    uint64_t now = clock_now_ns();
    uint64_t count = 1;
    if (deadline_ns > now) count = tsc_from_ns(deadline_ns - now, apic_timer_hz);
    local_apic_timer_start(count < UINT32_MAX ? (uint32_t)count : UINT32_MAX, false);
}
/* end: wake_at */

/* snippet: check */
static uint64_t deadline;

static bool deadline_has_come(void)
{
    return clock_now_ns() >= deadline;
}

/* Interrupts are off, so the one asked for here comes when we are asleep and not before. */
static bool has_come_or_will_wake(void)
{
    if (deadline_has_come()) return true;
    timer_wake_at(deadline);
    return false;
}

void timer_check(void)
{
    enum { WAITS = 200, STEP_NS = 250 };
    uint64_t latest_ns = 0;

    if (periodic) return;
    for (unsigned i = 0; i < WAITS; i++) {
        deadline = clock_now_ns() + i * STEP_NS;
        while (!deadline_has_come()) cpu_wait_unless(has_come_or_will_wake);
        uint64_t late_ns = clock_now_ns() - deadline;
        if (late_ns > latest_ns) latest_ns = late_ns;
    }
    log_info("timer: %u short waits, woken at most %lu us late", WAITS, latest_ns / 1000);
}
/* end: check */
