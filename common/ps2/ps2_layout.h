/* SPDX-License-Identifier: MIT */
/*
 * Keys going down and up, turned into characters: modifiers, locks, repeat, layouts.
 *
 * Source   Positions and names of keys: HID Usage Tables 1.3 chapter 10.  Korean
 *          keyboards: KS X 5002, 106 keys.
 * Works for keys from PS/2 and from USB alike (ps2/key.h): feed it what goes down and up.
 * Layouts  US.  Korean: the same characters (Korean syllables are put together by whoever
 *          reads the keys), and the keys 한/영 and 한자.  Korean keyboards with 101 keys have
 *          them where others have right Alt and right Ctrl, and send those codes: in this
 *          layout the two are therefore KEY_HANGUL and KEY_HANJA, and no modifiers.
 * Locks    Caps Lock acts on letters only.  Num Lock and shift decide together whether
 *          the keypad's keys are digits; when they are not, the key reported is the one
 *          printed below the digit.
 * Calls    No state but the caller's: any context, one caller per keyboard at a time.
 */
#ifndef PS2_LAYOUT_H
#define PS2_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "ps2/key.h"

enum ps2_layout { PS2_LAYOUT_US = 0, PS2_LAYOUT_KOREAN };

/* Modifiers that are down: a bit each, KEY_LEFT_CTRL first, as in HID 1.11 8.3. */
#define PS2_MOD_LEFT_CTRL   0x01
#define PS2_MOD_LEFT_SHIFT  0x02
#define PS2_MOD_LEFT_ALT    0x04
#define PS2_MOD_LEFT_GUI    0x08
#define PS2_MOD_RIGHT_CTRL  0x10
#define PS2_MOD_RIGHT_SHIFT 0x20
#define PS2_MOD_RIGHT_ALT   0x40 /* AltGr */
#define PS2_MOD_RIGHT_GUI   0x80
#define PS2_MOD_CTRL        (PS2_MOD_LEFT_CTRL | PS2_MOD_RIGHT_CTRL)
#define PS2_MOD_SHIFT       (PS2_MOD_LEFT_SHIFT | PS2_MOD_RIGHT_SHIFT)
#define PS2_MOD_ALT         (PS2_MOD_LEFT_ALT | PS2_MOD_RIGHT_ALT)

/* The lamps, in the order of the command EDh's argument. */
#define PS2_LED_SCROLL_LOCK 0x01
#define PS2_LED_NUM_LOCK    0x02
#define PS2_LED_CAPS_LOCK   0x04

/* One keyboard.  Members may be read; all 0 but the layout is a keyboard at rest. */
struct ps2_keys {
    enum ps2_layout layout;
    uint8_t modifiers;
    uint8_t leds; /* PS2_LED_…: the locks that are on */
    uint32_t down[256 / 32];
    uint16_t keypad_below; /* keypad keys that went down as the key below their digit */
};

struct ps2_press {
    uint8_t key;       /* after the layout and Num Lock have had their say */
    bool make;         /* went down; false: went up */
    bool repeat;       /* was down already */
    uint8_t modifiers; /* down now, this key included */
    bool leds_changed; /* tell the keyboard: struct ps2_keys has the new ones */
    bool has_character;
    char character; /* ASCII; Enter is '\n', Backspace '\b', Delete 7Fh */
};

/* At rest; `leds` are the locks to begin with. */
void ps2_keys_init(struct ps2_keys *k, enum ps2_layout layout, uint8_t leds);

/* Every key up, as after the keyboard was reset, plugged in or overrun; locks stay. */
void ps2_keys_release_all(struct ps2_keys *k);

/* `key` went down or up.  Characters come with makes, repeated ones too, and not with
 * releases. Ctrl makes control characters of @ to _ and of ?, and other keys then have
 * none; Alt changes no character: look at the modifiers.  Locks turn on the first make,
 * not on repeats. KEY_HANGUL and KEY_HANJA never count as down, since many keyboards
 * send no release. */
struct ps2_press ps2_keys_apply(struct ps2_keys *k, enum key key, bool make);

#endif
