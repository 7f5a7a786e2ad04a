/* SPDX-License-Identifier: MIT */
#ifndef DEVICES_KEYBOARD_START_H
#define DEVICES_KEYBOARD_START_H

#include <stdbool.h>

#include "base/err.h"
#include "ps2/ps2_scancode.h"

/* Tests the 8042 controller, its first port and the keyboard there, in that order, and lets
 * its interrupts through; every wait is bounded.  `translate`: have the controller turn the
 * keyboard's set 2 into set 1; `*set` is what will arrive.  On an error `*step` says in words
 * what failed.  The keyboard's interrupt must be masked. */
MUST_CHECK enum err keyboard_start(bool translate, enum ps2_set *set, const char **step);

#endif
