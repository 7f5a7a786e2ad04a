/* SPDX-License-Identifier: MIT */
/* Oracles: every divisor tried in 128-bit arithmetic; line settings typed from the data
 * sheet's tables; a simulated chip, hit by one fault at every single access. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "uart_16550/uart_16550.h"
#include "uart_16550/uart_16550_model.h"

#define LSR_ERRORS 0x1e

/* ---- the rate ---------------------------------------------------------------------- */

static uint64_t distance(uint64_t a, uint64_t b) { return a > b ? a - b : b - a; }

/* The divisor with the smallest |rate - baud|: all of them compared, as exact fractions. */
static uint16_t nearest_by_force(uint32_t clock_hz, uint32_t baud)
{
    uint64_t unit = UINT64_C(16) * baud, best = 1;
    for (uint64_t d = 2; d <= UINT16_MAX; d++) {
        unsigned __int128 here = (unsigned __int128)distance(clock_hz, unit * d) * best;
        unsigned __int128 there = (unsigned __int128)distance(clock_hz, unit * best) * d;
        if (here < there) best = d;
    }
    return (uint16_t)best;
}

static bool divisor_is_right(uint32_t clock_hz, uint32_t baud, uint16_t divisor, int32_t permille)
{
    if (divisor != nearest_by_force(clock_hz, baud)) return false;
    /* permille = 1000 * (clock - exact) / exact, rounded. */
    __int128 exact = (__int128)16 * baud * divisor;
    __int128 twice = 2 * (1000 * ((__int128)clock_hz - exact) - permille * exact);
    return twice <= exact && twice >= -exact;
}

static const uint32_t clocks[] = {1,       1000,     1843200,   1846153,    3686400, 7372800,
                                  14745600, 24000000, 48000000, 133333333, UINT32_MAX};
static const uint32_t bauds[] = {1,     50,     75,     110,    134,    150,     300,    600,
                                 1200,  1800,   2400,   4800,   7200,   9600,    14400,  19200,
                                 31250, 38400,  56000,  57600,  74880,  76800,   115200, 128000,
                                 230400, 230401, 250000, 460800, 921600, 1500000, 4000000,
                                 134217727, UINT32_MAX};

static void divisors_are_the_nearest(void **state)
{
    (void)state;
    unsigned in_range = 0;
    for (size_t c = 0; c < sizeof clocks / sizeof *clocks; c++)
        for (size_t b = 0; b < sizeof bauds / sizeof *bauds; b++) {
            uint16_t divisor = 0xbeef;
            int32_t permille = 12345;
            double quotient = clocks[c] / (16.0 * bauds[b]);
            enum err e = uart_divisor_for(clocks[c], bauds[b], &divisor, &permille);
            if (quotient < 0.5 || quotient > 65535.5) {
                assert_int_equal(e, ERR_RANGE);
                assert_int_equal(divisor, 0xbeef);
                assert_int_equal(permille, 12345);
                continue;
            }
            assert_int_equal(e, OK);
            assert_true(divisor_is_right(clocks[c], bauds[b], divisor, permille));
            in_range++;
        }
    assert_true(in_range > 100);
}

/* PC16550D table III, 1.8432 MHz. */
static void divisors_of_the_data_sheet(void **state)
{
    (void)state;
    static const struct { uint32_t baud; uint16_t divisor; int32_t permille; } table[] = {
        {50, 2304, 0},  {75, 1536, 0},  {110, 1047, 0}, {150, 768, 0},  {300, 384, 0},
        {600, 192, 0},  {1200, 96, 0},  {1800, 64, 0},  {2000, 58, -7}, {2400, 48, 0},
        {3600, 32, 0},  {4800, 24, 0},  {7200, 16, 0},  {9600, 12, 0},  {19200, 6, 0},
        {38400, 3, 0},  {56000, 2, 29}, {115200, 1, 0},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        uint16_t divisor;
        int32_t permille;
        assert_int_equal(uart_divisor_for(1843200, table[i].baud, &divisor, &permille), OK);
        assert_int_equal(divisor, table[i].divisor);
        assert_int_equal(permille, table[i].permille);
    }
}

static void rates_no_divisor_reaches(void **state)
{
    (void)state;
    uint16_t d;
    int32_t p;
    assert_int_equal(uart_divisor_for(1843200, 0, &d, &p), ERR_RANGE);
    assert_int_equal(uart_divisor_for(0, 9600, &d, &p), ERR_RANGE);
    assert_int_equal(uart_divisor_for(1843200, 1, &d, &p), ERR_RANGE);
    assert_int_equal(uart_divisor_for(1843200, 230401, &d, &p), ERR_RANGE);
    assert_int_equal(uart_divisor_for(1843200, 230400, &d, &p), OK);
    assert_int_equal(p, -500);
}

/* ---- checks before the first access -------------------------------------------------- */

static void bad_configurations_touch_nothing(void **state)
{
    (void)state;
    struct uart_bus bus = UART_BUS_COM1;
    struct uart u;
    for (int i = 0; i < 13; i++) {
        struct uart_config c = UART_CONFIG_115200_8N1;
        switch (i) {
        case 0: c.data_bits = 4; break;
        case 1: c.data_bits = 9; break;
        case 2: c.stop_bits = 0; break;
        case 3: c.stop_bits = 3; break;
        case 4: c.parity = (enum uart_parity)5; break;
        case 5: c.fifo = (enum uart_fifo)5; break;
        case 6: c.baud = 0; break;
        case 7: c.baud = 1; break;
        case 8: c.baud = 200000; break; /* -424 per mille */
        case 9: c.clock_hz = 0; break;
        case 10: c.prescaler = 0; break;
        case 11: c.prescaler = 17; break;
        case 12: c.baud = UINT32_MAX; c.prescaler = 16; break;
        }
        model_reset();
        assert_int_equal(uart_config_check(&c), ERR_RANGE);
        assert_int_equal(uart_init(&u, &bus, &c), ERR_RANGE);
        assert_int_equal(model.accesses, 0);
    }
}

static void buses_that_cannot_be(void **state)
{
    (void)state;
    static const struct { struct uart_bus bus; enum err e; } table[] = {
        {{0x3f8, UART_PORTS, 1, 8}, OK},         {{0x3f8, UART_PORTS, 1, 32}, ERR_RANGE},
        {{0xfff8, UART_PORTS, 1, 8}, OK},        {{0xfff9, UART_PORTS, 1, 8}, ERR_RANGE},
        {{0xffc7, UART_PORTS, 8, 8}, OK},        {{0xffc8, UART_PORTS, 8, 8}, ERR_RANGE},
        {{0x3f8, UART_PORTS, 0, 8}, ERR_RANGE},  {{0x3f8, UART_PORTS, 3, 8}, ERR_RANGE},
        {{0x3f8, UART_PORTS, 16, 8}, ERR_RANGE}, {{0x3f8, (enum uart_space)2, 1, 8}, ERR_RANGE},
        {{0, UART_MEMORY, 1, 8}, ERR_RANGE},     {{0, UART_PORTS, 1, 8}, ERR_RANGE},
        {{0x1001, UART_MEMORY, 1, 8}, OK},       {{0x1000, UART_MEMORY, 1, 32}, ERR_RANGE},
        {{0x1000, UART_MEMORY, 2, 32}, ERR_RANGE}, {{0x1000, UART_MEMORY, 4, 32}, OK},
        {{0x1002, UART_MEMORY, 4, 32}, ERR_RANGE}, {{0x1000, UART_MEMORY, 8, 16}, ERR_RANGE},
        {{UINTPTR_MAX - 27, UART_MEMORY, 4, 8}, ERR_RANGE},
        {{UINTPTR_MAX - 31, UART_MEMORY, 4, 32}, OK},
    };
    const struct uart_config config = UART_CONFIG_115200_8N1;
    struct uart u;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        model_reset();
        assert_int_equal(uart_bus_check(&table[i].bus), table[i].e);
        if (table[i].e == OK) continue;
        assert_int_equal(uart_probe(&table[i].bus), ERR_RANGE);
        assert_int_equal(uart_init(&u, &table[i].bus, &config), ERR_RANGE);
        assert_int_equal(model.accesses, 0);
    }
}

/* ---- on a simulated chip ------------------------------------------------------------- */

/* Everything but the scratch register and what init sets is compared with this. */
struct registers { uint8_t ier, fcr, lcr, mcr, scr, dll, dlm; };

static struct registers registers_now(void)
{
    return (struct registers){model.ier, model.fcr, model.lcr, model.mcr,
                              model.scr, model.dll, model.dlm};
}

static bool registers_are(struct registers r)
{
    struct registers now = registers_now();
    return memcmp(&now, &r, sizeof r) == 0;
}

static struct uart ready_uart(void)
{
    struct uart u;
    model_reset();
    assert_int_equal(uart_init(&u, &model.bus, &UART_CONFIG_115200_8N1), OK);
    u.wait_polls = 3000; /* enough for the simulated line, and soon over */
    return u;
}

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
                if (!right) print_error("target %d fault %d access %u\n", target, fault, (unsigned)at);
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

/* ---- the faults this suite must catch --------------------------------------------------- */

/* A driver that rounds down, and one that leaves a failed self-test without restoring. */
static void the_deliberate_faults_are_caught(void **state)
{
    (void)state;
    const uint32_t baud = 56000;
    const uint16_t rounded_down = (uint16_t)(1843200 / 16 / 75000);
    assert_true(divisor_is_right(1843200, baud, 2, 29));
    assert_false(divisor_is_right(1843200, 75000, rounded_down, 536));
    assert_false(divisor_is_right(1843200, baud, 2, 28));

    struct uart u = ready_uart();
    const struct registers before = registers_now();
    fake_port_write(0x3fc, 8, 0x13);
    assert_false(registers_are(before));
    fake_port_write(0x3fc, 8, u.mcr);
    assert_true(registers_are(before));
    fake_port_write(0x400, 8, 0);
    assert_true(model.bad_access);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(divisors_are_the_nearest),
        cmocka_unit_test(divisors_of_the_data_sheet),
        cmocka_unit_test(rates_no_divisor_reaches),
        cmocka_unit_test(bad_configurations_touch_nothing),
        cmocka_unit_test(buses_that_cannot_be),
        cmocka_unit_test(init_writes_what_the_tables_say),
        cmocka_unit_test(the_self_test_compares_the_data_bits),
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
        cmocka_unit_test(one_fault_at_every_access),
        cmocka_unit_test(a_death_during_the_self_test_is_seen),
        cmocka_unit_test(every_stride_and_width),
        cmocka_unit_test(the_deliberate_faults_are_caught),
    };
    return cmocka_run_group_tests_name("uart_16550", tests, NULL, NULL);
}
