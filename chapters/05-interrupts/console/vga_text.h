/* SPDX-License-Identifier: MIT */
/*
 * The VGA text screen, 80 x 25: cells at B8000h, cursor position in the CRT controller.
 *
 * Source   IBM VGA; FreeVGA, CRTC registers 0Ah, 0Bh, 0Eh, 0Fh.
 * Needs    The first MiB mapped to itself; the firmware's text mode (mode 3) still set.
 */
#ifndef CONSOLE_VGA_TEXT_H
#define CONSOLE_VGA_TEXT_H

#include "console/console.h"

/* Turns the hardware cursor on and returns the screen. */
const struct screen *vga_text_init(void);

#endif
