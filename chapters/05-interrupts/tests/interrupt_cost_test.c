/* SPDX-License-Identifier: MIT */
/* What an interrupt costs, from where it comes in to the instruction that is next: a message
 * that the local APIC sends to itself, in the place of a device's, all the way through irq.c
 * to a handler that does nothing; and with the least that its gate can lead to. */
#include "base/bits.h"
#include "base/mmio.h"
#include "cpu/irq.h"
#include "cpu/local_apic.h"
#include "tests/cost.h"
#include "tests/suites.h"
#include "x86_64/apic_msr.h"
#include "x86_64/insn.h"

/* ISA interrupt 3 is a second serial port's: nothing else comes on it here. */
#define IRQ_UNUSED ((enum irq)3)
enum { VECTOR = 48 + 3 };

/* Registers, SDM 3A table 10-1. */
enum { APIC_EOI = 0x0b0, APIC_IRR = 0x200, APIC_ICR = 0x300, APIC_SELF_IPI = 0x3f0 };
#define ICR_TO_SELF BIT32(18) /* SDM 3A figure 10-12: shorthand 01, delivery fixed */

/* In tests/interrupt_stubs.asm. */
void interrupt_window(void);
extern const char interrupt_stub_xapic[], interrupt_stub_x2apic[];
extern uint64_t interrupt_stub_eoi;

static uint64_t handled;

static void handle(void)
{
    handled++;
}

static reg32 *xapic(uint32_t offset)
{
    return (reg32 *)(apic_page_of(apic_base_read()) + offset);
}

static bool is_pending(void)
{
    uint32_t offset = APIC_IRR + VECTOR / 32 * 0x10, msr, requests;

    if (!local_apic_is_x2apic()) requests = reg_read32(xapic(offset));
    else requests = x2apic_msr(offset, &msr) == OK ? (uint32_t)insn_rdmsr(msr) : 0;
    return (requests >> VECTOR % 32 & 1) != 0;
}

/* Interrupts are off: it waits in the local APIC. */
static void send_to_self(void)
{
    uint32_t msr;

    if (!local_apic_is_x2apic()) reg_write32(xapic(APIC_ICR), ICR_TO_SELF | VECTOR);
    else if (x2apic_msr(APIC_SELF_IPI, &msr) == OK) insn_wrmsr(msr, VECTOR);
    for (unsigned polls = 0; !is_pending() && polls < 1000; polls++) insn_pause();
}

static const struct cost_job job = {
    .prepare = send_to_self, .run = interrupt_window, .without = interrupt_window};

static uint64_t least_cost(uint64_t ours)
{
    const char *stub = local_apic_is_x2apic() ? interrupt_stub_x2apic : interrupt_stub_xapic;
    interrupt_stub_eoi = apic_page_of(apic_base_read()) + APIC_EOI;
    struct idt_gate before = cost_set_gate(VECTOR, cost_gate_to(stub));
    uint64_t least = cost_of(&job);
    /* Noise only makes it longer. */
    for (unsigned again = 0; least >= ours && again < 50; again++) least = cost_of(&job);
    KTEST_EXPECT(!is_pending());
    cost_set_gate(VECTOR, before);
    return least;
}

static void from_the_local_apic(void)
{
    if (!irq_uses_apic()) KTEST_SKIP("there is no local APIC in use");
    KTEST_REQUIRE(irq_enable(IRQ_UNUSED, "cost", handle) == OK);
    handled = 0;
    uint64_t count = irq_count(IRQ_UNUSED);
    uint64_t ours = cost_of(&job);
    KTEST_EXPECT(handled >= COST_RUNS);
    KTEST_EXPECT_EQ(irq_count(IRQ_UNUSED) - count, handled);
    KTEST_EXPECT(!is_pending());
    handled = 0;
    uint64_t least = least_cost(ours);
    KTEST_EXPECT_EQ(handled, 0);
    KTEST_EXPECT(!local_apic_in_service(VECTOR));
    KTEST_EXPECT(least > 0);
    KTEST_EXPECT(ours > least);
    irq_set_masked(IRQ_UNUSED, true);
    cost_note("interrupt", ours);
    cost_note("interrupt-stub", least);
}

static const struct ktest_case cases[] = {
    {"from_the_local_apic", from_the_local_apic},
};
const struct ktest_suite interrupt_cost_suite = KTEST_SUITE("interrupt_cost", cases);
