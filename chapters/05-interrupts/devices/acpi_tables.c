/* SPDX-License-Identifier: MIT */
#include "devices/acpi_tables.h"

#include "console/log.h"

#define MAPPED_END (UINT64_C(4) << 30) /* boot/start.asm maps the first 4 GiB */

static struct acpi_madt madt;
static struct acpi_fadt fadt;
static struct acpi_hpet hpet;
static bool has_madt, has_fadt, has_hpet;

/* snippet: map */
/* The first 4 GiB are mapped to themselves, so a physical address is a pointer there. */
static const void *map(void *context, uint64_t physical, size_t len_bytes)
{
    (void)context;
    if (physical >= MAPPED_END || len_bytes > MAPPED_END - physical) return NULL;
    return (const void *)physical;
}

static const struct acpi_memory memory = {.map = map};
/* end: map */

/* snippet: rsdp */
/* A loader that passes the root pointer on knows best, the newer form first.  Without a
 * copy, a BIOS has it in its own memory; where UEFI has it only the loader can tell. */
static enum err find_rsdp(const struct multiboot2_reader *boot_info, struct acpi_rsdp *rsdp)
{
    static const uint32_t tags[] = {MULTIBOOT2_TAG_ACPI_NEW, MULTIBOOT2_TAG_ACPI_OLD};

    for (unsigned i = 0; i < sizeof tags / sizeof tags[0]; i++) {
        struct bytes copy = multiboot2_as_bytes(multiboot2_find(boot_info, tags[i]));
        if (copy.left > 0 && acpi_rsdp_parse(copy.at, copy.left, rsdp) == OK) return OK;
    }
    return acpi_rsdp_find(&memory, rsdp);
}

static enum err open_root(const struct multiboot2_reader *boot_info, struct acpi_root *root)
{
    struct acpi_rsdp rsdp;

    root->fault = ACPI_FAULT_NONE;
    enum err e = find_rsdp(boot_info, &rsdp);
    if (e == OK) e = acpi_root_open(&memory, &rsdp, root);
    if (e == OK || rsdp.rsdt_pa == 0) return e;
    /* A damaged XSDT: the older list may still be good. */
    rsdp.xsdt_pa = 0;
    return acpi_root_open(&memory, &rsdp, root);
}
/* end: rsdp */

/* True when the table is there; says so when it is there and damaged. */
static bool find(const struct acpi_root *root, const char *signature, struct acpi_table *table)
{
    enum err e = acpi_root_find(root, signature, table);
    if (e == OK) return true;
    if (table->fault != ACPI_FAULT_ABSENT)
        log_warning("acpi: %s: %s", signature, acpi_fault_name(table->fault));
    return false;
}

static bool parsed(const char *signature, enum err e, enum acpi_fault fault)
{
    if (fault != ACPI_FAULT_NONE) log_warning("acpi: %s: %s", signature, acpi_fault_name(fault));
    return e == OK;
}

void acpi_tables_init(const struct multiboot2_reader *boot_info)
{
    struct acpi_root root;
    struct acpi_table table;

    if (open_root(boot_info, &root) != OK) {
        log_warning("acpi: no tables; what hardware there is has to be guessed");
        return;
    }
    if (find(&root, "APIC", &table)) {
        enum err e = acpi_madt_parse(&table, &madt);
        has_madt = parsed("APIC", e, madt.fault);
    }
    if (find(&root, "FACP", &table)) {
        enum err e = acpi_fadt_parse(&table, &fadt);
        has_fadt = parsed("FACP", e, fadt.fault);
    }
    if (find(&root, "HPET", &table)) {
        enum err e = acpi_hpet_parse(&table, &hpet);
        has_hpet = parsed("HPET", e, hpet.fault);
    }
    log_info("acpi: %u tables; interrupt controllers (MADT) %s, HPET %s", root.entry_count,
             has_madt ? "yes" : "no", has_hpet ? "yes" : "no");
}

const struct acpi_madt *acpi_tables_madt(void)
{
    return has_madt ? &madt : NULL;
}

const struct acpi_fadt *acpi_tables_fadt(void)
{
    return has_fadt ? &fadt : NULL;
}

const struct acpi_hpet *acpi_tables_hpet(void)
{
    return has_hpet ? &hpet : NULL;
}
