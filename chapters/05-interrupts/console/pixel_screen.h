/* SPDX-License-Identifier: MIT */
#ifndef CONSOLE_PIXEL_SCREEN_H
#define CONSOLE_PIXEL_SCREEN_H

#include "base/err.h"
#include "console/console.h"
#include "pixel_text/pixel_text.h"

/* The console's cells painted on a framebuffer that the kernel can reach.  Clears it.
 * Errors are those of pixel_text_init; nothing has been painted then. */
MUST_CHECK enum err pixel_screen_init(const struct pixel_text_framebuffer *framebuffer,
                                      const struct screen **screen);

#endif
