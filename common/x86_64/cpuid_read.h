/* SPDX-License-Identifier: MIT */
/*
 * The processor itself as a source for cpuid.h.
 *
 *     struct cpuid_source cpu = cpuid_this_processor();
 *     if (cpuid_has(&cpu, CPUID_SMEP)) cr4_update(CR4_SMEP, 0);
 *
 * Source   SDM 2 (CPUID).
 * Note     Answers are of the processor that runs the call: processors of one machine
 *          differ in APIC id and, on hybrid ones, in more.  In a virtual machine each
 *          costs an exit.
 * Calls    Any context, any ring.
 */
#ifndef X86_64_CPUID_READ_H
#define X86_64_CPUID_READ_H

#include "x86_64/cpuid.h"
#include "x86_64/insn_user.h"

static inline struct cpuid_regs cpuid_read_leaf(void *context, uint32_t leaf,
                                                uint32_t subleaf)
{
    struct cpuid_regs r;
    (void)context;
    insn_cpuid(leaf, subleaf, &r.eax, &r.ebx, &r.ecx, &r.edx);
    return r;
}

static inline struct cpuid_source cpuid_this_processor(void)
{
    return (struct cpuid_source){.leaf = cpuid_read_leaf};
}

#endif
