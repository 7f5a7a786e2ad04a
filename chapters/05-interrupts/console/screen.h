/* SPDX-License-Identifier: MIT */
#ifndef CONSOLE_SCREEN_H
#define CONSOLE_SCREEN_H

#include "console/console.h"
#include "multiboot2/multiboot2.h"

/* The screen that the loader has left us: VGA text, or the same cells painted on a
 * framebuffer.  NULL when there is none that this kernel can reach or paint on.
 * *description says in words what was found, in every case. */
const struct screen *screen_init(const struct multiboot2_reader *boot_info,
                                 const char **description);

#endif
