/* SPDX-License-Identifier: MIT */
#include "ps2/ps2_layout.h"

/* The character without shift and the one with it. */
struct pair {
    char plain, shifted;
};

/* KEY_1 to KEY_SLASH without the gaps' keys, which are 0. */
static const struct pair symbols[] = {
    [KEY_1 - KEY_1] = {'1', '!'},
    [KEY_2 - KEY_1] = {'2', '@'},
    [KEY_3 - KEY_1] = {'3', '#'},
    [KEY_4 - KEY_1] = {'4', '$'},
    [KEY_5 - KEY_1] = {'5', '%'},
    [KEY_6 - KEY_1] = {'6', '^'},
    [KEY_7 - KEY_1] = {'7', '&'},
    [KEY_8 - KEY_1] = {'8', '*'},
    [KEY_9 - KEY_1] = {'9', '('},
    [KEY_0 - KEY_1] = {'0', ')'},
    [KEY_ENTER - KEY_1] = {'\n', '\n'},
    [KEY_ESCAPE - KEY_1] = {0x1b, 0x1b},
    [KEY_BACKSPACE - KEY_1] = {'\b', '\b'},
    [KEY_TAB - KEY_1] = {'\t', '\t'},
    [KEY_SPACE - KEY_1] = {' ', ' '},
    [KEY_MINUS - KEY_1] = {'-', '_'},
    [KEY_EQUAL - KEY_1] = {'=', '+'},
    [KEY_LEFT_BRACKET - KEY_1] = {'[', '{'},
    [KEY_RIGHT_BRACKET - KEY_1] = {']', '}'},
    [KEY_BACKSLASH - KEY_1] = {'\\', '|'},
    [KEY_SEMICOLON - KEY_1] = {';', ':'},
    [KEY_APOSTROPHE - KEY_1] = {'\'', '"'},
    [KEY_GRAVE - KEY_1] = {'`', '~'},
    [KEY_COMMA - KEY_1] = {',', '<'},
    [KEY_PERIOD - KEY_1] = {'.', '>'},
    [KEY_SLASH - KEY_1] = {'/', '?'},
};

/* KEY_KEYPAD_1 to KEY_KEYPAD_PERIOD: the digit, and the key printed below it. */
static const struct {
    char digit;
    uint8_t key;
} keypad[] = {
    {'1', KEY_END},      {'2', KEY_DOWN},  {'3', KEY_PAGE_DOWN}, {'4', KEY_LEFT},
    {'5', KEY_KEYPAD_5}, {'6', KEY_RIGHT}, {'7', KEY_HOME},      {'8', KEY_UP},
    {'9', KEY_PAGE_UP},  {'0', KEY_INSERT}, {'.', KEY_DELETE},
};

static bool is_keypad_digit(enum key key)
{
    return key >= KEY_KEYPAD_1 && key <= KEY_KEYPAD_PERIOD;
}

static bool keypad_has_digits(const struct ps2_keys *k)
{
    bool num = k->leds & PS2_LED_NUM_LOCK, shift = k->modifiers & PS2_MOD_SHIFT;
    return num != shift;
}

static char keypad_character(enum key key)
{
    switch (key) {
    case KEY_KEYPAD_SLASH: return '/';
    case KEY_KEYPAD_STAR: return '*';
    case KEY_KEYPAD_MINUS: return '-';
    case KEY_KEYPAD_PLUS: return '+';
    case KEY_KEYPAD_ENTER: return '\n';
    case KEY_KEYPAD_EQUAL: return '=';
    case KEY_KEYPAD_COMMA: return ',';
    default: return is_keypad_digit(key) ? keypad[key - KEY_KEYPAD_1].digit : '\0';
    }
}

/* Is this keypad key the one below its digit?  Decided when it goes down, and true until
 * it is up again, so that what went down is what goes up. */
static bool keypad_is_below(struct ps2_keys *k, enum key key, bool decide)
{
    uint16_t bit = (uint16_t)(1u << (key - KEY_KEYPAD_1));
    if (decide)
        k->keypad_below = (uint16_t)(keypad_has_digits(k) ? k->keypad_below & ~bit
                                                          : k->keypad_below | bit);
    return k->keypad_below & bit;
}

/* What the key writes with these modifiers; NUL: nothing. */
static char character_of(const struct ps2_keys *k, enum key key)
{
    bool shift = k->modifiers & PS2_MOD_SHIFT;
    if (key >= KEY_A && key <= KEY_Z) {
        bool caps = k->leds & PS2_LED_CAPS_LOCK;
        return (char)((shift != caps ? 'A' : 'a') + (key - KEY_A));
    }
    if (key >= KEY_1 && key <= KEY_SLASH) {
        const struct pair *p = &symbols[key - KEY_1];
        return shift ? p->shifted : p->plain;
    }
    if (key == KEY_NON_US_BACKSLASH) return shift ? '|' : '\\';
    return key == KEY_DELETE ? 0x7f : keypad_character(key);
}

/* With Ctrl: @ A…Z [ \ ] ^ _ become 0…31, ? becomes 7Fh.  Case does not matter, and
 * neither does shift, so that Ctrl-2 is NUL and Ctrl-6 is 1Eh as on a terminal.  Keys
 * that write a control character anyway keep theirs. */
static bool control_character(enum key key, char *character)
{
    char c = *character;
    if (c > 0 && (c < ' ' || c == 0x7f)) return true;
    switch (key) {
    case KEY_2:
    case KEY_SPACE: c = '@'; break;
    case KEY_6: c = '^'; break;
    case KEY_MINUS: c = '_'; break;
    case KEY_LEFT_BRACKET: c = '['; break;
    case KEY_BACKSLASH:
    case KEY_NON_US_BACKSLASH: c = '\\'; break;
    case KEY_RIGHT_BRACKET: c = ']'; break;
    case KEY_SLASH: *character = 0x7f; return true;
    default:
        if (key < KEY_A || key > KEY_Z) return false;
        c = (char)('A' + (key - KEY_A));
    }
    *character = (char)(c & 0x1f);
    return true;
}

static enum key layout_key(const struct ps2_keys *k, enum key key)
{
    if (k->layout != PS2_LAYOUT_KOREAN) return key;
    if (key == KEY_RIGHT_ALT) return KEY_HANGUL;
    return key == KEY_RIGHT_CTRL ? KEY_HANJA : key;
}

static uint8_t led_of(enum key key)
{
    switch (key) {
    case KEY_CAPS_LOCK: return PS2_LED_CAPS_LOCK;
    case KEY_NUM_LOCK: return PS2_LED_NUM_LOCK;
    case KEY_SCROLL_LOCK: return PS2_LED_SCROLL_LOCK;
    default: return 0;
    }
}

/* Notes the key as down or up; says whether it was down before. */
static bool note(struct ps2_keys *k, enum key key, bool make)
{
    uint32_t *word = &k->down[(key & 0xff) / 32], bit = 1u << (key % 32);
    bool before = *word & bit;
    if (key == KEY_HANGUL || key == KEY_HANJA) return false;
    *word = make ? *word | bit : *word & ~bit;
    if (key >= KEY_LEFT_CTRL && key <= KEY_RIGHT_GUI) {
        uint8_t modifier = (uint8_t)(1u << (key - KEY_LEFT_CTRL));
        k->modifiers &= (uint8_t)~modifier;
        if (make) k->modifiers |= modifier;
    }
    return before;
}

void ps2_keys_init(struct ps2_keys *k, enum ps2_layout layout, uint8_t leds)
{
    *k = (struct ps2_keys){.layout = layout, .leds = leds};
}

void ps2_keys_release_all(struct ps2_keys *k) { ps2_keys_init(k, k->layout, k->leds); }

struct ps2_press ps2_keys_apply(struct ps2_keys *k, enum key key, bool make)
{
    key = layout_key(k, key);
    bool before = note(k, key, make);
    struct ps2_press p = {
        .make = make, .repeat = make && before, .modifiers = k->modifiers};

    uint8_t led = make && !before ? led_of(key) : 0;
    k->leds ^= led;
    p.leds_changed = led != 0;
    bool below = is_keypad_digit(key) && keypad_is_below(k, key, make && !before);
    if (below) key = (enum key)keypad[key - KEY_KEYPAD_1].key;
    p.key = (uint8_t)key;
    if (!make || (below && key == KEY_KEYPAD_5)) return p;

    p.character = character_of(k, key);
    p.has_character = p.character != '\0';
    if (k->modifiers & PS2_MOD_CTRL) {
        p.has_character = control_character(key, &p.character);
        if (!p.has_character) p.character = '\0';
    }
    return p;
}
