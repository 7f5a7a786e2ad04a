/* SPDX-License-Identifier: MIT */
/* The corner of the console, on a screen that only remembers what it was shown. */
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

static char at(unsigned row, unsigned column)
{
    return (char)shown[row][column];
}

/* Over what is written there, past any scrolling, and without moving the cursor; what it
 * covers comes back. */
static void the_corner_stays_where_it_is(void)
{
    static const struct screen memory = {remember, remember_cursor};

    console_init(&memory);
    console_print("%080d", 7);
    console_set_corner("12");
    KTEST_EXPECT_EQ(at(0, 77), '0');
    KTEST_EXPECT_EQ(at(0, 78), '1');
    KTEST_EXPECT_EQ(at(0, 79), '2');
    KTEST_EXPECT_EQ(cursor_row, 0);
    KTEST_EXPECT_EQ(cursor_column, 79);
    for (int i = 0; i < 2 * CONSOLE_ROWS; i++) console_print("\n%080d", 3);
    KTEST_EXPECT_EQ(at(0, 77), '0');
    KTEST_EXPECT_EQ(at(0, 78), '1');
    KTEST_EXPECT_EQ(at(1, 79), '3');
    console_set_corner("");
    KTEST_EXPECT_EQ(at(0, 78), '0');
    KTEST_EXPECT_EQ(at(0, 79), '3');
}

static void a_long_corner_is_cut_off(void)
{
    static const struct screen memory = {remember, remember_cursor};

    console_init(&memory);
    console_set_corner("abcdefghijklmnopqrst");
    KTEST_EXPECT_EQ(at(0, 63), ' ');
    KTEST_EXPECT_EQ(at(0, 64), 'a');
    KTEST_EXPECT_EQ(at(0, 79), 'p');
    console_set_corner("");
}

static const struct ktest_case cases[] = {
    {"the_corner_stays_where_it_is", the_corner_stays_where_it_is},
    {"a_long_corner_is_cut_off", a_long_corner_is_cut_off},
};
const struct ktest_suite corner_suite = KTEST_SUITE("corner", cases);
