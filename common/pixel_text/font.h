/* SPDX-License-Identifier: MIT */
/*
 * The font of the text screen: a picture of 8 by 16 pixels for every code of code page
 * 437.
 *
 * Source   tools/font generates the array at build time from GNU Unifont.
 * Layout   One byte a line, from the top; bit 7 is the leftmost pixel, 1 is foreground.
 */
#ifndef PIXEL_TEXT_FONT_H
#define PIXEL_TEXT_FONT_H

#include <stdint.h>

#define FONT_GLYPHS    256
#define FONT_WIDTH_PX  8
#define FONT_HEIGHT_PX 16

extern const uint8_t font_cp437[FONT_GLYPHS][FONT_HEIGHT_PX];

#endif
