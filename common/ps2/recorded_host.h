/* SPDX-License-Identifier: MIT */
/*
 * What a keyboard sends for each key, as bytes in hexadecimal: going down and up, in set
 * 1 and in set 2.  The tests compare it with the table in ps2_scancode.c.
 *
 * Origin   Recorded from the keyboard of QEMU 7.2 through its controller, translation on
 *          and off, with nothing else held.  The last 15 lines, keys that QEMU has not,
 *          were typed from the USB HID to PS/2 Scan Code Translation Table, Appendix A.
 */
#ifndef PS2_RECORDED_HOST_H
#define PS2_RECORDED_HOST_H

#include "ps2/key.h"

struct recorded {
    enum key key;
    const char *down_1, *up_1, *down_2, *up_2;
};

static const struct recorded recorded_keys[] = {
    {KEY_ESCAPE, "01", "81", "76", "f0 76"},
    {KEY_F1, "3b", "bb", "05", "f0 05"},
    {KEY_F2, "3c", "bc", "06", "f0 06"},
    {KEY_F3, "3d", "bd", "04", "f0 04"},
    {KEY_F4, "3e", "be", "0c", "f0 0c"},
    {KEY_F5, "3f", "bf", "03", "f0 03"},
    {KEY_F6, "40", "c0", "0b", "f0 0b"},
    {KEY_F7, "41", "c1", "83", "f0 83"},
    {KEY_F8, "42", "c2", "0a", "f0 0a"},
    {KEY_F9, "43", "c3", "01", "f0 01"},
    {KEY_F10, "44", "c4", "09", "f0 09"},
    {KEY_F11, "57", "d7", "78", "f0 78"},
    {KEY_F12, "58", "d8", "07", "f0 07"},
    {KEY_GRAVE, "29", "a9", "0e", "f0 0e"},
    {KEY_1, "02", "82", "16", "f0 16"},
    {KEY_2, "03", "83", "1e", "f0 1e"},
    {KEY_3, "04", "84", "26", "f0 26"},
    {KEY_4, "05", "85", "25", "f0 25"},
    {KEY_5, "06", "86", "2e", "f0 2e"},
    {KEY_6, "07", "87", "36", "f0 36"},
    {KEY_7, "08", "88", "3d", "f0 3d"},
    {KEY_8, "09", "89", "3e", "f0 3e"},
    {KEY_9, "0a", "8a", "46", "f0 46"},
    {KEY_0, "0b", "8b", "45", "f0 45"},
    {KEY_MINUS, "0c", "8c", "4e", "f0 4e"},
    {KEY_EQUAL, "0d", "8d", "55", "f0 55"},
    {KEY_BACKSPACE, "0e", "8e", "66", "f0 66"},
    {KEY_TAB, "0f", "8f", "0d", "f0 0d"},
    {KEY_Q, "10", "90", "15", "f0 15"},
    {KEY_W, "11", "91", "1d", "f0 1d"},
    {KEY_E, "12", "92", "24", "f0 24"},
    {KEY_R, "13", "93", "2d", "f0 2d"},
    {KEY_T, "14", "94", "2c", "f0 2c"},
    {KEY_Y, "15", "95", "35", "f0 35"},
    {KEY_U, "16", "96", "3c", "f0 3c"},
    {KEY_I, "17", "97", "43", "f0 43"},
    {KEY_O, "18", "98", "44", "f0 44"},
    {KEY_P, "19", "99", "4d", "f0 4d"},
    {KEY_LEFT_BRACKET, "1a", "9a", "54", "f0 54"},
    {KEY_RIGHT_BRACKET, "1b", "9b", "5b", "f0 5b"},
    {KEY_BACKSLASH, "2b", "ab", "5d", "f0 5d"},
    {KEY_CAPS_LOCK, "3a", "ba", "58", "f0 58"},
    {KEY_A, "1e", "9e", "1c", "f0 1c"},
    {KEY_S, "1f", "9f", "1b", "f0 1b"},
    {KEY_D, "20", "a0", "23", "f0 23"},
    {KEY_F, "21", "a1", "2b", "f0 2b"},
    {KEY_G, "22", "a2", "34", "f0 34"},
    {KEY_H, "23", "a3", "33", "f0 33"},
    {KEY_J, "24", "a4", "3b", "f0 3b"},
    {KEY_K, "25", "a5", "42", "f0 42"},
    {KEY_L, "26", "a6", "4b", "f0 4b"},
    {KEY_SEMICOLON, "27", "a7", "4c", "f0 4c"},
    {KEY_APOSTROPHE, "28", "a8", "52", "f0 52"},
    {KEY_ENTER, "1c", "9c", "5a", "f0 5a"},
    {KEY_LEFT_SHIFT, "2a", "aa", "12", "f0 12"},
    {KEY_NON_US_BACKSLASH, "56", "d6", "61", "f0 61"},
    {KEY_Z, "2c", "ac", "1a", "f0 1a"},
    {KEY_X, "2d", "ad", "22", "f0 22"},
    {KEY_C, "2e", "ae", "21", "f0 21"},
    {KEY_V, "2f", "af", "2a", "f0 2a"},
    {KEY_B, "30", "b0", "32", "f0 32"},
    {KEY_N, "31", "b1", "31", "f0 31"},
    {KEY_M, "32", "b2", "3a", "f0 3a"},
    {KEY_COMMA, "33", "b3", "41", "f0 41"},
    {KEY_PERIOD, "34", "b4", "49", "f0 49"},
    {KEY_SLASH, "35", "b5", "4a", "f0 4a"},
    {KEY_RIGHT_SHIFT, "36", "b6", "59", "f0 59"},
    {KEY_LEFT_CTRL, "1d", "9d", "14", "f0 14"},
    {KEY_LEFT_GUI, "e0 5b", "e0 db", "e0 1f", "e0 f0 1f"},
    {KEY_LEFT_ALT, "38", "b8", "11", "f0 11"},
    {KEY_SPACE, "39", "b9", "29", "f0 29"},
    {KEY_RIGHT_ALT, "e0 38", "e0 b8", "e0 11", "e0 f0 11"},
    {KEY_RIGHT_GUI, "e0 5c", "e0 dc", "e0 27", "e0 f0 27"},
    {KEY_RIGHT_CTRL, "e0 1d", "e0 9d", "e0 14", "e0 f0 14"},
    {KEY_PRINT_SCREEN, "e0 2a e0 37", "e0 b7 e0 aa", "e0 12 e0 7c", "e0 f0 7c e0 f0 12"},
    {KEY_SCROLL_LOCK, "46", "c6", "7e", "f0 7e"},
    {KEY_PAUSE, "e1 1d 45 e1 9d c5", "", "e1 14 77 e1 f0 14 f0 77", ""},
    {KEY_INSERT, "e0 52", "e0 d2", "e0 70", "e0 f0 70"},
    {KEY_HOME, "e0 47", "e0 c7", "e0 6c", "e0 f0 6c"},
    {KEY_PAGE_UP, "e0 49", "e0 c9", "e0 7d", "e0 f0 7d"},
    {KEY_DELETE, "e0 53", "e0 d3", "e0 71", "e0 f0 71"},
    {KEY_END, "e0 4f", "e0 cf", "e0 69", "e0 f0 69"},
    {KEY_PAGE_DOWN, "e0 51", "e0 d1", "e0 7a", "e0 f0 7a"},
    {KEY_UP, "e0 48", "e0 c8", "e0 75", "e0 f0 75"},
    {KEY_LEFT, "e0 4b", "e0 cb", "e0 6b", "e0 f0 6b"},
    {KEY_DOWN, "e0 50", "e0 d0", "e0 72", "e0 f0 72"},
    {KEY_RIGHT, "e0 4d", "e0 cd", "e0 74", "e0 f0 74"},
    {KEY_POWER, "e0 5e", "e0 de", "e0 37", "e0 f0 37"},
    {KEY_NUM_LOCK, "45", "c5", "77", "f0 77"},
    {KEY_KEYPAD_SLASH, "e0 35", "e0 b5", "e0 4a", "e0 f0 4a"},
    {KEY_KEYPAD_STAR, "37", "b7", "7c", "f0 7c"},
    {KEY_KEYPAD_MINUS, "4a", "ca", "7b", "f0 7b"},
    {KEY_KEYPAD_PLUS, "4e", "ce", "79", "f0 79"},
    {KEY_KEYPAD_ENTER, "e0 1c", "e0 9c", "e0 5a", "e0 f0 5a"},
    {KEY_KEYPAD_0, "52", "d2", "70", "f0 70"},
    {KEY_KEYPAD_1, "4f", "cf", "69", "f0 69"},
    {KEY_KEYPAD_2, "50", "d0", "72", "f0 72"},
    {KEY_KEYPAD_3, "51", "d1", "7a", "f0 7a"},
    {KEY_KEYPAD_4, "4b", "cb", "6b", "f0 6b"},
    {KEY_KEYPAD_5, "4c", "cc", "73", "f0 73"},
    {KEY_KEYPAD_6, "4d", "cd", "74", "f0 74"},
    {KEY_KEYPAD_7, "47", "c7", "6c", "f0 6c"},
    {KEY_KEYPAD_8, "48", "c8", "75", "f0 75"},
    {KEY_KEYPAD_9, "49", "c9", "7d", "f0 7d"},
    {KEY_KEYPAD_PERIOD, "53", "d3", "71", "f0 71"},
    {KEY_KEYPAD_EQUAL, "59", "d9", "0f", "f0 0f"},
    {KEY_KEYPAD_COMMA, "7e", "fe", "6d", "f0 6d"},
    {KEY_INTERNATIONAL_1, "73", "f3", "51", "f0 51"},
    {KEY_INTERNATIONAL_2, "70", "f0", "13", "f0 13"},
    {KEY_INTERNATIONAL_3, "7d", "fd", "6a", "f0 6a"},
    {KEY_INTERNATIONAL_4, "79", "f9", "64", "f0 64"},
    {KEY_INTERNATIONAL_5, "7b", "fb", "67", "f0 67"},
    {KEY_APPLICATION, "e0 5d", "e0 dd", "e0 2f", "e0 f0 2f"},
    {KEY_F13, "64", "e4", "08", "f0 08"},
    {KEY_F14, "65", "e5", "10", "f0 10"},
    {KEY_F15, "66", "e6", "18", "f0 18"},
    {KEY_F16, "67", "e7", "20", "f0 20"},
    {KEY_F17, "68", "e8", "28", "f0 28"},
    {KEY_F18, "69", "e9", "30", "f0 30"},
    {KEY_F19, "6a", "ea", "38", "f0 38"},
    {KEY_F20, "6b", "eb", "40", "f0 40"},
    {KEY_F21, "6c", "ec", "48", "f0 48"},
    {KEY_F22, "6d", "ed", "50", "f0 50"},
    {KEY_F23, "6e", "ee", "57", "f0 57"},
    {KEY_F24, "76", "f6", "5f", "f0 5f"},
    {KEY_HANGUL, "f2", "", "f2", ""},
    {KEY_HANJA, "f1", "", "f1", ""},
};
#define RECORDED_COUNT (sizeof recorded_keys / sizeof *recorded_keys)

/* The bytes of such a text; returns how many. */
static inline unsigned recorded_bytes(const char *text, unsigned char *bytes)
{
    unsigned n = 0;
    for (; *text; text += text[2] ? 3 : 2) {
        unsigned value = 0;
        for (int i = 0; i < 2; i++)
            value = value * 16 + (unsigned)(text[i] - (text[i] <= '9' ? '0' : 'a' - 10));
        bytes[n++] = (unsigned char)value;
    }
    return n;
}

#endif
