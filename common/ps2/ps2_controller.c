/* SPDX-License-Identifier: MIT */
#include "ps2/ps2_controller.h"
#include "x86_64/insn.h"

#define SELF_TEST_PASSED 0x55
#define PORT_TEST_PASSED 0x00
#define STATUS_NOBODY    0xff /* what an empty bus reads as */
#define OUTPUT_MAX       1024 /* more waiting bytes than any controller keeps */

static uint8_t status(void) { return insn_in8(PS2_PORT_STATUS); }

/* Until the controller has taken what was written last. */
static enum err wait_writable(void)
{
    for (uint32_t i = 0; i < PS2_POLLS; i++) {
        if (!(status() & PS2_STATUS_INPUT_FULL)) return OK;
        insn_pause();
    }
    return ERR_TIMEOUT;
}

/* The next byte from anybody, and the status it came with. */
static enum err wait_byte(uint32_t polls, uint8_t *byte, uint8_t *with)
{
    for (uint32_t i = 0; i < polls; i++) {
        *with = status();
        if (*with == STATUS_NOBODY) return ERR_NOT_FOUND;
        if (*with & PS2_STATUS_OUTPUT_FULL) {
            *byte = insn_in8(PS2_PORT_DATA);
            return OK;
        }
        insn_pause();
    }
    return ERR_TIMEOUT;
}

static enum err write_data(uint8_t byte)
{
    enum err e = wait_writable();
    if (e == OK) insn_out8(PS2_PORT_DATA, byte);
    return e;
}

enum err ps2_command(uint8_t command)
{
    enum err e = wait_writable();
    if (e == OK) insn_out8(PS2_PORT_COMMAND, command);
    return e;
}

enum err ps2_command_write(uint8_t command, uint8_t data)
{
    enum err e = ps2_command(command);
    return e == OK ? write_data(data) : e;
}

enum err ps2_command_read(uint8_t command, uint8_t *data)
{
    uint8_t with;
    enum err e = ps2_command(command);
    return e == OK ? wait_byte(PS2_POLLS, data, &with) : e;
}

enum err ps2_device_write(enum ps2_port port, uint8_t byte)
{
    return port == PS2_SECOND ? ps2_command_write(PS2_CMD_WRITE_SECOND, byte)
                              : write_data(byte);
}

enum err ps2_device_read(enum ps2_port port, uint32_t polls, uint8_t *byte)
{
    for (unsigned i = 0; i <= PS2_STRAY_MAX; i++) {
        uint8_t b, with;
        enum err e = wait_byte(polls, &b, &with);
        if (e != OK) return e;
        if (!(with & PS2_STATUS_AUXILIARY) != (port == PS2_FIRST)) continue;
        *byte = b;
        return OK;
    }
    return ERR_DEVICE;
}

/* The answer to a byte, past the keys that were pressed before it. */
static enum err wait_answer(enum ps2_port port, uint8_t *answer)
{
    for (unsigned i = 0; i <= PS2_STRAY_MAX; i++) {
        enum err e = ps2_device_read(port, PS2_POLLS, answer);
        if (e != OK) return e;
        if (*answer == PS2_KBD_ACK || *answer == PS2_KBD_RESEND) return OK;
    }
    return ERR_DEVICE;
}

enum err ps2_device_command(enum ps2_port port, uint8_t byte)
{
    for (unsigned i = 0; i <= PS2_RESEND_MAX; i++) {
        uint8_t answer;
        enum err e = ps2_device_write(port, byte);
        if (e == OK) e = wait_answer(port, &answer);
        if (e != OK) return e;
        if (answer == PS2_KBD_ACK) return OK;
    }
    return ERR_DEVICE;
}

enum err ps2_flush(void)
{
    for (unsigned i = 0; i < OUTPUT_MAX; i++) {
        uint8_t s = status();
        if (s == STATUS_NOBODY) return ERR_NOT_FOUND;
        if (!(s & PS2_STATUS_OUTPUT_FULL)) return OK;
        (void)insn_in8(PS2_PORT_DATA);
        insn_pause();
    }
    return ERR_DEVICE;
}

enum err ps2_config_read(uint8_t *config)
{
    return ps2_command_read(PS2_CMD_READ_CONFIG, config);
}

enum err ps2_config_write(uint8_t config)
{
    return ps2_command_write(PS2_CMD_WRITE_CONFIG, config);
}

enum err ps2_self_test(void)
{
    uint8_t answer;
    enum err e = ps2_command_read(PS2_CMD_SELF_TEST, &answer);
    if (e != OK) return e;
    return answer == SELF_TEST_PASSED ? OK : ERR_DEVICE;
}

enum err ps2_port_test(enum ps2_port port, uint8_t *fault)
{
    uint8_t answer;
    *fault = 0;
    enum err e = ps2_command_read(
        port == PS2_SECOND ? PS2_CMD_TEST_SECOND : PS2_CMD_TEST_FIRST, &answer);
    if (e != OK || answer == PORT_TEST_PASSED) return e;
    *fault = answer;
    return ERR_DEVICE;
}

enum err ps2_port_enable(enum ps2_port port, bool on)
{
    if (port == PS2_SECOND)
        return ps2_command(on ? PS2_CMD_ENABLE_SECOND : PS2_CMD_DISABLE_SECOND);
    return ps2_command(on ? PS2_CMD_ENABLE_FIRST : PS2_CMD_DISABLE_FIRST);
}

enum err ps2_keyboard_reset(void)
{
    uint8_t answer;
    enum err e = ps2_device_command(PS2_FIRST, PS2_KBD_RESET);
    if (e == OK) e = ps2_device_read(PS2_FIRST, PS2_POLLS_RESET, &answer);
    if (e != OK) return e;
    return answer == PS2_KBD_SELF_TEST_PASSED ? OK : ERR_DEVICE;
}

enum err ps2_keyboard_scanning(bool on)
{
    return ps2_device_command(PS2_FIRST, on ? PS2_KBD_ENABLE : PS2_KBD_DISABLE);
}

/* A command of two bytes, each acknowledged. */
static enum err keyboard_command(uint8_t command, uint8_t argument)
{
    enum err e = ps2_device_command(PS2_FIRST, command);
    return e == OK ? ps2_device_command(PS2_FIRST, argument) : e;
}

enum err ps2_keyboard_get_set(uint8_t *set)
{
    uint8_t answer;
    enum err e = keyboard_command(PS2_KBD_SCAN_CODE_SET, 0);
    if (e == OK) e = ps2_device_read(PS2_FIRST, PS2_POLLS, &answer);
    if (e != OK) return e;
    switch (answer) {
    case 0x43: answer = 1; break; /* 1, 2 and 3 after translation */
    case 0x41: answer = 2; break;
    case 0x3f: answer = 3; break;
    }
    if (answer < 1 || answer > 3) return ERR_DEVICE;
    *set = answer;
    return OK;
}

enum err ps2_keyboard_set_set(uint8_t set)
{
    if (set < 1 || set > 3) return ERR_RANGE;
    return keyboard_command(PS2_KBD_SCAN_CODE_SET, set);
}

enum err ps2_keyboard_leds(uint8_t leds)
{
    if (leds > 7) return ERR_RANGE;
    return keyboard_command(PS2_KBD_LEDS, leds);
}

enum err ps2_keyboard_repeat(uint8_t delay, uint8_t rate)
{
    if (delay > 3 || rate > 31) return ERR_RANGE;
    return keyboard_command(PS2_KBD_TYPEMATIC, (uint8_t)(delay << 5 | rate));
}
