/* SPDX-License-Identifier: MIT */
/*
 * String instructions on memory, one a function: the machine's own copy and fill loops.
 *
 * Source   SDM 2B REP, MOVS, STOS.
 * Context  Any ring.  They can be interrupted between two elements and go on afterwards.
 * Relies   on the direction flag being clear, as the ABI has it at every call and return:
 *          they work from the lowest address up.
 */
#ifndef X86_64_INSN_STRING_H
#define X86_64_INSN_STRING_H

#include <stdint.h>

/* Copies, or fills with `value`, `count` quadwords. */
static inline void insn_rep_movsq(void *to, const void *from, uint64_t count)
{
    __asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(count)::"memory");
}

static inline void insn_rep_stosq(void *to, uint64_t value, uint64_t count)
{
    __asm__ volatile("rep stosq" : "+D"(to), "+c"(count) : "a"(value) : "memory");
}

#endif
