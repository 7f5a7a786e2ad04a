/* SPDX-License-Identifier: MIT */
/* panic_at for unit tests on the host: the running cmocka test sees a failed assertion,
 * which expect_assert_failure() turns into a success where the panic is what is tested. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/assert.h"

void panic_at(const char *file, int line, const char *format, ...)
{
    static char text[256]; /* read after a jump out of here */
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    mock_assert(0, text, file, line);
    abort();
}
