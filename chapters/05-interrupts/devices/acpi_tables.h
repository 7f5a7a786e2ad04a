/* SPDX-License-Identifier: MIT */
/*
 * What the firmware says about the interrupt hardware: its ACPI tables, found once at boot.
 *
 * Source   ACPI 6.5 5.2.  The parsing is common/acpi's; here is only where to look and what
 *          memory may be read.
 * Input    Untrusted.  A table that is missing or damaged is reported and is then NULL here.
 * Calls    After acpi_tables_init, any context.
 */
#ifndef DEVICES_ACPI_TABLES_H
#define DEVICES_ACPI_TABLES_H

#include "acpi/acpi.h"
#include "multiboot2/multiboot2.h"

/* Finds the tables and logs what is there. */
void acpi_tables_init(const struct multiboot2_reader *boot_info);

/* NULL where the machine has no such table. */
const struct acpi_madt *acpi_tables_madt(void); /* interrupt controllers */
const struct acpi_fadt *acpi_tables_fadt(void); /* fixed hardware */
const struct acpi_hpet *acpi_tables_hpet(void); /* the high precision event timer */

#endif
