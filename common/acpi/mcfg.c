/* SPDX-License-Identifier: MIT */
/* Where PCI Express configuration space is in memory: PCI Firmware 3.3 4.1.2. */
#include "acpi/inside.h"

#define RESERVED_LEN   8
#define ALLOCATION_LEN 16
#define BUS_LEN        0x100000u /* 32 devices, 8 functions, 4 KiB each */

enum err acpi_mcfg_parse(const struct acpi_table *table, struct acpi_mcfg *mcfg)
{
    *mcfg = (struct acpi_mcfg){0};
    struct bytes b = table->body;
    if (!acpi_is(table->signature, "MCFG"))
        mcfg->fault = ACPI_FAULT_SIGNATURE;
    else if (!bytes_take(&b, RESERVED_LEN))
        mcfg->fault = ACPI_FAULT_TOO_SHORT;
    else if (b.left % ALLOCATION_LEN != 0)
        mcfg->fault = ACPI_FAULT_RAGGED;
    if (mcfg->fault != ACPI_FAULT_NONE) return acpi_fault_err(mcfg->fault);

    mcfg->allocation_count = (uint32_t)(b.left / ALLOCATION_LEN);
    mcfg->allocations = b;
    return OK;
}

struct acpi_mcfg_walk acpi_mcfg_allocations(const struct acpi_mcfg *mcfg)
{
    return (struct acpi_mcfg_walk){.left = mcfg->allocations};
}

static bool is_possible(const struct acpi_mcfg_allocation *a)
{
    uint64_t last_byte = ((uint64_t)a->last_bus + 1) * BUS_LEN - 1;
    return a->pa != 0 && a->pa % BUS_LEN == 0 && a->pa <= UINT64_MAX - last_byte &&
           a->first_bus <= a->last_bus;
}

bool acpi_mcfg_next(struct acpi_mcfg_walk *walk, struct acpi_mcfg_allocation *allocation)
{
    struct bytes raw;
    *allocation = (struct acpi_mcfg_allocation){0};
    if (!bytes_slice(&walk->left, ALLOCATION_LEN, &raw)) return false;
    if (bytes_read_u64(&raw, &allocation->pa) &&
        bytes_read_u16(&raw, &allocation->segment) &&
        bytes_read_u8(&raw, &allocation->first_bus) &&
        bytes_read_u8(&raw, &allocation->last_bus) && is_possible(allocation))
        return true;
    walk->fault = ACPI_FAULT_VALUE;
    walk->left = bytes_of(NULL, 0);
    *allocation = (struct acpi_mcfg_allocation){0};
    return false;
}
