/* SPDX-License-Identifier: MIT */
/*
 * The high precision event timer: a counter whose rate it tells itself.
 *
 * Source   IA-PC HPET 1.0a, 2.3.
 * Left out Its comparators, which could interrupt.
 * Calls    After hpet_init, any context.
 */
#ifndef DEVICES_HPET_H
#define DEVICES_HPET_H

#include <stdint.h>

#include "acpi/acpi.h"

/* Finds it by its ACPI table (NULL: there is none) and starts the counter.  Logs when there
 * is one that cannot be used. */
void hpet_init(const struct acpi_hpet *table);

/* Counts a second; 0 when there is no working one. */
uint64_t hpet_hz(void);

/* The low 32 bits of the counter: at 100 MHz they wrap around every 42 s. */
uint64_t hpet_count(void);

#endif
