/* SPDX-License-Identifier: MIT */
/* The ring between an interrupt handler and its reader. */
#include "devices/key_ring.h"
#include "tests/suites.h"

static void what_goes_in_comes_out_in_order(void)
{
    struct key_ring r = {.put = UINT32_MAX - 9, .taken = UINT32_MAX - 9}; /* about to wrap */
    uint8_t byte = 0;

    for (unsigned round = 0; round < 10; round++) {
        for (uint8_t i = 0; i < 3; i++) KTEST_EXPECT(key_ring_put(&r, (uint8_t)(round * 3 + i)));
        for (uint8_t i = 0; i < 3; i++) {
            KTEST_REQUIRE(key_ring_take(&r, &byte));
            KTEST_EXPECT_EQ(byte, round * 3 + i);
        }
        KTEST_EXPECT(key_ring_is_empty(&r));
        KTEST_EXPECT(!key_ring_take(&r, &byte));
    }
}

static void a_full_ring_keeps_what_it_has(void)
{
    struct key_ring r = {.put = 0};
    uint8_t byte = 0;

    for (unsigned i = 0; i < KEY_RING_BYTES; i++) KTEST_EXPECT(key_ring_put(&r, (uint8_t)i));
    KTEST_EXPECT(!key_ring_put(&r, 0xee));
    KTEST_EXPECT_EQ(r.lost, 1);
    for (unsigned i = 0; i < KEY_RING_BYTES; i++) {
        KTEST_REQUIRE(key_ring_take(&r, &byte));
        KTEST_EXPECT_EQ(byte, i);
    }
    KTEST_EXPECT(key_ring_put(&r, 0x55) && key_ring_take(&r, &byte));
    KTEST_EXPECT_EQ(byte, 0x55);
}

static const struct ktest_case cases[] = {
    {"what_goes_in_comes_out_in_order", what_goes_in_comes_out_in_order},
    {"a_full_ring_keeps_what_it_has", a_full_ring_keeps_what_it_has},
};
const struct ktest_suite ring_suite = KTEST_SUITE("ring", cases);
