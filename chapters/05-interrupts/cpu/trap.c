/* SPDX-License-Identifier: MIT */
#include "cpu/trap.h"

#include "console/log.h"
#include "cpu/exception_report.h"
#include "cpu/halt.h"
#include "cpu/stack.h"
#include "x86_64/exception.h"
#include "x86_64/gdt.h"
#include "x86_64/idt.h"
#include "x86_64/tss.h"

enum { GDT_WORDS = 5 }; /* null, code, data, and two for the TSS */

static uint64_t gdt_words[GDT_WORDS];
static struct gdt gdt;
static _Alignas(128) struct tss tss;
static struct idt idt;
static trap_handler handlers[IDT_GATES];

/* In cpu/trap_entry.asm. */
extern const virt_addr trap_stubs[IDT_GATES];
void trap_dispatch(struct trap_frame *frame);

/* snippet: gdt */
/* The boot GDT lies in read-only data and has no task state segment; this one has. */
static selector load_gdt_and_tss(void)
{
    selector code, data, task;

    tss_init(&tss);
    for (unsigned ist = IST_DOUBLE_FAULT; ist <= IST_LAST; ist++)
        tss_set_ist(&tss, ist, stack_top(ist));

    gdt_init(&gdt, gdt_words, GDT_WORDS);
    enum err e = gdt_append(&gdt, GDT_KERNEL_CODE64, &code);
    if (e == OK) e = gdt_append(&gdt, GDT_KERNEL_DATA, &data);
    if (e == OK) e = gdt_append_system(&gdt, tss_descriptor(&tss, sizeof tss), &task);
    ASSERT(e == OK);

    gdt_load(&gdt);
    segment_write_cs(code);
    segment_write_ss(data);
    segment_write_ds(data);
    segment_write_es(data);
    tss_load(task);
    return code;
}
/* end: gdt */

/* snippet: idt */
/* Exceptions that a spoilt stack can cause, or that may come at any moment, get a stack of
 * their own. */
static unsigned stack_of(uint8_t vector)
{
    switch (vector) {
    case EXCEPTION_DF: return IST_DOUBLE_FAULT;
    case EXCEPTION_NMI: return IST_NMI;
    case EXCEPTION_MC: return IST_MACHINE_CHECK;
    default: return IST_NONE;
    }
}

static void load_idt(selector code)
{
    for (unsigned vector = 0; vector < IDT_GATES; vector++) {
        const struct idt_options options = {
            .cs = code, .type = IDT_INTERRUPT, .ist = stack_of((uint8_t)vector)};
        idt_set(&idt, (uint8_t)vector, idt_gate_make(trap_stubs[vector], &options));
    }
    idt_load(&idt);
}
/* end: idt */

/* snippet: init */
/* A breakpoint is a trap: rip is already behind the int3, so returning goes on. */
static void report_and_go_on(struct trap_frame *frame)
{
    exception_report(frame);
}

void trap_init(void)
{
    stack_guard_init();
    load_idt(load_gdt_and_tss());
    trap_set_handler(EXCEPTION_BP, report_and_go_on);
}
/* end: init */

trap_handler trap_set_handler(uint8_t vector, trap_handler handler)
{
    trap_handler before = handlers[vector];
    handlers[vector] = handler;
    return before;
}

/* snippet: dispatch */
void trap_dispatch(struct trap_frame *frame)
{
    trap_handler handler = handlers[frame->vector];

    if (handler) {
        handler(frame);
    } else if (frame->vector < EXCEPTION_VECTORS) {
        exception_report(frame);
        log_error("nobody handles this exception: the kernel stops here");
        cpu_halt_forever();
    } else {
        log_warning("interrupt %lu, which nobody handles", frame->vector);
    }
}
/* end: dispatch */
