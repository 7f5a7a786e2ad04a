/* SPDX-License-Identifier: MIT */
/* The console on a screen that only remembers what it was shown. */
#include "console/console.h"
#include "tests/suites.h"
#include "text/string.h"

static uint16_t shown[CONSOLE_ROWS][CONSOLE_COLUMNS];
static unsigned cursor_row, cursor_column;

static void remember(unsigned row, unsigned column, const uint16_t *cells, unsigned count)
{
    memcpy(&shown[row][column], cells, count * sizeof *cells);
}

static void remember_cursor(unsigned row, unsigned column)
{
    cursor_row = row;
    cursor_column = column;
}

static void start(void)
{
    static const struct screen memory = {remember, remember_cursor};
    memset(shown, 0xff, sizeof shown);
    console_init(&memory);
}

/* The row's characters without the blanks at its end. */
static const char *row_text(unsigned row)
{
    static char text[CONSOLE_COLUMNS + 1];
    unsigned len = 0;
    for (unsigned c = 0; c < CONSOLE_COLUMNS; c++) {
        text[c] = (char)shown[row][c];
        if (text[c] != ' ') len = c + 1;
    }
    text[len] = '\0';
    return text;
}

static void starts_blank(void)
{
    start();
    for (unsigned r = 0; r < CONSOLE_ROWS; r++) KTEST_EXPECT_STR_EQ(row_text(r), "");
    KTEST_EXPECT_EQ(shown[CONSOLE_ROWS - 1][CONSOLE_COLUMNS - 1], 0x0720);
    KTEST_EXPECT_EQ(cursor_row, 0);
}

static void control_characters_move(void)
{
    start();
    console_print("one\ntwo\rT\b\b\bx\ta\tb");
    KTEST_EXPECT_STR_EQ(row_text(0), "one");
    KTEST_EXPECT_STR_EQ(row_text(1), "x       a       b");
    KTEST_EXPECT_EQ(cursor_row, 1);
    KTEST_EXPECT_EQ(cursor_column, 17);
}

static void a_cell_holds_character_and_colours(void)
{
    start();
    console_set_colours(YELLOW, BLUE);
    console_print("A");
    KTEST_EXPECT_EQ(shown[0][0], 0x1e41);
}

static void a_full_row_and_a_newline_are_one_row(void)
{
    start();
    console_print("%080d\nnext", 0);
    KTEST_EXPECT_STR_EQ(row_text(1), "next");
    console_print("%076d!", 0);
    KTEST_EXPECT_STR_EQ(row_text(2), "!");
}

/* 25 lines with their newlines move everything up once: the first is lost, the last row is
 * empty, and nothing is shown outside the 25 rows (it would overwrite cursor_row). */
static void scrolls_by_one_row(void)
{
    start();
    for (int i = 0; i < CONSOLE_ROWS; i++) console_print("line %d\n", i);
    KTEST_EXPECT_STR_EQ(row_text(0), "line 1");
    KTEST_EXPECT_STR_EQ(row_text(CONSOLE_ROWS - 2), "line 24");
    KTEST_EXPECT_STR_EQ(row_text(CONSOLE_ROWS - 1), "");
    KTEST_EXPECT_EQ(cursor_row, CONSOLE_ROWS - 1);
    KTEST_EXPECT_EQ(cursor_column, 0);
}

static void works_without_a_screen(void)
{
    start();
    console_init(NULL);
    console_print("unseen\n");
    KTEST_EXPECT_STR_EQ(row_text(0), "");
}

static const struct ktest_case cases[] = {
    {"starts_blank", starts_blank},
    {"control_characters_move", control_characters_move},
    {"a_cell_holds_character_and_colours", a_cell_holds_character_and_colours},
    {"a_full_row_and_a_newline_are_one_row", a_full_row_and_a_newline_are_one_row},
    {"scrolls_by_one_row", scrolls_by_one_row},
    {"works_without_a_screen", works_without_a_screen},
};
const struct ktest_suite console_suite = KTEST_SUITE("console", cases);
