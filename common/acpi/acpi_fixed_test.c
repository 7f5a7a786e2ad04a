/* SPDX-License-Identifier: MIT */
/* Every field and every length of FADT, HPET and MCFG, built byte by byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "acpi/table_host.h"

/* --- FADT --- */

/* Each byte holds its own offset in the table, so that a field read from the wrong place
 * shows; `flags` and the timer's length are real. */
static struct body fadt_bytes(size_t table_len, uint32_t flags)
{
    struct body b = {0};
    for (size_t i = HEADER_LEN; i < table_len; i++) put(&b, i & 0xff, 1);
    for (size_t i = 0; i < 4; i++)
        b.at[112 - HEADER_LEN + i] = (uint8_t)(flags >> (8 * i));
    b.at[91 - HEADER_LEN] = 4;
    return b;
}

static enum err parse_fadt(const struct body *b, uint8_t revision, struct acpi_fadt *fadt)
{
    struct acpi_table_block t = table_of("FACP", revision, b);
    enum err e = acpi_fadt_parse(&t.table, fadt);
    free(t.block);
    return e;
}

static void fadt_fields_of_every_length(void **state)
{
    (void)state;
    for (uint8_t revision = 1; revision <= 6; revision++)
        for (size_t len = HEADER_LEN; len <= 300; len++) {
            struct body b = fadt_bytes(len < 116 ? 116 : len, 1u << 10);
            struct acpi_fadt f;
            b.len = len - HEADER_LEN;
            assert_int_equal(parse_fadt(&b, revision, &f), len < 116 ? ERR_FORMAT : OK);
            assert_int_equal(f.fault, len < 116 ? ACPI_FAULT_TOO_SHORT : ACPI_FAULT_NONE);
            if (len < 116) continue;
            assert_int_equal(f.revision, revision);
            assert_int_equal(f.preferred_profile, 45);
            assert_int_equal(f.sci_int, 0x2f2e);
            assert_int_equal(f.smi_cmd, 0x33323130);
            assert_int_equal(f.acpi_enable, 52);
            assert_int_equal(f.acpi_disable, 53);
            assert_int_equal(f.cmos_century, 108);
            assert_int_equal(f.dsdt_pa, len < 148 ? 0x2b2a2928 : 0x939291908f8e8d8c);
            assert_int_equal(f.facs_pa, len < 140 ? 0x27262524 : 0x8b8a898887868584);
            assert_int_equal(f.pm1a_event.address,
                             len < 160 ? 0x3b3a3938 : 0x9f9e9d9c9b9a9998);
            assert_int_equal(f.pm1a_event.space, len < 160 ? ACPI_SPACE_IO : 148);
            assert_int_equal(f.pm1b_event.address,
                             len < 172 ? 0x3f3e3d3c : 0xabaaa9a8a7a6a5a4);
            assert_int_equal(f.pm1a_control.address,
                             len < 184 ? 0x43424140 : 0xb7b6b5b4b3b2b1b0);
            assert_int_equal(f.pm1b_control.address,
                             len < 196 ? 0x47464544 : 0xc3c2c1c0bfbebdbc);
            assert_int_equal(f.pm_timer.address,
                             len < 220 ? 0x4f4e4d4c : 0xdbdad9d8d7d6d5d4);
            assert_int_equal(f.pm_timer.width_bits, len < 220 ? 32 : 209);
            assert_int_equal(f.has_reset, len >= 129);
            assert_int_equal(f.reset_value, len < 129 ? 0 : 128);
            assert_int_equal(f.reset_reg.address, len < 129 ? 0 : 0x7f7e7d7c7b7a7978);
            assert_int_equal(f.reset_reg.space, len < 129 ? 0 : 116);
            assert_int_equal(f.reset_reg.access_log2_plus1, len < 129 ? 0 : 119);
        }
}

static void fadt_flags_and_boot_architecture(void **state)
{
    (void)state;
    struct acpi_fadt f;
    for (unsigned boot = 0; boot < 64; boot++)
        for (uint8_t revision = 1; revision <= 6; revision++) {
            struct body b = fadt_bytes(276, 0);
            b.at[109 - HEADER_LEN] = (uint8_t)boot;
            assert_int_equal(parse_fadt(&b, revision, &f), OK);
            unsigned told = revision == 1 ? 3 : boot;
            assert_int_equal(f.has_boot_arch, revision > 1);
            assert_int_equal(f.has_legacy_devices, told & 1);
            assert_int_equal(f.has_8042, told >> 1 & 1);
            assert_int_equal(f.no_vga, told >> 2 & 1);
            assert_int_equal(f.no_msi, told >> 3 & 1);
            assert_int_equal(f.no_aspm, told >> 4 & 1);
            assert_int_equal(f.no_cmos_rtc, told >> 5 & 1);
            assert_false(f.has_reset); /* the flag decides */
            assert_int_equal(f.pm_timer_width_bits, 24);
        }
    struct body b = fadt_bytes(276, 1u << 8);
    assert_int_equal(parse_fadt(&b, 6, &f), OK);
    assert_int_equal(f.pm_timer_width_bits, 32);
    b.at[91 - HEADER_LEN] = 0;
    assert_int_equal(parse_fadt(&b, 6, &f), OK);
    assert_int_equal(f.pm_timer_width_bits, 0);
    assert_int_equal(f.pm_timer.address, 0);

    b = fadt_bytes(276,
                   1u << 20 | 1u << 10); /* hardware-reduced still has a reset register */
    assert_int_equal(parse_fadt(&b, 6, &f), OK);
    assert_true(f.hardware_reduced && f.has_reset);
    assert_int_equal(f.sci_int, 0);
    assert_int_equal(f.smi_cmd, 0);
    assert_int_equal(f.pm1a_event.address, 0);
    assert_int_equal(f.pm_timer_width_bits, 0);
}

/* An extended field of 0 gives way to the old one. */
static void fadt_without_extended_addresses(void **state)
{
    (void)state;
    struct acpi_fadt f;
    struct body b = fadt_bytes(276, 1u << 10);
    memset(b.at + 116 - HEADER_LEN, 0, 276 - 116);
    assert_int_equal(parse_fadt(&b, 6, &f), OK);
    assert_int_equal(f.dsdt_pa, 0x2b2a2928);
    assert_int_equal(f.facs_pa, 0x27262524);
    assert_int_equal(f.pm_timer.address, 0x4f4e4d4c);
    assert_int_equal(f.pm1a_control.address, 0x43424140);
    assert_int_equal(f.pm1a_control.space, ACPI_SPACE_IO);
    assert_int_equal(f.pm1a_control.width_bits, 255); /* 89 bytes: as much as fits */
    assert_false(f.has_reset);                        /* a register at 0 is none */
}

/* --- HPET --- */

static void hpet_is_in_memory_and_whole(void **state)
{
    (void)state;
    struct body full = {0};
    struct acpi_hpet hpet;
    put(&full, 0x1af47f05,
        4); /* vendor 1AF4h, 32 comparators, 64 bits, no routing, rev. 5 */
    put(&full, 0x00400000, 4);
    put(&full, 0xfedabcde0000, 8);
    put(&full, 3, 1);
    put(&full, 0x0102, 2);
    put(&full, 0x51, 1);
    for (size_t len = 0; len <= full.len; len++) {
        struct body b = full;
        b.len = len;
        struct acpi_table_block t = table_of("HPET", 1, &b);
        bool fits = len == full.len;
        assert_int_equal(acpi_hpet_parse(&t.table, &hpet), fits ? OK : ERR_FORMAT);
        assert_int_equal(hpet.fault, fits ? ACPI_FAULT_NONE : ACPI_FAULT_TOO_SHORT);
        free(t.block);
    }
    /* 7F05h: bit 15 clear, bit 13 set, bits 12:8 all set */
    assert_int_equal(hpet.comparator_count, 32);
    assert_true(hpet.counter_is_64_bit);
    assert_false(hpet.legacy_routing);
    assert_int_equal(hpet.hardware_revision, 5);
    assert_int_equal(hpet.pci_vendor, 0x1af4);
    assert_int_equal(hpet.base.address, 0xfedabcde0000);
    assert_int_equal(hpet.base.width_bits, 0);
    assert_int_equal(hpet.base.offset_bits, 0x40);
    assert_int_equal(hpet.number, 3);
    assert_int_equal(hpet.min_tick, 0x0102);
    assert_int_equal(hpet.page_protection, 1);

    for (int fault = 0; fault < 2; fault++) {
        struct body b = full;
        if (fault)
            b.at[4] = ACPI_SPACE_IO;
        else
            memset(b.at + 8, 0, 8);
        struct acpi_table_block t = table_of("HPET", 1, &b);
        assert_int_equal(acpi_hpet_parse(&t.table, &hpet), ERR_FORMAT);
        assert_int_equal(hpet.fault, ACPI_FAULT_VALUE);
        assert_int_equal(hpet.comparator_count, 0);
        free(t.block);
    }
}

/* --- MCFG --- */

static void put_allocation(struct body *b, uint64_t pa, uint16_t segment, uint8_t first,
                           uint8_t last)
{
    put(b, pa, 8);
    put(b, segment, 2);
    put(b, first, 1);
    put(b, last, 1);
    put(b, 0, 4);
}

static void mcfg_allocations_are_possible(void **state)
{
    (void)state;
    static const struct {
        uint64_t pa;
        uint8_t first, last;
        bool possible;
    } cases[] = {
        {0xe0000000, 0, 255, true},          {0xe0000000, 64, 64, true},
        {0xe0000000, 2, 1, false},           {0, 0, 255, false},
        {0xe0001000, 0, 255, false},         {0xfffffffff0000000, 0, 255, true},
        {0xfffffffff0100000, 0, 255, false}, {0xfffffffffff00000, 0, 0, true},
        {0xfffffffffff00000, 0, 1, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct body b = {.len = 8};
        struct acpi_mcfg mcfg;
        struct acpi_mcfg_allocation a;
        put_allocation(&b, 0x80000000, 7, 3, 9);
        put_allocation(&b, cases[i].pa, 1, cases[i].first, cases[i].last);
        put_allocation(&b, 0x90000000, 8, 3, 9);
        struct acpi_table_block t = table_of("MCFG", 1, &b);
        assert_int_equal(acpi_mcfg_parse(&t.table, &mcfg), OK);
        assert_int_equal(mcfg.allocation_count, 3);
        struct acpi_mcfg_walk walk = acpi_mcfg_allocations(&mcfg);
        assert_true(acpi_mcfg_next(&walk, &a));
        assert_int_equal(a.segment, 7);
        assert_int_equal(a.first_bus, 3);
        assert_int_equal(acpi_mcfg_next(&walk, &a), cases[i].possible);
        assert_int_equal(walk.fault,
                         cases[i].possible ? ACPI_FAULT_NONE : ACPI_FAULT_VALUE);
        assert_int_equal(acpi_mcfg_next(&walk, &a), cases[i].possible);
        assert_false(acpi_mcfg_next(&walk, &a));
        free(t.block);

        for (b.len = 0; b.len <= 40; b.len++) {
            t = table_of("MCFG", 1, &b);
            bool whole_ones = b.len == 8 || b.len == 24 || b.len == 40;
            assert_int_equal(acpi_mcfg_parse(&t.table, &mcfg),
                             whole_ones ? OK : ERR_FORMAT);
            free(t.block);
        }
    }
}

/* The fault this suite must catch: IAPC_BOOT_ARCH taken from a table of revision 1, where
 * those bytes are reserved and 0.  Bochs, which has an 8042, would lose its keyboard. */
static void the_deliberate_fault_is_caught(void **state)
{
    (void)state;
    struct acpi_fadt f;
    struct body b = fadt_bytes(116, 0);
    b.at[109 - HEADER_LEN] = 0;
    bool wrong_has_8042 = b.at[109 - HEADER_LEN] >> 1 & 1;
    assert_false(wrong_has_8042);
    assert_int_equal(parse_fadt(&b, 1, &f), OK);
    assert_true(f.has_8042);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fadt_fields_of_every_length),
        cmocka_unit_test(fadt_flags_and_boot_architecture),
        cmocka_unit_test(fadt_without_extended_addresses),
        cmocka_unit_test(hpet_is_in_memory_and_whole),
        cmocka_unit_test(mcfg_allocations_are_possible),
        cmocka_unit_test(the_deliberate_fault_is_caught),
    };
    return cmocka_run_group_tests_name("acpi/fixed", tests, NULL, NULL);
}
