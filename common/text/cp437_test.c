/* SPDX-License-Identifier: MIT */
/* The oracle for 20..7E and 80..FF is the host's iconv; for the pictures below 20 and at
 * 7F, which no converter knows, their UTF-8 text in the order of the chart. */
#include <iconv.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "text/cp437.h"
#include "text/utf8.h"

static const char pictures[] = " ☺☻♥♦♣♠•◘○◙♂♀♪♫☼►◄↕‼¶§▬↨↑↓→←∟↔▲▼";

static uint32_t by_iconv(iconv_t converter, uint8_t code)
{
    char in = (char)code, *from = &in;
    uint8_t out[4];
    char *to = (char *)out;
    size_t in_left = 1, out_left = sizeof out;
    assert_int_equal(iconv(converter, &from, &in_left, &to, &out_left), 0);
    return out[0] | (uint32_t)out[1] << 8 | (uint32_t)out[2] << 16 |
           (uint32_t)out[3] << 24;
}

static void every_code_shows_its_character(void **state)
{
    iconv_t converter = iconv_open("UTF-32LE", "CP437");
    (void)state;
    assert_true(converter != (iconv_t)-1);
    const char *at = pictures;
    for (unsigned code = 0; code < 256; code++) {
        uint32_t expected = code == 0x7f ? 0x2302 : 0;
        if (code < 0x20) at += utf8_decode(at, strlen(at), &expected);
        if (!expected) expected = by_iconv(converter, (uint8_t)code);
        assert_int_equal(cp437_to_unicode((uint8_t)code), expected);
    }
    assert_int_equal(*at, '\0');
    iconv_close(converter);
}

static void the_way_back_is_the_inverse_and_nothing_else_is_found(void **state)
{
    (void)state;
    unsigned found = 0;
    for (uint32_t cp = 0; cp <= 0x110000; cp++) {
        uint8_t code = 0x55;
        if (!cp437_from_unicode(cp, &code)) {
            assert_int_equal(code, 0x55);
            continue;
        }
        assert_int_equal(cp437_to_unicode(code), cp);
        found++;
    }
    assert_int_equal(found, 255); /* 00 and 20 share U+0020 */
}

/* The fault this suite must catch: taking the code page for Latin-1 above 7F. */
static void the_deliberate_fault_is_caught(void **state)
{
    unsigned differences = 0;
    (void)state;
    for (unsigned code = 0x80; code < 256; code++)
        differences += cp437_to_unicode((uint8_t)code) != code;
    assert_int_equal(differences, 128);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_shows_its_character),
        cmocka_unit_test(the_way_back_is_the_inverse_and_nothing_else_is_found),
        cmocka_unit_test(the_deliberate_fault_is_caught),
    };
    return cmocka_run_group_tests_name("text/cp437", tests, NULL, NULL);
}
