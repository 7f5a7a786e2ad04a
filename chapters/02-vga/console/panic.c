/* SPDX-License-Identifier: MIT */
#include "console/panic.h"

#include <stdarg.h>
#include <stdbool.h>

#include "console/console.h"
#include "cpu/halt.h"
#include "text/format.h"

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

    console_set_colours(WHITE, RED);
    console_print("\npanic at %s:%d: %s\n", file, line, message);
    cpu_halt_forever();
}
/* end: panic */
