/* SPDX-License-Identifier: MIT */
/*
 * The two 8259 interrupt controllers of the PC: 15 lines, 8 on the first, 7 on the second,
 * which hangs on line 2 of the first.
 *
 * Source   Intel 8259A data sheet (order number 231468).
 * Here     Where there is an APIC they are only moved out of the way and masked.  Where
 *          there is none they are the interrupt controller.
 * Calls    With interrupts off, or from one place at a time.
 */
#ifndef CPU_PIC_H
#define CPU_PIC_H

#include <stdbool.h>
#include <stdint.h>

enum { PIC_LINES = 16 };

/* Interrupts of line n come as vector `first_vector` + n, a multiple of 8, and all lines are
 * masked. */
void pic_init(uint8_t first_vector);

void pic_mask(unsigned line);
void pic_unmask(unsigned line);

/* Is nobody behind this interrupt?  A line that was let go before the processor answered
 * still gets an answer: the lowest-priority line of that controller, 7 or 15. */
bool pic_is_spurious(unsigned line);

/* The interrupt of `line` has been dealt with.  For a spurious one exactly what is due:
 * nothing to the controller that made it up. */
void pic_end(unsigned line, bool spurious);

#endif
