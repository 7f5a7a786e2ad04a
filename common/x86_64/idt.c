/* SPDX-License-Identifier: MIT */
#include "x86_64/idt.h"

struct idt_gate idt_gate_make(virt_addr handler, const struct idt_options *options)
{
    ASSERT(options->type == IDT_INTERRUPT || options->type == IDT_TRAP);
    return (struct idt_gate){
        .lo = IDT_PRESENT | field_put64(IDT_OFFSET_15_0, handler & 0xffff) |
              field_put64(IDT_OFFSET_31_16, handler >> 16 & 0xffff) |
              field_put64(IDT_SELECTOR, options->cs) |
              field_put64(IDT_IST, options->ist) |
              field_put64(IDT_TYPE, (uint64_t)options->type) |
              field_put64(IDT_DPL, options->dpl),
        .hi = handler >> 32,
    };
}

virt_addr idt_gate_handler(struct idt_gate g)
{
    return (g.hi & UINT32_MAX) << 32 | field_get64(IDT_OFFSET_31_16, g.lo) << 16 |
           field_get64(IDT_OFFSET_15_0, g.lo);
}

struct idt_options idt_gate_options(struct idt_gate g)
{
    return (struct idt_options){
        .cs = (selector)field_get64(IDT_SELECTOR, g.lo),
        .type = (enum idt_type)field_get64(IDT_TYPE, g.lo),
        .ist = (unsigned)field_get64(IDT_IST, g.lo),
        .dpl = (unsigned)field_get64(IDT_DPL, g.lo),
    };
}

void idt_clear(struct idt *t, uint8_t vector)
{
    __atomic_store_n(&t->gate[vector].lo, 0, __ATOMIC_RELEASE);
}

void idt_set(struct idt *t, uint8_t vector, struct idt_gate g)
{
    idt_clear(t, vector);
    __atomic_store_n(&t->gate[vector].hi, g.hi, __ATOMIC_RELEASE);
    __atomic_store_n(&t->gate[vector].lo, g.lo, __ATOMIC_RELEASE);
}

void idt_set_range(struct idt *t, uint8_t first, uint8_t last, const virt_addr stubs[],
                   const struct idt_options *options)
{
    ASSERT(first <= last);
    for (unsigned vector = first; vector <= last; vector++)
        idt_set(t, (uint8_t)vector, idt_gate_make(stubs[vector - first], options));
}
