/* SPDX-License-Identifier: MIT */
/* On a simulated chip hit by one fault at every single access in turn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "uart_16550/uart_16550.h"
#include "uart_16550/uart_16550_model.h"

/* ---- one fault, anywhere -------------------------------------------------------------- */

enum target { PROBE, INIT, SELF_TEST, TARGETS };

/* Runs one function with one fault.  False when the fault's turn never came.  *right: nothing
 * left the chip, all registers are as they should be, and it took a bounded time. */
static bool survives(enum target target, enum fault fault, uint64_t at, bool *right)
{
    struct uart u = ready_uart();
    const struct registers made = registers_now();
    if (target != SELF_TEST) model_reset();
    else model_receive('?', 0); /* something nobody has taken yet */
    const struct registers before = registers_now();
    const struct uart_stats stats = u.stats;

    model.accesses = model.writes = 0;
    model.fault = fault;
    model.fault_at = at;
    enum err e = target == PROBE  ? uart_probe(&model.bus)
                 : target == INIT ? uart_init(&u, &model.bus, &UART_CONFIG_115200_8N1)
                                  : uart_self_test(&u);
    bool came = model.accesses >= at;
    bool bounded = model.accesses < 20000;
    bool alive = fault != FAULT_DIES || !came;
    struct registers expected = target == INIT && e == OK ? made : before;
    if (target == INIT && e == OK && u.fifo_bytes == 1) expected.fcr = 0; /* IIR misread */

    *right = bounded && !model.bad_access && model.wire_count == 0;
    if (alive && !registers_are(expected)) *right = false;
    if (!alive && e != OK && e != ERR_NOT_FOUND && e != ERR_DEVICE && e != ERR_TIMEOUT)
        *right = false;
    if (!came && e != OK) *right = false;
    if (target == SELF_TEST && memcmp(&stats, &u.stats, sizeof stats) != 0) *right = false;
    return came;
}

static void one_fault_at_every_access(void **state)
{
    (void)state;
    for (int target = PROBE; target < TARGETS; target++)
        for (int fault = FAULT_DIES; fault < FAULT_KINDS; fault++) {
            bool right, came = true;
            uint64_t at = 0;
            while (came) {
                came = survives((enum target)target, (enum fault)fault, ++at, &right);
                if (!right)
                    print_error("target %d fault %d access %u\n", target, fault, (unsigned)at);
                assert_true(right);
            }
            assert_true(at > 20); /* it was really tried */
        }
}

/* A device that dies is an error, not a success, whenever something was still to be asked. */
static void a_death_during_the_self_test_is_seen(void **state)
{
    (void)state;
    for (uint64_t at = 1; at < 60; at++) {
        struct uart u = ready_uart();
        model.accesses = 0;
        model.fault = FAULT_DIES;
        model.fault_at = at;
        assert_int_not_equal(uart_self_test(&u), OK);
    }
    struct uart u = ready_uart();
    struct uart_cell cell;
    uint8_t lines;
    model.absent = true;
    u.room_bytes = 0;
    assert_int_equal(uart_send(&u, 'x'), ERR_NOT_FOUND);
    assert_int_equal(uart_drain(&u), ERR_NOT_FOUND);
    assert_int_equal(uart_receive(&u, &cell), ERR_NOT_FOUND);
    assert_int_equal(uart_modem_lines(&u, &lines), ERR_NOT_FOUND);
    assert_int_equal(u.stats.overruns + u.stats.breaks, 0);
}

/* ---- the fault this suite must catch -------------------------------------------------- */

/* A function that leaves the chip in loop-back, or a divisor behind DLAB. */
static void the_deliberate_faults_are_caught(void **state)
{
    (void)state;
    struct uart u = ready_uart();
    const struct registers before = registers_now();
    fake_port_write(0x3fc, 8, 0x13);
    assert_false(registers_are(before));
    fake_port_write(0x3fc, 8, u.mcr);
    assert_true(registers_are(before));
    fake_port_write(0x3fb, 8, u.lcr | 0x80);
    assert_false(registers_are(before));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_fault_at_every_access),
        cmocka_unit_test(a_death_during_the_self_test_is_seen),
        cmocka_unit_test(the_deliberate_faults_are_caught),
    };
    return cmocka_run_group_tests_name("uart_16550: one fault anywhere", tests, NULL, NULL);
}
