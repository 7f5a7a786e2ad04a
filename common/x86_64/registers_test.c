/* SPDX-License-Identifier: MIT */
/* Control and flag registers, ports, translation caches on a processor that tests/fake
 * plays: what a write leaves alone, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "x86_64/control.h"
#include "x86_64/interrupts.h"
#include "x86_64/port.h"
#include "x86_64/segment.h"
#include "x86_64/smap.h"
#include "x86_64/tlb.h"

static struct {
    uint16_t port;
    unsigned width;
    uint32_t value;
} last_port;

uint32_t fake_port_read(uint16_t port, unsigned width)
{
    last_port.port = port;
    last_port.width = width;
    return UINT32_C(0x89abcdef);
}

void fake_port_write(uint16_t port, unsigned width, uint32_t value)
{
    last_port.port = port;
    last_port.width = width;
    last_port.value = value;
}

/* smap.h asks CPUID; these tests say themselves what is there. */
bool cpuid_has(const struct cpuid_source *s, enum cpuid_feature f)
{
    return s->context && f == CPUID_SMAP;
}

static int reset(void **state)
{
    (void)state;
    memset(&fake_cpu, 0, sizeof fake_cpu);
    memset(&fake_user, 0, sizeof fake_user);
    memset(&fake_insn, 0, sizeof fake_insn);
    return 0;
}

static void cr0_keeps_what_has_no_name(void **state)
{
    (void)state;
    const uint64_t unnamed = BIT64(10) | BIT64(28) | BIT64(40);
    fake_cpu.cr0 = unnamed | CR0_PE | CR0_PG | CR0_TS;
    cr0_write(CR0_PE | CR0_PG | CR0_WP);
    assert_int_equal(fake_cpu.cr0, unnamed | CR0_PE | CR0_PG | CR0_WP);
    cr0_update(CR0_NE | CR0_MP, CR0_WP);
    assert_int_equal(fake_cpu.cr0, unnamed | CR0_PE | CR0_PG | CR0_NE | CR0_MP);
    cr0_update(0, 0);
    assert_int_equal(cr0_read(), unnamed | CR0_PE | CR0_PG | CR0_NE | CR0_MP);
    const uint64_t before = fake_cpu.cr0;
    expect_assert_failure(cr0_update(0, CR0_PE));         /* paging needs it */
    expect_assert_failure(cr0_update(CR0_NW, 0));         /* only with CD */
    expect_assert_failure(cr0_update(CR0_TS, CR0_TS));
    expect_assert_failure(cr0_write(CR0_PE | BIT64(10))); /* has no name */
    assert_int_equal(fake_cpu.cr0, before);
    assert_true(cr0_is_allowed(CR0_PE | CR0_PG | CR0_NW | CR0_CD));
}

static void cr4_keeps_what_has_no_name(void **state)
{
    (void)state;
    const uint64_t unnamed = BIT64(15) | BIT64(32);
    fake_cpu.cr0 = CR0_WP;
    fake_cpu.cr4 = unnamed | CR4_PAE | CR4_PGE;
    cr4_write(CR4_PAE | CR4_OSFXSR);
    assert_int_equal(fake_cpu.cr4, unnamed | CR4_PAE | CR4_OSFXSR);
    cr4_update(CR4_SMEP | CR4_CET, CR4_OSFXSR);
    assert_int_equal(cr4_read(), unnamed | CR4_PAE | CR4_SMEP | CR4_CET);
    expect_assert_failure(cr4_update(0, CR4_PAE));
    expect_assert_failure(cr4_update(CR4_LA57, 0));
    expect_assert_failure(cr4_write(CR4_PAE | BIT64(15)));
    assert_int_equal(cr4_read(), unnamed | CR4_PAE | CR4_SMEP | CR4_CET);
}

static void cr4_changes_the_processor_refuses(void **state)
{
    (void)state;
    assert_true(cr4_is_allowed(CR4_PAE, CR4_PAE | CR4_PCIDE, CR0_WP, 0x1000));
    assert_false(cr4_is_allowed(CR4_PAE, CR4_PAE | CR4_PCIDE, CR0_WP, 0x1018));
    assert_true(cr4_is_allowed(CR4_PAE | CR4_PCIDE, CR4_PAE | CR4_PCIDE, CR0_WP, 0x1005));
    assert_false(cr4_is_allowed(CR4_PAE, CR4_PAE | CR4_CET, 0, 0));
    assert_false(cr4_is_allowed(CR4_PAE | CR4_LA57, CR4_PAE, CR0_WP, 0));
    assert_true(cr4_is_allowed(CR4_PAE | CR4_LA57, CR4_PAE | CR4_LA57, 0, 0));
}

static void cr2_is_raw_and_cr8_is_four_bits(void **state)
{
    (void)state;
    fake_cpu.cr2 = 0x1234567812345678; /* no canonical address */
    assert_int_equal(cr2_read_raw(), 0x1234567812345678);
    cr8_write(15);
    assert_int_equal(cr8_read(), 15);
    expect_assert_failure(cr8_write(16));
    assert_int_equal(cr8_class_of(0xef), 14);
    assert_int_equal(cr8_class_of(0x20), 2);
}

static void cr3_values(void **state)
{
    (void)state;
    assert_int_equal(cr3_make(0x1000, 0), 0x1000);
    assert_int_equal(cr3_make(0x000ffffffffff000, CR3_PWT | CR3_PCD), 0x000ffffffffff018);
    assert_int_equal(cr3_make_pcid(0x5000, 0xfff, false), 0x5fff);
    assert_int_equal(cr3_make_pcid(0x5000, 1, true), 0x8000000000005001);
    assert_int_equal(cr3_table(0x8000000000005fff), 0x5000);
    assert_int_equal(cr3_pcid(0x8000000000005fff), 0xfff);
    expect_assert_failure(cr3_make(0x1001, 0));
    expect_assert_failure(cr3_make(0x0010000000000000, 0));
    expect_assert_failure(cr3_make_pcid(0x1000, 0x1000, false));
    fake_cpu.cr3 = 0x1018;
    cr3_update_table(0x9000);
    assert_int_equal(cr3_read(), 0x9018);
}

static void rflags_and_mxcsr(void **state)
{
    (void)state;
    fake_user.rflags = BIT64(30) | RFLAGS_FIXED | RFLAGS_DF;
    rflags_write(RFLAGS_IF);
    assert_int_equal(fake_user.rflags, BIT64(30) | RFLAGS_FIXED | RFLAGS_IF);
    rflags_update(RFLAGS_AC, RFLAGS_IF);
    assert_int_equal(fake_user.rflags, BIT64(30) | RFLAGS_FIXED | RFLAGS_AC);
    expect_assert_failure(rflags_write(BIT64(3)));
    assert_int_equal(rflags_compose(0, RFLAGS_CF), 3); /* bit 1 is always 1 */
    assert_int_equal(MXCSR_DEFAULT, 0x1f80);
    mxcsr_write(0x1f80);
    assert_int_equal(mxcsr_read(), 0x1f80);
    expect_assert_failure(mxcsr_write(0x10000));
    assert_int_equal(mxcsr_with_rounding(0x1f80, MXCSR_TO_ZERO), 0x7f80);
    assert_int_equal(mxcsr_with_rounding(0x7f80, MXCSR_UP), 0x5f80);
    assert_true(mxcsr_is_allowed(0xffbf, 0));
    assert_false(mxcsr_is_allowed(MXCSR_DAZ, 0)); /* the oldest processors have no DAZ */
    assert_true(mxcsr_is_allowed(0xffff, 0xffff));
    assert_false(mxcsr_is_allowed(0x10000, 0xffff));
}

static void off_here_and_return(void)
{
    INTERRUPTS_OFF_HERE();
    assert_int_equal(fake_insn.sti_count, 0);
    if (fake_insn.cli_count == 1) return;
    fail();
}

static void interrupts_come_back_as_they_were(void **state)
{
    (void)state;
    fake_user.rflags = RFLAGS_IF;
    bool were_on = interrupts_save();
    assert_true(were_on);
    assert_int_equal(fake_insn.cli_count, 1);
    interrupts_restore(were_on);
    assert_int_equal(fake_insn.sti_count, 1);
    fake_user.rflags = 0;
    were_on = interrupts_save();
    assert_false(were_on);
    interrupts_restore(were_on);
    assert_int_equal(fake_insn.sti_count, 1);
    memset(&fake_insn, 0, sizeof fake_insn);
    fake_user.rflags = RFLAGS_IF;
    off_here_and_return();
    assert_int_equal(fake_insn.sti_count, 1);
}

static void user_access_ends_with_the_block(void **state)
{
    (void)state;
    struct cpuid_source with = {.context = &fake_cpu}, without = {0};
    struct smap there = smap_init(&with), absent = smap_init(&without);
    {
        SMAP_ALLOWED_HERE(&there);
        assert_int_equal(fake_cpu.stac_count, 1);
        assert_int_equal(fake_cpu.clac_count, 0);
    }
    assert_int_equal(fake_cpu.clac_count, 1);
    fake_user.rflags = RFLAGS_AC; /* an outer one is active */
    {
        SMAP_ALLOWED_HERE(&there);
    }
    assert_int_equal(fake_cpu.clac_count, 1);
    {
        SMAP_ALLOWED_HERE(&absent);
    }
    smap_forbid(&absent);
    assert_int_equal(fake_cpu.stac_count, 2);
    assert_int_equal(fake_cpu.clac_count, 1);
    smap_forbid(&there);
    assert_int_equal(fake_cpu.clac_count, 2);
}

static void translations_are_forgotten(void **state)
{
    (void)state;
    fake_cpu.cr4 = CR4_PAE | CR4_PGE;
    tlb_flush_all();
    assert_int_equal(fake_cpu.cr4_writes, 2);
    assert_int_equal(fake_cpu.cr4_history[0], CR4_PAE);
    assert_int_equal(fake_cpu.cr4, CR4_PAE | CR4_PGE);
    fake_cpu.cr3 = 0x5018;
    tlb_flush_current();
    assert_int_equal(fake_cpu.cr3_writes, 1);
    assert_int_equal(fake_cpu.cr3, 0x5018);
    tlb_flush_page(0x1000);
    assert_int_equal(fake_cpu.invlpg_address, 0x1000);
    tlb_pcid pcid = 9;
    assert_int_equal(tlb_pcid_from(4096, &pcid), ERR_RANGE);
    assert_int_equal(pcid, 9);
    assert_int_equal(tlb_pcid_from(4095, &pcid), OK);
    tlb_invpcid_address(pcid, 0x2000);
    assert_int_equal(fake_cpu.invpcid_kind, 0);
    assert_int_equal(fake_cpu.invpcid[0], 4095);
    assert_int_equal(fake_cpu.invpcid[1], 0x2000);
    tlb_invpcid_pcid(7);
    assert_int_equal(fake_cpu.invpcid_kind, 1);
    tlb_invpcid_all();
    assert_int_equal(fake_cpu.invpcid_kind, 2);
    tlb_invpcid_not_global();
    assert_int_equal(fake_cpu.invpcid_kind, 3);
    expect_assert_failure(tlb_invpcid_pcid(4096));
}

static void broadcasts(void **state)
{
    (void)state;
    struct tlb_broadcast_regs r = {0};
    struct tlb_broadcast b = {.by_address = true,
                              .address = 0xffff888000200000,
                              .page_count = 8,
                              .pages_2m = true,
                              .by_pcid = true,
                              .pcid = 0x123,
                              .by_asid = true,
                              .asid = 5,
                              .global = true};
    assert_int_equal(tlb_broadcast_make(&b, 8, 16, &r), OK);
    assert_int_equal(r.rax, 0xffff88800020000f);
    assert_int_equal(r.ecx, 0x80000007);
    assert_int_equal(r.edx, 0x01230005);
    tlb_broadcast(&r);
    tlb_broadcast_wait();
    assert_int_equal(fake_cpu.invlpgb[0], r.rax);
    assert_int_equal(fake_cpu.tlbsync_count, 1);
    b.page_count = 9;
    assert_int_equal(tlb_broadcast_make(&b, 8, 16, &r), ERR_RANGE);
    b.page_count = 0;
    assert_int_equal(tlb_broadcast_make(&b, 8, 16, &r), ERR_RANGE);
    b.page_count = 1, b.address = 0x1000;
    assert_int_equal(tlb_broadcast_make(&b, 8, 16, &r), ERR_RANGE);
    b.pages_2m = false, b.asid = 16;
    assert_int_equal(tlb_broadcast_make(&b, 8, 16, &r), ERR_RANGE);
    b.asid = 0, b.pcid = 4096;
    assert_int_equal(tlb_broadcast_make(&b, 8, 0, &r), ERR_RANGE);
    b.pcid = 0;
    assert_int_equal(tlb_broadcast_make(&b, 8, 0, &r), OK);
    b = (struct tlb_broadcast){.page_count = 1, .global = true};
    assert_int_equal(tlb_broadcast_make(&b, 1, 1, &r), OK);
    assert_int_equal(r.rax, 8);
    b.page_count = 2;
    assert_int_equal(tlb_broadcast_make(&b, 2, 1, &r), ERR_RANGE);
}

static void ports_have_a_width(void **state)
{
    (void)state;
    assert_int_equal(port_read(PORT8(0x60)), 0xef);
    assert_int_equal(last_port.width, 8);
    assert_int_equal(port_read(PORT16_RO(0x1f0)), 0xcdef);
    assert_int_equal(last_port.port, 0x1f0);
    assert_int_equal(port_read(PORT32(0xcfc)), 0x89abcdef);
    assert_int_equal(last_port.width, 32);
    port_write(PORT8_WO(0x80), 0x42);
    assert_int_equal(last_port.value, 0x42);
    assert_int_equal(last_port.width, 8);
    port_write(PORT16(0x8a00), 0x8a00);
    assert_int_equal(last_port.width, 16);
    port_write(PORT32_WO(0xcf8), 0x80000000);
    assert_int_equal(last_port.value, 0x80000000);
    _Static_assert(sizeof(port_read(PORT16(0))) == 2, "in the port's width");
}

static void selectors(void **state)
{
    (void)state;
    assert_int_equal(selector_make(1, 0), 0x08);
    assert_int_equal(selector_make(4, 3), 0x23);
    assert_int_equal(selector_make(8191, 3), 0xfffb);
    expect_assert_failure(selector_make(8192, 0));
    expect_assert_failure(selector_make(1, 4));
    assert_int_equal(selector_index(0x2b), 5);
    assert_int_equal(selector_rpl(0x2b), 3);
    assert_true(selector_is_local(0x2f));
    fake_cpu.cs = 0x33;
    assert_int_equal(segment_current_ring(), 3);
    segment_write_cs(0x08);
    assert_int_equal(segment_read_cs(), 0x08);
}

/* The fault this suite must catch: a write that drops the bits it has no name for. */
static void the_deliberate_fault_is_caught(void **state)
{
    (void)state;
    fake_cpu.cr4 = BIT64(32) | CR4_PAE;
    insn_write_cr4(CR4_PAE | CR4_SMEP); /* instead of cr4_write */
    assert_int_not_equal(fake_cpu.cr4, BIT64(32) | CR4_PAE | CR4_SMEP);
}

#define TEST(name) cmocka_unit_test_setup(name, reset)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(cr0_keeps_what_has_no_name),
        TEST(cr4_keeps_what_has_no_name),
        TEST(cr4_changes_the_processor_refuses),
        TEST(cr2_is_raw_and_cr8_is_four_bits),
        TEST(cr3_values),
        TEST(rflags_and_mxcsr),
        TEST(interrupts_come_back_as_they_were),
        TEST(user_access_ends_with_the_block),
        TEST(translations_are_forgotten),
        TEST(broadcasts),
        TEST(ports_have_a_width),
        TEST(selectors),
        TEST(the_deliberate_fault_is_caught),
    };
    return cmocka_run_group_tests_name("x86_64/registers", tests, NULL, NULL);
}
