/* SPDX-License-Identifier: MIT */
/*
 * Everything the interrupted program had in its registers, as it lies on the stack.
 *
 * Source   SDM 3A 6.14.2 (what the processor pushes in 64-bit mode).
 * Use      The stub of each vector pushes an error code of 0 where the processor pushed
 *          none (exception_pushes_error), the vector, then rax down to r15, and passes
 *          rsp.  A handler may change any register: the return path pops them all.
 * Note     The fault address of a page fault is not here: read it with cr2_read_raw
 *          before anything else can fault.  It may be no canonical address.
 */
#ifndef X86_64_TRAP_FRAME_H
#define X86_64_TRAP_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* snippet: frame */
struct trap_frame {
    /* pushed by the common entry, last to first */
    uint64_t r15, r14, r13, r12, r11, r10, r9, r8, rbp, rdi, rsi, rdx, rcx, rbx, rax;
    /* pushed by the vector's stub; the error code by the processor where it has one */
    uint64_t vector, error;
    /* pushed by the processor */
    uint64_t rip, cs, rflags, rsp, ss;
};
/* end: frame */
_Static_assert(sizeof(struct trap_frame) == 22 * 8, "entry 15, stub 2, processor 5");
_Static_assert(offsetof(struct trap_frame, rax) == 14 * 8, "15 general registers");
_Static_assert(offsetof(struct trap_frame, vector) == 15 * 8, "then the stub's two");
_Static_assert(offsetof(struct trap_frame, rip) == 17 * 8, "then the processor's five");

/* Whether it came from ring 3. */
static inline bool trap_frame_is_user(const struct trap_frame *f)
{
    return (f->cs & 3) == 3;
}

#endif
