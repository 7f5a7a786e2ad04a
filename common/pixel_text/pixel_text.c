/* SPDX-License-Identifier: MIT */
#include <stdbool.h>

#include "base/assert.h"
#include "base/bits.h"
#include "pixel_text/pixel_text.h"
#include "text/string.h"

#define GRID_WIDTH_PX  (PIXEL_TEXT_COLUMNS * FONT_WIDTH_PX)
#define GRID_HEIGHT_PX (PIXEL_TEXT_ROWS * FONT_HEIGHT_PX)
#define SCALE_MAX      8 /* a line of a glyph, stretched, is 64 bits */

#define CURSOR_LINE    14 /* from here to the foot of the cell */

/* Pixels are written several at a time, wherever they happen to lie. */
typedef uint64_t __attribute__((may_alias, aligned(1))) any64;

/* The sixteen colours as an EGA or VGA shows them after a reset: RRGGBB. */
static const uint32_t palette[16] = {
    0x000000, 0x0000aa, 0x00aa00, 0x00aaaa, 0xaa0000, 0xaa00aa, 0xaa5500, 0xaaaaaa,
    0x555555, 0x5555ff, 0x55ff55, 0x55ffff, 0xff5555, 0xff55ff, 0xffff55, 0xffffff,
};

/* ---- checking the description ---- */

static unsigned pixel_bytes_of(const struct pixel_text_framebuffer *f)
{
    return (f->bits_per_pixel + 7u) / 8;
}

uint64_t pixel_text_size_bytes(const struct pixel_text_framebuffer *f)
{
    if (f->height_px == 0) return 0;
    return (uint64_t)f->pitch_bytes * (f->height_px - 1) +
           (uint64_t)f->width_px * pixel_bytes_of(f);
}

/* The bits of the channel; 0 when it has none or they leave the pixel. */
static uint32_t channel_mask(struct pixel_text_channel c, unsigned bits_per_pixel)
{
    if (c.size == 0 || c.position + c.size > bits_per_pixel) return 0;
    return BITS32(c.position + c.size - 1u, c.position);
}

static enum err check(const struct pixel_text_framebuffer *f)
{
    unsigned bits = f->bits_per_pixel;
    if (bits != 15 && bits != 16 && bits != 24 && bits != 32) return ERR_RANGE;

    uint32_t red = channel_mask(f->red, bits), green = channel_mask(f->green, bits);
    uint32_t blue = channel_mask(f->blue, bits);
    if (!red || !green || !blue || red & green || (red | green) & blue) return ERR_FORMAT;

    if ((uint64_t)f->width_px * pixel_bytes_of(f) > f->pitch_bytes) return ERR_FORMAT;
    if (f->width_px < GRID_WIDTH_PX || f->height_px < GRID_HEIGHT_PX) return ERR_RANGE;
    if (f->address == 0 || f->address > UINTPTR_MAX) return ERR_FORMAT;
    if (pixel_text_size_bytes(f) > UINTPTR_MAX - f->address) return ERR_FORMAT;
    return OK;
}

/* ---- preparing ---- */

/* An 8-bit intensity in the bits of a channel, rounded to the nearest. */
static uint32_t channel_value(struct pixel_text_channel c, uint32_t intensity)
{
    uint64_t largest = BITS64(c.size - 1u, 0);
    return (uint32_t)((intensity * largest + 127) / 255 << c.position);
}

static uint64_t colour_value(const struct pixel_text_framebuffer *f, uint32_t rrggbb)
{
    uint64_t pixel = channel_value(f->red, rrggbb >> 16) |
                     channel_value(f->green, rrggbb >> 8 & 0xff) |
                     channel_value(f->blue, rrggbb & 0xff);
    switch (pixel_bytes_of(f)) {
    case 2: return pixel * UINT64_C(0x0001000100010001);
    case 4: return pixel * UINT64_C(0x0000000100000001);
    }
    return pixel;
}

static uint32_t stretch(uint32_t four_pixels, unsigned scale)
{
    uint32_t wide = 0;
    for (unsigned i = 0; i < 4 * scale; i++)
        wide |= (four_pixels >> i / scale & 1) << i;
    return wide;
}

enum err pixel_text_init(struct pixel_text *text,
                         const struct pixel_text_framebuffer *framebuffer,
                         const uint8_t (*font)[FONT_HEIGHT_PX])
{
    const struct pixel_text_framebuffer *f = framebuffer;
    enum err error = check(f);
    if (error) return error;

    uint32_t across = f->width_px / GRID_WIDTH_PX, down = f->height_px / GRID_HEIGHT_PX;
    uint32_t scale = across < down ? across : down;
    if (scale > SCALE_MAX) scale = SCALE_MAX;

    *text = (struct pixel_text){
        .screen = (uint8_t *)(uintptr_t)f->address,
        .font = font,
        .pitch_bytes = f->pitch_bytes,
        .height_px = f->height_px,
        .line_bytes = (uint64_t)f->width_px * pixel_bytes_of(f),
        .pixel_bytes = pixel_bytes_of(f),
        .scale = scale,
    };
    uint64_t top = (f->height_px - GRID_HEIGHT_PX * scale) / 2;
    uint64_t left = (f->width_px - GRID_WIDTH_PX * scale) / 2;
    text->origin = text->screen + top * f->pitch_bytes + left * text->pixel_bytes;
    for (unsigned i = 0; i < 16; i++) {
        text->colours[i] = colour_value(f, palette[i]);
        text->stretched[i] = stretch(i, scale);
    }
    return OK;
}

/* ---- painting ---- */

/* Writes eight pixels: `back`, and where a bit is set `back ^ change`, the foreground.
 * Bit 7 is the leftmost, at the lowest address. */
typedef void octet_writer(uint8_t *at, unsigned bits, uint64_t back, uint64_t change);

static inline void write_octet_32(uint8_t *at, unsigned bits, uint64_t back,
                                  uint64_t change)
{
    static const uint64_t two_pixels[4] = {
        0x0000000000000000, 0xffffffff00000000, 0x00000000ffffffff, 0xffffffffffffffff,
    };
    *(any64 *)at = back ^ (change & two_pixels[bits >> 6]);
    *(any64 *)(at + 8) = back ^ (change & two_pixels[bits >> 4 & 3]);
    *(any64 *)(at + 16) = back ^ (change & two_pixels[bits >> 2 & 3]);
    *(any64 *)(at + 24) = back ^ (change & two_pixels[bits & 3]);
}

static inline void write_octet_16(uint8_t *at, unsigned bits, uint64_t back,
                                  uint64_t change)
{
    static const uint64_t four_pixels[16] = {
        0x0000000000000000, 0xffff000000000000, 0x0000ffff00000000, 0xffffffff00000000,
        0x00000000ffff0000, 0xffff0000ffff0000, 0x0000ffffffff0000, 0xffffffffffff0000,
        0x000000000000ffff, 0xffff00000000ffff, 0x0000ffff0000ffff, 0xffffffff0000ffff,
        0x00000000ffffffff, 0xffff0000ffffffff, 0x0000ffffffffffff, 0xffffffffffffffff,
    };
    *(any64 *)at = back ^ (change & four_pixels[bits >> 4]);
    *(any64 *)(at + 8) = back ^ (change & four_pixels[bits & 0xf]);
}

static inline void write_octet_24(uint8_t *at, unsigned bits, uint64_t back,
                                  uint64_t change)
{
    uint64_t p[8];
    for (unsigned i = 0; i < 8; i++)
        p[i] = back ^ (change & -(uint64_t)(bits >> (7 - i) & 1));
    *(any64 *)at = p[0] | p[1] << 24 | p[2] << 48;
    *(any64 *)(at + 8) = p[2] >> 16 | p[3] << 8 | p[4] << 32 | p[5] << 56;
    *(any64 *)(at + 16) = p[5] >> 8 | p[6] << 16 | p[7] << 40;
}

/* A stretch of cells, and which lines of their glyphs. */
struct run {
    const uint16_t *cells;
    unsigned count;
    uint8_t *at; /* the leftmost pixel of the first cell's line 0 */
    unsigned first_line, end_line;
    unsigned extra; /* pixels set in every one of the lines */
};

/* Screen line by screen line, each from left to right: the order in which a processor
 * combines writes to a framebuffer into whole bursts.  Inlined once for every depth.  The
 * locals are copies because a write to the screen might, for all the compiler knows,
 * change what the pointers lead to. */
static inline __attribute__((always_inline)) void
paint_run(const struct pixel_text *t, const struct run *run, unsigned octet_bytes,
          octet_writer *write_octet)
{
    const uint8_t(*font)[FONT_HEIGHT_PX] = t->font;
    const uint16_t *end = run->cells + run->count;
    const unsigned scale = t->scale, extra = run->extra;

    for (unsigned y = run->first_line * scale; y < run->end_line * scale; y++) {
        uint8_t *at = run->at + (uint64_t)y * t->pitch_bytes;
        unsigned line = y / scale;
        for (const uint16_t *cell = run->cells; cell < end; cell++) {
            unsigned bits = font[*cell & 0xff][line] | extra;
            uint64_t back = t->colours[*cell >> 12];
            uint64_t change = back ^ t->colours[*cell >> 8 & 0xf];
            if (scale == 1) {
                write_octet(at, bits, back, change);
                at += octet_bytes;
                continue;
            }
            uint64_t wide = (uint64_t)t->stretched[bits >> 4] << 4 * scale |
                            t->stretched[bits & 0xf];
            for (unsigned octet = scale; octet-- > 0; at += octet_bytes)
                write_octet(at, wide >> 8 * octet & 0xff, back, change);
        }
    }
}

static void paint_lines(const struct pixel_text *t, const struct run *run)
{
    switch (t->pixel_bytes) {
    case 2: paint_run(t, run, 16, write_octet_16); break;
    case 3: paint_run(t, run, 24, write_octet_24); break;
    default: paint_run(t, run, 32, write_octet_32);
    }
}

static struct run run_of(const struct pixel_text *t, unsigned row, unsigned column,
                         const uint16_t *cells, unsigned count)
{
    ASSERT(row < PIXEL_TEXT_ROWS);
    ASSERT(column <= PIXEL_TEXT_COLUMNS && count <= PIXEL_TEXT_COLUMNS - column);
    uint64_t y = (uint64_t)row * FONT_HEIGHT_PX * t->scale;
    uint64_t x = (uint64_t)column * FONT_WIDTH_PX * t->scale;
    return (struct run){
        .cells = cells,
        .count = count,
        .at = t->origin + y * t->pitch_bytes + x * t->pixel_bytes,
        .end_line = FONT_HEIGHT_PX,
    };
}

void pixel_text_clear(struct pixel_text *text)
{
    for (uint64_t y = 0; y < text->height_px; y++)
        memset(text->screen + y * text->pitch_bytes, 0, text->line_bytes);
}

void pixel_text_paint(struct pixel_text *text, unsigned row, unsigned column,
                      const uint16_t *cells, unsigned count)
{
    struct run run = run_of(text, row, column, cells, count);
    paint_lines(text, &run);
}

void pixel_text_paint_cursor(struct pixel_text *text, unsigned row, unsigned column,
                             uint16_t cell)
{
    struct run run = run_of(text, row, column, &cell, 1);
    run.end_line = CURSOR_LINE;
    paint_lines(text, &run);
    run.first_line = CURSOR_LINE;
    run.end_line = FONT_HEIGHT_PX;
    run.extra = 0xff;
    paint_lines(text, &run);
}

void pixel_text_paint_all(struct pixel_text *text, const uint16_t *cells,
                          uint16_t *shadow)
{
    for (unsigned row = 0; row < PIXEL_TEXT_ROWS; row++) {
        const uint16_t *wanted = cells + row * PIXEL_TEXT_COLUMNS;
        uint16_t *shown = shadow + row * PIXEL_TEXT_COLUMNS;
        for (unsigned column = 0; column < PIXEL_TEXT_COLUMNS;) {
            if (wanted[column] == shown[column]) {
                column++;
                continue;
            }
            unsigned start = column;
            for (; column < PIXEL_TEXT_COLUMNS && wanted[column] != shown[column];
                 column++)
                shown[column] = wanted[column];
            pixel_text_paint(text, row, start, wanted + start, column - start);
        }
    }
}
