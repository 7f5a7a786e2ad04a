/* SPDX-License-Identifier: MIT */
/* The whole walk over a memory image that the fuzzer writes (format: image_host.h).  Most
 * inputs would end at their first checksum, so the mutator repairs most of its own. */
#include <stdio.h>

#include "acpi/image_host.h"
#include "base/assert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size,
                               unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

void panic_at(const char *file, int line, const char *format, ...)
{
    fprintf(stderr, "%s:%d: %s\n", file, line, format);
    abort();
}

/* A walk may not take more steps than its table has bytes. */
static void walk_madt(const struct acpi_madt *madt)
{
    struct acpi_madt_walk walk = acpi_madt_entries(madt);
    struct acpi_madt_entry entry;
    size_t steps = 0, len = madt->entries.left, seen = 0;
    while (acpi_madt_next(&walk, &entry)) {
        seen += entry.len_bytes;
        ASSERT(++steps <= len / 2 && seen <= len);
        ASSERT(!entry.known || entry.type <= ACPI_MADT_LAPIC_NMI_X2APIC);
    }
    ASSERT(walk.fault == madt->fault);
    ASSERT(walk.fault != ACPI_FAULT_NONE || seen == len);
    for (uint8_t irq = 0; irq < 16; irq++)
        ASSERT(acpi_madt_isa_irq(madt, irq).irq == irq);
}

static void walk_mcfg(const struct acpi_mcfg *mcfg)
{
    struct acpi_mcfg_walk walk = acpi_mcfg_allocations(mcfg);
    struct acpi_mcfg_allocation a;
    uint32_t count = 0;
    while (acpi_mcfg_next(&walk, &a)) {
        ASSERT(++count <= mcfg->allocation_count);
        ASSERT(a.pa + (a.last_bus + 1ull) * 0x100000 - 1 > a.pa);
    }
    ASSERT(walk.fault != ACPI_FAULT_NONE || count == mcfg->allocation_count);
}

static void parse_all(const struct acpi_table *table)
{
    struct acpi_madt madt;
    struct acpi_fadt fadt;
    struct acpi_hpet hpet;
    struct acpi_mcfg mcfg;
    if (acpi_madt_parse(table, &madt) == OK) walk_madt(&madt);
    if (acpi_mcfg_parse(table, &mcfg) == OK) walk_mcfg(&mcfg);
    if (acpi_hpet_parse(table, &hpet) == OK) ASSERT(hpet.base.address != 0);
    if (acpi_fadt_parse(table, &fadt) == OK)
        ASSERT((fadt.pm_timer.address != 0) == (fadt.pm_timer_width_bits != 0));
}

static void walk_root(const struct acpi_memory *memory, const struct acpi_rsdp *rsdp)
{
    struct acpi_root root;
    struct acpi_table table;
    if (acpi_root_open(memory, rsdp, &root) != OK) {
        ASSERT(root.fault != ACPI_FAULT_NONE && root.entry_count == 0);
        return;
    }
    for (uint32_t i = 0; i < root.entry_count; i++)
        if (acpi_root_table(&root, i, &table) == OK) parse_all(&table);
    if (acpi_root_find(&root, "APIC", &table) == OK) parse_all(&table);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct image image = {.file = malloc(size ? size : 1), .len_bytes = size};
    if (size) memcpy(image.file, data, size);
    struct acpi_memory memory = image_memory(&image);

    /* Every region once as an RSDP, as a loader's copy would be. */
    struct bytes file = bytes_of(image.file, size), region;
    struct acpi_rsdp rsdp;
    uint64_t pa;
    for (unsigned n = 0; n < 16 && image_next(&file, &pa, &region); n++)
        if (acpi_rsdp_parse(region.at, region.left, &rsdp) == OK) {
            walk_root(&memory, &rsdp);
            rsdp.xsdt_pa = 0;
            walk_root(&memory, &rsdp);
        }
    /* The search asks for 8000 pieces: only sometimes. */
    if (size % 16 == 0 && acpi_rsdp_find(&memory, &rsdp) == OK) walk_root(&memory, &rsdp);
    image_free(&image);
    return 0;
}

static void seal_region(struct bytes region)
{
    uint8_t *at = (uint8_t *)(uintptr_t)region.at;
    if (region.left >= 20 && memcmp(at, "RSD PTR ", 8) == 0) {
        image_seal(at, 20, 8);
        if (region.left >= 36) image_seal(at, region.left, 32);
    } else if (region.left >= 36) {
        uint32_t stated;
        memcpy(&stated, at + 4, 4);
        image_seal(at, stated < 36 || stated > region.left ? region.left : stated, 9);
    }
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    size = LLVMFuzzerMutate(data, size, max_size);
    struct bytes file = bytes_of(data, size), region;
    uint64_t pa;
    while (seed % 8 != 0 && image_next(&file, &pa, &region)) seal_region(region);
    return size;
}
