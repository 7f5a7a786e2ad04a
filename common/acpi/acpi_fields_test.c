/* SPDX-License-Identifier: MIT */
/* Every field and every length of the tables below the root, built byte by byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "acpi/table_host.h"

/* --- MADT --- */

static struct body madt_start(uint32_t lapic, uint32_t flags)
{
    struct body b = {0};
    put(&b, lapic, 4);
    put(&b, flags, 4);
    return b;
}

/* One of each type, every field with a value of its own. */
static struct body one_of_each(void)
{
    struct body b = madt_start(0xfee00000, 0);
    put_text(&b, "\x00\x08\x11\x22\x02\x00\x00\x00", 8);
    put_text(&b, "\x01\x0c\x33\x00\x00\x10\xc0\xfe\x18\x00\x00\x00", 12);
    put_text(&b, "\x02\x0a\x00\x0e\x44\x55\x00\x00\x07\x00", 10);
    put_text(&b, "\x03\x08\x0f\x00\x66\x00\x00\x77", 8);
    put_text(&b, "\x04\x06\xfe\x05\x00\x01", 6);
    put_text(&b, "\x7f\x05\x01\x02\x03", 5); /* of no type we know */
    put_text(&b, "\x05\x0c\x00\x00\x00\x00\xe0\xfe\x09\x00\x00\x00", 12);
    put_text(&b, "\x09\x10\x00\x00\x88\x99\xaa\xbb\x03\x00\x00\x00\x01\x02\x03\x04", 16);
    put_text(&b, "\x0a\x0c\x0a\x00\xff\xff\xff\xff\x00\x00\x00\x00", 12);
    return b;
}

static void next_is(struct acpi_madt_walk *w, uint8_t type, struct acpi_madt_entry *entry)
{
    assert_true(acpi_madt_next(w, entry));
    assert_int_equal(entry->type, type);
    assert_int_equal(entry->known, type <= 10);
}

static void madt_entries_of_every_type(void **state)
{
    (void)state;
    struct body b = one_of_each();
    struct acpi_table_block t = table_of("APIC", 5, &b);
    struct acpi_madt madt;
    struct acpi_madt_entry e;
    assert_int_equal(acpi_madt_parse(&t.table, &madt), OK);
    assert_int_equal(madt.fault, ACPI_FAULT_NONE);
    assert_int_equal(madt.lapic_pa, 0x9fee00000);
    assert_false(madt.has_8259);
    assert_int_equal(madt.processor_count, 1);
    assert_int_equal(madt.io_apic_count, 1);

    struct acpi_madt_walk w = acpi_madt_entries(&madt);
    next_is(&w, 0, &e);
    assert_int_equal(e.processor.uid, 0x11);
    assert_int_equal(e.processor.apic_id, 0x22);
    assert_false(e.processor.enabled);
    assert_true(e.processor.online_capable);
    next_is(&w, 1, &e);
    assert_int_equal(e.io_apic.id, 0x33);
    assert_int_equal(e.io_apic.pa, 0xfec01000);
    assert_int_equal(e.io_apic.gsi_base, 24);
    next_is(&w, 2, &e);
    assert_int_equal(e.override.bus, 0);
    assert_int_equal(e.override.irq, 14);
    assert_int_equal(e.override.gsi, 0x5544);
    assert_int_equal(e.override.polarity, ACPI_POLARITY_LOW);
    assert_int_equal(e.override.trigger, ACPI_TRIGGER_EDGE);
    next_is(&w, 3, &e);
    assert_int_equal(e.nmi_source.gsi, 0x77000066);
    assert_int_equal(e.nmi_source.polarity, ACPI_POLARITY_LOW);
    assert_int_equal(e.nmi_source.trigger, ACPI_TRIGGER_LEVEL);
    next_is(&w, 4, &e);
    assert_int_equal(e.lapic_nmi.uid, 0xfe);
    assert_false(e.lapic_nmi.all_processors);
    assert_int_equal(e.lapic_nmi.lint, 1);
    assert_int_equal(e.lapic_nmi.polarity, ACPI_POLARITY_HIGH);
    assert_int_equal(e.lapic_nmi.trigger, ACPI_TRIGGER_EDGE);
    next_is(&w, 0x7f, &e);
    assert_int_equal(e.len_bytes, 5);
    next_is(&w, 5, &e);
    assert_int_equal(e.lapic_pa, 0x9fee00000);
    next_is(&w, 9, &e);
    assert_int_equal(e.processor.apic_id, 0xbbaa9988);
    assert_int_equal(e.processor.uid, 0x04030201);
    assert_true(e.processor.enabled);
    assert_false(e.processor.online_capable); /* means nothing where enabled */
    next_is(&w, 10, &e);
    assert_true(e.lapic_nmi.all_processors);
    assert_int_equal(e.lapic_nmi.uid, 0);
    assert_int_equal(e.lapic_nmi.lint, 0);
    assert_int_equal(e.lapic_nmi.polarity, ACPI_POLARITY_RESERVED);
    assert_int_equal(e.lapic_nmi.trigger, ACPI_TRIGGER_RESERVED);
    assert_false(acpi_madt_next(&w, &e));
    assert_int_equal(w.fault, ACPI_FAULT_NONE);
    free(t.block);
}

/* Every type at every length: too short is named, longer than we know is fine. */
static void madt_entry_lengths(void **state)
{
    (void)state;
    for (unsigned type = 0; type < 256; type++) {
        unsigned need = type == 0    ? 8
                        : type == 1  ? 12
                        : type == 2  ? 10
                        : type == 3  ? 8
                        : type == 4  ? 6
                        : type == 5  ? 12
                        : type == 9  ? 16
                        : type == 10 ? 12
                                     : 2;
        for (unsigned len = 0; len < 256; len++) {
            struct body b = madt_start(1, 1);
            b.at[b.len] = (uint8_t)type;
            b.at[b.len + 1] = (uint8_t)len;
            b.len += len < 2 ? 2 : len;
            struct acpi_table_block t = table_of("APIC", 1, &b);
            struct acpi_madt madt;
            struct acpi_madt_entry e;
            assert_int_equal(acpi_madt_parse(&t.table, &madt), OK);
            enum acpi_fault fault = len < 2      ? ACPI_FAULT_ENTRY_LEN_ZERO
                                    : len < need ? ACPI_FAULT_ENTRY_TOO_SHORT
                                                 : ACPI_FAULT_NONE;
            assert_int_equal(madt.fault, fault);
            struct acpi_madt_walk w = acpi_madt_entries(&madt);
            assert_int_equal(acpi_madt_next(&w, &e), fault == ACPI_FAULT_NONE);
            if (fault == ACPI_FAULT_NONE) assert_int_equal(e.len_bytes, len);
            assert_false(
                acpi_madt_next(&w, &e)); /* at the end, and after damage for good */
            assert_int_equal(w.fault, fault);
            free(t.block);
        }
    }
}

/* Cut anywhere: the entries before the cut are all there, and the cut has a name. */
static void madt_cut_anywhere(void **state)
{
    (void)state;
    static const unsigned ends[] = {8, 16, 28, 38, 46, 52, 57, 69, 85, 97};
    struct body full = one_of_each();
    assert_int_equal(full.len, 97);
    for (size_t len = 0; len <= full.len; len++) {
        struct body b = full;
        struct acpi_madt madt;
        struct acpi_madt_entry e;
        b.len = len;
        struct acpi_table_block t = table_of("APIC", 1, &b);
        assert_int_equal(acpi_madt_parse(&t.table, &madt), len < 8 ? ERR_FORMAT : OK);
        if (len < 8) assert_int_equal(madt.fault, ACPI_FAULT_TOO_SHORT);
        unsigned count = 0, expected = 0;
        bool clean = false;
        for (struct acpi_madt_walk w = acpi_madt_entries(&madt); acpi_madt_next(&w, &e);)
            count++;
        for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
            expected += i > 0 && len >= ends[i];
            clean = clean || len == ends[i];
        }
        assert_int_equal(count, expected);
        if (len >= 8)
            assert_int_equal(madt.fault,
                             clean ? ACPI_FAULT_NONE : ACPI_FAULT_ENTRY_TOO_LONG);
        free(t.block);
    }
}

/* The fault this suite must catch: a walk that adds a length of 0 and stays there. */
static void the_deliberate_fault_is_caught(void **state)
{
    (void)state;
    struct body b = madt_start(0xfee00000, 1);
    put_text(&b, "\x00\x08\x00\x00\x01\x00\x00\x00", 8);
    put_text(&b, "\x00\x00\x01\x01\x01\x00\x00\x00", 8);
    size_t wrong = 8, steps = 0;
    while (wrong < b.len && steps < 1000) {
        wrong += b.at[wrong + 1];
        steps++;
    }
    bool wrong_never_ends = steps == 1000;
    assert_true(wrong_never_ends);

    struct acpi_table_block t = table_of("APIC", 1, &b);
    struct acpi_madt madt;
    assert_int_equal(acpi_madt_parse(&t.table, &madt), OK);
    assert_int_equal(madt.fault, ACPI_FAULT_ENTRY_LEN_ZERO);
    assert_string_equal(acpi_fault_name(madt.fault), "entry of length zero");
    assert_int_equal(madt.processor_count, 1);
    free(t.block);
}

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

    full.at[4] = ACPI_SPACE_IO;
    struct acpi_table_block t = table_of("HPET", 1, &full);
    assert_int_equal(acpi_hpet_parse(&t.table, &hpet), ERR_FORMAT);
    assert_int_equal(hpet.fault, ACPI_FAULT_VALUE);
    assert_int_equal(hpet.comparator_count, 0);
    free(t.block);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(madt_entries_of_every_type),
        cmocka_unit_test(madt_entry_lengths),
        cmocka_unit_test(madt_cut_anywhere),
        cmocka_unit_test(the_deliberate_fault_is_caught),
        cmocka_unit_test(fadt_fields_of_every_length),
        cmocka_unit_test(fadt_flags_and_boot_architecture),
        cmocka_unit_test(fadt_without_extended_addresses),
        cmocka_unit_test(hpet_is_in_memory_and_whole),
    };
    return cmocka_run_group_tests_name("acpi/fields", tests, NULL, NULL);
}
