/* SPDX-License-Identifier: MIT */
/*
 * The I/O APICs: turn the lines of devices into messages to a local APIC.
 *
 * Source   Intel 82093AA data sheet (order number 290566); ACPI 6.5 5.2.12.3.
 * Numbers  A global system interrupt (GSI) is an input counted over all I/O APICs: each
 *          begins at its gsi_base.
 * Calls    With interrupts off: a register is reached in two accesses.
 */
#ifndef CPU_IO_APIC_H
#define CPU_IO_APIC_H

#include <stdbool.h>
#include <stdint.h>

#include "acpi/acpi.h"
#include "base/err.h"

/* Finds those that `madt` lists and masks all their inputs.  ERR_NOT_FOUND: there is none
 * that can be used. */
MUST_CHECK enum err io_apic_init(const struct acpi_madt *madt);

/* How many there are, and how many inputs together. */
unsigned io_apic_count(void);
unsigned io_apic_inputs(void);

/* What `line` says arrives as `vector` at the local APIC `apic_id` from now on, but is still
 * masked.  ERR_NOT_FOUND: no I/O APIC has this input; ERR_RANGE: an id above 255. */
MUST_CHECK enum err io_apic_route(const struct acpi_madt_override *line, uint8_t vector,
                                  uint32_t apic_id);

/* For a GSI that has been routed. */
void io_apic_set_masked(uint32_t gsi, bool masked);

#endif
