/* SPDX-License-Identifier: MIT */
/* Any bytes from a keyboard: the first says which set and layout, the others are sent. */
#include <stdio.h>
#include <stdlib.h>

#include "ps2/ps2_layout.h"
#include "ps2/ps2_scancode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds, const char *what)
{
    if (holds) return;
    fprintf(stderr, "does not hold: %s\n", what);
    abort();
}

/* A key that was heard can be said, and is heard again by a decoder at rest. */
static void round_trip(enum ps2_set set, struct ps2_event heard)
{
    uint8_t bytes[PS2_SEQUENCE_LEN_MAX];
    struct ps2_decoder d;
    unsigned found = 0;
    ps2_decoder_init(&d, set);
    if (!heard.make) { /* set 1 needs to know that it is down */
        size_t n = ps2_encode(set, (enum key)heard.key, true, bytes);
        for (size_t i = 0; i < n; i++) (void)ps2_decode(&d, bytes[i]);
    }
    size_t n = ps2_encode(set, (enum key)heard.key, heard.make, bytes);
    bool make_only =
        heard.key == KEY_PAUSE || heard.key == KEY_HANGUL || heard.key == KEY_HANJA;
    for (size_t i = 0; i < n; i++) {
        struct ps2_event e = ps2_decode(&d, bytes[i]);
        found += e.kind == PS2_EVENT_KEY && e.key == heard.key && e.make == heard.make;
    }
    check(found == (make_only && !heard.make ? 0 : 1), "round trip");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) return 0;
    enum ps2_set set = data[0] & 1 ? PS2_SET_1 : PS2_SET_2;
    struct ps2_decoder d;
    struct ps2_keys keys;
    ps2_decoder_init(&d, set);
    ps2_keys_init(&keys, data[0] & 2 ? PS2_LAYOUT_KOREAN : PS2_LAYOUT_US,
                  data[0] >> 2 & 7);

    for (size_t i = 1; i < size; i++) {
        struct ps2_event e = ps2_decode(&d, data[i]);
        check(e.byte == data[i], "the byte is passed on");
        check((e.kind == PS2_EVENT_KEY) == (e.key != KEY_NONE), "a key has a number");
        if (e.kind == PS2_EVENT_SELF_TEST_PASSED) ps2_keys_release_all(&keys);
        if (e.kind != PS2_EVENT_KEY) continue;
        round_trip(set, e);

        uint8_t leds = keys.leds;
        struct ps2_press p = ps2_keys_apply(&keys, (enum key)e.key, e.make);
        check(p.leds_changed == (leds != keys.leds) && keys.leds <= 7, "lamps");
        check(p.make || (!p.has_character && !p.repeat), "a release writes nothing");
        check(p.has_character || p.character == 0, "no character is 0");
        check(p.modifiers == keys.modifiers, "modifiers");
    }
    /* Whatever came before: after one whole release the next sequence is heard. */
    static const uint8_t rest[2][5] = {{0xe0, 0xc8, 0xe0, 0x48},
                                       {0xe0, 0xf0, 0x75, 0xe0, 0x75}};
    struct ps2_event last = {0};
    for (size_t i = 0; i < (set == PS2_SET_1 ? 4 : 5); i++)
        last = ps2_decode(&d, rest[set == PS2_SET_2][i]);
    check(last.kind == PS2_EVENT_KEY && last.key == KEY_UP && last.make,
          "resynchronised");
    return 0;
}
