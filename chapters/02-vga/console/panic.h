/* SPDX-License-Identifier: MIT */
#ifndef CONSOLE_PANIC_H
#define CONSOLE_PANIC_H

#include "base/assert.h"

/* Says what went wrong and where, and stops.  For our own bugs, and where there is nothing
 * to go on with.  Any context. */
#define panic(...) panic_at(__FILE__, __LINE__, __VA_ARGS__)

#endif
