/* SPDX-License-Identifier: MIT */
#include "tests/cost.h"

#include "ktest/ktest.h"
#include "x86_64/interrupts.h"
#include "x86_64/segment.h"
#include "x86_64/tsc.h"

enum { TRIES = 16 };

/* Not inlined: with and without go through the same instructions. */
static __attribute__((noinline)) uint64_t shortest(void (*prepare)(void), void (*run)(void),
                                                   unsigned runs, unsigned tries)
{
    uint64_t least = UINT64_MAX;

    while (tries-- > 0) {
        uint64_t total = 0;
        for (unsigned i = 0; i < runs; i++) {
            if (prepare) prepare();
            uint64_t begin = tsc_read_ordered();
            run();
            total += tsc_read_ordered() - begin;
        }
        if (total < least) least = total;
    }
    return least;
}

uint64_t cost_of(const struct cost_job *job)
{
    unsigned runs = job->runs_in_a_row ? job->runs_in_a_row : COST_RUNS;
    unsigned tries = job->tries ? job->tries : TRIES;

    INTERRUPTS_OFF_HERE();
    uint64_t with = shortest(job->prepare, job->run, runs, tries);
    uint64_t without = shortest(NULL, job->without, runs, tries);
    return with > without ? (with - without) * COST_RUNS / runs : 0;
}

void cost_note(const char *name, uint64_t cost)
{
    ktest_note("cost %s %lu ticks", name, (cost + COST_RUNS / 2) / COST_RUNS);
}

struct idt_gate cost_gate_to(const char *stub)
{
    const struct idt_options options = {.cs = segment_read_cs(), .type = IDT_INTERRUPT};
    return idt_gate_make(virt_of(stub), &options);
}

struct idt_gate cost_set_gate(uint8_t vector, struct idt_gate gate)
{
    struct table_pointer pointer;

    insn_sidt(&pointer);
    struct idt *table = (struct idt *)pointer.base;
    struct idt_gate before = table->gate[vector];
    idt_set(table, vector, gate);
    return before;
}
