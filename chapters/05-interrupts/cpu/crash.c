/* SPDX-License-Identifier: MIT */
#include "cpu/crash.h"

#include <stdbool.h>
#include <stddef.h>

#include "console/log.h"
#include "cpu/exception_report.h"
#include "cpu/probe.h"
#include "cpu/trap.h"
#include "text/string.h"
#include "x86_64/exception.h"
#include "x86_64/insn.h"

#define NOT_MAPPED (UINT64_C(5) << 30) /* 5 GiB: boot/start.asm maps the first 4 */

static void breakpoint(void)
{
    insn_int3();
    log_info("breakpoint survived");
}

static void divide_by_zero(void)
{
    volatile int seven = 7, zero = 0; /* for 1 / zero a compiler needs no division */
    log_info("the quotient is %d", seven / zero);
}

static void invalid_opcode(void)
{
    __asm__ volatile("ud2");
}

/* snippet: page_fault */
static void report_and_skip(struct trap_frame *frame)
{
    exception_report(frame);
    if (frame->rip == (uint64_t)probe_read_access) frame->rip = (uint64_t)probe_read_failed;
}

static void page_fault(void)
{
    uint8_t byte;
    trap_handler before = trap_set_handler(EXCEPTION_PF, report_and_skip);

    if (!probe_read(NOT_MAPPED, &byte)) log_info("page fault survived");
    trap_set_handler(EXCEPTION_PF, before);
}
/* end: page_fault */

/* snippet: overflow */
/* The end is never reached, which the compiler must not know. */
static volatile bool deep_enough;

static void recurse(void)
{
    if (!deep_enough) recurse();
}

static void stack_overflow(void)
{
    recurse();
}
/* end: overflow */

/* A report of something that cannot even be read. */
static void report(void)
{
    exception_report((const struct trap_frame *)NOT_MAPPED);
}

static const struct {
    const char *name;
    void (*run)(void);
} crashes[] = {
    {"breakpoint", breakpoint},
    {"divide", divide_by_zero},
    {"invalid-opcode", invalid_opcode},
    {"page-fault", page_fault},
    {"report", report},
    {"stack-overflow", stack_overflow},
};

/* Runs the crash that the first `len` characters of `name` name. */
static void run(const char *name, size_t len)
{
    for (size_t i = 0; i < sizeof crashes / sizeof crashes[0]; i++) {
        if (strlen(crashes[i].name) != len || strncmp(crashes[i].name, name, len) != 0) continue;
        log_info("crash=%s", crashes[i].name);
        crashes[i].run();
        return;
    }
    log_warning("crash=%.*s is not known", (int)len, name);
}

void crash_as_asked(const char *command_line)
{
    static const char option[] = "crash=";
    const char *at = command_line;

    while (*at != '\0' && strncmp(at, option, sizeof option - 1) != 0) at++;
    if (*at == '\0') return;
    at += sizeof option - 1;
    while (*at != '\0' && *at != ' ') {
        size_t len = 0;
        while (at[len] != '\0' && at[len] != ' ' && at[len] != ',') len++;
        run(at, len);
        at += len;
        if (*at == ',') at++;
    }
}
