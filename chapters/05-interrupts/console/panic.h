/* SPDX-License-Identifier: MIT */
#ifndef CONSOLE_PANIC_H
#define CONSOLE_PANIC_H

#include "base/assert.h"

/* Says what went wrong and where, and stops.  For our own bugs, and where there is nothing
 * to go on with.  Any context. */
#define panic(...) panic_at(__FILE__, __LINE__, __VA_ARGS__)

/* Called with the message before the kernel stops; NULL for nothing. */
typedef void (*panic_hook)(const char *message);
void panic_set_hook(panic_hook last_words);

#endif
