/* SPDX-License-Identifier: MIT */
/* The oracle is the host's snprintf, over a grid of every flag set, width, precision,
 * length and value.  Where C leaves the behaviour open (%p, NULL, unknown conversions)
 * the expected text is typed by hand from format.h. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "text/format.h"

/* The grid builds formats at run time; that is its purpose. */
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"
#pragma GCC diagnostic ignored "-Wformat"

static unsigned long compared;

#define COMPARE(format, ...)                                                             \
    do {                                                                                 \
        char ours_[512], host_[512];                                                     \
        memset(ours_, '~', sizeof ours_);                                                \
        size_t n_ = format_string(ours_, sizeof ours_, format, __VA_ARGS__);             \
        int m_ = snprintf(host_, sizeof host_, format, __VA_ARGS__);                     \
        if (n_ != (size_t)m_ || strcmp(ours_, host_) != 0)                               \
            fail_msg("\"%s\": ours \"%s\" (%zu), host \"%s\" (%d)", format, ours_, n_,   \
                     host_, m_);                                                         \
        compared++;                                                                      \
    } while (0)

static const char *const fields[] = {
    "",    "1",   "2",   "7",    "20",   "70",  ".",     ".0",    ".1",
    ".2",  ".9",  ".23", ".60",  "0.0",  "1.0", "1.1",   "3.2",   "2.3",
    "9.4", "4.9", "24.3", "24.22", "70.60", "3.", "12.12", "21.22", "100.",
};

static const int64_t values[] = {
    0,          1,          -1,        7,         8,         9,          10,        -10,
    15,         16,         99,        100,       127,       128,        -128,      255,
    256,        32767,      32768,     -32768,    65535,     65536,      1000000000,
    999999999,  INT_MAX,    INT_MIN,   UINT_MAX,  (int64_t)UINT_MAX + 1, 42949672960,
    INT64_MAX,  INT64_MIN,  -2,        0x123456789abcdef0,    1234567890123456789,
    -1234567890123456789,   01777,     0777777777777777777777,
};

/* All 32 sets of the five flags, written in two orders. */
static void flags_text(unsigned set, int reversed, char text[8])
{
    static const char all[] = "-0+ #";
    size_t n = 0;
    for (unsigned i = 0; i < 5; i++) {
        unsigned bit = reversed ? 4 - i : i;
        if (set >> bit & 1) text[n++] = all[bit];
    }
    text[n] = '\0';
}

static void compare_value(const char *format, unsigned length, int64_t value)
{
    switch (length) {
    case 0: COMPARE(format, (int)value); break;
    case 1: COMPARE(format, (signed char)value); break;
    case 2: COMPARE(format, (short)value); break;
    case 3: COMPARE(format, (long)value); break;
    case 4: COMPARE(format, (long long)value); break;
    case 5: COMPARE(format, (size_t)value); break;
    case 6: COMPARE(format, (ptrdiff_t)value); break;
    case 7: COMPARE(format, (intmax_t)value); break;
    }
}

static void numbers_match_the_host(void **state)
{
    static const char *const lengths[] = {"", "hh", "h", "l", "ll", "z", "t", "j"};
    (void)state;
    for (unsigned set = 0; set < 32; set++)
        for (unsigned f = 0; f < sizeof fields / sizeof *fields; f++)
            for (unsigned length = 0; length < 8; length++)
                for (const char *c = "diuxXo"; *c; c++) {
                    char flags[8], format[64];
                    flags_text(set, (f ^ length) & 1, flags);
                    sprintf(format, "<%%%s%s%s%c>", flags, fields[f], lengths[length],
                            *c);
                    for (unsigned v = 0; v < sizeof values / sizeof *values; v++)
                        compare_value(format, length, values[v]);
                }
    print_message("%lu conversions compared\n", compared);
    assert_true(compared > 1000000);
}

static void strings_and_characters_match_the_host(void **state)
{
    static const char *const texts[] = {"", "a", "ab", "hello, world",
                                        "100% \xed\x95\x9c"};
    (void)state;
    for (unsigned left = 0; left < 2; left++)
        for (unsigned f = 0; f < sizeof fields / sizeof *fields; f++) {
            char format[64];
            if (fields[f][0] == '0') continue; /* the flag 0 is undefined for %s */
            sprintf(format, "[%%%s%ss]", left ? "-" : "", fields[f]);
            for (unsigned t = 0; t < sizeof texts / sizeof *texts; t++)
                COMPARE(format, texts[t]);
            if (strchr(fields[f], '.')) continue;
            sprintf(format, "[%%%s%sc]", left ? "-" : "", fields[f]);
            for (int c = 1; c < 256; c++) COMPARE(format, c);
        }
}

static void stars_match_the_host(void **state)
{
    (void)state;
    for (int width = -30; width <= 30; width++)
        for (int precision = -3; precision <= 25; precision++) {
            COMPARE("<%*.*d|%-*x|%0*o>", width, precision, -42, width, 42u, width, 7u);
            COMPARE("<%*.*s|%.*s>", width, precision, "stars", precision, "x");
            COMPARE("<%+*.3lld|% .*ld>", width, 5ll, precision, 6l);
        }
}

static void a_format_of_many_parts_matches_the_host(void **state)
{
    (void)state;
    COMPARE("%%%d%%%s%c%%", 1, "two", '3');
    COMPARE("%5d %-5u|%05x %#lx %llu %zu %hhd %p", -1, 2u, 3u, 4ul, 5ull, (size_t)6,
            (signed char)-7, (void *)0x8000);
    COMPARE("%d %d %d %d %d %d %d %d %d %s", 1, 2, 3, 4, 5, 6, 7, 8, 9,
            "more than registers");
}

static void strings_without_an_end_are_read_no_further_than_the_precision(void **state)
{
    char text[8], tight[3] = {'a', 'b', 'c'};
    (void)state;
    assert_int_equal(format_string(text, sizeof text, "%.3s", tight), 3);
    assert_string_equal(text, "abc");
}

static void a_buffer_too_small_is_cut_and_ended(void **state)
{
    (void)state;
    for (size_t size = 0; size <= 12; size++) {
        char text[16];
        memset(text, '~', sizeof text);
        assert_int_equal(format_string(text, size, "%s%04d", "abcd", 42), 8);
        size_t kept = size > 8 ? 8 : size ? size - 1 : 0;
        assert_memory_equal(text, "abcd0042", kept);
        if (size) assert_int_equal(text[kept], '\0');
        for (size_t i = size ? kept + 1 : 0; i < sizeof text; i++)
            assert_int_equal(text[i], '~');
    }
    assert_int_equal(format_string(NULL, 0, "%d", 12345), 5);
}

static void what_c_leaves_open_is_as_documented(void **state)
{
    static const struct {
        const char *format, *expected;
    } rows[] = {
        {"%q|%d", "%q|5"},       {"%", "%"},          {"%5", "%5"},
        {"%-+#08.3", "%-+#08.3"}, {"%ls %d", "%ls 5"}, {"%hhc %d", "%hhc 5"},
        {"%n%d", "%n5"},         {"%f %d", "%f 5"},   {"%Ld %d", "%Ld 5"},
        {"%*q %d", "%*q 5"},     {"%.*", "%.*"},      {"%5%%d", "%5%d"},
        {"%lp %d", "%lp 5"},     {"%llld", "%llld"},  {"a%kb%%c%d", "a%kb%c5"},
    };
    char text[64];
    (void)state;
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t n = format_string(text, sizeof text, rows[i].format, 5, 6, 7);
        assert_string_equal(text, rows[i].expected);
        assert_int_equal(n, strlen(rows[i].expected));
    }
    format_string(text, sizeof text, "%p %8p|%-6p|%08p", NULL, NULL, (void *)1,
                  (void *)0xab);
    assert_string_equal(text, "0x0      0x0|0x1   |0x0000ab");
    const char *volatile none = NULL;
    format_string(text, sizeof text, "%s %.3s %8s", none, none, none);
    assert_string_equal(text, "(null) (nu   (null)");
}

static void count_only(void *context, char c)
{
    (void)c;
    ++*(size_t *)context;
}

static void widths_from_outside_are_limited(void **state)
{
    static const int widths[] = {INT_MIN,
                                 INT_MIN + 1,
                                 -FORMAT_FIELD_MAX - 1,
                                 -FORMAT_FIELD_MAX,
                                 FORMAT_FIELD_MAX,
                                 FORMAT_FIELD_MAX + 1,
                                 INT_MAX};
    (void)state;
    for (unsigned i = 0; i < sizeof widths / sizeof *widths; i++) {
        size_t calls = 0;
        assert_int_equal(format_print(count_only, &calls, "%*d", widths[i], 7),
                         FORMAT_FIELD_MAX);
        assert_int_equal(calls, FORMAT_FIELD_MAX);
    }
    static const char *const too_wide[] = {"%99999999999999999999d", "%4096d",
                                           "%.99999999999999999999d", "%.4096d"};
    size_t calls = 0;
    for (unsigned i = 0; i < sizeof too_wide / sizeof *too_wide; i++)
        assert_int_equal(format_print(count_only, &calls, too_wide[i], 7),
                         FORMAT_FIELD_MAX);
    assert_int_equal(format_print(count_only, &calls, "%.*x", INT_MAX, 7u),
                     FORMAT_FIELD_MAX);
    assert_int_equal(format_print(count_only, &calls, "%.*s", INT_MAX, "abc"), 3);
}

/* The fault this suite must catch: negating in the signed type, which leaves INT_MIN
 * negative and in many hand-written kernels prints it as "-(" or as nothing. */
static size_t format_decimal_wrongly(char *text, int value)
{
    char reversed[16], *at = text;
    int n = 0, magnitude = value < 0 ? (int)(0u - (unsigned)value) : value;
    do reversed[n++] = (char)('0' + magnitude % 10);
    while ((magnitude /= 10) > 0);
    if (value < 0) *at++ = '-';
    while (n > 0) *at++ = reversed[--n];
    *at = '\0';
    return (size_t)(at - text);
}

static void the_deliberate_fault_is_caught(void **state)
{
    unsigned caught = 0;
    (void)state;
    for (unsigned v = 0; v < sizeof values / sizeof *values; v++) {
        char wrong[32], host[32];
        format_decimal_wrongly(wrong, (int)values[v]);
        snprintf(host, sizeof host, "%d", (int)values[v]);
        if (strcmp(wrong, host) != 0) {
            assert_int_equal((int)values[v], INT_MIN);
            caught++;
        }
    }
    assert_true(caught > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_match_the_host),
        cmocka_unit_test(strings_and_characters_match_the_host),
        cmocka_unit_test(stars_match_the_host),
        cmocka_unit_test(a_format_of_many_parts_matches_the_host),
        cmocka_unit_test(strings_without_an_end_are_read_no_further_than_the_precision),
        cmocka_unit_test(a_buffer_too_small_is_cut_and_ended),
        cmocka_unit_test(what_c_leaves_open_is_as_documented),
        cmocka_unit_test(widths_from_outside_are_limited),
        cmocka_unit_test(the_deliberate_fault_is_caught),
    };
    return cmocka_run_group_tests_name("text/format", tests, NULL, NULL);
}
