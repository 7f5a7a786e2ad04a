/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ps2/ps2_layout.h"

/* A US keyboard read off row by row, plain and with shift: typed a second time. */
static const struct {
    const uint8_t keys[14];
    const char *plain, *shifted;
} keyboard_rows[] = {
    {{KEY_GRAVE, KEY_1, KEY_2, KEY_3, KEY_4, KEY_5, KEY_6, KEY_7, KEY_8, KEY_9, KEY_0,
      KEY_MINUS, KEY_EQUAL, KEY_BACKSPACE},
     "`1234567890-=\b",
     "~!@#$%^&*()_+\b"},
    {{KEY_TAB, KEY_Q, KEY_W, KEY_E, KEY_R, KEY_T, KEY_Y, KEY_U, KEY_I, KEY_O, KEY_P,
      KEY_LEFT_BRACKET, KEY_RIGHT_BRACKET, KEY_BACKSLASH},
     "\tqwertyuiop[]\\",
     "\tQWERTYUIOP{}|"},
    {{KEY_A, KEY_S, KEY_D, KEY_F, KEY_G, KEY_H, KEY_J, KEY_K, KEY_L, KEY_SEMICOLON,
      KEY_APOSTROPHE, KEY_ENTER},
     "asdfghjkl;'\n",
     "ASDFGHJKL:\"\n"},
    {{KEY_NON_US_BACKSLASH, KEY_Z, KEY_X, KEY_C, KEY_V, KEY_B, KEY_N, KEY_M, KEY_COMMA,
      KEY_PERIOD, KEY_SLASH, KEY_SPACE, KEY_ESCAPE, KEY_DELETE},
     "\\zxcvbnm,./ \x1b\x7f",
     "|ZXCVBNM<>? \x1b\x7f"},
    {{KEY_KEYPAD_SLASH, KEY_KEYPAD_STAR, KEY_KEYPAD_MINUS, KEY_KEYPAD_PLUS,
      KEY_KEYPAD_ENTER, KEY_KEYPAD_EQUAL, KEY_KEYPAD_COMMA},
     "/*-+\n=,",
     "/*-+\n=,"},
};

static struct ps2_press down(struct ps2_keys *k, enum key key)
{
    return ps2_keys_apply(k, key, true);
}

static struct ps2_press up(struct ps2_keys *k, enum key key)
{
    return ps2_keys_apply(k, key, false);
}

static void assert_char(struct ps2_keys *k, enum key key, char expected)
{
    struct ps2_press p = down(k, key);
    assert_true(p.has_character);
    assert_int_equal(p.character, expected);
    assert_int_equal(p.key, key);
    assert_false(p.repeat);
    p = up(k, key);
    assert_false(p.has_character || p.make || p.leds_changed);
    assert_int_equal(p.character, 0);
}

static void every_character_of_both_layouts(void **state)
{
    (void)state;
    for (int layout = 0; layout < 2; layout++)
        for (int shift = 0; shift < 3; shift++)
            for (int caps = 0; caps < 2; caps++) {
                struct ps2_keys k;
                bool writes[256] = {false};
                ps2_keys_init(&k, (enum ps2_layout)layout, caps ? PS2_LED_CAPS_LOCK : 0);
                if (shift) down(&k, shift == 1 ? KEY_LEFT_SHIFT : KEY_RIGHT_SHIFT);
                for (size_t r = 0; r < 5; r++)
                    for (size_t i = 0; keyboard_rows[r].plain[i]; i++) {
                        char plain = keyboard_rows[r].plain[i];
                        char upper = keyboard_rows[r].shifted[i];
                        bool letter = plain >= 'a' && plain <= 'z';
                        bool high = letter && caps ? !shift : shift;
                        assert_char(&k, (enum key)keyboard_rows[r].keys[i],
                                    high ? upper : plain);
                        writes[keyboard_rows[r].keys[i]] = true;
                    }
                for (unsigned key = 0; key < 256; key++) {
                    bool keypad = key >= KEY_KEYPAD_1 && key <= KEY_KEYPAD_PERIOD;
                    if (writes[key] || keypad || key >= KEY_LEFT_CTRL) continue;
                    assert_false(down(&k, (enum key)key).has_character);
                }
            }
}

static void control_characters(void **state)
{
    (void)state;
    static const struct {
        uint8_t key;
        char character;
    } others[] = {{KEY_2, 0},         {KEY_SPACE, 0},          {KEY_LEFT_BRACKET, 0x1b},
                  {KEY_6, 0x1e},      {KEY_BACKSLASH, 0x1c},   {KEY_RIGHT_BRACKET, 0x1d},
                  {KEY_MINUS, 0x1f},  {KEY_SLASH, 0x7f},       {KEY_ENTER, '\n'},
                  {KEY_TAB, '\t'},    {KEY_BACKSPACE, '\b'},   {KEY_ESCAPE, 0x1b},
                  {KEY_DELETE, 0x7f}, {KEY_KEYPAD_ENTER, '\n'}};
    for (int shift = 0; shift < 2; shift++) {
        struct ps2_keys k;
        ps2_keys_init(&k, PS2_LAYOUT_US, shift ? PS2_LED_CAPS_LOCK : 0);
        if (shift) down(&k, KEY_LEFT_SHIFT);
        down(&k, KEY_RIGHT_CTRL);
        for (int i = 0; i < 26; i++)
            assert_char(&k, (enum key)(KEY_A + i), (char)(i + 1));
        for (size_t i = 0; i < sizeof others / sizeof *others; i++)
            assert_char(&k, (enum key)others[i].key, others[i].character);
        assert_false(down(&k, KEY_1).has_character);
        assert_int_equal(down(&k, KEY_1).character, 0);
        assert_false(down(&k, KEY_EQUAL).has_character);
        assert_false(down(&k, KEY_KEYPAD_PLUS).has_character);
    }
}

static void modifiers_each_have_a_bit(void **state)
{
    (void)state;
    static const uint8_t bits[] = {
        PS2_MOD_LEFT_CTRL,  PS2_MOD_LEFT_SHIFT,  PS2_MOD_LEFT_ALT,  PS2_MOD_LEFT_GUI,
        PS2_MOD_RIGHT_CTRL, PS2_MOD_RIGHT_SHIFT, PS2_MOD_RIGHT_ALT, PS2_MOD_RIGHT_GUI};
    static const uint8_t keys[] = {KEY_LEFT_CTRL, KEY_LEFT_SHIFT, KEY_LEFT_ALT,
                                   KEY_LEFT_GUI,  KEY_RIGHT_CTRL, KEY_RIGHT_SHIFT,
                                   KEY_RIGHT_ALT, KEY_RIGHT_GUI};
    struct ps2_keys k;
    uint8_t all = 0;
    ps2_keys_init(&k, PS2_LAYOUT_US, 0);
    for (size_t i = 0; i < 8; i++) {
        all |= bits[i];
        assert_int_equal(down(&k, (enum key)keys[i]).modifiers, all);
    }
    assert_int_equal(all, 0xff);
    for (size_t i = 0; i < 8; i++) {
        all &= (uint8_t)~bits[i];
        assert_int_equal(up(&k, (enum key)keys[i]).modifiers, all);
    }
    down(&k, KEY_LEFT_ALT);
    down(&k, KEY_RIGHT_ALT);
    struct ps2_press p = down(&k, KEY_Q);
    assert_int_equal(p.character, 'q');
    assert_int_equal(p.modifiers, PS2_MOD_ALT);
    /* Both shifts: one going up leaves the other. */
    ps2_keys_release_all(&k);
    assert_int_equal(k.modifiers, 0);
    down(&k, KEY_LEFT_SHIFT);
    down(&k, KEY_RIGHT_SHIFT);
    up(&k, KEY_LEFT_SHIFT);
    assert_int_equal(down(&k, KEY_1).character, '!');
    up(&k, KEY_RIGHT_SHIFT);
    assert_int_equal(down(&k, KEY_2).character, '2');
}

static void locks_turn_once_a_press(void **state)
{
    (void)state;
    static const uint8_t keys[] = {KEY_SCROLL_LOCK, KEY_NUM_LOCK, KEY_CAPS_LOCK};
    struct ps2_keys k;
    ps2_keys_init(&k, PS2_LAYOUT_US, PS2_LED_NUM_LOCK);
    for (unsigned i = 0; i < 3; i++) { /* bits 0, 1, 2 of the command's argument */
        uint8_t before = k.leds;
        assert_true(down(&k, (enum key)keys[i]).leds_changed);
        assert_int_equal(k.leds, before ^ 1u << i);
        struct ps2_press p = down(&k, (enum key)keys[i]);
        assert_true(p.repeat);
        assert_false(p.leds_changed);
        assert_false(up(&k, (enum key)keys[i]).leds_changed);
        assert_int_equal(k.leds, before ^ 1u << i);
        down(&k, (enum key)keys[i]);
        assert_int_equal(k.leds, before);
        up(&k, (enum key)keys[i]);
    }
    down(&k, KEY_CAPS_LOCK);
    ps2_keys_release_all(&k);
    assert_int_equal(k.leds, PS2_LED_NUM_LOCK | PS2_LED_CAPS_LOCK);
    assert_true(down(&k, KEY_CAPS_LOCK).leds_changed);
}

static void repeats_write_again(void **state)
{
    (void)state;
    struct ps2_keys k;
    ps2_keys_init(&k, PS2_LAYOUT_US, 0);
    assert_false(down(&k, KEY_X).repeat);
    for (int i = 0; i < 3; i++) {
        struct ps2_press p = down(&k, KEY_X);
        assert_true(p.repeat && p.has_character);
        assert_int_equal(p.character, 'x');
    }
    assert_false(down(&k, KEY_Y).repeat);
    assert_false(up(&k, KEY_X).repeat);
    assert_false(down(&k, KEY_X).repeat);
}

static void keypad_and_num_lock(void **state)
{
    (void)state;
    static const char digits[] = "1234567890.";
    static const uint8_t below[] = {KEY_END,      KEY_DOWN,   KEY_PAGE_DOWN, KEY_LEFT,
                                    KEY_KEYPAD_5, KEY_RIGHT,  KEY_HOME,      KEY_UP,
                                    KEY_PAGE_UP,  KEY_INSERT, KEY_DELETE};
    for (int num = 0; num < 2; num++)
        for (int shift = 0; shift < 2; shift++)
            for (unsigned i = 0; i < 11; i++) {
                struct ps2_keys k;
                enum key key = (enum key)(KEY_KEYPAD_1 + i);
                ps2_keys_init(&k, PS2_LAYOUT_US, num ? PS2_LED_NUM_LOCK : 0);
                if (shift) down(&k, KEY_LEFT_SHIFT);
                struct ps2_press p = down(&k, key);
                bool is_digit = num != shift;
                assert_int_equal(p.key, is_digit ? key : below[i]);
                assert_int_equal(p.character, is_digit ? digits[i] : i == 10 ? 0x7f : 0);
                /* It repeats and goes up as what it went down as, whatever changed. */
                if (shift)
                    up(&k, KEY_LEFT_SHIFT);
                else
                    down(&k, KEY_NUM_LOCK);
                uint8_t went_down_as = p.key;
                char wrote = p.character;
                p = down(&k, key);
                assert_true(p.repeat);
                assert_int_equal(p.key, went_down_as);
                assert_int_equal(p.character, wrote);
                assert_int_equal(up(&k, key).key, went_down_as);
            }
}

static void korean_keys(void **state)
{
    (void)state;
    static const uint8_t pairs[][2] = {{KEY_HANGUL, KEY_HANGUL},
                                       {KEY_HANJA, KEY_HANJA},
                                       {KEY_RIGHT_ALT, KEY_HANGUL},
                                       {KEY_RIGHT_CTRL, KEY_HANJA}};
    struct ps2_keys k;
    ps2_keys_init(&k, PS2_LAYOUT_KOREAN, 0);
    for (size_t i = 0; i < 4; i++)
        for (int again = 0; again < 2; again++) { /* no release in between */
            struct ps2_press p = down(&k, (enum key)pairs[i][0]);
            assert_int_equal(p.key, pairs[i][1]);
            assert_true(p.make);
            assert_false(p.repeat || p.has_character);
            assert_int_equal(p.modifiers, 0);
            assert_int_equal(down(&k, KEY_C).character, 'c');
        }
    down(&k, KEY_LEFT_CTRL);
    assert_int_equal(down(&k, KEY_C).character, 3);
    ps2_keys_init(&k, PS2_LAYOUT_US, 0);
    assert_int_equal(down(&k, KEY_RIGHT_ALT).key, KEY_RIGHT_ALT);
    assert_int_equal(down(&k, KEY_HANGUL).key, KEY_HANGUL);
}

/* The fault this suite must catch: Caps Lock taken for a shift that holds. */
static void the_deliberate_fault_is_caught(void **state)
{
    (void)state;
    struct ps2_keys k;
    ps2_keys_init(&k, PS2_LAYOUT_US, PS2_LED_CAPS_LOCK);
    char wrong = "1!"[(k.leds & PS2_LED_CAPS_LOCK) != 0];
    assert_int_equal(wrong, '!');
    assert_int_equal(down(&k, KEY_1).character, '1');
    down(&k, KEY_LEFT_SHIFT);
    assert_int_equal(down(&k, KEY_A).character, 'a');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_character_of_both_layouts),
        cmocka_unit_test(control_characters),
        cmocka_unit_test(modifiers_each_have_a_bit),
        cmocka_unit_test(locks_turn_once_a_press),
        cmocka_unit_test(repeats_write_again),
        cmocka_unit_test(keypad_and_num_lock),
        cmocka_unit_test(korean_keys),
        cmocka_unit_test(the_deliberate_fault_is_caught),
    };
    return cmocka_run_group_tests_name("ps2/layout", tests, NULL, NULL);
}
