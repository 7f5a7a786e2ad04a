/* SPDX-License-Identifier: MIT */
/* The oracle asks for every prefix whether it can still grow into a well-formed sequence,
 * by the bit patterns of table 3-6 and the ranges of values: no table of byte ranges. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "text/utf8.h"
#include "text/utf8_oracle.h"

/* Decodes a whole text three ways, which must agree.  Returns the number of code
 * points. */
static size_t decode_all(const uint8_t *bytes, size_t len, uint32_t *points)
{
    struct utf8_stream stream = {0};
    uint32_t streamed[64];
    size_t n = 0, streamed_n = 0;

    for (size_t at = 0; at < len; n++) {
        uint32_t expected;
        size_t used = utf8_decode(bytes + at, len - at, &points[n]);
        assert_int_equal(used, utf8_oracle(bytes + at, len - at, &expected));
        assert_int_equal(points[n], expected);
        at += used;
    }
    for (size_t i = 0; i < len; i++)
        streamed_n += utf8_push(&stream, bytes[i], streamed + streamed_n);
    streamed_n += utf8_finish(&stream, streamed + streamed_n);
    assert_int_equal(streamed_n, n);
    assert_memory_equal(streamed, points, n * sizeof *points);
    assert_int_equal(utf8_finish(&stream, streamed), 0);
    return n;
}

static void every_scalar_value_round_trips(void **state)
{
    (void)state;
    for (uint32_t cp = 0; cp <= 0x110010; cp++) {
        uint8_t bytes[4];
        uint32_t points[4];
        size_t n = utf8_encode(cp, bytes);
        bool scalar = cp <= 0x10ffff && !(cp >= 0xd800 && cp <= 0xdfff);
        assert_int_equal(decode_all(bytes, n, points), 1);
        assert_int_equal(points[0], scalar ? cp : UTF8_REPLACEMENT);
    }
    uint8_t bytes[4];
    assert_int_equal(utf8_encode(UINT32_MAX, bytes), 3);
}

/* All of one and two bytes, and of three and four what differs in the bits that
 * matter. */
static void every_short_sequence(void **state)
{
    static const uint8_t borders[] = {
        0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0,
        0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xf8, 0xff};
    uint32_t points[8];
    (void)state;
    for (unsigned a = 0; a < 256; a++)
        for (unsigned b = 0; b < 256; b++) {
            uint8_t two[] = {(uint8_t)a, (uint8_t)b};
            decode_all(two, 1, points);
            decode_all(two, 2, points);
            for (unsigned c = 0; c < sizeof borders; c++)
                for (unsigned d = 0; d < sizeof borders; d += 2) {
                    uint8_t four[] = {(uint8_t)a, (uint8_t)b, borders[c], borders[d]};
                    decode_all(four, 3, points);
                    if (a >= 0xe0) decode_all(four, 4, points);
                }
        }
}

/* Typed from the Unicode Standard 15.0, tables 3-8 to 3-11. */
static void the_examples_of_the_standard(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
        uint32_t points[12];
    } rows[] = {
        {"\xc0\xaf\xe0\x80\xbf\xf0\x81\x82\x41", 9,
         {0xfffd, 0xfffd, 0xfffd, 0xfffd, 0xfffd, 0xfffd, 0xfffd, 0xfffd, 0x41}},
        {"\xed\xa0\x80\xed\xbf\xbf\xed\xaf\x41", 9,
         {0xfffd, 0xfffd, 0xfffd, 0xfffd, 0xfffd, 0xfffd, 0xfffd, 0xfffd, 0x41}},
        {"\xf4\x91\x92\x93\xff\x41\x80\xbf\x42", 9,
         {0xfffd, 0xfffd, 0xfffd, 0xfffd, 0xfffd, 0x41, 0xfffd, 0xfffd, 0x42}},
        {"\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41", 9,
         {0xfffd, 0xfffd, 0xfffd, 0xfffd, 0x41}},
        {"\xec\x83\x88\xec\x8b\xb9", 6, {0xc0c8, 0xc2f9}},
    };
    (void)state;
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint32_t points[16];
        size_t n = decode_all((const uint8_t *)rows[i].bytes, rows[i].len, points);
        for (size_t k = 0; k < n; k++) assert_int_equal(points[k], rows[i].points[k]);
        assert_int_equal(n < 12 ? rows[i].points[n] : 0, 0);
    }
}

static void no_byte_past_the_end_is_read(void **state)
{
    (void)state;
    for (unsigned lead = 0; lead < 256; lead++)
        for (size_t len = 1; len <= 4; len++) {
            uint8_t *block = malloc(len);
            uint32_t point;
            memset(block, 0x90, len);
            block[0] = (uint8_t)lead;
            assert_in_range(utf8_decode(block, len, &point), 1, len);
            free(block);
        }
    uint32_t untouched = 0x55;
    assert_int_equal(utf8_decode("", 0, &untouched), 0);
    assert_int_equal(untouched, 0x55);
}

/* The fault this suite must catch: every second byte taken from the full range 80..BF,
 * which lets overlong forms and surrogates through. */
static size_t decode_wrongly(const uint8_t *bytes, size_t len, uint32_t *point)
{
    if (len == 3 && bytes[0] >> 4 == 0xe && bytes[1] >> 6 == 2 && bytes[2] >> 6 == 2) {
        *point = (bytes[0] & 15u) << 12 | (bytes[1] & 63u) << 6 | (bytes[2] & 63u);
        return 3;
    }
    return utf8_decode(bytes, len, point);
}

static void the_deliberate_fault_is_caught(void **state)
{
    static const char *const texts[] = {"\xe0\x80\xaf", "\xed\xa0\x80"};
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        uint32_t wrong, expected;
        const uint8_t *bytes = (const uint8_t *)texts[i];
        assert_int_not_equal(decode_wrongly(bytes, 3, &wrong),
                             utf8_oracle(bytes, 3, &expected));
        assert_int_not_equal(wrong, expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_scalar_value_round_trips),
        cmocka_unit_test(every_short_sequence),
        cmocka_unit_test(the_examples_of_the_standard),
        cmocka_unit_test(no_byte_past_the_end_is_read),
        cmocka_unit_test(the_deliberate_fault_is_caught),
    };
    return cmocka_run_group_tests_name("text/utf8", tests, NULL, NULL);
}
