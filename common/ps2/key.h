/* SPDX-License-Identifier: MIT */
/*
 * Names for the keys of a keyboard, wherever they are plugged in.
 *
 * Source   HID Usage Tables 1.3 chapter 10 (Keyboard/Keypad page, 07h).  PS/2 keyboards
 *          do not send these numbers; they are used for them too, so that layouts serve
 *          both kinds.
 * Meaning  A key is a place on the keyboard: KEY_Q is where a US keyboard says Q.  What
 *          character that is, the layout decides.
 */
#ifndef PS2_KEY_H
#define PS2_KEY_H

enum key {
    KEY_NONE = 0x00,
    KEY_A = 0x04, KEY_B, KEY_C, KEY_D, KEY_E, KEY_F, KEY_G, KEY_H, KEY_I, KEY_J, KEY_K,
    KEY_L, KEY_M, KEY_N, KEY_O, KEY_P, KEY_Q, KEY_R, KEY_S, KEY_T, KEY_U, KEY_V, KEY_W,
    KEY_X, KEY_Y, KEY_Z,
    KEY_1 = 0x1e, KEY_2, KEY_3, KEY_4, KEY_5, KEY_6, KEY_7, KEY_8, KEY_9, KEY_0,
    KEY_ENTER = 0x28,
    KEY_ESCAPE = 0x29,
    KEY_BACKSPACE = 0x2a,
    KEY_TAB = 0x2b,
    KEY_SPACE = 0x2c,
    KEY_MINUS = 0x2d,
    KEY_EQUAL = 0x2e,
    KEY_LEFT_BRACKET = 0x2f,
    KEY_RIGHT_BRACKET = 0x30,
    KEY_BACKSLASH = 0x31,
    KEY_SEMICOLON = 0x33,
    KEY_APOSTROPHE = 0x34,
    KEY_GRAVE = 0x35,
    KEY_COMMA = 0x36,
    KEY_PERIOD = 0x37,
    KEY_SLASH = 0x38,
    KEY_CAPS_LOCK = 0x39,
    KEY_F1 = 0x3a, KEY_F2, KEY_F3, KEY_F4, KEY_F5, KEY_F6, KEY_F7, KEY_F8,
    KEY_F9, KEY_F10,
    KEY_F11, KEY_F12,
    KEY_PRINT_SCREEN = 0x46,
    KEY_SCROLL_LOCK = 0x47,
    KEY_PAUSE = 0x48,
    KEY_INSERT = 0x49,
    KEY_HOME = 0x4a,
    KEY_PAGE_UP = 0x4b,
    KEY_DELETE = 0x4c,
    KEY_END = 0x4d,
    KEY_PAGE_DOWN = 0x4e,
    KEY_RIGHT = 0x4f,
    KEY_LEFT = 0x50,
    KEY_DOWN = 0x51,
    KEY_UP = 0x52,
    KEY_NUM_LOCK = 0x53,
    KEY_KEYPAD_SLASH = 0x54,
    KEY_KEYPAD_STAR = 0x55,
    KEY_KEYPAD_MINUS = 0x56,
    KEY_KEYPAD_PLUS = 0x57,
    KEY_KEYPAD_ENTER = 0x58,
    KEY_KEYPAD_1 = 0x59, KEY_KEYPAD_2, KEY_KEYPAD_3, KEY_KEYPAD_4, KEY_KEYPAD_5,
    KEY_KEYPAD_6,
    KEY_KEYPAD_7, KEY_KEYPAD_8, KEY_KEYPAD_9,
    KEY_KEYPAD_0 = 0x62,
    KEY_KEYPAD_PERIOD = 0x63,
    KEY_NON_US_BACKSLASH = 0x64, /* between left shift and Z, where there is one */
    KEY_APPLICATION = 0x65,      /* the menu key */
    KEY_POWER = 0x66,
    KEY_KEYPAD_EQUAL = 0x67,
    KEY_F13 = 0x68, KEY_F14, KEY_F15, KEY_F16, KEY_F17, KEY_F18, KEY_F19,
    KEY_F20, KEY_F21,
    KEY_F22, KEY_F23, KEY_F24,
    KEY_KEYPAD_COMMA = 0x85,
    KEY_INTERNATIONAL_1 = 0x87, /* Ro */
    KEY_INTERNATIONAL_2 = 0x88, /* Katakana/Hiragana */
    KEY_INTERNATIONAL_3 = 0x89, /* Yen */
    KEY_INTERNATIONAL_4 = 0x8a, /* Henkan */
    KEY_INTERNATIONAL_5 = 0x8b, /* Muhenkan */
    KEY_HANGUL = 0x90,          /* LANG1: between Korean and Latin letters */
    KEY_HANJA = 0x91,           /* LANG2: Chinese characters */
    KEY_LEFT_CTRL = 0xe0,
    KEY_LEFT_SHIFT = 0xe1,
    KEY_LEFT_ALT = 0xe2,
    KEY_LEFT_GUI = 0xe3,
    KEY_RIGHT_CTRL = 0xe4,
    KEY_RIGHT_SHIFT = 0xe5,
    KEY_RIGHT_ALT = 0xe6,
    KEY_RIGHT_GUI = 0xe7,
};

#endif
