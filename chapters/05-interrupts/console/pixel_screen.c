/* SPDX-License-Identifier: MIT */
#include "console/pixel_screen.h"

static struct pixel_text painter;
static uint16_t shown[CONSOLE_ROWS][CONSOLE_COLUMNS]; /* what the pixels show now */
static unsigned cursor_row, cursor_column;

_Static_assert((int)CONSOLE_ROWS == PIXEL_TEXT_ROWS && (int)CONSOLE_COLUMNS == PIXEL_TEXT_COLUMNS,
               "the painter's grid is the console's");

/* snippet: show */
/* A cell is 128 pixels: only those that have changed are painted. */
static void pixel_screen_show(unsigned row, unsigned column, const uint16_t *cells, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        uint16_t *was = &shown[row][column + i];
        if (*was == cells[i]) continue;
        *was = cells[i];
        pixel_text_paint(&painter, row, column + i, was, 1);
    }
}
/* end: show */

static void pixel_screen_move_cursor(unsigned row, unsigned column)
{
    pixel_text_paint(&painter, cursor_row, cursor_column, &shown[cursor_row][cursor_column], 1);
    cursor_row = row;
    cursor_column = column;
    pixel_text_paint_cursor(&painter, row, column, shown[row][column]);
}

enum err pixel_screen_init(const struct pixel_text_framebuffer *framebuffer,
                           const struct screen **screen)
{
    static const struct screen pixel_screen = {pixel_screen_show, pixel_screen_move_cursor};

    enum err e = pixel_text_init(&painter, framebuffer, font_cp437);
    if (e != OK) return e;
    pixel_text_clear(&painter);
    *screen = &pixel_screen;
    return OK;
}
