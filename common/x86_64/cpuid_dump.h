/* SPDX-License-Identifier: MIT */
/*
 * A processor played from a table, for the tests of cpuid.h.
 *
 * Use      One struct dump a processor; from_dump is its struct cpuid_source's function.
 */
#ifndef X86_64_CPUID_DUMP_H
#define X86_64_CPUID_DUMP_H

#include <stddef.h>

#include "x86_64/cpuid.h"

struct row {
    uint32_t leaf, subleaf;
    struct cpuid_regs regs;
};

struct dump {
    const struct row *rows;
    size_t count;
};

/* Answers like hardware: zeros for what the dump leaves out. */
static inline struct cpuid_regs from_dump(void *context, uint32_t leaf, uint32_t subleaf)
{
    const struct dump *d = context;
    for (size_t i = 0; i < d->count; i++)
        if (d->rows[i].leaf == leaf && d->rows[i].subleaf == subleaf)
            return d->rows[i].regs;
    return (struct cpuid_regs){0};
}

#endif
