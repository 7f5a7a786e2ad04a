/* SPDX-License-Identifier: MIT */
/*
 * Our own broken promises.
 *
 * Use      ASSERT is for what only a bug in this program can make false.  What firmware,
 *          a device, a file or a user can cause is returned as an enum err instead.
 * Kernel   A kernel that links anything using ASSERT provides panic_at: it shows the
 *          message with file and line and never returns.
 * Host     Unit tests link base/assert_host.c, whose panic_at ends the running test.
 * Calls    Any context.
 */
#ifndef BASE_ASSERT_H
#define BASE_ASSERT_H

/* Shows a printf-like message (conversions: text/format.h) and stops.  Never returns. */
__attribute__((noreturn, cold, format(printf, 3, 4))) void
panic_at(const char *file, int line, const char *format, ...);

/* snippet: assert */
#define ASSERT(condition)                                                                 \
    do {                                                                                  \
        if (!(condition)) panic_at(__FILE__, __LINE__, "assertion failed: %s", #condition); \
    } while (0)
/* end: assert */

#endif
