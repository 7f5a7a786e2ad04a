/* SPDX-License-Identifier: MIT */
/* The high precision event timer's table: HPET 1.0a 3.2.4. */
#include "acpi/inside.h"
#include "base/bits.h"

/* Event timer block id: the low half of the device's own capabilities register. */
#define ID_HARDWARE_REVISION BITS32(7, 0)
#define ID_LAST_COMPARATOR   BITS32(12, 8) /* their count less one */
#define ID_COUNTER_64        BIT32(13)
#define ID_LEGACY_ROUTING    BIT32(15)
#define ID_PCI_VENDOR        BITS32(31, 16)

#define PAGE_PROTECTION BITS32(3, 0)

static enum acpi_fault read_hpet(const struct acpi_table *table, struct acpi_hpet *hpet)
{
    if (!acpi_is(table->signature, "HPET")) return ACPI_FAULT_SIGNATURE;

    struct bytes b = table->body;
    uint32_t id;
    uint8_t attributes;
    if (!bytes_read_u32(&b, &id) || !acpi_gas_read(&b, &hpet->base) ||
        !bytes_read_u8(&b, &hpet->number) || !bytes_read_u16(&b, &hpet->min_tick) ||
        !bytes_read_u8(&b, &attributes))
        return ACPI_FAULT_TOO_SHORT;
    if (hpet->base.space != ACPI_SPACE_MEMORY || hpet->base.address == 0)
        return ACPI_FAULT_VALUE;

    hpet->hardware_revision = (uint8_t)field_get32(ID_HARDWARE_REVISION, id);
    hpet->comparator_count = (uint8_t)(field_get32(ID_LAST_COMPARATOR, id) + 1);
    hpet->counter_is_64_bit = id & ID_COUNTER_64;
    hpet->legacy_routing = id & ID_LEGACY_ROUTING;
    hpet->pci_vendor = (uint16_t)field_get32(ID_PCI_VENDOR, id);
    hpet->page_protection = (uint8_t)field_get32(PAGE_PROTECTION, attributes);
    return ACPI_FAULT_NONE;
}

enum err acpi_hpet_parse(const struct acpi_table *table, struct acpi_hpet *hpet)
{
    *hpet = (struct acpi_hpet){0};
    enum acpi_fault fault = read_hpet(table, hpet);
    if (fault != ACPI_FAULT_NONE) *hpet = (struct acpi_hpet){.fault = fault};
    return acpi_fault_err(fault);
}
