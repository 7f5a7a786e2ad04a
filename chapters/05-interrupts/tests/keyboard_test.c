/* SPDX-License-Identifier: MIT */
/* From the controller through interrupt, ring, decoder and layout: the controller is told
 * to send bytes as if they were the keyboard's. */
#include "cpu/irq.h"
#include "devices/clock.h"
#include "devices/keyboard.h"
#include "ps2/ps2_controller.h"
#include "tests/suites.h"
#include "x86_64/insn.h"

enum { WRITE_KEYBOARD_OUTPUT = 0xd2 }; /* controller command */
#define PATIENCE_NS UINT64_C(1000000000)

/* The byte arrives like a key's; false when nothing comes. */
static bool arrives(uint8_t scan_code)
{
    uint64_t start = clock_now_ns();
    uint64_t before = irq_count(IRQ_KEYBOARD);

    if (ps2_command_write(WRITE_KEYBOARD_OUTPUT, scan_code) != OK) return false;
    while (irq_count(IRQ_KEYBOARD) == before)
        if (clock_now_ns() - start > PATIENCE_NS) return false;
    return true;
}

static bool no_controller(void)
{
    return ps2_flush() == ERR_NOT_FOUND;
}

static void drain(void)
{
    struct ps2_press press;
    while (keyboard_next(&press)) {}
}

static void a_key_becomes_a_character(void)
{
    struct ps2_press press;

    if (no_controller()) KTEST_SKIP("this machine has no PS/2 controller");
    drain();
    KTEST_EXPECT(!keyboard_has_bytes());
    KTEST_REQUIRE(arrives(0x1e)); /* set 1: A down */
    KTEST_EXPECT(keyboard_has_bytes());
    KTEST_REQUIRE(keyboard_next(&press));
    KTEST_EXPECT(press.make && press.has_character);
    KTEST_EXPECT_EQ(press.character, 'a');
    KTEST_REQUIRE(arrives(0x9e));
    KTEST_REQUIRE(keyboard_next(&press));
    KTEST_EXPECT(!press.make);
    KTEST_EXPECT(!keyboard_next(&press));
}

static void shift_makes_it_a_capital(void)
{
    static const uint8_t codes[] = {0x2a, 0x1e, 0x9e, 0xaa};
    struct ps2_press press;

    if (no_controller()) KTEST_SKIP("this machine has no PS/2 controller");
    drain();
    for (unsigned i = 0; i < sizeof codes; i++) KTEST_REQUIRE(arrives(codes[i]));
    KTEST_REQUIRE(keyboard_next(&press)); /* shift */
    KTEST_REQUIRE(keyboard_next(&press));
    KTEST_EXPECT_EQ(press.character, 'A');
    drain();
}

/* More than the ring holds, and nobody reads: the kernel goes on, and the first are kept. */
static void a_flood_of_keys_is_survived(void)
{
    struct ps2_press press;
    unsigned keys = 0;

    if (no_controller()) KTEST_SKIP("this machine has no PS/2 controller");
    drain();
    for (unsigned i = 0; i < 50; i++) {
        KTEST_REQUIRE(arrives(0x1e));
        KTEST_REQUIRE(arrives(0x9e));
    }
    while (keyboard_next(&press)) keys++;
    KTEST_EXPECT_EQ(keys, 64);
    KTEST_REQUIRE(arrives(0x1e) && arrives(0x9e));
    KTEST_EXPECT(keyboard_next(&press));
    drain();
}

/* The byte lies in the controller, and its interrupt has been and gone. */
static void a_key_pressed_while_masked_does_not_silence_the_rest(void)
{
    struct ps2_press press;

    if (no_controller()) KTEST_SKIP("this machine has no PS/2 controller");
    drain();
    irq_set_masked(IRQ_KEYBOARD, true);
    KTEST_REQUIRE(ps2_command_write(WRITE_KEYBOARD_OUTPUT, 0x1e) == OK);
    uint64_t start = clock_now_ns();
    while (clock_now_ns() - start < PATIENCE_NS / 100) {}
    KTEST_EXPECT(!keyboard_has_bytes());
    KTEST_REQUIRE(keyboard_listen() == OK);
    start = clock_now_ns();
    while (!keyboard_has_bytes() && clock_now_ns() - start < PATIENCE_NS) {}
    KTEST_REQUIRE(keyboard_next(&press));
    KTEST_EXPECT_EQ(press.character, 'a');
    KTEST_REQUIRE(arrives(0x9e));
    drain();
}

static const struct ktest_case cases[] = {
    {"a_key_becomes_a_character", a_key_becomes_a_character},
    {"shift_makes_it_a_capital", shift_makes_it_a_capital},
    {"a_flood_of_keys_is_survived", a_flood_of_keys_is_survived},
    {"a_key_pressed_while_masked_does_not_silence_the_rest",
     a_key_pressed_while_masked_does_not_silence_the_rest},
};
const struct ktest_suite keyboard_suite = KTEST_SUITE("keyboard", cases);
