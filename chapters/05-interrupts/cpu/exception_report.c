/* SPDX-License-Identifier: MIT */
#include "cpu/exception_report.h"

#include "console/log.h"
#include "cpu/backtrace.h"
#include "cpu/halt.h"
#include "cpu/stack.h"
#include "cpu/symbols.h"
#include "x86_64/control.h"
#include "x86_64/exception.h"

/* snippet: headline */
static void log_headline(const struct trap_frame *frame)
{
    uint8_t vector = (uint8_t)frame->vector;
    uint64_t offset;
    const char *function = symbol_find(frame->rip, &offset);

    log_error("exception %s (%s) at %#lx in %s+%#lx", exception_mnemonic(vector),
              exception_name(vector), frame->rip, function, offset);
}
/* end: headline */

/* snippet: details */
/* cr2 is shown as the processor left it: it may be no valid address at all. */
static void log_details(const struct trap_frame *frame, uint64_t cr2)
{
    static char words[128];
    uint8_t vector = (uint8_t)frame->vector;

    if (exception_pushes_error(vector)) {
        exception_error_words(vector, frame->error, words, sizeof words);
        log_error("  error code %#lx%s%s", frame->error, *words ? ": " : "", words);
    }
    if (vector == EXCEPTION_PF) log_error("  at address %#lx", cr2);
    /* Running off the stack faults in the guard page; with no stack left to report that on,
     * the processor goes on to a double fault. */
    if ((vector == EXCEPTION_PF || vector == EXCEPTION_DF) && stack_guard_holds(cr2))
        log_error("  kernel stack overflow: %#lx is in the guard page below the stack", cr2);
}
/* end: details */

static void log_registers(const struct trap_frame *f)
{
    log_error("  rax %016lx  rbx %016lx  rcx %016lx", f->rax, f->rbx, f->rcx);
    log_error("  rdx %016lx  rsi %016lx  rdi %016lx", f->rdx, f->rsi, f->rdi);
    log_error("  rbp %016lx  rsp %016lx  r8  %016lx", f->rbp, f->rsp, f->r8);
    log_error("  r9  %016lx  r10 %016lx  r11 %016lx", f->r9, f->r10, f->r11);
    log_error("  r12 %016lx  r13 %016lx  r14 %016lx", f->r12, f->r13, f->r14);
    log_error("  r15 %016lx  flags %08lx  cs %04lx  ss %04lx", f->r15, f->rflags, f->cs, f->ss);
}

/* snippet: report */
void exception_report(const struct trap_frame *frame)
{
    static unsigned depth; /* reports that have begun and not ended */

    uint64_t cr2 = cr2_read_raw(); /* before anything else can fault */
    depth++;
    if (depth == 2)
        log_error("exception %s at %#lx while reporting another: stopping",
                  exception_mnemonic((uint8_t)frame->vector), frame->rip);
    if (depth >= 2) cpu_halt_forever();

    log_headline(frame);
    log_details(frame, cr2);
    log_registers(frame);
    backtrace_log(frame->rip, frame->rbp);
    depth--;
}
/* end: report */
