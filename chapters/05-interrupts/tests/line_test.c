/* SPDX-License-Identifier: MIT */
#include "console/line.h"
#include "tests/suites.h"

enum { CTRL_U = 0x15 };

/* Types all of it; the number of times that a line ended. */
static unsigned type(struct line *line, const char *text)
{
    unsigned ended = 0;
    for (; *text; text++) ended += line_type(line, *text);
    return ended;
}

static void typed_characters_are_kept(void)
{
    struct line line = {.len = 0};
    KTEST_EXPECT_EQ(type(&line, "echo \033one~"), 0);
    KTEST_EXPECT_STR_EQ(line.text, "echo one~");
    KTEST_EXPECT_EQ(type(&line, "\n"), 1);
    KTEST_EXPECT_STR_EQ(line.text, "echo one~");
}

static void backspace_and_ctrl_u_take_back(void)
{
    struct line line = {.len = 0};
    type(&line, "\b\bab\bc");
    KTEST_EXPECT_STR_EQ(line.text, "ac");
    line_type(&line, CTRL_U);
    KTEST_EXPECT_STR_EQ(line.text, "");
    type(&line, "z");
    KTEST_EXPECT_STR_EQ(line.text, "z");
}

static void a_full_line_takes_no_more(void)
{
    struct line line = {.len = 0};
    for (unsigned i = 0; i < LINE_MAX + 10; i++) line_type(&line, 'x');
    KTEST_EXPECT_EQ(line.len, LINE_MAX);
    KTEST_EXPECT_EQ(line.text[LINE_MAX], '\0');
    type(&line, "\by");
    KTEST_EXPECT_EQ(line.text[LINE_MAX - 1], 'y');
}

static const struct ktest_case cases[] = {
    {"typed_characters_are_kept", typed_characters_are_kept},
    {"backspace_and_ctrl_u_take_back", backspace_and_ctrl_u_take_back},
    {"a_full_line_takes_no_more", a_full_line_takes_no_more},
};
const struct ktest_suite line_suite = KTEST_SUITE("line", cases);
