/* SPDX-License-Identifier: MIT */
/*
 * The interrupt descriptor table: 256 gates of 16 bytes.
 *
 * Source   SDM 3A 6.10 to 6.14.
 * Memory   The caller's, for as long as IDTR points there.
 * C        A gate takes an address, not a function with the right arguments: nothing here
 *          knows whether the code at that address saves registers, drops the error code
 *          and ends in iretq.  That is the stub's promise (trap_frame.h), kept in one
 *          nasm file.
 * Calls    Everything but idt_load anywhere.  exception.h names the vectors.
 */
#ifndef X86_64_IDT_H
#define X86_64_IDT_H

#include "base/err.h"
#include "x86_64/addr.h"
#include "x86_64/segment.h"

#define IDT_GATES 256

struct idt_gate {
    uint64_t lo, hi;
};
_Static_assert(sizeof(struct idt_gate) == 16, "SDM 3A figure 6-8");

struct __attribute__((aligned(16))) idt {
    struct idt_gate gate[IDT_GATES];
};
_Static_assert(sizeof(struct idt) == 4096, "one page");

/* Fields of a gate's first word; the second holds the handler's bits 63:32. */
#define IDT_OFFSET_15_0  BITS64(15, 0)
#define IDT_SELECTOR     BITS64(31, 16)
#define IDT_IST          BITS64(34, 32) /* 0: the current stack, or RSPn; 1 to 7: IST */
#define IDT_TYPE         BITS64(43, 40) /* enum idt_type */
#define IDT_DPL          BITS64(46, 45) /* rings up to this one may `int n` */
#define IDT_PRESENT      BIT64(47)
#define IDT_OFFSET_31_16 BITS64(63, 48)

enum idt_type {
    IDT_INTERRUPT = 0xe, /* enters with interrupts off */
    IDT_TRAP = 0xf,      /* leaves RFLAGS.IF as it was */
};

struct idt_options {
    selector cs;        /* 64-bit code segment, ring 0 */
    enum idt_type type; /* 0 is not a type: say it */
    unsigned ist;       /* 0 to 7 */
    unsigned dpl;       /* 0 to 3 */
};

/* A present gate.  Options outside their range assert. */
struct idt_gate idt_gate_make(virt_addr handler, const struct idt_options *options);

/* What a gate says; the handler of one that is not present is whatever its bits hold. */
virt_addr idt_gate_handler(struct idt_gate g);
struct idt_options idt_gate_options(struct idt_gate g);
static inline bool idt_gate_is_present(struct idt_gate g)
{
    return (g.lo & IDT_PRESENT) != 0;
}

/* Puts a gate into a table that may be in use: the vector is not present in between,
 * never half old and half new. */
void idt_set(struct idt *t, uint8_t vector, struct idt_gate g);

/* Makes the vector not present: it becomes #NP. */
void idt_clear(struct idt *t, uint8_t vector);

/* Gives vectors `first` to `last` the handlers in `stubs`, where stubs[0] is `first`'s.
 * `first` above `last` asserts. */
void idt_set_range(struct idt *t, uint8_t first, uint8_t last, const virt_addr stubs[],
                   const struct idt_options *options);

static inline struct table_pointer idt_pointer(const struct idt *t)
{
    return (struct table_pointer){.limit = sizeof *t - 1, .base = virt_of(t)};
}

/* Ring 0. */
static inline void idt_load(const struct idt *t)
{
    struct table_pointer pointer = idt_pointer(t);
    insn_lidt(&pointer);
}

#endif
