/* SPDX-License-Identifier: MIT */
/*
 * The interrupt flag as a state that is saved and restored, so that code which needs
 * interrupts off can be called with them on or off.
 *
 *     bool were_on = interrupts_save();
 *     ...
 *     interrupts_restore(were_on);
 *
 * or, restored on every way out of the block:
 *
 *     INTERRUPTS_OFF_HERE();
 *
 * Source   SDM 3A 6.8.1.
 * C        Nothing stops a caller from holding a saved state across a context switch or
 *          from restoring twice: keep both calls in one function, in one order.
 * Calls    Ring 0.  NMI, SMI and exceptions come regardless.
 */
#ifndef X86_64_INTERRUPTS_H
#define X86_64_INTERRUPTS_H

#include "x86_64/flags.h"
#include "x86_64/insn.h"

static inline bool interrupts_are_on(void) { return (rflags_read() & RFLAGS_IF) != 0; }
static inline void interrupts_on(void) { insn_sti(); }
static inline void interrupts_off(void) { insn_cli(); }

/* Turns them off; returns whether they were on. */
static inline bool interrupts_save(void)
{
    bool were_on = interrupts_are_on();
    insn_cli();
    return were_on;
}

static inline void interrupts_restore(bool were_on)
{
    if (were_on) insn_sti();
}

/* Turns them on and stops until one comes, without losing one that is already pending. */
static inline void interrupts_on_and_wait(void) { insn_sti_hlt(); }

static inline void interrupts_restore_at(const bool *were_on)
{
    interrupts_restore(*were_on);
}

/* Off until the end of the enclosing block.  Once per block. */
#define INTERRUPTS_OFF_HERE()                                                            \
    const bool interrupts_were_on_                                                       \
        __attribute__((unused, cleanup(interrupts_restore_at))) = interrupts_save()

#endif
