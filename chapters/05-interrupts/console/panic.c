/* SPDX-License-Identifier: MIT */
#include "console/panic.h"

#include <stdarg.h>
#include <stdbool.h>

#include "console/log.h"
#include "cpu/halt.h"
#include "text/format.h"

static panic_hook hook;

void panic_set_hook(panic_hook last_words)
{
    hook = last_words;
}

/* snippet: panic */
void panic_at(const char *file, int line, const char *format, ...)
{
    static bool panicking;
    static char message[256];

    /* A bug in the code that reports bugs must not report itself for ever. */
    if (panicking) cpu_halt_forever();
    panicking = true;

    va_list args;
    va_start(args, format);
    format_string_va(message, sizeof message, format, args);
    va_end(args);

    log_error("panic at %s:%d: %s", file, line, message);
    if (hook) hook(message);
    cpu_halt_forever();
}
/* end: panic */
