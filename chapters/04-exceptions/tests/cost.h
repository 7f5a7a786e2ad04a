/* SPDX-License-Identifier: MIT */
/*
 * What something costs, in ticks of the time-stamp counter.
 *
 * Ticks    What they are depends on the machine.  QEMU with -icount shift=0 counts the
 *          guest's instructions, one tick each; QEMU without it shows the host's counter,
 *          so that a tick is host time spent on emulating; a processor counts cycles of its
 *          nominal clock.  Compare ticks only with ticks of the same boot.
 * Noise    Everything that disturbs makes it longer, so the shortest of some tries counts.
 * Calls    From tests.  Interrupts are off meanwhile.
 */
#ifndef TESTS_COST_H
#define TESTS_COST_H

#include <stdint.h>

#include "x86_64/idt.h"

enum { COST_RUNS = 16 };

struct cost_job {
    void (*prepare)(void);  /* before each run, not measured; may be NULL */
    void (*run)(void);
    void (*without)(void);  /* the same without what is measured: taken off */
    unsigned runs_in_a_row; /* 0: COST_RUNS */
    unsigned tries;         /* 0: sixteen */
};

/* Ticks of COST_RUNS runs; 0 where the counter is too coarse to see them. */
uint64_t cost_of(const struct cost_job *job);

/* Writes a line for tools/bench: one run's cost, rounded to the nearest. */
void cost_note(const char *name, uint64_t cost);

/* A gate that leads straight to `stub`, past the kernel's entry, and puts it into the table
 * that the processor uses now.  Returns what was there. */
struct idt_gate cost_gate_to(const char *stub);
struct idt_gate cost_set_gate(uint8_t vector, struct idt_gate gate);

#endif
