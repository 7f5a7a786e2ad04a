/* SPDX-License-Identifier: MIT */
/*
 * Sleeping until an interrupt has brought work, without sleeping through it.
 *
 * The race  Between "is there work?" and hlt an interrupt may come and bring some.  Its
 *           handler runs, returns, and hlt then sleeps although there is work, until some
 *           other interrupt comes.  So the question is asked with interrupts off, and they
 *           are let in only as hlt begins: sti holds them back for one more instruction.
 * Calls     Interrupts on; they are on again afterwards.
 */
#ifndef CPU_IDLE_H
#define CPU_IDLE_H

#include <stdbool.h>

#include "x86_64/interrupts.h"

/* Sleeps until the next interrupt, unless `pending` says that there is work already.  It is
 * asked with interrupts off. */
/* snippet: wait */
static inline void cpu_wait_unless(bool (*pending)(void))
{
    interrupts_off();
    if (pending()) interrupts_on();
    else interrupts_on_and_wait();
}
/* end: wait */

/* The same, as the place where this kernel is when it has nothing to do: debuggers and tests
 * know it by name. */
void cpu_idle(bool (*pending)(void));

#endif
