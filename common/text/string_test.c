/* SPDX-License-Identifier: MIT */
/* The functions under test carry libc's names, so the source is included under other
 * ones; libc's own stay in place for the sanitizers and as the oracle.  The sanitizers do
 * not see what a string instruction writes: guard bytes around every range do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void *(*const host_memcpy)(void *, const void *, size_t) = memcpy;
static void *(*const host_memmove)(void *, const void *, size_t) = memmove;
static void *(*const host_memset)(void *, int, size_t) = memset;
static int (*const host_memcmp)(const void *, const void *, size_t) = memcmp;
static size_t (*const host_strnlen)(const char *, size_t) = strnlen;
static int (*const host_strncmp)(const char *, const char *, size_t) = strncmp;
static char *(*const host_strchr)(const char *, int) = strchr;

#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#undef strlen
#undef strnlen
#undef strcmp
#undef strncmp
#undef strchr
#define memcpy  text_memcpy
#define memmove text_memmove
#define memset  text_memset
#define memcmp  text_memcmp
#define strlen  text_strlen
#define strnlen text_strnlen
#define strcmp  text_strcmp
#define strncmp text_strncmp
#define strchr  text_strchr
#include "text/string.c"

#define AREA 2048

static uint8_t ours[AREA], host[AREA], start[AREA];

static void fill_areas(void)
{
    for (unsigned i = 0; i < AREA; i++) start[i] = (uint8_t)(rand() >> 7);
    host_memcpy(ours, start, AREA);
    host_memcpy(host, start, AREA);
}

/* Every length from 0 past the switch to string instructions, with its neighbours. */
static size_t next_length(size_t n)
{
    return n < 300 ? n + 1 : n + 61;
}

static void copies_of_every_length_and_alignment(void **state)
{
    (void)state;
    for (size_t n = 0; n <= 800; n = next_length(n))
        for (size_t from = 0; from < 9; from++)
            for (size_t to = 0; to < 9; to++) {
                fill_areas();
                assert_ptr_equal(memcpy(ours + 1000 + to, ours + 16 + from, n),
                                 ours + 1000 + to);
                host_memcpy(host + 1000 + to, host + 16 + from, n);
                assert_int_equal(host_memcmp(ours, host, AREA), 0);
            }
}

static void moves_of_every_overlap(void **state)
{
    (void)state;
    for (size_t n = 0; n <= 800; n = next_length(n))
        for (int distance = -40; distance <= 40; distance++) {
            uint8_t *from = ours + 600, *to = from + distance;
            fill_areas();
            assert_ptr_equal(memmove(to, from, n), to);
            host_memmove(host + 600 + distance, host + 600, n);
            assert_int_equal(host_memcmp(ours, host, AREA), 0);
        }
    /* A screen scrolled by one row, both ways. */
    fill_areas();
    memmove(ours, ours + 160, AREA - 160);
    host_memmove(host, host + 160, AREA - 160);
    assert_int_equal(host_memcmp(ours, host, AREA), 0);
    memmove(ours + 160, ours, AREA - 160);
    host_memmove(host + 160, host, AREA - 160);
    assert_int_equal(host_memcmp(ours, host, AREA), 0);
}

static void fills_of_every_length_and_alignment(void **state)
{
    static const int values[] = {0, 1, 0x7f, 0x80, 0xff, -1, 0x1234};
    (void)state;
    for (size_t n = 0; n <= 800; n = next_length(n))
        for (size_t to = 0; to < 9; to++)
            for (unsigned v = 0; v < sizeof values / sizeof *values; v++) {
                fill_areas();
                assert_ptr_equal(memset(ours + 64 + to, values[v], n), ours + 64 + to);
                host_memset(host + 64 + to, values[v], n);
                assert_int_equal(host_memcmp(ours, host, AREA), 0);
            }
}

static int sign(int n) { return (n > 0) - (n < 0); }

static void comparisons_have_the_sign_of_the_first_difference(void **state)
{
    (void)state;
    for (size_t n = 0; n <= 40; n++)
        for (size_t at = 0; at < 44; at++)
            for (int delta = -255; delta <= 255; delta += 51) {
                fill_areas();
                ours[at] = (uint8_t)(ours[at] + delta);
                ours[at + 1] = (uint8_t)~host[at + 1]; /* a later one is nothing */
                assert_int_equal(sign(memcmp(ours, host, n)),
                                 sign(host_memcmp(ours, host, n)));
            }
}

/* Short strings over a small alphabet, high bytes among them, so that all outcomes occur;
 * each in a heap block of its own size, so that one byte too far is seen. */
static char *random_string(size_t len, int ended)
{
    static const char alphabet[] = {'a', 'b', (char)0x80, (char)0xff};
    char *s = malloc(len + 1);
    for (size_t i = 0; i < len; i++) s[i] = alphabet[rand() & 3];
    if (!ended) return realloc(s, len ? len : 1);
    s[len] = '\0';
    return s;
}

static void strings_match_the_host(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 20000; round++) {
        size_t la = (size_t)rand() % 6, lb = (size_t)rand() % 6, n = (size_t)rand() % 8;
        char *a = random_string(la, 1), *b = random_string(lb, 1);
        assert_int_equal(strlen(a), la);
        assert_int_equal(strnlen(a, n), host_strnlen(a, n));
        assert_int_equal(sign(strcmp(a, b)), sign(host_strncmp(a, b, SIZE_MAX / 2)));
        assert_int_equal(sign(strncmp(a, b, n)), sign(host_strncmp(a, b, n)));
        for (const char *c = "ab\x80\xff?"; *c; c++)
            assert_ptr_equal(strchr(a, *c), host_strchr(a, *c));
        assert_ptr_equal(strchr(a, '\0'), a + la);
        assert_ptr_equal(strchr(a, 0x100 + 'a'), host_strchr(a, 0x100 + 'a'));
        free(a);
        free(b);
        a = random_string(la, 0);
        b = random_string(la, 0);
        assert_int_equal(strnlen(a, la), la);
        assert_int_equal(sign(strncmp(a, b, la)), sign(host_memcmp(a, b, la)));
        free(a);
        free(b);
    }
}

/* The fault this suite must catch: always copying upwards. */
static void the_deliberate_fault_is_caught(void **state)
{
    (void)state;
    fill_areas();
    copy_up(ours + 608, ours + 600, 100);
    host_memmove(host + 608, host + 600, 100);
    assert_int_not_equal(host_memcmp(ours, host, AREA), 0);
    fill_areas();
    copy_up(ours + 592, ours + 600, 100); /* the direction it is for */
    host_memmove(host + 592, host + 600, 100);
    assert_int_equal(host_memcmp(ours, host, AREA), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies_of_every_length_and_alignment),
        cmocka_unit_test(moves_of_every_overlap),
        cmocka_unit_test(fills_of_every_length_and_alignment),
        cmocka_unit_test(comparisons_have_the_sign_of_the_first_difference),
        cmocka_unit_test(strings_match_the_host),
        cmocka_unit_test(the_deliberate_fault_is_caught),
    };
    return cmocka_run_group_tests_name("text/string", tests, NULL, NULL);
}
