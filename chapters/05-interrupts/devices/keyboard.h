/* SPDX-License-Identifier: MIT */
/*
 * The PS/2 keyboard: its interrupt brings bytes, which are turned into keys when asked for.
 *
 * Source   common/ps2 has the controller's commands, the scan codes and the layouts; here is
 *          how they are put together.
 * Input    keys=kr106 on the command line: the Korean keyboard, else the American one.
 *          scancodes=2: the keyboard's own codes, else those the controller makes of them.
 * Calls    keyboard_next from one place at a time.
 */
#ifndef DEVICES_KEYBOARD_H
#define DEVICES_KEYBOARD_H

#include <stdbool.h>

#include "acpi/acpi.h"
#include "ps2/ps2_layout.h"

/* Tests the controller and the keyboard, switches it on and logs what is there.  `fadt` may
 * be NULL.  After irq_init.  Without a keyboard the rest of this header says: no keys. */
void keyboard_init(const char *command_line, const struct acpi_fadt *fadt);

/* Lets the keyboard's interrupt through; keyboard_init does.  ERR_NOT_FOUND: this machine has
 * no such line. */
MUST_CHECK enum err keyboard_listen(void);

/* The next key that went down or up; false when there is none. */
bool keyboard_next(struct ps2_press *press);

/* Would keyboard_next have something to look at?  Any context. */
bool keyboard_has_bytes(void);

#endif
