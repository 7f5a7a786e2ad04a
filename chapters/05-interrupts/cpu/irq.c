/* SPDX-License-Identifier: MIT */
#include "cpu/irq.h"

#include <stddef.h>

#include "console/log.h"
#include "cpu/io_apic.h"
#include "cpu/local_apic.h"
#include "cpu/pic.h"
#include "cpu/trap.h"
#include "x86_64/idt.h"
#include "x86_64/interrupts.h"

/* snippet: vectors */
/* 0 to 31 are exceptions.  The 8259s keep vectors of their own even when they are masked:
 * they may still make up spurious interrupts. */
enum {
    VECTOR_PIC = 32,
    VECTOR_ISA = 48, /* + n: ISA interrupt n by way of an I/O APIC */
    VECTOR_LOCAL_TIMER = 64,
    VECTOR_LOCAL_ERROR = 254,
    VECTOR_SPURIOUS = 255,
};
/* end: vectors */

static struct {
    const char *name;
    irq_handler handler;
    uint64_t count;
} sources[IRQ_COUNT] = {
    [IRQ_LOCAL_ERROR] = {.name = "local APIC error"},
    [IRQ_SPURIOUS] = {.name = "spurious"},
    [IRQ_STRAY] = {.name = "stray"},
};

static const struct acpi_madt *interrupt_map; /* NULL: the 8259s it is */

static void serve(enum irq irq)
{
    sources[irq].count++;
    if (sources[irq].handler) sources[irq].handler();
}

/* snippet: apic */
static void isa_arrived(struct trap_frame *frame)
{
    serve((enum irq)(frame->vector - VECTOR_ISA));
    local_apic_end();
}

static void local_timer_arrived(struct trap_frame *frame)
{
    (void)frame;
    serve(IRQ_LOCAL_TIMER);
    local_apic_end();
}

static void local_error_arrived(struct trap_frame *frame)
{
    (void)frame;
    serve(IRQ_LOCAL_ERROR);
    local_apic_end();
}

/* The interrupt went away while the local APIC was asking the processor to take it.  It is
 * not in service, so ending it would end another. */
static void spurious_arrived(struct trap_frame *frame)
{
    (void)frame;
    serve(IRQ_SPURIOUS);
}
/* end: apic */

/* snippet: stray */
/* Left over from the firmware, most likely.  Only what is in service may be ended. */
static void stray_arrived(struct trap_frame *frame)
{
    serve(IRQ_STRAY);
    if (local_apic_in_service((uint8_t)frame->vector)) local_apic_end();
}
/* end: stray */

/* snippet: pic */
static void pic_arrived(struct trap_frame *frame)
{
    unsigned line = (unsigned)(frame->vector - VECTOR_PIC);
    bool spurious = pic_is_spurious(line);

    serve(spurious ? IRQ_SPURIOUS : (enum irq)line);
    pic_end(line, spurious);
}
/* end: pic */

/* snippet: init */
static enum err use_apic(const struct acpi_madt *madt)
{
    static const struct local_apic_vectors vectors = {
        .timer = VECTOR_LOCAL_TIMER, .error = VECTOR_LOCAL_ERROR, .spurious = VECTOR_SPURIOUS};

    if (!madt) return ERR_NOT_FOUND;
    enum err e = io_apic_init(madt);
    if (e == OK) e = local_apic_init(madt, &vectors);
    if (e != OK) return e;
    for (unsigned vector = VECTOR_PIC; vector < IDT_GATES; vector++)
        trap_set_handler((uint8_t)vector, stray_arrived);
    for (uint8_t irq = 0; irq < IRQ_ISA_COUNT; irq++)
        trap_set_handler((uint8_t)(VECTOR_ISA + irq), isa_arrived);
    trap_set_handler(VECTOR_LOCAL_TIMER, local_timer_arrived);
    trap_set_handler(VECTOR_LOCAL_ERROR, local_error_arrived);
    trap_set_handler(VECTOR_SPURIOUS, spurious_arrived);
    return OK;
}

void irq_init(const struct acpi_madt *madt)
{
    pic_init(VECTOR_PIC);
    if (use_apic(madt) == OK) {
        interrupt_map = madt;
        log_info("interrupts: local APIC %u (%s), I/O APICs %u with %u inputs; 8259s masked",
                 local_apic_id(), local_apic_is_x2apic() ? "x2APIC" : "xAPIC", io_apic_count(),
                 io_apic_inputs());
        return;
    }
    for (unsigned line = 0; line < PIC_LINES; line++)
        trap_set_handler((uint8_t)(VECTOR_PIC + line), pic_arrived);
    log_info("interrupts: two 8259s, because %s",
             madt ? "no APIC can be used" : "there is no MADT");
}
/* end: init */

bool irq_uses_apic(void)
{
    return interrupt_map != NULL;
}

/* snippet: enable */
enum err irq_enable(enum irq irq, const char *name, irq_handler handler)
{
    INTERRUPTS_OFF_HERE();
    enum err e = OK;

    ASSERT(irq < IRQ_ISA_COUNT || irq == IRQ_LOCAL_TIMER);
    if (irq == IRQ_LOCAL_TIMER && !irq_uses_apic()) return ERR_NOT_FOUND;
    if (irq < IRQ_ISA_COUNT && irq_uses_apic()) {
        struct acpi_madt_override line = acpi_madt_isa_irq(interrupt_map, (uint8_t)irq);
        e = io_apic_route(&line, (uint8_t)(VECTOR_ISA + irq), local_apic_id());
    }
    if (e != OK) return e;
    sources[irq].name = name;
    sources[irq].handler = handler;
    irq_set_masked(irq, false);
    return OK;
}

void irq_set_masked(enum irq irq, bool masked)
{
    INTERRUPTS_OFF_HERE();

    if (irq >= IRQ_ISA_COUNT) return; /* the timer: a count of 0 silences it */
    ASSERT(sources[irq].handler);
    if (irq_uses_apic()) {
        uint32_t gsi = acpi_madt_isa_irq(interrupt_map, (uint8_t)irq).gsi;
        io_apic_set_masked(gsi, masked);
    } else if (masked) {
        pic_mask((unsigned)irq);
    } else {
        pic_unmask((unsigned)irq);
    }
}
/* end: enable */

uint64_t irq_count(enum irq irq)
{
    ASSERT(irq < IRQ_COUNT);
    return __atomic_load_n(&sources[irq].count, __ATOMIC_RELAXED);
}

/* snippet: counters */
void irq_log_counters(void)
{
    log_info("interrupts so far:");
    for (unsigned irq = 0; irq < IRQ_COUNT; irq++) {
        uint64_t count = irq_count((enum irq)irq);
        if (!sources[irq].handler && count == 0) continue;
        const char *name = sources[irq].name ? sources[irq].name : "not enabled";
        if (irq < IRQ_ISA_COUNT) log_info("  %12lu  IRQ %u: %s", count, irq, name);
        else log_info("  %12lu  %s", count, name);
    }
    if (irq_uses_apic() && irq_count(IRQ_LOCAL_ERROR) > 0)
        log_warning("local APIC: error status %#x", local_apic_errors());
}
/* end: counters */
