/* SPDX-License-Identifier: MIT */
/*
 * Interrupts of devices, whichever controller brings them.
 *
 * What     irq_init chooses: local APIC and I/O APICs where the MADT says that they are
 *          there, the two 8259s otherwise.  After that nobody else needs to know.
 * Context  Handlers run with interrupts off on the stack of what was interrupted.  They do
 *          little and print nothing: the code they interrupt may be printing.
 * Ends     Every interrupt is ended at its controller exactly once, after its handler; one
 *          that was never in service (spurious) is not.
 */
#ifndef CPU_IRQ_H
#define CPU_IRQ_H

#include <stdbool.h>
#include <stdint.h>

#include "acpi/acpi.h"
#include "base/err.h"

/* Sources: the 16 interrupts of a PC by their old numbers, and those of the processor. */
enum irq {
    IRQ_PIT = 0,
    IRQ_KEYBOARD = 1,
    IRQ_ISA_COUNT = 16,
    IRQ_LOCAL_TIMER = IRQ_ISA_COUNT, /* only where irq_uses_apic() */
    IRQ_LOCAL_ERROR,
    IRQ_SPURIOUS, /* nobody was behind it */
    IRQ_STRAY,    /* a vector that nobody asked for */
    IRQ_COUNT,
};

typedef void (*irq_handler)(void);

/* `madt` NULL: there is none.  Every source is masked; interrupts stay off. */
void irq_init(const struct acpi_madt *madt);

bool irq_uses_apic(void);

/* From now on `handler` is called for an ISA interrupt or IRQ_LOCAL_TIMER.  `name` is for
 * the table.  ERR_NOT_FOUND: this machine has no such line. */
MUST_CHECK enum err irq_enable(enum irq irq, const char *name, irq_handler handler);

/* Masks an enabled ISA interrupt, or lets it through again. */
void irq_set_masked(enum irq irq, bool masked);

/* How often it has come. */
uint64_t irq_count(enum irq irq);

/* Logs the sources that have a handler or have come, and how often. */
void irq_log_counters(void);

#endif
