/* SPDX-License-Identifier: MIT */
/* The driver against a small model of controller and keyboard, which logs all it gets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ps2/ps2_controller.h"
#include "x86_64/insn.h"

static struct machine {
    /* how it is today */
    bool absent, never_takes, endless, keyboard_gone, keyboard_mute;
    uint8_t self_test_answer, port_answer[2], reset_answer, set_answer;
    unsigned busy_polls; /* the input buffer stays full for so many reads */
    unsigned slow_polls; /* the output buffer stays empty for so many reads */
    unsigned resends;    /* answers FE so many times before it acknowledges */
    unsigned resent;
    bool second_is_next; /* D4 was seen */
    bool config_is_next; /* 60 was seen */
    uint8_t config;
    /* the output buffer */
    struct {
        uint8_t byte, status;
    } queue[4096];
    unsigned head, tail;
    unsigned busy, slow;
    /* what arrived */
    uint8_t commands[64], first[64], second[64];
    unsigned command_count, first_count, second_count, status_reads;
} m;

static void start(void)
{
    m = (struct machine){.self_test_answer = 0x55, .reset_answer = 0xaa, .set_answer = 2};
}

static void answer(uint8_t byte, uint8_t status)
{
    m.queue[m.tail].byte = byte;
    m.queue[m.tail++].status = status;
    m.slow = m.slow_polls;
}

uint32_t fake_port_read(uint16_t port, unsigned width)
{
    assert_int_equal(width, 8);
    if (port == 0x60) {
        if (m.endless) return 0x1c;
        assert_true(m.head < m.tail); /* nobody may read what is not there */
        return m.queue[m.head++].byte;
    }
    assert_int_equal(port, 0x64);
    assert_in_range(++m.status_reads, 1, 20000000);
    if (m.absent) return 0xff;
    if (m.endless) return 0x01;
    uint8_t status = 0x04;
    if (m.busy > 0 || m.never_takes) status |= 0x02;
    if (m.busy > 0) m.busy--;
    if (m.slow > 0) {
        m.slow--;
        return status;
    }
    if (m.head < m.tail) status |= 0x01 | m.queue[m.head].status;
    return status;
}

static void controller_command(uint8_t c)
{
    m.commands[m.command_count++] = c;
    if (c == 0x20) answer(m.config, 0);
    if (c == 0x60) m.config_is_next = true;
    if (c == 0xaa) answer(m.self_test_answer, 0);
    if (c == 0xab) answer(m.port_answer[0], 0);
    if (c == 0xa9) answer(m.port_answer[1], 0);
    if (c == 0xd4) m.second_is_next = true;
}

static void device_byte(bool second, uint8_t byte)
{
    uint8_t *log = second ? m.second : m.first;
    unsigned *count = second ? &m.second_count : &m.first_count;
    uint8_t status = second ? 0x20 : 0;
    log[(*count)++] = byte;
    if (m.keyboard_gone) return;
    if (m.resent < m.resends) {
        m.resent++;
        answer(0xfe, status);
        return;
    }
    m.resent = 0;
    answer(0xfa, status);
    if (m.keyboard_mute) return;
    if (byte == 0xff) answer(m.reset_answer, status);
    if (byte == 0 && *count >= 2 && log[*count - 2] == 0xf0) answer(m.set_answer, status);
}

void fake_port_write(uint16_t port, unsigned width, uint32_t value)
{
    assert_int_equal(width, 8);
    assert_in_range(value, 0, 255);
    assert_int_equal(m.busy, 0); /* nobody may write before the last one was taken */
    m.busy = m.busy_polls;
    if (port == 0x64) {
        controller_command((uint8_t)value);
        return;
    }
    assert_int_equal(port, 0x60);
    bool second = m.second_is_next;
    m.second_is_next = false;
    if (m.config_is_next) {
        m.config_is_next = false;
        m.config = (uint8_t)value;
        return;
    }
    device_byte(second, (uint8_t)value);
}

static void assert_log(const uint8_t *log, unsigned count, const char *expected,
                       unsigned n)
{
    assert_int_equal(count, n);
    assert_memory_equal(log, expected, n);
}
#define FIRST_GOT(text)    assert_log(m.first, m.first_count, text, sizeof text - 1)
#define SECOND_GOT(text)   assert_log(m.second, m.second_count, text, sizeof text - 1)
#define COMMANDS_ARE(text) assert_log(m.commands, m.command_count, text, sizeof text - 1)

static void the_controller_is_brought_up(void **state)
{
    (void)state;
    for (unsigned slow = 0; slow < 200; slow += 50) {
        uint8_t config, fault;
        start();
        m.busy_polls = m.slow_polls = slow;
        m.config = 0x65;
        assert_int_equal(ps2_port_enable(PS2_FIRST, false), OK);
        assert_int_equal(ps2_port_enable(PS2_SECOND, false), OK);
        assert_int_equal(ps2_flush(), OK);
        assert_int_equal(ps2_config_read(&config), OK);
        assert_int_equal(config, 0x65);
        assert_int_equal(ps2_self_test(), OK);
        assert_int_equal(ps2_config_write(0x24), OK);
        assert_int_equal(ps2_port_test(PS2_FIRST, &fault), OK);
        assert_int_equal(ps2_port_test(PS2_SECOND, &fault), OK);
        assert_int_equal(fault, 0);
        assert_int_equal(ps2_port_enable(PS2_FIRST, true), OK);
        assert_int_equal(ps2_port_enable(PS2_SECOND, true), OK);
        COMMANDS_ARE("\xad\xa7\x20\xaa\x60\xab\xa9\xae\xa8");
        assert_int_equal(m.config, 0x24);
        assert_int_equal(m.head, m.tail);
    }
}

static void the_keyboard_is_brought_up(void **state)
{
    (void)state;
    uint8_t set = 0;
    start();
    m.busy_polls = m.slow_polls = 20;
    assert_int_equal(ps2_keyboard_reset(), OK);
    assert_int_equal(ps2_keyboard_scanning(false), OK);
    assert_int_equal(ps2_keyboard_get_set(&set), OK);
    assert_int_equal(set, 2);
    assert_int_equal(ps2_keyboard_set_set(1), OK);
    assert_int_equal(ps2_keyboard_leds(5), OK);
    assert_int_equal(ps2_keyboard_repeat(1, 11), OK);
    assert_int_equal(ps2_keyboard_scanning(true), OK);
    FIRST_GOT("\xff\xf5\xf0\x00\xf0\x01\xed\x05\xf3\x2b\xf4");
    COMMANDS_ARE("");
    assert_int_equal(m.head, m.tail);
}

static void the_set_is_understood_translated(void **state)
{
    (void)state;
    static const uint8_t answers[][2] = {{1, 1},    {2, 2}, {3, 3}, {0x43, 1}, {0x41, 2},
                                         {0x3f, 3}, {0, 0}, {4, 0}, {0xab, 0}};
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        uint8_t set = 0;
        start();
        m.set_answer = answers[i][0];
        assert_int_equal(ps2_keyboard_get_set(&set), answers[i][1] ? OK : ERR_DEVICE);
        assert_int_equal(set, answers[i][1]);
    }
}

static void arguments_are_checked_before_anything_is_sent(void **state)
{
    (void)state;
    start();
    assert_int_equal(ps2_keyboard_set_set(0), ERR_RANGE);
    assert_int_equal(ps2_keyboard_set_set(4), ERR_RANGE);
    assert_int_equal(ps2_keyboard_leds(8), ERR_RANGE);
    assert_int_equal(ps2_keyboard_repeat(4, 0), ERR_RANGE);
    assert_int_equal(ps2_keyboard_repeat(0, 32), ERR_RANGE);
    FIRST_GOT("");
}

static void failures_have_their_own_codes(void **state)
{
    (void)state;
    uint8_t byte = 0x77, fault;
    start();
    m.self_test_answer = 0xfc;
    assert_int_equal(ps2_self_test(), ERR_DEVICE);
    m.port_answer[1] = 3;
    assert_int_equal(ps2_port_test(PS2_FIRST, &fault), OK);
    assert_int_equal(ps2_port_test(PS2_SECOND, &fault), ERR_DEVICE);
    assert_int_equal(fault, 3);

    start();
    m.reset_answer = 0xfc;
    assert_int_equal(ps2_keyboard_reset(), ERR_DEVICE);

    start(); /* acknowledges and dies */
    m.keyboard_mute = true;
    assert_int_equal(ps2_keyboard_reset(), ERR_TIMEOUT);
    assert_in_range(m.status_reads, PS2_POLLS_RESET, PS2_POLLS_RESET + 100);

    start();
    m.keyboard_gone = true;
    assert_int_equal(ps2_keyboard_reset(), ERR_TIMEOUT);
    assert_in_range(m.status_reads, PS2_POLLS, PS2_POLLS + 100);

    start();
    m.never_takes = true;
    assert_int_equal(ps2_self_test(), ERR_TIMEOUT);
    assert_int_equal(ps2_device_write(PS2_FIRST, 0xff), ERR_TIMEOUT);
    COMMANDS_ARE("");
    FIRST_GOT("");

    start();
    m.absent = true;
    assert_int_equal(ps2_flush(), ERR_NOT_FOUND);
    assert_int_equal(ps2_device_read(PS2_FIRST, 10, &byte), ERR_NOT_FOUND);
    assert_int_equal(byte, 0x77);

    start();
    m.endless = true;
    assert_int_equal(ps2_flush(), ERR_DEVICE);
    assert_int_equal(ps2_device_command(PS2_FIRST, 0xf4), ERR_DEVICE);
    assert_int_equal(ps2_device_read(PS2_SECOND, 10, &byte), ERR_DEVICE);
}

static void resends_are_obeyed_a_few_times(void **state)
{
    (void)state;
    start();
    m.resends = PS2_RESEND_MAX;
    assert_int_equal(ps2_keyboard_scanning(true), OK);
    FIRST_GOT("\xf4\xf4\xf4\xf4");
    start();
    m.resends = PS2_RESEND_MAX + 1;
    assert_int_equal(ps2_keyboard_scanning(true), ERR_DEVICE);
    FIRST_GOT("\xf4\xf4\xf4\xf4");
}

static void keys_and_the_mouse_do_not_disturb(void **state)
{
    (void)state;
    start();
    for (unsigned i = 0; i < 10; i++) answer((uint8_t)(0x1c + i), 0);
    for (unsigned i = 0; i < 10; i++) answer(0xfa, 0x20); /* the mouse's, not an answer */
    assert_int_equal(ps2_keyboard_scanning(false), OK);
    assert_int_equal(m.head, m.tail);

    start();
    assert_int_equal(ps2_device_command(PS2_SECOND, 0xf4), OK);
    SECOND_GOT("\xf4");
    FIRST_GOT("");
    COMMANDS_ARE("\xd4");

    start();
    for (unsigned i = 0; i < 16; i++) answer(0x1c, 0);
    assert_int_equal(ps2_flush(), OK);
    assert_int_equal(m.head, 16);
}

/* The fault this suite must catch: the answer read without waiting for it. */
static void the_deliberate_fault_is_caught(void **state)
{
    (void)state;
    uint8_t right;
    start();
    m.slow_polls = 1000;
    assert_int_equal(ps2_command(PS2_CMD_SELF_TEST), OK);
    bool wrong_would_read_nothing = !(fake_port_read(0x64, 8) & 1);
    assert_true(wrong_would_read_nothing);
    assert_int_equal(ps2_device_read(PS2_FIRST, 1001, &right), OK);
    assert_int_equal(right, 0x55);
    start();
    m.slow_polls = 1000;
    assert_int_equal(ps2_command(PS2_CMD_SELF_TEST), OK);
    assert_int_equal(ps2_device_read(PS2_FIRST, 1000, &right), ERR_TIMEOUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_controller_is_brought_up),
        cmocka_unit_test(the_keyboard_is_brought_up),
        cmocka_unit_test(the_set_is_understood_translated),
        cmocka_unit_test(arguments_are_checked_before_anything_is_sent),
        cmocka_unit_test(failures_have_their_own_codes),
        cmocka_unit_test(resends_are_obeyed_a_few_times),
        cmocka_unit_test(keys_and_the_mouse_do_not_disturb),
        cmocka_unit_test(the_deliberate_fault_is_caught),
    };
    return cmocka_run_group_tests_name("ps2/controller", tests, NULL, NULL);
}
