/* SPDX-License-Identifier: MIT */
/*
 * A text console: 80 x 25 cells in memory of our own, shown on whatever screen there is.
 *
 * Memory   None is allocated; the cells are static.
 * Errors   None: without a screen everything still works, unseen.
 * Calls    One caller at a time.
 */
#ifndef CONSOLE_CONSOLE_H
#define CONSOLE_CONSOLE_H

#include <stddef.h>
#include <stdint.h>

enum { CONSOLE_ROWS = 25, CONSOLE_COLUMNS = 80, CONSOLE_TAB = 8 };

/* The sixteen colours of a VGA text cell, bright ones from 8 on. */
enum console_colour {
    BLACK, BLUE, GREEN, CYAN, RED, MAGENTA, BROWN, LIGHT_GREY,
    DARK_GREY, LIGHT_BLUE, LIGHT_GREEN, LIGHT_CYAN, LIGHT_RED, LIGHT_MAGENTA, YELLOW, WHITE,
};

/* snippet: screen */
/* Something that can show cells.  A cell is a code-page-437 character in bits 7:0, the
 * foreground colour in 11:8, the background colour in 15:12. */
struct screen {
    /* Shows `count` cells from `column` on; they fit in the row. */
    void (*show)(unsigned row, unsigned column, const uint16_t *cells, unsigned count);
    void (*move_cursor)(unsigned row, unsigned column);
};
/* end: screen */

/* Clears the console and shows it on `screen`, NULL for nowhere. */
void console_init(const struct screen *screen);

/* What is written from now on has these colours. */
void console_set_colours(enum console_colour foreground, enum console_colour background);

/* Writes characters.  \n starts the next row, \r returns to the first column, \t goes to
 * the next multiple of 8, \b goes back one column and stops at the first.  Past the last
 * row everything moves up by one and the top row is lost. */
void console_write(const char *text, size_t len_bytes);

/* Writes formatted text; conversions: text/format.h. */
__attribute__((format(printf, 1, 2))) void console_print(const char *format, ...);

/* Shows `text`, cut off at 16 characters, in the top right corner from now on, over what is
 * written there: it does not scroll and does not move the cursor. */
void console_set_corner(const char *text);

#endif
