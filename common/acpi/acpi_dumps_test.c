/* SPDX-License-Identifier: MIT */
/* Tables that QEMU 7.2 and Bochs 2.7 really build.  What is expected was typed from two
 * other sources: the disassembly by ACPICA's iasl, and QEMU's `info mtree`. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "acpi/image_host.h"

/* One machine: its memory, and its root table opened. */
struct machine {
    struct image image;
    struct acpi_memory memory;
    struct acpi_rsdp rsdp;
    struct acpi_root root;
};

static void load(struct image *image, const char *name)
{
    char path[512];
    snprintf(path, sizeof path, ACPI_CORPUS "/%s", name);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    *image = (struct image){.file = malloc(8192)};
    assert_non_null(image->file);
    image->len_bytes = fread(image->file, 1, 8192, f);
    assert_in_range(image->len_bytes, 300, 8191);
    fclose(f);
}

static void open_bios(struct machine *m, const char *name)
{
    load(&m->image, name);
    m->memory = image_memory(&m->image);
    assert_int_equal(acpi_rsdp_find(&m->memory, &m->rsdp), OK);
    assert_int_equal(acpi_root_open(&m->memory, &m->rsdp, &m->root), OK);
}

static void close_machine(struct machine *m) { image_free(&m->image); }

static void assert_tables(struct machine *m, const char *const *names, uint32_t count)
{
    struct acpi_table table;
    assert_int_equal(m->root.entry_count, count);
    for (uint32_t i = 0; i < count; i++) {
        assert_int_equal(acpi_root_table(&m->root, i, &table), OK);
        assert_string_equal(table.signature, names[i]);
        assert_string_equal(table.oem_id, "BOCHS ");
    }
    assert_int_equal(acpi_root_table(&m->root, count, &table), ERR_NOT_FOUND);
    assert_int_equal(table.fault, ACPI_FAULT_ABSENT);
}

static void parse_madt(struct machine *m, struct acpi_madt *madt)
{
    struct acpi_table table;
    assert_int_equal(acpi_root_find(&m->root, "APIC", &table), OK);
    assert_int_equal(acpi_madt_parse(&table, madt), OK);
    assert_int_equal(madt->fault, ACPI_FAULT_NONE);
    assert_int_equal(madt->lapic_pa, 0xfee00000);
    assert_true(madt->has_8259);
    assert_int_equal(madt->io_apic_count, 1);
}

static void parse_fadt(struct machine *m, struct acpi_fadt *fadt)
{
    struct acpi_table table;
    assert_int_equal(acpi_root_find(&m->root, "FACP", &table), OK);
    assert_int_equal(acpi_fadt_parse(&table, fadt), OK);
    assert_int_equal(fadt->fault, ACPI_FAULT_NONE);
}

static void assert_io(struct acpi_gas gas, uint64_t port, uint8_t width_bits)
{
    assert_int_equal(gas.space, ACPI_SPACE_IO);
    assert_int_equal(gas.address, port);
    assert_int_equal(gas.width_bits, width_bits);
    assert_int_equal(gas.offset_bits, 0);
}

static void assert_isa(const struct acpi_madt *madt, uint8_t irq, uint32_t gsi,
                       enum acpi_polarity polarity, enum acpi_trigger trigger)
{
    struct acpi_madt_override o = acpi_madt_isa_irq(madt, irq);
    assert_int_equal(o.irq, irq);
    assert_int_equal(o.gsi, gsi);
    assert_int_equal(o.polarity, polarity);
    assert_int_equal(o.trigger, trigger);
}

/* QEMU: the PIT on input 2; 5, 9, 10 and 11 belong to PCI, level and active high. */
static void assert_qemu_irqs(const struct acpi_madt *madt)
{
    for (uint8_t irq = 0; irq < 16; irq++) {
        bool pci = irq == 5 || irq == 9 || irq == 10 || irq == 11;
        assert_isa(madt, irq, irq == 0 ? 2 : irq, ACPI_POLARITY_HIGH,
                   pci ? ACPI_TRIGGER_LEVEL : ACPI_TRIGGER_EDGE);
    }
}

/* Every QEMU machine and Bochs: three comparators, 64 bits, at FED00000h. */
static void assert_hpet(struct machine *m)
{
    struct acpi_table table;
    struct acpi_hpet hpet;
    assert_int_equal(acpi_root_find(&m->root, "HPET", &table), OK);
    assert_int_equal(acpi_hpet_parse(&table, &hpet), OK);
    assert_int_equal(hpet.base.space, ACPI_SPACE_MEMORY);
    assert_int_equal(hpet.base.address, 0xfed00000);
    assert_int_equal(hpet.hardware_revision, 1);
    assert_int_equal(hpet.comparator_count, 3);
    assert_true(hpet.counter_is_64_bit);
    assert_true(hpet.legacy_routing);
    assert_int_equal(hpet.pci_vendor, 0x8086);
    assert_int_equal(hpet.number, 0);
    assert_int_equal(hpet.min_tick, 0);
    assert_int_equal(hpet.page_protection, 0);
}

/* q35: configuration space of 256 buses at B0000000h. */
static void assert_mcfg(struct machine *m)
{
    struct acpi_table table;
    struct acpi_mcfg mcfg;
    struct acpi_mcfg_allocation a;
    assert_int_equal(acpi_root_find(&m->root, "MCFG", &table), OK);
    assert_int_equal(acpi_mcfg_parse(&table, &mcfg), OK);
    assert_int_equal(mcfg.allocation_count, 1);
    struct acpi_mcfg_walk walk = acpi_mcfg_allocations(&mcfg);
    assert_true(acpi_mcfg_next(&walk, &a));
    assert_int_equal(a.pa, 0xb0000000);
    assert_int_equal(a.segment, 0);
    assert_int_equal(a.first_bus, 0);
    assert_int_equal(a.last_bus, 0xff);
    assert_false(acpi_mcfg_next(&walk, &a));
    assert_int_equal(walk.fault, ACPI_FAULT_NONE);
}

static void assert_q35_fadt(struct machine *m, uint64_t dsdt_pa, uint64_t facs_pa)
{
    struct acpi_fadt fadt;
    parse_fadt(m, &fadt);
    assert_int_equal(fadt.revision, 3);
    assert_int_equal(fadt.dsdt_pa, dsdt_pa);
    assert_int_equal(fadt.facs_pa, facs_pa);
    assert_int_equal(fadt.sci_int, 9);
    assert_int_equal(fadt.smi_cmd, 0xb2);
    assert_int_equal(fadt.acpi_enable, 2);
    assert_int_equal(fadt.acpi_disable, 3);
    assert_io(fadt.pm1a_event, 0x600, 32);
    assert_io(fadt.pm1a_control, 0x604, 16);
    assert_int_equal(fadt.pm1b_event.address, 0);
    assert_int_equal(fadt.pm1b_control.address, 0);
    assert_io(fadt.pm_timer, 0x608, 32);
    assert_int_equal(fadt.pm_timer_width_bits, 24);
    assert_true(fadt.has_reset);
    assert_io(fadt.reset_reg, 0xcf9, 8);
    assert_int_equal(fadt.reset_value, 0x0f);
    assert_int_equal(fadt.cmos_century, 0x32);
    assert_false(fadt.hardware_reduced);
    assert_true(fadt.has_boot_arch);
    assert_false(fadt.has_legacy_devices);
    assert_true(fadt.has_8042);
    assert_false(fadt.no_vga || fadt.no_msi || fadt.no_aspm || fadt.no_cmos_rtc);
}

static void qemu_q35(void **state)
{
    (void)state;
    struct machine m;
    struct acpi_madt madt;
    open_bios(&m, "qemu-q35-smp2");
    assert_int_equal(m.rsdp.revision, 0);
    assert_string_equal(m.rsdp.oem_id, "BOCHS ");
    assert_int_equal(m.rsdp.rsdt_pa, 0x3fe22f7);
    assert_int_equal(m.root.entry_size, 4);
    assert_tables(&m, (const char *const[]){"FACP", "APIC", "HPET", "MCFG", "WAET"}, 5);
    parse_madt(&m, &madt);
    assert_int_equal(madt.processor_count, 2);
    assert_qemu_irqs(&madt);
    assert_hpet(&m);
    assert_mcfg(&m);
    assert_q35_fadt(&m, 0x3fe0040, 0x3fe0000);
    close_machine(&m);
}

/* The same machine under OVMF: revision 2, XSDT; the address comes from UEFI. */
static void qemu_q35_ovmf(void **state)
{
    (void)state;
    struct machine m;
    struct acpi_madt madt;
    load(&m.image, "qemu-q35-ovmf-smp2");
    m.memory = image_memory(&m.image);
    assert_int_equal(acpi_rsdp_find(&m.memory, &m.rsdp), ERR_NOT_FOUND);
    assert_int_equal(m.rsdp.fault, ACPI_FAULT_ABSENT);

    const void *rsdp = image_map(&m.image, 0xf77d014, 36);
    assert_int_equal(acpi_rsdp_parse(rsdp, 36, &m.rsdp), OK);
    assert_int_equal(m.rsdp.revision, 2);
    assert_int_equal(m.rsdp.rsdt_pa, 0xf77c074);
    assert_int_equal(m.rsdp.xsdt_pa, 0xf77c0e8);

    for (int with_xsdt = 1; with_xsdt >= 0; with_xsdt--) {
        if (!with_xsdt) m.rsdp.xsdt_pa = 0;
        assert_int_equal(acpi_root_open(&m.memory, &m.rsdp, &m.root), OK);
        assert_int_equal(m.root.entry_size, with_xsdt ? 8 : 4);
        assert_int_equal(m.root.entry_count, 6);
        parse_madt(&m, &madt);
        assert_int_equal(madt.processor_count, 2);
        assert_qemu_irqs(&madt);
        assert_hpet(&m);
        assert_mcfg(&m);
        assert_q35_fadt(&m, 0xf779000, 0xf7dc000);
    }
    close_machine(&m);
}

/* i440fx: FADT of revision 1, no MCFG.  Its 8042 is not announced, but it is there. */
static void qemu_pc(void **state)
{
    (void)state;
    struct machine m;
    struct acpi_madt madt;
    struct acpi_fadt fadt;
    struct acpi_table table;
    open_bios(&m, "qemu-pc-smp4");
    assert_tables(&m, (const char *const[]){"FACP", "APIC", "HPET", "WAET"}, 4);
    parse_madt(&m, &madt);
    assert_int_equal(madt.processor_count, 4);
    assert_qemu_irqs(&madt);
    assert_hpet(&m);
    assert_int_equal(acpi_root_find(&m.root, "MCFG", &table), ERR_NOT_FOUND);
    assert_int_equal(table.fault, ACPI_FAULT_ABSENT);

    parse_fadt(&m, &fadt);
    assert_int_equal(fadt.revision, 1);
    assert_int_equal(fadt.dsdt_pa, 0x3fe0040);
    assert_int_equal(fadt.acpi_enable, 0xf1);
    assert_int_equal(fadt.acpi_disable, 0xf0);
    assert_io(fadt.pm_timer, 0x608, 32);
    assert_int_equal(fadt.pm_timer_width_bits, 24);
    assert_int_equal(fadt.cmos_century, 0x32);
    assert_false(fadt.has_reset);
    assert_false(fadt.has_boot_arch);
    assert_true(fadt.has_legacy_devices);
    assert_true(fadt.has_8042);
    close_machine(&m);
}

/* Bochs: only the PIT is rerouted, and the I/O APIC's id follows the processors'. */
static void bochs(void **state)
{
    (void)state;
    for (uint32_t processors = 1; processors <= 2; processors++) {
        struct machine m;
        struct acpi_madt madt;
        struct acpi_fadt fadt;
        open_bios(&m, processors == 1 ? "bochs-up" : "bochs-smp2");
        assert_tables(&m, (const char *const[]){"FACP", "APIC", "SSDT", "HPET"}, 4);
        parse_madt(&m, &madt);
        assert_int_equal(madt.processor_count, processors);
        for (uint8_t irq = 0; irq < 16; irq++)
            assert_isa(&madt, irq, irq == 0 ? 2 : irq, ACPI_POLARITY_HIGH,
                       ACPI_TRIGGER_EDGE);
        struct acpi_madt_walk walk = acpi_madt_entries(&madt);
        struct acpi_madt_entry entry;
        while (acpi_madt_next(&walk, &entry))
            if (entry.type == ACPI_MADT_IO_APIC) {
                assert_int_equal(entry.io_apic.pa, 0xfec00000);
                assert_int_equal(entry.io_apic.id, processors);
                assert_int_equal(entry.io_apic.gsi_base, 0);
            }
        assert_hpet(&m);

        parse_fadt(&m, &fadt);
        assert_int_equal(fadt.revision, 1);
        assert_int_equal(fadt.dsdt_pa, 0x3ff0100);
        assert_int_equal(fadt.facs_pa, 0x3ff00c0);
        assert_io(fadt.pm1a_event, 0xb000, 32);
        assert_io(fadt.pm1a_control, 0xb004, 16);
        assert_io(fadt.pm_timer, 0xb008, 32);
        assert_int_equal(fadt.pm_timer_width_bits, 24);
        assert_int_equal(fadt.cmos_century, 0);
        assert_true(fadt.has_8042);
        close_machine(&m);
    }
}

/* 258 local APICs, one of them running: ids from 255 on need the longer entries. */
static void many_processors(void **state)
{
    (void)state;
    struct machine m;
    struct acpi_madt madt;
    struct acpi_madt_entry entry;
    uint32_t next_id = 0, short_ones = 0, nmis = 0;
    open_bios(&m, "qemu-q35-258-apics");
    parse_madt(&m, &madt);
    assert_int_equal(madt.processor_count, 1);
    struct acpi_madt_walk walk = acpi_madt_entries(&madt);
    while (acpi_madt_next(&walk, &entry)) {
        assert_true(entry.known);
        if (entry.type == ACPI_MADT_PROCESSOR ||
            entry.type == ACPI_MADT_PROCESSOR_X2APIC) {
            short_ones += entry.type == ACPI_MADT_PROCESSOR;
            assert_int_equal(entry.processor.apic_id, next_id);
            assert_int_equal(entry.processor.uid, next_id);
            assert_int_equal(entry.processor.enabled, next_id == 0);
            next_id++;
        } else if (entry.type == ACPI_MADT_LAPIC_NMI_X2APIC) {
            nmis++;
            assert_true(entry.lapic_nmi.all_processors);
            assert_int_equal(entry.lapic_nmi.lint, 1);
            assert_int_equal(entry.lapic_nmi.polarity, ACPI_POLARITY_BUS);
            assert_int_equal(entry.lapic_nmi.trigger, ACPI_TRIGGER_BUS);
        }
    }
    assert_int_equal(walk.fault, ACPI_FAULT_NONE);
    assert_int_equal(next_id, 258);
    assert_int_equal(short_ones, 255);
    assert_int_equal(nmis, 1);
    assert_qemu_irqs(&madt);
    close_machine(&m);
}

/* All tables open in this image. */
static bool all_well(struct image *image)
{
    struct acpi_memory memory = image_memory(image);
    struct acpi_rsdp rsdp;
    struct acpi_root root;
    struct acpi_table table;
    if (acpi_rsdp_find(&memory, &rsdp) != OK) return false;
    if (acpi_root_open(&memory, &rsdp, &root) != OK) return false;
    for (uint32_t i = 0; i < root.entry_count; i++)
        if (acpi_root_table(&root, i, &table) != OK) return false;
    return true;
}

/* The faults this suite must catch: each damaged byte of a real machine's tables. */
static void every_damaged_byte_is_caught(void **state)
{
    (void)state;
    struct image image;
    load(&image, "qemu-pc-smp4");
    assert_true(all_well(&image));
    struct bytes file = bytes_of(image.file, image.len_bytes), region;
    uint64_t pa;
    size_t damaged = 0;
    while (image_next(&file, &pa, &region))
        for (uint8_t *p = (uint8_t *)region.at; p < file.at; p++, damaged++) {
            *p ^= 0x10;
            assert_false(all_well(&image));
            *p ^= 0x10;
        }
    assert_int_equal(damaged, 20 + 52 + 116 + 144 + 56 + 40);
    assert_true(all_well(&image));
    image_free(&image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(qemu_q35),        cmocka_unit_test(qemu_q35_ovmf),
        cmocka_unit_test(qemu_pc),         cmocka_unit_test(bochs),
        cmocka_unit_test(many_processors), cmocka_unit_test(every_damaged_byte_is_caught),
    };
    return cmocka_run_group_tests_name("acpi/dumps", tests, NULL, NULL);
}
