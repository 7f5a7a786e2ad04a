/* SPDX-License-Identifier: MIT */
#include "ps2/ps2_scancode.h"

#define PREFIX_EXTENDED 0xe0
#define PREFIX_PAUSE    0xe1
#define PREFIX_RELEASE  0xf0 /* set 2 */
#define SET_1_RELEASE   0x80 /* set 1: this bit of the code itself */

/* One line a key: its code in set 1 and in set 2, and whether E0 goes before it. */
static const struct row {
    uint8_t key, set_1, set_2;
    bool extended;
} rows[] = {
    {KEY_ESCAPE, 0x01, 0x76, false},
    {KEY_F1, 0x3b, 0x05, false}, {KEY_F2, 0x3c, 0x06, false}, {KEY_F3, 0x3d, 0x04, false},
    {KEY_F4, 0x3e, 0x0c, false}, {KEY_F5, 0x3f, 0x03, false}, {KEY_F6, 0x40, 0x0b, false},
    {KEY_F7, 0x41, 0x83, false}, {KEY_F8, 0x42, 0x0a, false}, {KEY_F9, 0x43, 0x01, false},
    {KEY_F10, 0x44, 0x09, false}, {KEY_F11, 0x57, 0x78, false},
    {KEY_F12, 0x58, 0x07, false},
    {KEY_F13, 0x64, 0x08, false}, {KEY_F14, 0x65, 0x10, false},
    {KEY_F15, 0x66, 0x18, false},
    {KEY_F16, 0x67, 0x20, false}, {KEY_F17, 0x68, 0x28, false},
    {KEY_F18, 0x69, 0x30, false},
    {KEY_F19, 0x6a, 0x38, false}, {KEY_F20, 0x6b, 0x40, false},
    {KEY_F21, 0x6c, 0x48, false},
    {KEY_F22, 0x6d, 0x50, false}, {KEY_F23, 0x6e, 0x57, false},
    {KEY_F24, 0x76, 0x5f, false},

    {KEY_GRAVE, 0x29, 0x0e, false},
    {KEY_1, 0x02, 0x16, false}, {KEY_2, 0x03, 0x1e, false}, {KEY_3, 0x04, 0x26, false},
    {KEY_4, 0x05, 0x25, false}, {KEY_5, 0x06, 0x2e, false}, {KEY_6, 0x07, 0x36, false},
    {KEY_7, 0x08, 0x3d, false}, {KEY_8, 0x09, 0x3e, false}, {KEY_9, 0x0a, 0x46, false},
    {KEY_0, 0x0b, 0x45, false}, {KEY_MINUS, 0x0c, 0x4e, false},
    {KEY_EQUAL, 0x0d, 0x55, false},
    {KEY_BACKSPACE, 0x0e, 0x66, false},

    {KEY_TAB, 0x0f, 0x0d, false},
    {KEY_Q, 0x10, 0x15, false}, {KEY_W, 0x11, 0x1d, false}, {KEY_E, 0x12, 0x24, false},
    {KEY_R, 0x13, 0x2d, false}, {KEY_T, 0x14, 0x2c, false}, {KEY_Y, 0x15, 0x35, false},
    {KEY_U, 0x16, 0x3c, false}, {KEY_I, 0x17, 0x43, false}, {KEY_O, 0x18, 0x44, false},
    {KEY_P, 0x19, 0x4d, false}, {KEY_LEFT_BRACKET, 0x1a, 0x54, false},
    {KEY_RIGHT_BRACKET, 0x1b, 0x5b, false}, {KEY_BACKSLASH, 0x2b, 0x5d, false},

    {KEY_CAPS_LOCK, 0x3a, 0x58, false},
    {KEY_A, 0x1e, 0x1c, false}, {KEY_S, 0x1f, 0x1b, false}, {KEY_D, 0x20, 0x23, false},
    {KEY_F, 0x21, 0x2b, false}, {KEY_G, 0x22, 0x34, false}, {KEY_H, 0x23, 0x33, false},
    {KEY_J, 0x24, 0x3b, false}, {KEY_K, 0x25, 0x42, false}, {KEY_L, 0x26, 0x4b, false},
    {KEY_SEMICOLON, 0x27, 0x4c, false}, {KEY_APOSTROPHE, 0x28, 0x52, false},
    {KEY_ENTER, 0x1c, 0x5a, false},

    {KEY_LEFT_SHIFT, 0x2a, 0x12, false}, {KEY_NON_US_BACKSLASH, 0x56, 0x61, false},
    {KEY_Z, 0x2c, 0x1a, false}, {KEY_X, 0x2d, 0x22, false}, {KEY_C, 0x2e, 0x21, false},
    {KEY_V, 0x2f, 0x2a, false}, {KEY_B, 0x30, 0x32, false}, {KEY_N, 0x31, 0x31, false},
    {KEY_M, 0x32, 0x3a, false}, {KEY_COMMA, 0x33, 0x41, false},
    {KEY_PERIOD, 0x34, 0x49, false}, {KEY_SLASH, 0x35, 0x4a, false},
    {KEY_RIGHT_SHIFT, 0x36, 0x59, false},

    {KEY_LEFT_CTRL, 0x1d, 0x14, false}, {KEY_LEFT_GUI, 0x5b, 0x1f, true},
    {KEY_LEFT_ALT, 0x38, 0x11, false}, {KEY_SPACE, 0x39, 0x29, false},
    {KEY_RIGHT_ALT, 0x38, 0x11, true}, {KEY_RIGHT_GUI, 0x5c, 0x27, true},
    {KEY_APPLICATION, 0x5d, 0x2f, true}, {KEY_RIGHT_CTRL, 0x1d, 0x14, true},

    {KEY_PRINT_SCREEN, 0x37, 0x7c, true}, {KEY_SCROLL_LOCK, 0x46, 0x7e, false},
    {KEY_INSERT, 0x52, 0x70, true}, {KEY_HOME, 0x47, 0x6c, true},
    {KEY_PAGE_UP, 0x49, 0x7d, true}, {KEY_DELETE, 0x53, 0x71, true},
    {KEY_END, 0x4f, 0x69, true}, {KEY_PAGE_DOWN, 0x51, 0x7a, true},
    {KEY_UP, 0x48, 0x75, true}, {KEY_LEFT, 0x4b, 0x6b, true},
    {KEY_DOWN, 0x50, 0x72, true},
    {KEY_RIGHT, 0x4d, 0x74, true}, {KEY_POWER, 0x5e, 0x37, true},

    {KEY_NUM_LOCK, 0x45, 0x77, false}, {KEY_KEYPAD_SLASH, 0x35, 0x4a, true},
    {KEY_KEYPAD_STAR, 0x37, 0x7c, false}, {KEY_KEYPAD_MINUS, 0x4a, 0x7b, false},
    {KEY_KEYPAD_7, 0x47, 0x6c, false}, {KEY_KEYPAD_8, 0x48, 0x75, false},
    {KEY_KEYPAD_9, 0x49, 0x7d, false}, {KEY_KEYPAD_PLUS, 0x4e, 0x79, false},
    {KEY_KEYPAD_4, 0x4b, 0x6b, false}, {KEY_KEYPAD_5, 0x4c, 0x73, false},
    {KEY_KEYPAD_6, 0x4d, 0x74, false}, {KEY_KEYPAD_1, 0x4f, 0x69, false},
    {KEY_KEYPAD_2, 0x50, 0x72, false}, {KEY_KEYPAD_3, 0x51, 0x7a, false},
    {KEY_KEYPAD_ENTER, 0x1c, 0x5a, true}, {KEY_KEYPAD_0, 0x52, 0x70, false},
    {KEY_KEYPAD_PERIOD, 0x53, 0x71, false}, {KEY_KEYPAD_EQUAL, 0x59, 0x0f, false},
    {KEY_KEYPAD_COMMA, 0x7e, 0x6d, false},

    {KEY_INTERNATIONAL_1, 0x73, 0x51, false}, {KEY_INTERNATIONAL_2, 0x70, 0x13, false},
    {KEY_INTERNATIONAL_3, 0x7d, 0x6a, false}, {KEY_INTERNATIONAL_4, 0x79, 0x64, false},
    {KEY_INTERNATIONAL_5, 0x7b, 0x67, false},

    /* Second codes of keys above; ps2_encode takes the first. */
    {KEY_PRINT_SCREEN, 0x54, 0x84, false}, /* with Alt: SysRq */
    {KEY_PAUSE, 0x46, 0x7e, true},         /* with Ctrl: Break */
};

/* The two Korean keys: one byte in either set, down only.  In set 1 the controller
 * passes them on as they are; what would be their codes there is accepted as well. */
#define HANGUL      0xf2
#define HANJA       0xf1
#define HANGUL_MAKE 0x72
#define HANJA_MAKE  0x71

/* Pause goes down in the first part of its sequence and up in the second. */
static const uint8_t pause_set_1[] = {0xe1, 0x1d, 0x45, 0xe1, 0x9d, 0xc5};
static const uint8_t pause_set_2[] = {0xe1, 0x14, 0x77, 0xe1, 0xf0, 0x14, 0xf0, 0x77};
#define PAUSE_MAKE_LEN 3

/* Around an extended key the keyboard pretends that shift goes up or down, so that
 * programs for keyboards without those keys see the keypad instead.  In nobody's
 * interest any more. */
static bool is_fake_shift(enum ps2_set set, uint8_t code)
{
    return set == PS2_SET_1 ? code == 0x2a || code == 0x36 : code == 0x12 || code == 0x59;
}

static uint8_t code_of(const struct row *row, enum ps2_set set)
{
    return set == PS2_SET_1 ? row->set_1 : row->set_2;
}

static enum key find_key(enum ps2_set set, uint8_t code, bool extended)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (code_of(&rows[i], set) == code && rows[i].extended == extended)
            return (enum key)rows[i].key;
    return KEY_NONE;
}

static enum ps2_event_kind reply_kind(uint8_t byte)
{
    switch (byte) {
    case 0xfa: return PS2_EVENT_ACK;
    case 0xfe: return PS2_EVENT_RESEND;
    case 0xee: return PS2_EVENT_ECHO;
    case 0xaa: return PS2_EVENT_SELF_TEST_PASSED;
    case 0xfc:
    case 0xfd: return PS2_EVENT_SELF_TEST_FAILED;
    case 0x00:
    case 0xff: return PS2_EVENT_OVERRUN;
    default: return PS2_EVENT_UNKNOWN;
    }
}

void ps2_decoder_init(struct ps2_decoder *d, enum ps2_set set)
{
    *d = (struct ps2_decoder){.set = (uint8_t)set};
}

static bool is_down(const struct ps2_decoder *d, uint8_t code)
{
    return d->down[code / 64 & 1] >> (code % 64) & 1;
}

static void set_down(struct ps2_decoder *d, uint8_t code, bool down)
{
    uint64_t bit = (uint64_t)1 << (code % 64);
    if (down)
        d->down[code / 64 & 1] |= bit;
    else
        d->down[code / 64 & 1] &= ~bit;
}

/* Forgets the prefixes: the next byte starts a sequence. */
static void restart(struct ps2_decoder *d)
{
    d->extended = false;
    d->release = false;
    d->pause_len = 0;
}

static struct ps2_event key_event(enum key key, bool make, uint8_t byte)
{
    return (struct ps2_event){PS2_EVENT_KEY, (uint8_t)key, make, byte};
}

/* A byte that is no part of a key's sequence. */
static struct ps2_event other_event(struct ps2_decoder *d, uint8_t byte)
{
    enum ps2_event_kind kind = reply_kind(byte);
    if (kind == PS2_EVENT_SELF_TEST_PASSED) ps2_decoder_init(d, (enum ps2_set)d->set);
    return (struct ps2_event){.kind = kind, .byte = byte};
}

/* The byte after E1.  False when it does not go on with Pause. */
static bool decode_pause(struct ps2_decoder *d, uint8_t byte, struct ps2_event *event)
{
    bool one = d->set == PS2_SET_1;
    const uint8_t *sequence = one ? pause_set_1 : pause_set_2;
    size_t len = one ? sizeof pause_set_1 : sizeof pause_set_2;

    if (byte != sequence[d->pause_len]) {
        restart(d);
        return false;
    }
    d->pause_len++;
    *event = (struct ps2_event){.kind = PS2_EVENT_NONE, .byte = byte};
    if (d->pause_len == PAUSE_MAKE_LEN) *event = key_event(KEY_PAUSE, true, byte);
    if (d->pause_len == len) {
        *event = key_event(KEY_PAUSE, false, byte);
        restart(d);
    }
    return true;
}

/* The last byte of a sequence of either set: `code` with the prefixes seen. */
static struct ps2_event finish(struct ps2_decoder *d, uint8_t code, bool make,
                               uint8_t byte)
{
    enum ps2_set set = (enum ps2_set)d->set;
    bool extended = d->extended;
    restart(d);
    if (extended && is_fake_shift(set, code)) return (struct ps2_event){.byte = byte};
    enum key key = find_key(set, code, extended);
    if (key == KEY_NONE) return other_event(d, byte);
    if (set == PS2_SET_1 && !extended) set_down(d, code, make);
    return key_event(key, make, byte);
}

static struct ps2_event decode_set_1(struct ps2_decoder *d, uint8_t byte)
{
    uint8_t code = byte & (uint8_t)~SET_1_RELEASE;
    bool make = code == byte;
    if (!d->extended) {
        if (byte == HANGUL || byte == HANGUL_MAKE)
            return key_event(KEY_HANGUL, true, byte);
        if (byte == HANJA || byte == HANJA_MAKE) return key_event(KEY_HANJA, true, byte);
        if (!make && reply_kind(byte) != PS2_EVENT_UNKNOWN && !is_down(d, code))
            return other_event(d, byte);
    }
    return finish(d, code, make, byte);
}

static struct ps2_event decode_set_2(struct ps2_decoder *d, uint8_t byte)
{
    if (byte == PREFIX_RELEASE) {
        d->release = true;
        return (struct ps2_event){.byte = byte};
    }
    if (byte == HANGUL || byte == HANJA) {
        bool make = !d->release;
        restart(d);
        return key_event(byte == HANGUL ? KEY_HANGUL : KEY_HANJA, make, byte);
    }
    return finish(d, byte, !d->release, byte);
}

struct ps2_event ps2_decode(struct ps2_decoder *d, uint8_t byte)
{
    struct ps2_event event;
    if (d->pause_len > 0 && decode_pause(d, byte, &event)) return event;

    if (byte == PREFIX_EXTENDED || byte == PREFIX_PAUSE) {
        restart(d);
        d->extended = byte == PREFIX_EXTENDED;
        d->pause_len = byte == PREFIX_PAUSE;
        return (struct ps2_event){.byte = byte};
    }
    return d->set == PS2_SET_1 ? decode_set_1(d, byte) : decode_set_2(d, byte);
}

/* E0 if needed, and the code going down or up. */
static size_t put_code(enum ps2_set set, bool extended, uint8_t code, bool make,
                       uint8_t *bytes)
{
    size_t n = 0;
    if (extended) bytes[n++] = PREFIX_EXTENDED;
    if (set == PS2_SET_1) {
        bytes[n++] = make ? code : code | SET_1_RELEASE;
    } else {
        if (!make) bytes[n++] = PREFIX_RELEASE;
        bytes[n++] = code;
    }
    return n;
}

static size_t encode_pause(enum ps2_set set, bool make, uint8_t *bytes)
{
    bool one = set == PS2_SET_1;
    size_t len = one ? sizeof pause_set_1 : sizeof pause_set_2;
    if (!make) return 0;
    for (size_t i = 0; i < len; i++) bytes[i] = one ? pause_set_1[i] : pause_set_2[i];
    return len;
}

size_t ps2_encode(enum ps2_set set, enum key key, bool make,
                  uint8_t bytes[PS2_SEQUENCE_LEN_MAX])
{
    if (key == KEY_HANGUL || key == KEY_HANJA) {
        bytes[0] = key == KEY_HANGUL ? HANGUL : HANJA;
        return make;
    }
    if (key == KEY_PAUSE) return encode_pause(set, make, bytes);

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *row = &rows[i];
        size_t n = 0;
        if (row->key != key) continue;
        /* Print Screen comes inside a shift that nobody presses. */
        uint8_t shift = set == PS2_SET_1 ? 0x2a : 0x12;
        if (key == KEY_PRINT_SCREEN && make) n += put_code(set, true, shift, true, bytes);
        n += put_code(set, row->extended, code_of(row, set), make, bytes + n);
        if (key == KEY_PRINT_SCREEN && !make)
            n += put_code(set, true, shift, false, bytes + n);
        return n;
    }
    return 0;
}
