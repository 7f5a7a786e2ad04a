/* SPDX-License-Identifier: MIT */
/*
 * Exceptions and interrupts: one way in, one handler a vector.
 *
 * Source   SDM 3A 6 (interrupt and exception handling).
 * Context  Handlers run with interrupts off, on the stack of what was interrupted or on the
 *          vector's own stack (cpu/stack.h).
 */
#ifndef CPU_TRAP_H
#define CPU_TRAP_H

#include <stdint.h>

#include "x86_64/trap_frame.h"

/* Everything the interrupted code had in its registers.  A handler may change it: what it
 * leaves there is what the interrupted code goes on with. */
typedef void (*trap_handler)(struct trap_frame *frame);

/* Loads a GDT, a TSS with the stacks of cpu/stack.h and an IDT for all 256 vectors.  From
 * then on an exception that nobody handles is reported and stops the kernel; a breakpoint
 * is reported and goes on. */
void trap_init(void);

/* What happens on `vector` from now on; NULL for the report.  Returns what was set before. */
trap_handler trap_set_handler(uint8_t vector, trap_handler handler);

#endif
