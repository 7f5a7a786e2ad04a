/* SPDX-License-Identifier: MIT */
/* Model-specific registers: values known from the manuals and from running systems,
 * the overlap rule of the memory types against a table typed from the manual,
 * refusals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "x86_64/apic_msr.h"
#include "x86_64/mtrr.h"
#include "x86_64/syscall_msr.h"

static int reset(void **state)
{
    (void)state;
    memset(&fake_cpu, 0, sizeof fake_cpu);
    return 0;
}

static void efer_keeps_what_has_no_name(void **state)
{
    (void)state;
    const uint64_t unnamed = BIT64(21) | BIT64(40);
    insn_wrmsr(MSR_EFER, unnamed | EFER_LME | EFER_LMA);
    efer_update(EFER_NXE | EFER_SCE, 0);
    assert_int_equal(efer_read(), unnamed | EFER_LME | EFER_LMA | EFER_NXE | EFER_SCE);
    efer_write(EFER_LME | EFER_NXE); /* LMA is the processor's and stays */
    assert_int_equal(efer_read(), unnamed | EFER_LME | EFER_LMA | EFER_NXE);
    expect_assert_failure(efer_update(0, EFER_LME));
    expect_assert_failure(efer_write(EFER_LME | BIT64(9)));
    assert_int_equal(efer_compose(0, EFER_LME | EFER_LMA), EFER_LME);
}

static void bases_take_canonical_addresses_only(void **state)
{
    (void)state;
    assert_int_equal(fs_base_write(0x00007fffffffffff, PAGING_4_LEVELS), OK);
    assert_int_equal(gs_base_write(0xffff800000000000, PAGING_4_LEVELS), OK);
    assert_int_equal(kernel_gs_base_write(0x0000800000000000, PAGING_5_LEVELS), OK);
    unsigned writes = fake_cpu.msr_writes;
    assert_int_equal(fs_base_write(0x0000800000000000, PAGING_4_LEVELS), ERR_RANGE);
    assert_int_equal(gs_base_write(0x8000000000000000, PAGING_5_LEVELS), ERR_RANGE);
    assert_int_equal(lstar_write(0x1234567812345678, PAGING_4_LEVELS), ERR_RANGE);
    assert_int_equal(fake_cpu.msr_writes, writes);
    assert_int_equal(fs_base_read(), 0x00007fffffffffff);
    assert_int_equal(gs_base_read(), 0xffff800000000000);
    assert_int_equal(kernel_gs_base_read(), 0x0000800000000000);
    assert_int_equal(lstar_write(0xffffffff80001000, PAGING_4_LEVELS), OK);
    assert_int_equal(cstar_write(0xffffffff80002000, PAGING_4_LEVELS), OK);
    assert_int_equal(insn_rdmsr(0xc0000082), 0xffffffff80001000);
    assert_int_equal(insn_rdmsr(0xc0000083), 0xffffffff80002000);
    assert_int_equal(lstar_read(), 0xffffffff80001000);
    assert_int_equal(cstar_read(), 0xffffffff80002000);
    tsc_aux_write(3);
    assert_int_equal(insn_rdmsr(0xc0000103), 3);
}

static void star_layouts(void **state)
{
    (void)state;
    static const struct {
        struct star_selectors s; /* user_cs, user_ss, kernel_cs, kernel_ss */
        enum star_check check;
    } cases[] = {
        {{0x33, 0x2b, 0x10, 0x18}, STAR_OK}, /* Linux: STAR 63:48 is 23h, 47:32 is 10h */
        {{0x23, 0x1b, 0x08, 0x10}, STAR_OK},
        {{0x1b, 0x23, 0x08, 0x10}, STAR_USER_ORDER},
        {{0x23, 0x23, 0x08, 0x10}, STAR_USER_ORDER},
        {{0x23, 0x1b, 0x10, 0x08}, STAR_KERNEL_ORDER},
        {{0x03, 0xfffb, 0x08, 0x10}, STAR_USER_ORDER}, /* 16-bit arithmetic would wrap */
        {{0x23, 0x1b, 0xfff8, 0x00}, STAR_KERNEL_ORDER},
        {{0x20, 0x18, 0x08, 0x10}, STAR_USER_RING},
        {{0x23, 0x1b, 0x0b, 0x13}, STAR_KERNEL_RING},
        {{0x0b, 0x03, 0x08, 0x10}, STAR_NULL},
        {{0x23, 0x1b, 0x00, 0x08}, STAR_NULL},
        {{0x27, 0x1f, 0x08, 0x10}, STAR_NULL}, /* local table */
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(star_check(&cases[i].s), cases[i].check);
        if (cases[i].check != STAR_OK) continue;
        struct star_selectors back = star_get(star_make(&cases[i].s));
        assert_memory_equal(&back, &cases[i].s, sizeof back);
    }
    expect_assert_failure(star_make(&cases[2].s));
    assert_int_equal(star_make(&cases[0].s), 0x0023001000000000);
    star_write(&cases[0].s);
    assert_int_equal(insn_rdmsr(0xc0000081), 0x0023001000000000);
    assert_int_equal(star_read().user_cs, 0x33);
    sfmask_write(RFLAGS_IF | RFLAGS_DF | RFLAGS_TF);
    assert_int_equal(sfmask_read(), 0x700);
    expect_assert_failure(sfmask_write(BIT64(3)));
}

static void page_attribute_tables(void **state)
{
    (void)state;
    static const enum memory_type reset_types[8] = {
        MEMORY_WB, MEMORY_WT, MEMORY_UC_MINUS, MEMORY_UC,
        MEMORY_WB, MEMORY_WT, MEMORY_UC_MINUS, MEMORY_UC,
    };
    static const enum memory_type linux_types[8] = {
        MEMORY_WB, MEMORY_WC, MEMORY_UC_MINUS, MEMORY_UC,
        MEMORY_WB, MEMORY_WP, MEMORY_UC_MINUS, MEMORY_WT,
    };
    assert_int_equal(pat_make(reset_types), PAT_DEFAULT);
    assert_int_equal(PAT_DEFAULT, 0x0007040600070406);
    assert_int_equal(pat_make(linux_types), 0x0407050600070106); /* its boot log's word */
    assert_true(pat_is_valid(PAT_DEFAULT));
    for (unsigned n = 0; n < 8; n++) {
        enum memory_type type;
        assert_int_equal(pat_get(0x0407050600070106, n, &type), OK);
        assert_int_equal(type, linux_types[n]);
        for (unsigned raw = 0; raw < 256; raw++) {
            bool valid = raw == 0 || raw == 1 || (raw >= 4 && raw <= 7);
            uint64_t pat = (PAT_DEFAULT & ~(UINT64_C(0xff) << 8 * n)) | (uint64_t)raw
                                                                            << 8 * n;
            assert_int_equal(pat_is_valid(pat), valid);
            assert_int_equal(pat_get(pat, n, &type), valid ? OK : ERR_FORMAT);
        }
    }
    expect_assert_failure(pat_with(PAT_DEFAULT, 8, MEMORY_WB));
    expect_assert_failure(pat_with(PAT_DEFAULT, 0, (enum memory_type)2));
    expect_assert_failure(pat_write(0x0202020202020202));
    assert_int_equal(pat_index(true, false, true), 5);
    assert_int_equal(pat_index(false, true, true), 3);
    pat_write(0x0407050600070106);
    assert_int_equal(pat_read(), 0x0407050600070106);
    assert_string_equal(memory_type_name(MEMORY_WB), "write-back");
    assert_string_equal(memory_type_name(2), "reserved");
    assert_string_equal(memory_type_name(200), "reserved");
}

/* The layout QEMU's firmware leaves: everything write-back, a hole below 4 GiB, the fixed
 * ranges uncacheable above 640 KiB. */
static struct mtrr_state firmware(void)
{
    struct mtrr_state m = {
        .cap = 0x508, .def_type = 0xc06, .variable_count = 8, .phys_bits = 40,
        .base = {0x00000000c0000000, 0x0000000800000000},
        .mask = {0x000000ffc0000800, 0x000000f800000800},
    };
    for (int i = 0; i < 3; i++) m.fixed[i] = i < 2 ? 0x0606060606060606 : 0;
    for (int i = 3; i < 11; i++) m.fixed[i] = 0x0505050505050505;
    return m;
}

static void memory_types_of_addresses(void **state)
{
    (void)state;
    struct mtrr_state m = firmware();
    static const struct {
        phys_addr pa;
        enum memory_type type;
    } cases[] = {
        {0x0, MEMORY_WB},         {0x7ffff, MEMORY_WB},      {0x80000, MEMORY_WB},
        {0x9ffff, MEMORY_WB},     {0xa0000, MEMORY_UC},      {0xbffff, MEMORY_UC},
        {0xc0000, MEMORY_WP},     {0xfffff, MEMORY_WP},      {0x100000, MEMORY_WB},
        {0xbfffffff, MEMORY_WB},  {0xc0000000, MEMORY_UC},   {0xfee00000, MEMORY_UC},
        {0xffffffff, MEMORY_UC},  {0x100000000, MEMORY_WB},  {0x800000000, MEMORY_UC},
        {0xfffffffff, MEMORY_UC}, {0x1000000000, MEMORY_WB},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        enum memory_type type;
        assert_int_equal(mtrr_type_at(&m, cases[i].pa, &type), OK);
        assert_int_equal(type, cases[i].type);
    }
    enum memory_type type = MEMORY_WC;
    assert_int_equal(mtrr_type_at(&m, UINT64_C(1) << 40, &type), ERR_RANGE);
    m.fixed[1] = 2;
    assert_int_equal(mtrr_type_at(&m, 0x80000, &type), ERR_FORMAT);
    assert_int_equal(type, MEMORY_WC);
    m.def_type &= ~MTRR_DEF_TYPE_FE; /* no fixed ranges: the default rules there too */
    assert_int_equal(mtrr_type_at(&m, 0xa0000, &type), OK);
    assert_int_equal(type, MEMORY_WB);
    m.def_type &= ~MTRR_DEF_TYPE_E;
    assert_int_equal(mtrr_type_at(&m, 0x100000, &type), OK);
    assert_int_equal(type, MEMORY_UC);
}

/* Every byte of the first MiB against the table of the manual, range by range. */
static void fixed_ranges_in_order(void **state)
{
    (void)state;
    static const uint32_t numbers[11] = {0x250, 0x258, 0x259, 0x268, 0x269, 0x26a,
                                         0x26b, 0x26c, 0x26d, 0x26e, 0x26f};
    static const struct {
        phys_addr start;
        uint32_t each;
    } registers[11] = {
        {0x00000, 0x10000}, {0x80000, 0x4000}, {0xa0000, 0x4000}, {0xc0000, 0x1000},
        {0xc8000, 0x1000},  {0xd0000, 0x1000}, {0xd8000, 0x1000}, {0xe0000, 0x1000},
        {0xe8000, 0x1000},  {0xf0000, 0x1000}, {0xf8000, 0x1000},
    };
    for (unsigned i = 0; i < 11; i++) {
        assert_int_equal(mtrr_fixed_msr(i), numbers[i]);
        for (unsigned byte = 0; byte < 8; byte++) {
            struct mtrr_state m = {
                .cap = MTRRCAP_FIX, .def_type = 0xc06, .phys_bits = 36};
            m.fixed[i] = UINT64_C(4) << 8 * byte; /* the one write-through range */
            phys_addr start = registers[i].start + byte * registers[i].each;
            enum memory_type type;
            assert_int_equal(mtrr_type_at(&m, start, &type), OK);
            assert_int_equal(type, MEMORY_WT);
            assert_int_equal(mtrr_type_at(&m, start + registers[i].each - 1, &type), OK);
            assert_int_equal(type, MEMORY_WT);
            if (start > 0) {
                assert_int_equal(mtrr_type_at(&m, start - 1, &type), OK);
                assert_int_equal(type, MEMORY_UC);
            }
        }
    }
    expect_assert_failure(mtrr_fixed_msr(11));
}

/* SDM 3A 11.11.4.1.  -1: undefined. */
static void overlapping_ranges(void **state)
{
    (void)state;
    static const int types[5] = {MEMORY_UC, MEMORY_WC, MEMORY_WT, MEMORY_WP, MEMORY_WB};
    static const int expected[5][5] = {
        {0, 0, 0, 0, 0}, {0, 1, -1, -1, -1}, {0, -1, 4, -1, 4}, {0, -1, -1, 5, -1},
        {0, -1, 4, -1, 6},
    };
    for (unsigned a = 0; a < 5; a++)
        for (unsigned b = 0; b < 5; b++) {
            struct mtrr_state m = {
                .def_type = 0x801, .variable_count = 2, .phys_bits = 36,
                .base = {(uint64_t)types[a], (uint64_t)types[b]},
                .mask = {0xfc0000800, 0xff0000800},
            };
            enum memory_type type = MEMORY_UC_MINUS;
            enum err e = mtrr_type_at(&m, 0x200000, &type);
            assert_int_equal(e, expected[a][b] < 0 ? ERR_FORMAT : OK);
            if (e == OK) assert_int_equal(type, expected[a][b]);
        }
}

static void variable_ranges(void **state)
{
    (void)state;
    struct mtrr_state m = firmware();
    phys_addr start = 0;
    uint64_t len = 0;
    enum memory_type type;
    assert_int_equal(mtrr_variable(&m, 0, &start, &len, &type), OK);
    assert_int_equal(start, 0xc0000000);
    assert_int_equal(len, 0x40000000);
    assert_int_equal(mtrr_variable(&m, 1, &start, &len, &type), OK);
    assert_int_equal(start, 0x800000000);
    assert_int_equal(len, 0x800000000);
    assert_int_equal(mtrr_variable(&m, 2, &start, &len, &type), ERR_NOT_FOUND);
    assert_int_equal(mtrr_variable(&m, 99, &start, &len, &type), ERR_NOT_FOUND);
    m.mask[0] = 0xffa0000800; /* a hole in the mask: two ranges */
    assert_int_equal(mtrr_variable(&m, 0, &start, &len, &type), ERR_FORMAT);
    m = firmware();
    m.base[0] |= 2;
    assert_int_equal(mtrr_variable(&m, 0, &start, &len, &type), ERR_FORMAT);
    m.mask[1] = MTRR_MASK_VALID; /* mask 0: everything */
    assert_int_equal(mtrr_variable(&m, 1, &start, &len, &type), OK);
    assert_int_equal(start, 0);
    assert_int_equal(len, UINT64_C(1) << 40);
}

static void reading_the_processors_ranges(void **state)
{
    (void)state;
    struct mtrr_state want = firmware(), m;
    insn_wrmsr(0xfe, want.cap);
    insn_wrmsr(0x2ff, want.def_type);
    static const uint32_t numbers[11] = {0x250, 0x258, 0x259, 0x268, 0x269, 0x26a,
                                         0x26b, 0x26c, 0x26d, 0x26e, 0x26f};
    for (unsigned i = 0; i < 11; i++) insn_wrmsr(numbers[i], want.fixed[i]);
    for (unsigned n = 0; n < 8; n++) {
        insn_wrmsr(0x200 + 2 * n, want.base[n]);
        insn_wrmsr(0x201 + 2 * n, want.mask[n]);
    }
    mtrr_read(&m, 40);
    assert_memory_equal(&m, &want, sizeof m);
}

static void apic_modes(void **state)
{
    (void)state;
    static const bool can[4][4] = {
        /* to: off, invalid, xAPIC, x2APIC */
        {true, false, true, false},
        {false, false, false, false},
        {true, false, true, true},
        {true, false, false, true},
    };
    for (unsigned from = 0; from < 4; from++)
        for (unsigned to = 0; to < 4; to++)
            assert_int_equal(apic_mode_can_go((enum apic_mode)from, (enum apic_mode)to),
                             can[from][to]);
    assert_int_equal(apic_mode_of(0xfee00900), APIC_XAPIC);
    assert_int_equal(apic_mode_of(0xfee00d00), APIC_X2APIC);
    assert_int_equal(apic_mode_of(0xfee00100), APIC_OFF);
    assert_int_equal(apic_mode_of(0xfee00500), APIC_INVALID);
    assert_int_equal(apic_page_of(0xfee00d00), APIC_BASE_DEFAULT);
    assert_true(apic_is_bsp(0xfee00900));
    insn_wrmsr(MSR_APIC_BASE, 0xfee00d00);
    unsigned writes = fake_cpu.msr_writes;
    apic_set_mode(APIC_XAPIC); /* by way of off */
    assert_int_equal(fake_cpu.msr_writes - writes, 2);
    assert_int_equal(apic_base_read(), 0xfee00900);
    apic_set_mode(APIC_X2APIC);
    assert_int_equal(fake_cpu.msr_writes - writes, 3);
    assert_int_equal(apic_base_read(), 0xfee00d00);
    apic_set_mode(APIC_OFF);
    assert_int_equal(apic_base_read(), 0xfee00100);
    apic_set_mode(APIC_X2APIC); /* by way of xAPIC */
    assert_int_equal(apic_base_read(), 0xfee00d00);
    expect_assert_failure(apic_base_with(0, APIC_INVALID));
}

static void x2apic_numbers(void **state)
{
    (void)state;
    static const uint32_t known[][2] = {{0x020, 0x802}, {0x030, 0x803}, {0x080, 0x808},
                                        {0x0b0, 0x80b}, {0x0d0, 0x80d}, {0x0f0, 0x80f},
                                        {0x280, 0x828}, {0x300, 0x830}, {0x320, 0x832},
                                        {0x380, 0x838}, {0x3e0, 0x83e}, {0x3f0, 0x83f}};
    uint32_t number = 42;
    for (unsigned i = 0; i < sizeof known / sizeof known[0]; i++) {
        assert_int_equal(x2apic_msr(known[i][0], &number), OK);
        assert_int_equal(number, known[i][1]);
    }
    number = 42;
    assert_int_equal(x2apic_msr(0x0e0, &number), ERR_NOT_FOUND);
    assert_int_equal(x2apic_msr(0x310, &number), ERR_NOT_FOUND);
    assert_int_equal(x2apic_msr(0x400, &number), ERR_RANGE);
    assert_int_equal(x2apic_msr(0x024, &number), ERR_RANGE);
    assert_int_equal(number, 42);
}

static void control_flow_values(void **state)
{
    (void)state;
    assert_int_equal(cet_make(CET_SH_STK_EN | CET_ENDBR_EN, 0x7000), 0x7005);
    assert_int_equal(cet_legacy_bitmap(0x7005), 0x7000);
    expect_assert_failure(cet_make(CET_SH_STK_EN, 0x7001));
    expect_assert_failure(cet_make(CET_SUPPRESS | CET_TRACKER, 0));
    expect_assert_failure(cet_make(BIT64(6), 0));
}

/* The fault this suite must catch: STAR's sysret base taken to be the 64-bit CS
 * itself. */
static void the_deliberate_fault_is_caught(void **state)
{
    (void)state;
    uint64_t wrong =
        field_put64(STAR_SYSRET_BASE, 0x33) | field_put64(STAR_SYSCALL_BASE, 0x10);
    assert_int_not_equal(star_get(wrong).user_cs, 0x33);
}

#define TEST(name) cmocka_unit_test_setup(name, reset)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(efer_keeps_what_has_no_name),
        TEST(bases_take_canonical_addresses_only),
        TEST(star_layouts),
        TEST(page_attribute_tables),
        TEST(memory_types_of_addresses),
        TEST(fixed_ranges_in_order),
        TEST(overlapping_ranges),
        TEST(variable_ranges),
        TEST(reading_the_processors_ranges),
        TEST(apic_modes),
        TEST(x2apic_numbers),
        TEST(control_flow_values),
        TEST(the_deliberate_fault_is_caught),
    };
    return cmocka_run_group_tests_name("x86_64/msr", tests, NULL, NULL);
}
