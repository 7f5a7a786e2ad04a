/* SPDX-License-Identifier: MIT */
/* Every entry type, field and length of the MADT, built byte by byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "acpi/table_host.h"

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

/* Of several overrides the first on bus 0 counts; 255 in the short NMI entry is all. */
static void madt_overrides_and_nmis(void **state)
{
    (void)state;
    struct body b = madt_start(0xfee00000, 1);
    put_text(&b, "\x02\x0a\x01\x07\x63\x00\x00\x00\x00\x00", 10); /* another bus */
    put_text(&b, "\x02\x0a\x00\x07\x14\x00\x00\x00\x0f\x00", 10);
    put_text(&b, "\x02\x0a\x00\x07\x15\x00\x00\x00\x00\x00", 10);
    put_text(&b, "\x04\x06\xff\x00\x00\x01", 6);
    struct acpi_table_block t = table_of("APIC", 1, &b);
    struct acpi_madt madt;
    struct acpi_madt_entry e;
    assert_int_equal(acpi_madt_parse(&t.table, &madt), OK);
    struct acpi_madt_override o = acpi_madt_isa_irq(&madt, 7);
    assert_int_equal(o.gsi, 0x14);
    assert_int_equal(o.polarity, ACPI_POLARITY_LOW);
    assert_int_equal(o.trigger, ACPI_TRIGGER_LEVEL);
    struct acpi_madt_walk w = acpi_madt_entries(&madt);
    for (int i = 0; i < 4; i++) assert_true(acpi_madt_next(&w, &e));
    assert_true(e.lapic_nmi.all_processors);
    assert_int_equal(e.lapic_nmi.uid, 0);
    free(t.block);
}

/* After damage nothing more is believed, even where it looks well again. */
static void madt_damage_is_for_good(void **state)
{
    (void)state;
    struct body b = madt_start(0xfee00000, 1);
    put_text(&b, "\x00\x04\x00\x00", 4); /* too short */
    put_text(&b, "\x00\x08\x00\x00\x01\x00\x00\x00", 8);
    struct acpi_table_block t = table_of("APIC", 1, &b);
    struct acpi_madt madt;
    struct acpi_madt_entry e;
    assert_int_equal(acpi_madt_parse(&t.table, &madt), OK);
    assert_int_equal(madt.processor_count, 0);
    struct acpi_madt_walk w = acpi_madt_entries(&madt);
    for (int i = 0; i < 3; i++) assert_false(acpi_madt_next(&w, &e));
    assert_int_equal(w.fault, ACPI_FAULT_ENTRY_TOO_SHORT);
    free(t.block);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(madt_entries_of_every_type),
        cmocka_unit_test(madt_entry_lengths),
        cmocka_unit_test(madt_cut_anywhere),
        cmocka_unit_test(madt_overrides_and_nmis),
        cmocka_unit_test(madt_damage_is_for_good),
        cmocka_unit_test(the_deliberate_fault_is_caught),
    };
    return cmocka_run_group_tests_name("acpi/madt", tests, NULL, NULL);
}
