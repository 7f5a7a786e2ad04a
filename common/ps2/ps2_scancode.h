/* SPDX-License-Identifier: MIT */
/*
 * The bytes a PS/2 keyboard sends, turned into keys going down and up; and back again.
 *
 * Source   IBM Personal System/2 Hardware Interface Technical Reference (1990),
 *          Keyboards; scan code sets 1 and 2 of the keys added since: USB HID to PS/2
 *          Scan Code Translation Table (Microsoft, revision 0.4), Appendix A.
 * Which    Set 2 is what keyboards send by default.  Set 1 is what the controller makes
 *          of it while its translation is on, which is how a PC starts.
 * Input    Any byte in any state.  A sequence that is broken off or makes no sense costs
 *          only itself: the byte that breaks it is read as the first of the next one.
 * Left out The multimedia, mouse-like and sleep keys: reported as PS2_EVENT_UNKNOWN.  Set
 *          3.
 * Calls    No state but the decoder's own: any context, one caller per decoder at a time.
 */
#ifndef PS2_SCANCODE_H
#define PS2_SCANCODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ps2/key.h"

enum ps2_set { PS2_SET_1 = 1, PS2_SET_2 = 2 };

enum ps2_event_kind {
    PS2_EVENT_NONE = 0,         /* the byte was taken; there is nothing to report yet */
    PS2_EVENT_KEY,              /* `key` went down or up */
    PS2_EVENT_ACK,              /* FAh: the keyboard took a command byte */
    PS2_EVENT_RESEND,           /* FEh: it wants the last one again */
    PS2_EVENT_ECHO,             /* EEh: the answer to EEh */
    PS2_EVENT_SELF_TEST_PASSED, /* AAh: it was reset or plugged in; all keys are up */
    PS2_EVENT_SELF_TEST_FAILED, /* FCh or FDh */
    PS2_EVENT_OVERRUN,          /* 00h or FFh: keys were lost, also keys going up */
    PS2_EVENT_UNKNOWN,          /* `byte` ends what stands for no key known here */
};

/* `make`: down; false: up.  Repeats arrive as further makes.  KEY_HANGUL and KEY_HANJA
 * send no release at all, KEY_PAUSE sends its own at once. */
struct ps2_event {
    enum ps2_event_kind kind;
    uint8_t key; /* enum key; KEY_NONE unless PS2_EVENT_KEY */
    bool make;
    uint8_t byte; /* the last byte of the sequence */
};

/* Members are private. */
struct ps2_decoder {
    uint8_t set;
    bool extended;     /* E0 was seen */
    bool release;      /* F0 was seen (set 2) */
    uint8_t pause_len; /* bytes of the Pause sequence seen */
    uint64_t down[2];  /* set 1: unprefixed codes whose key is down */
};

void ps2_decoder_init(struct ps2_decoder *d, enum ps2_set set);

/* Takes the next byte.  In set 1 some answers look like releases (AAh is also left shift
 * going up): such a byte is a release exactly when that key is down. */
struct ps2_event ps2_decode(struct ps2_decoder *d, uint8_t byte);

#define PS2_SEQUENCE_LEN_MAX 8

/* What a keyboard sends when `key` goes down or up, without shift, Ctrl, Alt or Num
 * Lock. Returns the length: 0 for a key that the set has not and for the release of one
 * that sends none.  The release of KEY_PAUSE is part of what it sends going down. */
size_t ps2_encode(enum ps2_set set, enum key key, bool make,
                  uint8_t bytes[PS2_SEQUENCE_LEN_MAX]);

#endif
