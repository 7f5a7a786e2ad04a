/* SPDX-License-Identifier: MIT */
/* Real interrupts, from the timers of the machine. */
#include "cpu/idle.h"
#include "cpu/irq.h"
#include "cpu/local_apic.h"
#include "cpu/trap.h"
#include "devices/clock.h"
#include "devices/pit.h"
#include "devices/timer.h"
#include "tests/suites.h"
#include "x86_64/insn.h"

enum { PIC_VECTOR = 32, TIMER_VECTOR = 64, SPURIOUS_VECTOR = 255, UNUSED_VECTOR = 100 };
#define MS UINT64_C(1000000)

static uint64_t deadline;

static bool deadline_has_come(void)
{
    return clock_now_ns() >= deadline;
}

static bool has_come_or_will_wake(void)
{
    if (deadline_has_come()) return true;
    timer_wake_at(deadline);
    return false;
}

static void sleep_until_deadline(void)
{
    while (!deadline_has_come()) cpu_wait_unless(has_come_or_will_wake);
}

static void sleep(uint64_t ns)
{
    deadline = clock_now_ns() + ns;
    sleep_until_deadline();
}

/* Waits, awake, until `count` has passed `before`; false when that takes a second.  A host
 * that is busy elsewhere for some milliseconds must not fail a test. */
static bool comes(const uint64_t *count, uint64_t before)
{
    uint64_t until = clock_now_ns() + 1000 * MS;
    while (__atomic_load_n(count, __ATOMIC_RELAXED) <= before)
        if (clock_now_ns() > until) return false;
    return true;
}

static bool timer_comes(enum irq timer)
{
    uint64_t before = irq_count(timer), until = clock_now_ns() + 1000 * MS;

    timer_wake_at(clock_now_ns() + MS);
    while (irq_count(timer) == before)
        if (clock_now_ns() > until) return false;
    return true;
}

/* A second one comes only if the first was ended at its controller. */
static void the_timer_comes_again_and_again(void)
{
    enum irq timer = irq_uses_apic() ? IRQ_LOCAL_TIMER : IRQ_PIT;
    for (unsigned i = 0; i < 5; i++) KTEST_REQUIRE(timer_comes(timer));
}

static void nothing_comes_when_nothing_is_due(void)
{
    if (clock_needs_ticks() || !irq_uses_apic()) KTEST_SKIP("this machine's timer is periodic");
    timer_wake_at(clock_now_ns() + 30000 * MS);
    uint64_t before = irq_count(IRQ_LOCAL_TIMER);
    uint64_t until = clock_now_ns() + 30 * MS;
    while (clock_now_ns() < until) insn_pause();
    KTEST_EXPECT_EQ(irq_count(IRQ_LOCAL_TIMER), before);
}

/* Every length of sleep from nothing to longer than it takes to fall asleep. */
static void no_wake_up_is_lost(void)
{
    for (uint64_t ns = 0; ns < 60000; ns += 100) {
        deadline = clock_now_ns() + ns;
        sleep_until_deadline();
    }
}

/* Interrupts while a function without a frame of its own works below the stack pointer
 * would change its variables, were the kernel compiled with a red zone. */
static __attribute__((noinline)) unsigned leaf(unsigned rounds)
{
    volatile unsigned sums[8] = {0};
    for (unsigned i = 0; i < rounds; i++) sums[i % 8] += 1;
    return sums[0] + sums[1] + sums[2] + sums[3] + sums[4] + sums[5] + sums[6] + sums[7];
}

static void a_leaf_function_keeps_its_variables(void)
{
    enum irq timer = irq_uses_apic() ? IRQ_LOCAL_TIMER : IRQ_PIT;
    uint64_t before = irq_count(timer);

    while (irq_count(timer) < before + 50) {
        timer_wake_at(clock_now_ns() + 20000);
        KTEST_REQUIRE(KTEST_EXPECT_EQ(leaf(20000), 20000));
    }
}

static uint64_t pit_came;

static void pit_arrived(void)
{
    pit_came++;
}

static void a_masked_source_stays_silent(void)
{
    if (!irq_uses_apic()) KTEST_SKIP("the PIT is this machine's timer");
    KTEST_REQUIRE(irq_enable(IRQ_PIT, "PIT", pit_arrived) == OK);
    pit_start_interrupts(1000);
    if (!comes(&pit_came, 0)) KTEST_SKIP("the PIT is dead");
    irq_set_masked(IRQ_PIT, true);
    sleep(1 * MS); /* one may have been on its way */
    uint64_t came = pit_came;
    sleep(20 * MS);
    KTEST_EXPECT_EQ(pit_came, came);
    irq_set_masked(IRQ_PIT, false);
    KTEST_EXPECT(comes(&pit_came, came));
    irq_set_masked(IRQ_PIT, true);
}

static bool in_service_before, in_service_after, in_service_after_stray;
static uint64_t spurious_came, stray_came, timer_came;

/* Inside the timer's interrupt: two that were never in service, and that must not be ended
 * in its place. */
static void timer_with_others(struct trap_frame *frame)
{
    (void)frame;
    spurious_came = irq_count(IRQ_SPURIOUS);
    stray_came = irq_count(IRQ_STRAY);
    in_service_before = local_apic_in_service(TIMER_VECTOR);
    insn_int(SPURIOUS_VECTOR);
    in_service_after = local_apic_in_service(TIMER_VECTOR);
    insn_int(UNUSED_VECTOR);
    in_service_after_stray = local_apic_in_service(TIMER_VECTOR);
    spurious_came = irq_count(IRQ_SPURIOUS) - spurious_came;
    stray_came = irq_count(IRQ_STRAY) - stray_came;
    timer_came++;
    local_apic_end();
}

static void a_spurious_or_stray_interrupt_ends_nothing(void)
{
    if (!irq_uses_apic()) KTEST_SKIP("there is no local APIC in use");
    if (clock_needs_ticks()) KTEST_SKIP("the clock needs this interrupt");
    trap_handler before = trap_set_handler(TIMER_VECTOR, timer_with_others);
    timer_wake_at(clock_now_ns() + MS);
    bool came = comes(&timer_came, 0);
    trap_set_handler(TIMER_VECTOR, before);
    KTEST_REQUIRE(came);
    KTEST_EXPECT_EQ(spurious_came, 1);
    KTEST_EXPECT_EQ(stray_came, 1);
    KTEST_EXPECT(in_service_before);
    KTEST_EXPECT(in_service_after);
    KTEST_EXPECT(in_service_after_stray);
}

/* The same with the 8259s: line 0 is in service, and an answer for line 7 that nobody asked
 * for must not end it. */
static void pit_with_spurious(void)
{
    enum { PIC_COMMAND = 0x20, READ_ISR = 0x0b };

    spurious_came = irq_count(IRQ_SPURIOUS);
    insn_out8(PIC_COMMAND, READ_ISR);
    in_service_before = insn_in8(PIC_COMMAND) & 1;
    insn_int(PIC_VECTOR + 7);
    insn_out8(PIC_COMMAND, READ_ISR);
    in_service_after = insn_in8(PIC_COMMAND) & 1;
    spurious_came = irq_count(IRQ_SPURIOUS) - spurious_came;
    if (clock_needs_ticks()) clock_tick();
    pit_came++;
}

static void a_spurious_8259_interrupt_ends_nothing(void)
{
    if (irq_uses_apic()) KTEST_SKIP("the 8259s are masked");
    pit_came = 0;
    KTEST_REQUIRE(irq_enable(IRQ_PIT, "PIT", pit_with_spurious) == OK);
    KTEST_REQUIRE(comes(&pit_came, 1));
    KTEST_EXPECT_EQ(spurious_came, 1);
    KTEST_EXPECT(in_service_before);
    KTEST_EXPECT(in_service_after);
}

static void the_local_apic_has_no_errors(void)
{
    if (!irq_uses_apic()) KTEST_SKIP("there is no local APIC in use");
    KTEST_EXPECT_EQ(local_apic_errors(), 0);
    KTEST_EXPECT_EQ(irq_count(IRQ_LOCAL_ERROR), 0);
}

static const struct ktest_case cases[] = {
    {"the_timer_comes_again_and_again", the_timer_comes_again_and_again},
    {"nothing_comes_when_nothing_is_due", nothing_comes_when_nothing_is_due},
    {"no_wake_up_is_lost", no_wake_up_is_lost},
    {"a_leaf_function_keeps_its_variables", a_leaf_function_keeps_its_variables},
    {"a_masked_source_stays_silent", a_masked_source_stays_silent},
    {"a_spurious_or_stray_interrupt_ends_nothing", a_spurious_or_stray_interrupt_ends_nothing},
    {"a_spurious_8259_interrupt_ends_nothing", a_spurious_8259_interrupt_ends_nothing},
    {"the_local_apic_has_no_errors", the_local_apic_has_no_errors},
};
const struct ktest_suite interrupts_suite = KTEST_SUITE("interrupts", cases);
