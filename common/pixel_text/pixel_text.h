/* SPDX-License-Identifier: MIT */
/*
 * The 80x25 text screen, painted as pixels on a linear framebuffer.
 *
 * Cell     As VGA text: character (code page 437) in bits 7:0, foreground colour in 11:8,
 *          background colour in 15:12.  All sixteen colours serve as both; nothing
 *          blinks.
 * Pixels   15, 16, 24 or 32 bits each, any order and size of the channels, any pitch.
 * Size     The largest whole multiple of 640x400 that fits, up to 8, in the middle: on a
 *          screen of 1600x900 each pixel of the font is 2x2.  Blurred text would be worse
 *          than a border, and unscaled text on a large screen cannot be read.
 * Memory   Allocates nothing.  Writes only pixels of the screen, never the bytes between
 *          a line's last pixel and the next line, and never reads: reading a framebuffer
 *          is a hundred times slower than writing it.
 * Errors   The description comes from the loader and is checked.  A row or a column
 *          outside the grid is the caller's bug and asserts.
 * Calls    No state but the caller's: any context, one at a time for each screen.
 */
#ifndef PIXEL_TEXT_H
#define PIXEL_TEXT_H

#include <stdint.h>

#include "base/err.h"
#include "pixel_text/font.h"

#define PIXEL_TEXT_ROWS    25
#define PIXEL_TEXT_COLUMNS 80
#define PIXEL_TEXT_CELLS   (PIXEL_TEXT_ROWS * PIXEL_TEXT_COLUMNS)

/* Where a colour's bits are in a pixel: `size` bits from bit `position` up. */
struct pixel_text_channel {
    uint8_t position, size;
};

/* A linear RGB framebuffer.  The names follow Multiboot2 2.0 3.6.12. */
struct pixel_text_framebuffer {
    uint64_t address; /* as mapped now: physical only in an identity map */
    uint32_t pitch_bytes;
    uint32_t width_px, height_px;
    uint8_t bits_per_pixel;
    struct pixel_text_channel red, green, blue;
};

/* A screen ready for painting.  The members are private. */
struct pixel_text {
    uint8_t *screen, *origin; /* the first pixel of all, and of the grid */
    const uint8_t (*font)[FONT_HEIGHT_PX];
    uint32_t pitch_bytes, height_px;
    uint64_t line_bytes; /* without the padding */
    unsigned pixel_bytes, scale;
    uint64_t colours[16];   /* repeated as often as a 64-bit store holds pixels */
    uint32_t stretched[16]; /* four font pixels, each `scale` times */
};

/* The number of bytes from the address to behind the last pixel, for the caller to see
 * whether all of it is mapped.  Right for any description, also a nonsensical one. */
uint64_t pixel_text_size_bytes(const struct pixel_text_framebuffer *framebuffer);

/* Checks the description and prepares *text; paints nothing.  `font` must outlive *text.
 * ERR_FORMAT: the description contradicts itself: no address, lines longer than the
 * pitch, an end beyond the address space, channels that are empty, overlap or leave the
 * pixel. ERR_RANGE: it may be true, but it is another depth or too small for 640x400. */
MUST_CHECK enum err pixel_text_init(struct pixel_text *text,
                                    const struct pixel_text_framebuffer *framebuffer,
                                    const uint8_t (*font)[FONT_HEIGHT_PX]);

/* Blackens all of the screen, the border too: what cells of value 0 look like. */
void pixel_text_clear(struct pixel_text *text);

/* Paints `count` cells of one row from `column` on. */
void pixel_text_paint(struct pixel_text *text, unsigned row, unsigned column,
                      const uint16_t *cells, unsigned count);

/* Paints the cell with the cursor in it: two lines in its foreground colour at its foot.
 * pixel_text_paint takes the cursor away again. */
void pixel_text_paint_cursor(struct pixel_text *text, unsigned row, unsigned column,
                             uint16_t cell);

/* Paints those of the PIXEL_TEXT_CELLS cells that differ from `shadow`, which is what the
 * screen shows and is brought up to date.  After pixel_text_clear a shadow of zeros is
 * right.  A cursor is not known to the shadow. */
void pixel_text_paint_all(struct pixel_text *text, const uint16_t *cells,
                          uint16_t *shadow);

#endif
