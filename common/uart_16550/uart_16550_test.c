/* SPDX-License-Identifier: MIT */
/* On a simulated chip: what it is told, what goes out, what comes in, how long it takes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "uart_16550/uart_16550.h"
#include "uart_16550/uart_16550_model.h"

/* ---- on a simulated chip ------------------------------------------------------------- */

static void init_writes_what_the_tables_say(void **state)
{
    (void)state;
    static const struct {
        uint8_t data, stop; enum uart_parity parity; enum uart_fifo fifo; uint32_t baud;
        uint8_t lcr, fcr, dll, dlm;
    } table[] = {
        {8, 1, UART_NO_PARITY, UART_FIFO_14, 115200, 0x03, 0xc1, 0x01, 0x00},
        {7, 1, UART_EVEN, UART_FIFO_8, 9600, 0x1a, 0x81, 0x0c, 0x00},
        {7, 2, UART_ODD, UART_FIFO_4, 300, 0x0e, 0x41, 0x80, 0x01},
        {6, 2, UART_MARK, UART_FIFO_1, 110, 0x2d, 0x01, 0x17, 0x04},
        {5, 2, UART_SPACE, UART_FIFO_OFF, 50, 0x3c, 0x00, 0x00, 0x09},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct uart_config c = UART_CONFIG_115200_8N1;
        struct uart u;
        c.data_bits = table[i].data;
        c.stop_bits = table[i].stop;
        c.parity = table[i].parity;
        c.fifo = table[i].fifo;
        c.baud = table[i].baud;
        model_reset();
        assert_int_equal(uart_init(&u, &model.bus, &c), OK);
        assert_true(registers_are((struct registers){0, table[i].fcr, table[i].lcr, 0x03, 0x77,
                                                     table[i].dll, table[i].dlm}));
        assert_int_equal(u.fifo_bytes, table[i].fifo == UART_FIFO_OFF ? 1 : 16);
        assert_int_equal(uart_self_test(&u), OK);
    }
}

/* A bit that flips on the line is found exactly when it is one of the data bits. */
static void the_self_test_compares_the_data_bits(void **state)
{
    (void)state;
    for (uint8_t bits = 5; bits <= 8; bits++)
        for (uint8_t damaged = 0; damaged <= 8; damaged++)
            for (int eight = 0; eight < 2; eight++) {
                struct uart_config c = UART_CONFIG_115200_8N1;
                struct uart u;
                c.data_bits = bits;
                model_reset();
                model.eight_bits = eight;
                model.damage = (uint8_t)(1u << damaged);
                assert_int_equal(uart_init(&u, &model.bus, &c), OK);
                const struct registers before = registers_now();
                assert_int_equal(uart_self_test(&u), damaged < bits ? ERR_DEVICE : OK);
                assert_true(registers_are(before));
                assert_int_equal(model.wire_count, 0);
            }
}

/* A chip that refuses loop-back from one day to the next gets no test bytes to send. */
static void a_self_test_that_cannot_loop_back_sends_nothing(void **state)
{
    (void)state;
    struct uart u = ready_uart();
    model.deaf = true;
    assert_int_equal(uart_self_test(&u), ERR_DEVICE);
    assert_int_equal(uart_drain(&u), OK);
    assert_int_equal(model.wire_count, 0);
}

static void a_prescaler_divides_first(void **state)
{
    (void)state;
    struct uart_config c = UART_CONFIG_115200_8N1;
    struct uart u;
    c.clock_hz = 14745600;
    c.prescaler = 4;
    model_reset();
    assert_int_equal(uart_init(&u, &model.bus, &c), OK);
    assert_int_equal(u.divisor, 2);
    assert_int_equal(u.error_permille, 0);
}

static void probe_restores_everything(void **state)
{
    (void)state;
    for (int dlab = 0; dlab < 2; dlab++) {
        model_reset();
        if (dlab) model.lcr |= 0x80;
        struct registers before = registers_now();
        assert_int_equal(uart_probe(&model.bus), OK);
        assert_true(registers_are(before));
        assert_int_equal(model.msr_delta, 0);
    }
}

static void nobody_there(void **state)
{
    (void)state;
    struct uart u;
    model_reset();
    model.absent = true;
    assert_int_equal(uart_init(&u, &model.bus, &UART_CONFIG_115200_8N1), ERR_NOT_FOUND);
    assert_int_equal(model.accesses, 1);
    assert_int_equal(model.writes, 0);

    /* A bus that gives back the value last seen on it, whatever the address. */
    for (unsigned last = 0; last < 256; last++) {
        model_reset();
        model.absent = model.echoes = true;
        model.last_value = (uint8_t)last;
        assert_int_equal(uart_probe(&model.bus), ERR_NOT_FOUND);
    }
}

static void a_chip_without_loop_back_is_none(void **state)
{
    (void)state;
    model_reset();
    model.deaf = true;
    assert_int_equal(uart_probe(&model.bus), ERR_NOT_FOUND);
}

static void a_16450_has_no_fifo(void **state)
{
    (void)state;
    for (uint8_t kind = 0; kind < 3; kind += 2) {
        struct uart u;
        model_reset();
        model.fifo_kind = kind;
        assert_int_equal(uart_init(&u, &model.bus, &UART_CONFIG_115200_8N1), OK);
        assert_int_equal(u.fifo_bytes, 1);
        assert_int_equal(model.fcr, 0);
        assert_int_equal(uart_self_test(&u), OK);
        assert_int_equal(uart_send_bytes(&u, "0123456789abcdefghij", 20, NULL), OK);
        assert_int_equal(uart_drain(&u), OK);
        assert_false(model.tx_overflow);
        assert_memory_equal(model.wire, "0123456789abcdefghij", 20);
    }
}

static void text_for_a_terminal(void **state)
{
    (void)state;
    struct uart u = ready_uart();
    assert_int_equal(uart_send_text(&u, "a\nb\r\n\bc\x7f", 8), OK);
    assert_int_equal(uart_drain(&u), OK);
    assert_int_equal(model.wire_count, 14);
    assert_memory_equal(model.wire, "a\r\nb\r\r\n\b \bc\b \b", 14);
    assert_int_equal(u.stats.sent_bytes, 14);
    assert_false(model.tx_overflow);
}

static void every_byte_value_both_ways(void **state)
{
    (void)state;
    struct uart u = ready_uart();
    struct uart_cell cell;
    for (unsigned b = 0; b < 256; b++) {
        assert_int_equal(uart_send(&u, (uint8_t)b), OK);
        model_receive((uint8_t)b, 0);
        assert_int_equal(uart_receive(&u, &cell), OK);
        assert_int_equal(cell.byte, b);
        assert_int_equal(cell.errors, 0);
    }
    assert_int_equal(uart_drain(&u), OK);
    assert_int_equal(model.wire_count, 256);
    for (unsigned b = 0; b < 256; b++) assert_int_equal(model.wire[b], b);
    assert_false(model.tx_overflow);
    assert_int_equal(u.stats.received_bytes, 256);
}

static void without_waiting(void **state)
{
    (void)state;
    struct uart u = ready_uart();
    struct uart_cell cell = {0x99, 0x99};
    assert_int_equal(uart_try_receive(&u, &cell), ERR_EMPTY);
    assert_int_equal(cell.byte, 0x99);
    model.byte_ticks = 1000;
    uint64_t before = model.accesses;
    for (unsigned i = 0; i < 16; i++) assert_int_equal(uart_try_send(&u, (uint8_t)i), OK);
    assert_int_equal(uart_try_send(&u, 16), ERR_FULL);
    assert_true(model.accesses - before <= 16 + 2);
    assert_false(model.tx_overflow);
}

/* Reading the line status while sending clears the errors of bytes that wait. */
static void line_errors_stay_with_their_byte(void **state)
{
    (void)state;
    struct uart u = ready_uart();
    struct uart_cell cell;
    model_receive('a', 0);
    model_receive('b', 0x04);
    model_receive('c', 0x08);
    model_receive(0, 0x18);
    for (int i = 0; i < 40; i++) assert_int_equal(uart_send(&u, '.'), OK);
    assert_int_equal(uart_receive(&u, &cell), OK);
    assert_int_equal(cell.byte, 'a');
    for (int i = 0; i < 40; i++) assert_int_equal(uart_send(&u, '.'), OK);
    assert_int_equal(uart_receive(&u, &cell), ERR_DEVICE);
    assert_int_equal(cell.byte, 'b');
    assert_int_equal(cell.errors, 0x04);
    assert_int_equal(uart_receive(&u, &cell), ERR_DEVICE);
    assert_int_equal(cell.byte, 'c');
    assert_int_equal(cell.errors, 0x08);
    assert_int_equal(uart_receive(&u, &cell), ERR_DEVICE);
    assert_int_equal(cell.errors, 0x18);
    for (int i = 0; i < 17; i++) model_receive((uint8_t)i, 0);
    assert_int_equal(uart_receive(&u, &cell), ERR_DEVICE);
    assert_int_equal(cell.errors, 0x02);
    assert_int_equal(u.stats.overruns, 1);
    assert_int_equal(u.stats.parity_errors, 1);
    assert_int_equal(u.stats.framing_errors, 2);
    assert_int_equal(u.stats.breaks, 1);
}

/* ---- bounds -------------------------------------------------------------------------- */

static void a_transmitter_that_never_gets_empty(void **state)
{
    (void)state;
    struct uart u = ready_uart();
    struct uart_cell cell;
    size_t sent;
    model.stuck = true;
    uint64_t before = model.accesses;
    assert_int_equal(uart_send_bytes(&u, "hello", 5, &sent), ERR_TIMEOUT);
    assert_int_equal(sent, 0);
    assert_int_equal(uart_drain(&u), ERR_TIMEOUT);
    assert_int_equal(uart_receive(&u, &cell), ERR_TIMEOUT);
    assert_int_equal(u.stats.timeouts, 3);
    struct registers r = registers_now();
    assert_int_equal(uart_self_test(&u), ERR_TIMEOUT);
    assert_true(registers_are(r));
    assert_true(model.accesses - before <= 4 * u.wait_polls + 8);

    /* Setting it up waits for it, and then goes on. */
    model_reset();
    model.stuck = true;
    assert_int_equal(uart_init(&u, &model.bus, &UART_CONFIG_115200_8N1), OK);
    assert_true(model.accesses <= UART_POLLS_MIN + 200);
}

static void nobody_who_is_clear_to_receive(void **state)
{
    (void)state;
    struct uart_config c = UART_CONFIG_115200_8N1;
    struct uart u = ready_uart();
    uint8_t lines;
    model.lines = 0;
    assert_int_equal(uart_send(&u, 'x'), OK); /* off unless asked for */
    assert_int_equal(uart_modem_lines(&u, &lines), OK);
    assert_int_equal(lines, 0);

    c.flow_control = true;
    model_reset();
    model.lines = model.msr_seen = 0;
    assert_int_equal(uart_init(&u, &model.bus, &c), OK);
    u.wait_polls = 1000;
    assert_int_equal(uart_try_send(&u, 'x'), ERR_FULL);
    uint64_t before = model.accesses;
    assert_int_equal(uart_send(&u, 'x'), ERR_TIMEOUT);
    assert_true(model.accesses - before <= 1000);
    assert_int_equal(uart_self_test(&u), OK); /* loops its own RTS back */
    assert_int_equal(model.wire_count, 0);
    assert_false(model.against_cts);
    model.lines = 0x10;
    model_lines_changed();
    assert_int_equal(uart_send(&u, 'x'), OK);
}

static void slow_lines_are_waited_for(void **state)
{
    (void)state;
    struct uart_config c = UART_CONFIG_115200_8N1;
    struct uart u;
    c.baud = 50;
    model_reset();
    assert_int_equal(uart_init(&u, &model.bus, &c), OK);
    /* 17 frames of 11 bits at 50 a second are 3.74 s. */
    assert_true(u.wait_polls * UART_POLL_NS >= UINT64_C(3740000000));
}

/* ---- in memory ------------------------------------------------------------------------ */

static void every_stride_and_width(void **state)
{
    (void)state;
    for (uint8_t stride = 1; stride <= 8; stride *= 2)
        for (uint8_t width = 8; width <= 32; width *= 4) {
            struct uart_bus bus = {0xfe001000, UART_MEMORY, stride, width};
            struct uart u;
            if (uart_bus_check(&bus) != OK) continue;
            model_reset();
            model.bus = bus;
            assert_int_equal(uart_init(&u, &bus, &UART_CONFIG_115200_8N1), OK);
            assert_int_equal(uart_self_test(&u), OK);
            assert_int_equal(uart_send_text(&u, "memory\n", 7), OK);
            assert_int_equal(uart_drain(&u), OK);
            assert_memory_equal(model.wire, "memory\r\n", 8);
            assert_false(model.bad_access);
            assert_false(model.tx_overflow);
        }
}

/* ---- the fault this suite must catch -------------------------------------------------- */

/* An access beyond the last register, and a byte sent into a full FIFO. */
static void the_deliberate_faults_are_caught(void **state)
{
    (void)state;
    (void)ready_uart();
    assert_false(model.bad_access);
    fake_port_write(0x400, 8, 0);
    assert_true(model.bad_access);
    assert_false(model.tx_overflow);
    for (int i = 0; i < 40; i++) fake_port_write(0x3f8, 8, 'x');
    assert_true(model.tx_overflow);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(init_writes_what_the_tables_say),
        cmocka_unit_test(the_self_test_compares_the_data_bits),
        cmocka_unit_test(a_self_test_that_cannot_loop_back_sends_nothing),
        cmocka_unit_test(a_prescaler_divides_first),
        cmocka_unit_test(probe_restores_everything),
        cmocka_unit_test(nobody_there),
        cmocka_unit_test(a_chip_without_loop_back_is_none),
        cmocka_unit_test(a_16450_has_no_fifo),
        cmocka_unit_test(text_for_a_terminal),
        cmocka_unit_test(every_byte_value_both_ways),
        cmocka_unit_test(without_waiting),
        cmocka_unit_test(line_errors_stay_with_their_byte),
        cmocka_unit_test(a_transmitter_that_never_gets_empty),
        cmocka_unit_test(nobody_who_is_clear_to_receive),
        cmocka_unit_test(slow_lines_are_waited_for),
        cmocka_unit_test(every_stride_and_width),
        cmocka_unit_test(the_deliberate_faults_are_caught),
    };
    return cmocka_run_group_tests_name("uart_16550: sending and receiving", tests, NULL, NULL);
}
