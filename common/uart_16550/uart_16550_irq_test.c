/* SPDX-License-Identifier: MIT */
/* Oracle: what was queued and what was sent, as plain arrays; around the driver a simulated chip
 * behind an edge-triggered interrupt controller, where what was queued must reach the wire and what
 * came from the wire must be taken, both in order, with the interrupt coming in the middle
 * of any register access of the other side. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void deliver_edge(void);
#define MODEL_ACCESS_HOOK() deliver_edge()

#include "uart_16550/uart_16550_irq.h"
#include "uart_16550/uart_16550_model.h"

/* A generator of our own: the same program on every machine. */
static uint64_t random_state;

static uint32_t random_below(uint32_t limit)
{
    uint64_t z = random_state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return (uint32_t)((z ^ z >> 31) >> 16) % limit;
}

/* ---- the driver behind an interrupt controller ------------------------------------------ */

static struct uart uart;
static struct uart_cell rx_cells[32], tx_cells[32];
static bool line_was_high, in_handler, deliver, lose_edges;
static unsigned interrupts;

/* An edge-triggered controller: a line that stays high says nothing.  In the handler the
 * edge is remembered, as the request register does. */
static void deliver_edge(void)
{
    static bool requested;
    bool high = model_irq();
    if (high && !line_was_high && deliver && !lose_edges) requested = true;
    line_was_high = high;
    if (!deliver) requested = false;
    if (in_handler || !requested) return;
    requested = false;
    in_handler = true;
    interrupts++;
    enum err e = uart_interrupt(&uart);
    in_handler = false;
    if (e != OK && e != ERR_EMPTY) fail_msg("interrupt: %d", e);
    deliver_edge();
}

static void start(bool flow_control)
{
    struct uart_config c = UART_CONFIG_115200_8N1;
    c.flow_control = flow_control;
    deliver = line_was_high = in_handler = lose_edges = false;
    interrupts = 0;
    deliver_edge();
    model_reset();
    assert_int_equal(uart_init(&uart, &model.bus, &c), OK);
    deliver = true;
    assert_int_equal(uart_irq_start(&uart, rx_cells, 32, tx_cells, 32), OK);
}

/* Time passes without the driver: nobody accesses a register. */
static void pass(unsigned ticks)
{
    while (ticks-- > 0) {
        model_tick();
        deliver_edge();
    }
}

static void a_message_goes_out(void **state)
{
    (void)state;
    start(false);
    for (unsigned i = 0; i < 32; i++) assert_int_equal(uart_queue(&uart, (uint8_t)('A' + i)), OK);
    pass(500);
    assert_int_equal(model.wire_count, 32);
    for (unsigned i = 0; i < 32; i++) assert_int_equal(model.wire[i], 'A' + i);
    assert_false(model.tx_overflow);
    assert_int_equal(model.ier & 2, 0); /* an idle transmitter asks for nothing */
    assert_true(interrupts <= 32 + 1);
    assert_int_equal(uart_irq_stop(&uart), OK);
    assert_int_equal(model.ier, 0);
    assert_int_equal(model.mcr, 0x03);
    assert_int_equal(uart_send(&uart, '!'), OK);
}

static void a_full_ring_says_so(void **state)
{
    (void)state;
    start(false);
    model.stuck = true;
    unsigned queued = 0;
    while (queued < 100 && uart_queue(&uart, 'x') == OK) queued++;
    assert_in_range(queued, 32, 48);
    for (int i = 0; i < 60; i++) { model_receive('y', 0); pass(100); }
    assert_int_equal(uart.stats.dropped_bytes, 60 - 32);
    struct uart_cell cell;
    for (int i = 0; i < 32; i++) assert_int_equal(uart_take(&uart, &cell), OK);
    assert_int_equal(uart_take(&uart, &cell), ERR_EMPTY);
}

static void errors_arrive_with_their_byte(void **state)
{
    (void)state;
    struct uart_cell cell;
    start(false);
    model_receive('a', 0);
    model_receive('b', 0x08);
    model_receive('c', 0);
    pass(200);
    assert_int_equal(uart_take(&uart, &cell), OK);
    assert_int_equal(cell.byte, 'a');
    assert_int_equal(uart_take(&uart, &cell), ERR_DEVICE);
    assert_int_equal(cell.byte, 'b');
    assert_int_equal(cell.errors, 0x08);
    assert_int_equal(uart_take(&uart, &cell), OK);
    assert_int_equal(cell.byte, 'c');
    assert_int_equal(uart.stats.framing_errors, 1);
}

/* Runs a random program; whether all bytes went both ways in order.  `sabotage` leaves out
 * what a driver must do, for the suite's deliberate fault. */
static bool system_agrees(uint64_t seed, bool flow_control, bool sabotage)
{
    static uint8_t queued[4096];
    unsigned queued_count = 0, arrived = 0, taken = 0;
    struct uart_cell cell;
    start(flow_control);
    random_state = seed;
    model.byte_ticks = 1 + random_below(20);
    for (int i = 0; i < 3000; i++) {
        switch (random_below(flow_control ? 6 : 5)) {
        case 0:
        case 1: {
            uint8_t byte = (uint8_t)random_below(256);
            if (queued_count == sizeof queued) break;
            if (sabotage && i > 1000) uart.tx_on = true; /* so that nobody kicks */
            enum err e = uart_queue(&uart, byte);
            if (e == OK) queued[queued_count++] = byte;
            else if (e != ERR_FULL) return false;
            break;
        }
        case 2:
            /* The other side stops two bytes after RTS went away, or never overruns us. */
            if (flow_control ? !(model.mcr & 2) : arrived - taken >= 30) break;
            model_receive((uint8_t)arrived++, 0);
            break;
        case 3:
            if (uart_take(&uart, &cell) == OK && cell.byte != (uint8_t)taken++) return false;
            break;
        case 4: pass(random_below(60)); break;
        case 5:
            model.lines ^= 0x10;
            model_lines_changed();
            break;
        }
        deliver_edge();
    }
    model.lines |= 0x10;
    model_lines_changed();
    pass(8000);
    for (int i = 0; i < 100; i++) {
        if (uart_take(&uart, &cell) == OK && cell.byte != (uint8_t)taken++) return false;
        pass(100);
    }
    if (flow_control && !(model.mcr & 2)) return false; /* RTS came back */
    if (flow_control && model.against_cts) return false;
    return taken == arrived && model.wire_count == queued_count && !model.tx_overflow &&
           memcmp(model.wire, queued, queued_count) == 0 && uart.stats.dropped_bytes == 0 &&
           uart.stats.overruns == 0 && queued_count > 200 && arrived > 200;
}

static void random_programs(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++)
        for (int flow = 0; flow < 2; flow++) {
            bool right = system_agrees(seed, flow, false);
            if (!right) print_error("seed %u flow %d\n", (unsigned)seed, flow);
            assert_true(right);
        }
}

/* ---- the two flags, with another processor in between ------------------------------------ */

/* A byte is queued while the handler, which found nothing more to send, turns ETBEI off. */
static void queue_meanwhile(unsigned reg, uint8_t value)
{
    if (reg != 1 || (value & 2) || !in_handler) return;
    model_before_write = NULL;
    assert_int_equal(uart_queue(&uart, '2'), OK);
}

static void no_kick_is_lost_to_the_handler(void **state)
{
    (void)state;
    start(false);
    model.byte_ticks = 100;
    assert_int_equal(uart_queue(&uart, '0'), OK);
    pass(10); /* it is in the shift register, so '1' stays in the FIFO: no THRE helps out */
    model_before_write = queue_meanwhile;
    assert_int_equal(uart_queue(&uart, '1'), OK);
    pass(1000);
    assert_null(model_before_write); /* it did happen */
    assert_int_equal(model.wire_count, 3);
    assert_memory_equal(model.wire, "012", 3);
}

/* Bytes pour in while uart_take gives RTS back. */
static void receive_meanwhile(unsigned reg, uint8_t value)
{
    if (reg != 4 || !(value & 2)) return;
    model_before_write = NULL;
    for (int i = 0; i < 24; i++) {
        model_receive('x', 0);
        assert_int_equal(uart_interrupt(&uart), OK);
    }
}

static void rts_is_not_given_for_a_full_ring(void **state)
{
    (void)state;
    struct uart_cell cell;
    start(true);
    for (int i = 0; i < 26; i++) { model_receive('x', 0); pass(100); }
    assert_int_equal(model.mcr & 2, 0);
    deliver = false;
    model_before_write = receive_meanwhile;
    for (int i = 0; i < 20; i++) assert_int_equal(uart_take(&uart, &cell), OK);
    assert_null(model_before_write);
    assert_in_range(uart_ring_used(&uart.rx), 25, 32);
    assert_int_equal(model.mcr & 2, 0);
    while (uart_take(&uart, &cell) == OK) {}
    assert_int_equal(model.mcr & 2, 2);
    assert_int_equal(uart.stats.dropped_bytes, 0);
}

/* A lost edge is made up for by the next call, from whatever context. */
static void lost_edges_are_repaired(void **state)
{
    (void)state;
    struct uart_cell cell;
    start(false);
    lose_edges = true;
    assert_int_equal(uart_queue(&uart, 't'), OK);
    model_receive('r', 0);
    pass(200);
    assert_int_equal(model.wire_count, 0);
    assert_int_equal(uart_interrupt(&uart), OK);
    pass(200);
    assert_int_equal(model.wire_count, 1);
    assert_int_equal(uart_take(&uart, &cell), OK);
    assert_int_equal(uart_interrupt(&uart), ERR_EMPTY);
}

static void a_device_that_never_stops_asking(void **state)
{
    (void)state;
    start(false);
    deliver = false;
    /* Modem status: the line whose cause this driver did not ask for and nothing clears. */
    model.ier = 0x08;
    for (int i = 0; i < 3; i++) {
        model.msr_delta = 1;
        uint64_t before = model.accesses;
        enum err e = uart_interrupt(&uart);
        assert_true(e == OK || e == ERR_EMPTY || e == ERR_DEVICE);
        assert_true(model.accesses - before < UART_IRQ_ROUNDS * 80);
    }
    /* Bytes without end: a full FIFO again after every read. */
    start(false);
    deliver = false;
    model.absent = true;
    model.echoes = true;
    model.last_value = 0x04; /* IIR: data; LSR: parity error, no data; for ever */
    uint64_t before = model.accesses;
    assert_int_equal(uart_interrupt(&uart), ERR_DEVICE);
    assert_true(model.accesses - before < UART_IRQ_ROUNDS * 80);
    model.last_value = 0x21; /* idle; data for ever */
    before = model.accesses;
    assert_int_equal(uart_interrupt(&uart), OK);
    assert_true(model.accesses - before < UART_IRQ_ROUNDS * 80);
    model.echoes = false;
    assert_int_equal(uart_interrupt(&uart), ERR_NOT_FOUND);
}

/* It dies, misreads or loses a write once, at any access while it is busy: every call ends,
 * a death is reported, and anything else is over once the fault is. */
static void one_fault_at_every_access(void **state)
{
    (void)state;
    for (int fault = FAULT_DIES; fault < FAULT_KINDS; fault++)
        for (uint64_t at = 1; at < 120; at++) {
            struct uart_cell cell;
            start(false);
            deliver = false;
            model.accesses = 0;
            model.fault = (enum fault)fault;
            model.fault_at = at;
            for (int i = 0; i < 40; i++) {
                (void)!uart_queue(&uart, (uint8_t)i);
                model_receive((uint8_t)i, 0);
                (void)!uart_interrupt(&uart);
                (void)!uart_take(&uart, &cell);
            }
            assert_true(model.accesses < 40 * UART_IRQ_ROUNDS * 80);
            if (fault == FAULT_DIES) {
                assert_int_equal(uart_interrupt(&uart), ERR_NOT_FOUND);
                continue;
            }
            /* Whatever happened, a tick of a timer brings everything back to work. */
            for (int i = 0; i < 200; i++) {
                for (int t = 0; t < 20; t++) model_tick();
                (void)!uart_interrupt(&uart);
            }
            assert_int_equal(uart_ring_used(&uart.tx), 0);
        }
}

static void a_chip_that_does_not_take_it(void **state)
{
    (void)state;
    start(false);
    assert_int_equal(uart_irq_stop(&uart), OK);
    model.deaf = true;
    assert_int_equal(uart_irq_start(&uart, rx_cells, 32, tx_cells, 32), ERR_DEVICE);
    assert_int_equal(model.ier, 0);
    assert_int_equal(uart_interrupt(&uart), ERR_EMPTY);
}

/* The fault this suite must catch: a lost kick. */
static void the_deliberate_fault_is_caught(void **state)
{
    (void)state;
    assert_true(system_agrees(7, false, false));
    unsigned caught = 0;
    for (uint64_t seed = 1; seed <= 10; seed++) caught += !system_agrees(seed, false, true);
    assert_int_equal(caught, 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_goes_out),
        cmocka_unit_test(a_full_ring_says_so),
        cmocka_unit_test(errors_arrive_with_their_byte),
        cmocka_unit_test(random_programs),
        cmocka_unit_test(no_kick_is_lost_to_the_handler),
        cmocka_unit_test(rts_is_not_given_for_a_full_ring),
        cmocka_unit_test(lost_edges_are_repaired),
        cmocka_unit_test(a_device_that_never_stops_asking),
        cmocka_unit_test(one_fault_at_every_access),
        cmocka_unit_test(a_chip_that_does_not_take_it),
        cmocka_unit_test(the_deliberate_fault_is_caught),
    };
    return cmocka_run_group_tests_name("uart_16550 by interrupt", tests, NULL, NULL);
}
