/* SPDX-License-Identifier: MIT */
#include "console/console.h"

#include <stdarg.h>

#include "base/assert.h"
#include "text/format.h"
#include "text/string.h"

static const struct screen *screen;
static uint16_t cells[CONSOLE_ROWS][CONSOLE_COLUMNS];
static unsigned row, column; /* of the next character; column may be one past the last */
static uint8_t attribute;

enum { CORNER_MAX = 16, CORNER_ATTRIBUTE = CYAN << 4 | BLACK };
static uint16_t corner[CORNER_MAX];
static unsigned corner_len;

/* snippet: cell */
static uint16_t cell_make(char character)
{
    return (uint16_t)(attribute << 8 | (uint8_t)character);
}

static void row_clear(unsigned r)
{
    for (unsigned c = 0; c < CONSOLE_COLUMNS; c++) cells[r][c] = cell_make(' ');
}
/* end: cell */

static void show(unsigned r, unsigned first, unsigned count)
{
    if (!screen) return;
    screen->show(r, first, &cells[r][first], count);
    if (r == 0) screen->show(0, CONSOLE_COLUMNS - corner_len, corner, corner_len);
}

/* A character in the last column leaves the cursor on it: the row is not full yet. */
static void show_cursor(void)
{
    unsigned last = CONSOLE_COLUMNS - 1;
    if (screen) screen->move_cursor(row, column < last ? column : last);
}

/* snippet: scroll */
static void scroll(void)
{
    memmove(cells[0], cells[1], sizeof cells - sizeof cells[0]);
    row_clear(CONSOLE_ROWS - 1);
    for (unsigned r = 0; r < CONSOLE_ROWS; r++) show(r, 0, CONSOLE_COLUMNS);
}

static void next_row(void)
{
    column = 0;
    row++;
    if (row == CONSOLE_ROWS) {
        scroll();
        row = CONSOLE_ROWS - 1;
    }
}
/* end: scroll */

/* snippet: put */
static void put(char character)
{
    /* Only a character that needs the next row starts it: 80 characters and a newline are
     * one row, not one row and an empty one. */
    if (column == CONSOLE_COLUMNS) next_row();
    ASSERT(row < CONSOLE_ROWS && column < CONSOLE_COLUMNS);
    cells[row][column] = cell_make(character);
    show(row, column, 1);
    column++;
}

static void interpret(char character)
{
    switch (character) {
    case '\n': next_row(); break;
    case '\r': column = 0; break;
    case '\b': column -= column > 0; break;
    case '\t':
        do put(' ');
        while (column % CONSOLE_TAB != 0);
        break;
    default: put(character); break;
    }
}
/* end: put */

void console_init(const struct screen *shown_on)
{
    screen = shown_on;
    console_set_colours(LIGHT_GREY, BLACK);
    row = column = 0;
    for (unsigned r = 0; r < CONSOLE_ROWS; r++) {
        row_clear(r);
        show(r, 0, CONSOLE_COLUMNS);
    }
    show_cursor();
}

void console_set_colours(enum console_colour foreground, enum console_colour background)
{
    attribute = (uint8_t)(background << 4 | foreground);
}

void console_write(const char *text, size_t len_bytes)
{
    for (size_t i = 0; i < len_bytes; i++) interpret(text[i]);
    show_cursor();
}

/* snippet: print */
static void put_formatted(void *context, char character)
{
    (void)context;
    interpret(character);
}

void console_print(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    format_to(put_formatted, NULL, format, args);
    va_end(args);
    show_cursor();
}
/* end: print */

void console_set_corner(const char *text)
{
    for (corner_len = 0; corner_len < CORNER_MAX && text[corner_len] != '\0'; corner_len++)
        corner[corner_len] = (uint16_t)(CORNER_ATTRIBUTE << 8 | (uint8_t)text[corner_len]);
    show(0, 0, CONSOLE_COLUMNS);
}
