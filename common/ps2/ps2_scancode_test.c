/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ps2/ps2_scancode.h"
#include "ps2/recorded_host.h"

static const enum ps2_set sets[] = {PS2_SET_1, PS2_SET_2};

/* Sends bytes given in hexadecimal; every event there was, in order. */
struct heard {
    struct ps2_event events[32];
    unsigned count;
};

static struct heard hear(struct ps2_decoder *d, const char *text)
{
    uint8_t bytes[32];
    struct heard h = {.count = 0};
    unsigned n = recorded_bytes(text, bytes);
    for (unsigned i = 0; i < n; i++) {
        struct ps2_event e = ps2_decode(d, bytes[i]);
        assert_int_equal(e.byte, bytes[i]);
        if (e.kind != PS2_EVENT_NONE) h.events[h.count++] = e;
        if (e.kind != PS2_EVENT_KEY) assert_int_equal(e.key, KEY_NONE);
    }
    return h;
}

static void assert_key(struct ps2_event e, enum key key, bool make)
{
    assert_int_equal(e.kind, PS2_EVENT_KEY);
    assert_int_equal(e.key, key);
    assert_int_equal(e.make, make);
}

static void hear_key(struct ps2_decoder *d, const char *text, enum key key, bool make)
{
    struct heard h = hear(d, text);
    assert_int_equal(h.count, 1);
    assert_key(h.events[0], key, make);
}

static void hear_kind(struct ps2_decoder *d, const char *text, enum ps2_event_kind kind)
{
    struct heard h = hear(d, text);
    assert_int_equal(h.count, 1);
    assert_int_equal(h.events[0].kind, kind);
}

/* What QEMU's keyboard sends is what is understood: each key down, repeated and up. */
static void every_recorded_key(void **state)
{
    (void)state;
    bool seen[256] = {false};
    for (size_t s = 0; s < 2; s++) {
        struct ps2_decoder d;
        ps2_decoder_init(&d, sets[s]);
        for (size_t i = 0; i < RECORDED_COUNT; i++) {
            const struct recorded *r = &recorded_keys[i];
            const char *down = s == 0 ? r->down_1 : r->down_2;
            const char *up = s == 0 ? r->up_1 : r->up_2;
            if (r->key == KEY_PAUSE) {
                struct heard h = hear(&d, down);
                assert_int_equal(h.count, 2);
                assert_key(h.events[0], KEY_PAUSE, true);
                assert_key(h.events[1], KEY_PAUSE, false);
                continue;
            }
            hear_key(&d, down, r->key, true);
            hear_key(&d, down, r->key, true);
            if (*up) hear_key(&d, up, r->key, false);
            assert_int_equal(seen[r->key], s);
            seen[r->key] = true;
        }
    }
    assert_int_equal(RECORDED_COUNT, 127);
}

/* The other way: the same bytes as recorded. */
static void encoding_is_as_recorded(void **state)
{
    (void)state;
    bool recorded[256] = {false};
    for (size_t i = 0; i < RECORDED_COUNT; i++) {
        const struct recorded *r = &recorded_keys[i];
        const char *texts[] = {r->down_1, r->up_1, r->down_2, r->up_2};
        recorded[r->key] = true;
        for (size_t t = 0; t < 4; t++) {
            uint8_t expected[32], bytes[PS2_SEQUENCE_LEN_MAX];
            unsigned n = recorded_bytes(texts[t], expected);
            assert_int_equal(ps2_encode(sets[t / 2], r->key, t % 2 == 0, bytes), n);
            assert_memory_equal(bytes, expected, n);
        }
    }
    for (unsigned key = 0; key < 256; key++) {
        uint8_t bytes[PS2_SEQUENCE_LEN_MAX];
        size_t n = ps2_encode(PS2_SET_2, (enum key)key, true, bytes);
        assert_int_equal(n > 0, recorded[key]);
    }
}

/* Every byte in every state: a byte that is a code of no key reports none. */
static void bytes_of_no_key(void **state)
{
    (void)state;
    static const char *const prefixes[2][3] = {{"", "e0", "e0"}, {"", "f0", "e0 f0"}};
    for (size_t s = 0; s < 2; s++)
        for (unsigned p = 0; p < 3; p++)
            for (unsigned byte = 0; byte < 256; byte++) {
                struct ps2_decoder d;
                ps2_decoder_init(&d, sets[s]);
                hear(&d, prefixes[s][p]);
                struct ps2_event e = ps2_decode(&d, (uint8_t)byte);
                if (e.kind != PS2_EVENT_KEY) continue;
                /* a key: then it is one that is recorded or one of the second codes */
                char text[24];
                static const char hex[] = "0123456789abcdef";
                size_t n = strlen(prefixes[s][p]);
                memcpy(text, prefixes[s][p], n);
                if (n) text[n++] = ' ';
                text[n++] = hex[byte >> 4];
                text[n++] = hex[byte & 15];
                text[n] = '\0';
                bool found = e.key == KEY_PRINT_SCREEN || e.key == KEY_PAUSE ||
                             e.key == KEY_HANGUL || e.key == KEY_HANJA;
                for (size_t i = 0; i < RECORDED_COUNT && !found; i++) {
                    const struct recorded *r = &recorded_keys[i];
                    found = r->key == e.key &&
                            (strcmp(text, s ? r->down_2 : r->down_1) == 0 ||
                             strcmp(text, s ? r->up_2 : r->up_1) == 0);
                }
                assert_true(found);
            }
}

/* As recorded from QEMU with a modifier held. */
static void second_codes(void **state)
{
    (void)state;
    struct ps2_decoder d;
    struct heard h;
    ps2_decoder_init(&d, PS2_SET_1);
    hear_key(&d, "54", KEY_PRINT_SCREEN, true); /* with Alt */
    hear_key(&d, "d4", KEY_PRINT_SCREEN, false);
    hear_key(&d, "e0 37", KEY_PRINT_SCREEN, true); /* with Ctrl or shift: no fake one */
    hear_key(&d, "e0 b7", KEY_PRINT_SCREEN, false);
    h = hear(&d, "e0 46 e0 c6"); /* with Ctrl: Break */
    assert_int_equal(h.count, 2);
    assert_key(h.events[0], KEY_PAUSE, true);
    assert_key(h.events[1], KEY_PAUSE, false);
    hear_key(&d, "72", KEY_HANGUL, true);
    hear_key(&d, "71", KEY_HANJA, true);

    ps2_decoder_init(&d, PS2_SET_2);
    hear_key(&d, "84", KEY_PRINT_SCREEN, true);
    hear_key(&d, "f0 84", KEY_PRINT_SCREEN, false);
    hear_key(&d, "e0 7c", KEY_PRINT_SCREEN, true);
    h = hear(&d, "e0 7e e0 f0 7e");
    assert_int_equal(h.count, 2);
    assert_key(h.events[0], KEY_PAUSE, true);
    assert_key(h.events[1], KEY_PAUSE, false);
}

/* Arrow keys with Num Lock on or shift held come wrapped in shifts nobody presses. */
static void fake_shifts_are_nobody(void **state)
{
    (void)state;
    struct ps2_decoder d;
    ps2_decoder_init(&d, PS2_SET_1);
    hear_key(&d, "e0 2a e0 48", KEY_UP, true);
    hear_key(&d, "e0 c8 e0 aa", KEY_UP, false);
    hear_key(&d, "e0 b6 e0 53", KEY_DELETE, true);
    hear_key(&d, "e0 d3 e0 36", KEY_DELETE, false);
    ps2_decoder_init(&d, PS2_SET_2);
    hear_key(&d, "e0 12 e0 75", KEY_UP, true);
    hear_key(&d, "e0 f0 75 e0 f0 12", KEY_UP, false);
    hear_key(&d, "e0 f0 59 e0 71", KEY_DELETE, true);
    hear_key(&d, "e0 f0 71 e0 59", KEY_DELETE, false);
}

static void answers_are_not_keys(void **state)
{
    (void)state;
    for (size_t s = 0; s < 2; s++) {
        struct ps2_decoder d;
        ps2_decoder_init(&d, sets[s]);
        hear_kind(&d, "fa", PS2_EVENT_ACK);
        hear_kind(&d, "fe", PS2_EVENT_RESEND);
        hear_kind(&d, "ee", PS2_EVENT_ECHO);
        hear_kind(&d, "aa", PS2_EVENT_SELF_TEST_PASSED);
        hear_kind(&d, "fc", PS2_EVENT_SELF_TEST_FAILED);
        hear_kind(&d, "fd", PS2_EVENT_SELF_TEST_FAILED);
        hear_kind(&d, "00", PS2_EVENT_OVERRUN);
        hear_kind(&d, "ff", PS2_EVENT_OVERRUN);
        hear_kind(&d, "e0 fa", PS2_EVENT_ACK); /* broken off: the answer still arrives */
        hear_kind(&d, "e1 fa", PS2_EVENT_ACK);
        hear_key(&d, s ? "1c" : "1e", KEY_A, true);
    }
}

/* Set 1: AA, EE, FD and FE are releases while those keys are down, answers otherwise. */
static void set_1_releases_that_look_like_answers(void **state)
{
    (void)state;
    struct ps2_decoder d;
    ps2_decoder_init(&d, PS2_SET_1);
    hear_key(&d, "2a", KEY_LEFT_SHIFT, true);
    hear_key(&d, "aa", KEY_LEFT_SHIFT, false);
    hear_kind(&d, "aa", PS2_EVENT_SELF_TEST_PASSED);
    hear_key(&d, "6e", KEY_F23, true);
    hear_key(&d, "7e", KEY_KEYPAD_COMMA, true);
    hear_key(&d, "7d", KEY_INTERNATIONAL_3, true);
    hear_key(&d, "fe", KEY_KEYPAD_COMMA, false);
    hear_kind(&d, "fe", PS2_EVENT_RESEND);
    hear_key(&d, "ee", KEY_F23, false);
    hear_kind(&d, "ee", PS2_EVENT_ECHO);
    hear_key(&d, "fd", KEY_INTERNATIONAL_3, false);
    hear_key(&d, "6e", KEY_F23, true);
    hear_kind(&d, "aa", PS2_EVENT_SELF_TEST_PASSED); /* a new keyboard: all keys are up */
    hear_kind(&d, "ee", PS2_EVENT_ECHO);
}

/* Whatever was broken off, the next whole sequence is understood. */
static void garbage_costs_only_itself(void **state)
{
    (void)state;
    static const char *const begun[2][10] = {
        {"e0", "e1", "e1 1d", "e1 1d 45", "e1 1d 45 e1", "e1 1d 45 e1 9d", "e0 e0",
         "e0 e1", "55 55", "e0 7f"},
        {"e0", "f0", "e0 f0", "e1", "e1 14", "e1 14 77 e1 f0", "f0 f0", "f0 e0", "e1 e0",
         "e1 14 77 e1 f0 14 f0"},
    };
    for (size_t s = 0; s < 2; s++)
        for (size_t b = 0; b < 10; b++) {
            struct ps2_decoder d;
            ps2_decoder_init(&d, sets[s]);
            hear(&d, begun[s][b]);
            hear(&d, s ? "e0 f0 75" : "e0 c8"); /* takes what was begun with it */
            hear_key(&d, s ? "e0 75" : "e0 48", KEY_UP, true);
            hear_key(&d, s ? "1c" : "1e", KEY_A, true);
            hear_key(&d, s ? "f0 1c" : "9e", KEY_A, false);
            assert_int_equal(
                hear(&d, s ? "e1 14 77 e1 f0 14 f0 77" : "e1 1d 45 e1 9d c5").count, 2);
        }
    /* A sequence right after the break: nothing of it is lost. */
    struct ps2_decoder d;
    ps2_decoder_init(&d, PS2_SET_2);
    hear(&d, "e1 14");
    hear_key(&d, "e0 75", KEY_UP, true);
    hear(&d, "e0");
    hear_key(&d, "e0 75", KEY_UP, true);
    hear(&d, "f0");
    hear_key(&d, "e0 75", KEY_UP, true);
    ps2_decoder_init(&d, PS2_SET_1);
    hear(&d, "e1 1d 45");
    hear_key(&d, "1e", KEY_A, true);
    hear_key(&d, "e1 f2", KEY_HANGUL, true);
    hear_key(&d, "1d", KEY_LEFT_CTRL, true);
    hear_kind(&d, "e1 fa", PS2_EVENT_ACK);
    hear_key(&d, "1d", KEY_LEFT_CTRL, true);
}

/* The fault this suite must catch: AA always taken for the self test, as set 2 allows. */
static void the_deliberate_fault_is_caught(void **state)
{
    (void)state;
    static const uint8_t typed[] = {0x2a, 0x1e, 0x9e, 0xaa}; /* shift down, a, shift up */
    bool wrong_shift = false, shift = false;
    struct ps2_decoder d;
    ps2_decoder_init(&d, PS2_SET_1);
    for (size_t i = 0; i < sizeof typed; i++) {
        if ((typed[i] & 0x7f) == 0x2a && typed[i] != 0xaa) wrong_shift = true;
        struct ps2_event e = ps2_decode(&d, typed[i]);
        if (e.key == KEY_LEFT_SHIFT) shift = e.make;
    }
    assert_true(wrong_shift); /* stuck */
    assert_false(shift);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_recorded_key),
        cmocka_unit_test(encoding_is_as_recorded),
        cmocka_unit_test(bytes_of_no_key),
        cmocka_unit_test(second_codes),
        cmocka_unit_test(fake_shifts_are_nobody),
        cmocka_unit_test(answers_are_not_keys),
        cmocka_unit_test(set_1_releases_that_look_like_answers),
        cmocka_unit_test(garbage_costs_only_itself),
        cmocka_unit_test(the_deliberate_fault_is_caught),
    };
    return cmocka_run_group_tests_name("ps2/scancode", tests, NULL, NULL);
}
