/* SPDX-License-Identifier: MIT */
/*
 * The 8042 keyboard controller, and the keyboard behind it, by polling.
 *
 * Source   IBM Personal System/2 Hardware Interface Technical Reference (1990), Keyboard
 *          and Auxiliary Device Controller; Keyboards.  Names as there where it has any.
 * What     The steps that a driver puts together: which ports to use, in which order, and
 *          what to do when one fails is for the caller.  ACPI says whether there is a
 *          controller at all (acpi_fadt.has_8042).
 * Waits    All bounded, counted in reads of the status port (about 1 us each on the bus).
 * Errors   ERR_TIMEOUT nothing came in time, ERR_DEVICE it came and is a failure,
 *          ERR_NOT_FOUND there is no controller, ERR_RANGE an argument is not possible.
 * Calls    While the keyboard's interrupts are masked or off in the configuration byte:
 *          an interrupt handler that reads the data port takes the answers away.  One
 *          caller at a time.
 */
#ifndef PS2_CONTROLLER_H
#define PS2_CONTROLLER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bits.h"
#include "base/err.h"

#define PS2_PORT_DATA    0x60
#define PS2_PORT_STATUS  0x64 /* read */
#define PS2_PORT_COMMAND 0x64 /* written */

/* Status */
#define PS2_STATUS_OUTPUT_FULL BIT8(0) /* a byte is there to be read */
#define PS2_STATUS_INPUT_FULL                                                            \
    BIT8(1) /* the controller has not taken the last one written */
#define PS2_STATUS_SYSTEM    BIT8(2) /* the self test passed */
#define PS2_STATUS_AUXILIARY BIT8(5) /* the byte is from the second port */
#define PS2_STATUS_TIMEOUT   BIT8(6)
#define PS2_STATUS_PARITY    BIT8(7)

/* Controller commands */
enum {
    PS2_CMD_READ_CONFIG = 0x20,
    PS2_CMD_WRITE_CONFIG = 0x60,
    PS2_CMD_DISABLE_SECOND = 0xa7,
    PS2_CMD_ENABLE_SECOND = 0xa8,
    PS2_CMD_TEST_SECOND = 0xa9,
    PS2_CMD_SELF_TEST = 0xaa,
    PS2_CMD_TEST_FIRST = 0xab,
    PS2_CMD_DISABLE_FIRST = 0xad,
    PS2_CMD_ENABLE_FIRST = 0xae,
    PS2_CMD_WRITE_SECOND = 0xd4, /* the next data byte goes to the second port */
};

/* Configuration byte */
#define PS2_CONFIG_FIRST_INTERRUPT  BIT8(0) /* IRQ 1 */
#define PS2_CONFIG_SECOND_INTERRUPT BIT8(1) /* IRQ 12 */
#define PS2_CONFIG_SYSTEM           BIT8(2)
#define PS2_CONFIG_FIRST_DISABLED   BIT8(4) /* the clock line is held */
#define PS2_CONFIG_SECOND_DISABLED  BIT8(5)
#define PS2_CONFIG_TRANSLATE        BIT8(6) /* set 2 becomes set 1 */

/* Keyboard commands and answers */
enum {
    PS2_KBD_LEDS = 0xed,
    PS2_KBD_SCAN_CODE_SET = 0xf0,
    PS2_KBD_TYPEMATIC = 0xf3,
    PS2_KBD_ENABLE = 0xf4,
    PS2_KBD_DISABLE = 0xf5,
    PS2_KBD_RESET = 0xff,
    PS2_KBD_ACK = 0xfa,
    PS2_KBD_RESEND = 0xfe,
    PS2_KBD_SELF_TEST_PASSED = 0xaa,
};

enum ps2_port { PS2_FIRST = 1, PS2_SECOND = 2 };

/* Budgets, in status reads. */
#define PS2_POLLS       100000u  /* about 100 ms: a command, a byte, an answer */
#define PS2_POLLS_RESET 2000000u /* about 2 s: a keyboard tests itself for up to 0.75 s */
#define PS2_RESEND_MAX  3  /* times a byte is repeated when the device asks for it */
#define PS2_STRAY_MAX   32 /* bytes of key presses passed over before an answer */

/* --- Bytes --- */

/* To the controller. */
MUST_CHECK enum err ps2_command(uint8_t command);
MUST_CHECK enum err ps2_command_write(uint8_t command, uint8_t data);
/* Command, then its answer.  Empty the output with ps2_flush first, or it may be a
 * key's. */
MUST_CHECK enum err ps2_command_read(uint8_t command, uint8_t *data);

/* To a device, without waiting for an answer. */
MUST_CHECK enum err ps2_device_write(enum ps2_port port, uint8_t byte);

/* The next byte of that port's device within `polls`; the other device's are thrown
 * away. */
MUST_CHECK enum err ps2_device_read(enum ps2_port port, uint32_t polls, uint8_t *byte);

/* One byte to the device until it acknowledges it. */
MUST_CHECK enum err ps2_device_command(enum ps2_port port, uint8_t byte);

/* --- Controller --- */

/* Throws away what is waiting to be read.  ERR_NOT_FOUND when the status reads FFh,
 * which is what a port without a device gives; ERR_DEVICE when it never ends. */
MUST_CHECK enum err ps2_flush(void);

MUST_CHECK enum err ps2_config_read(uint8_t *config);
MUST_CHECK enum err ps2_config_write(uint8_t config);

/* The controller's own test.  It may put the configuration byte back to its start: write
 * it again afterwards. */
MUST_CHECK enum err ps2_self_test(void);

/* The lines to a device.  ERR_DEVICE: `*fault` is 1 clock low, 2 clock high, 3 data low,
 * 4 data high (stuck), or what the controller answered; otherwise 0. */
MUST_CHECK enum err ps2_port_test(enum ps2_port port, uint8_t *fault);
MUST_CHECK enum err ps2_port_enable(enum ps2_port port, bool on);

/* --- Keyboard, on the first port --- */

/* Resets it and waits for its self test.  ERR_TIMEOUT: nothing is plugged in. */
MUST_CHECK enum err ps2_keyboard_reset(void);

/* Key presses on or off; off also before talking to it at length. */
MUST_CHECK enum err ps2_keyboard_scanning(bool on);

/* 1, 2 or 3.  The answer is understood with and without the controller's translation. */
MUST_CHECK enum err ps2_keyboard_get_set(uint8_t *set);
MUST_CHECK enum err ps2_keyboard_set_set(uint8_t set);

/* PS2_LED_… of ps2_layout.h. */
MUST_CHECK enum err ps2_keyboard_leds(uint8_t leds);

/* Repeat: delay 0 to 3 for 250 to 1000 ms, rate 0 (30 a second) to 31 (2 a second). */
MUST_CHECK enum err ps2_keyboard_repeat(uint8_t delay, uint8_t rate);

#endif
