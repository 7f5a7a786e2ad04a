/* SPDX-License-Identifier: MIT */
#include "console/log.h"
#include "tests/suites.h"

static void the_command_line_sets_the_level(void)
{
    KTEST_EXPECT_EQ(log_level_from("", LOG_INFO), LOG_INFO);
    KTEST_EXPECT_EQ(log_level_from("log=debug", LOG_INFO), LOG_DEBUG);
    KTEST_EXPECT_EQ(log_level_from("a=b log=error c", LOG_INFO), LOG_ERROR);
    KTEST_EXPECT_EQ(log_level_from("  log=warning", LOG_INFO), LOG_WARNING);
}

static void other_words_do_not(void)
{
    KTEST_EXPECT_EQ(log_level_from("log=", LOG_WARNING), LOG_WARNING);
    KTEST_EXPECT_EQ(log_level_from("log=debugging", LOG_WARNING), LOG_WARNING);
    KTEST_EXPECT_EQ(log_level_from("catalog=debug", LOG_WARNING), LOG_WARNING);
    KTEST_EXPECT_EQ(log_level_from("log", LOG_WARNING), LOG_WARNING);
}

static const struct ktest_case cases[] = {
    {"the_command_line_sets_the_level", the_command_line_sets_the_level},
    {"other_words_do_not", other_words_do_not},
};
const struct ktest_suite log_suite = KTEST_SUITE("log", cases);
