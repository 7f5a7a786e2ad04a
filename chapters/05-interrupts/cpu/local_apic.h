/* SPDX-License-Identifier: MIT */
/*
 * The processor's own interrupt controller: takes interrupts as messages, hands them to the
 * processor one at a time, and has a timer.
 *
 * Source   SDM 3A 10.  Registers in memory (xAPIC), or as MSRs where the processor has
 *          x2APIC.
 * Left out Other processors: interrupts between processors are for a later kernel.
 * Calls    After local_apic_init, any context, on the processor that called it.
 */
#ifndef CPU_LOCAL_APIC_H
#define CPU_LOCAL_APIC_H

#include <stdbool.h>
#include <stdint.h>

#include "acpi/acpi.h"
#include "base/err.h"

/* The vectors of what it reports itself.  A spurious interrupt's must end in 1111b on the
 * oldest, SDM 3A 10.9. */
struct local_apic_vectors {
    uint8_t timer, error, spurious;
};

/* Switches it on: nothing is let through yet but the NMI inputs that `madt` names.
 * ERR_NOT_FOUND: the processor has none; ERR_RANGE: its registers cannot be reached. */
MUST_CHECK enum err local_apic_init(const struct acpi_madt *madt,
                                    const struct local_apic_vectors *vectors);

bool local_apic_is_x2apic(void);
uint32_t local_apic_id(void);

/* Ends the interrupt in service.  Exactly once for each, and never for a spurious one, which
 * was never in service: it would end another. */
void local_apic_end(void);

/* Is this vector in service: handed to the processor and not ended? */
bool local_apic_in_service(uint8_t vector);

/* What has gone wrong since the last call, SDM 3A 10.5.3; 0 for nothing. */
uint32_t local_apic_errors(void);

/* The timer counts down once at a fixed but unknown rate and interrupts at 0.  A count of 0
 * stops it.  Periodic: over and over. */
void local_apic_timer_start(uint32_t count, bool periodic);
uint32_t local_apic_timer_left(void);

#endif
