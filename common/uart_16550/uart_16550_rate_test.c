/* SPDX-License-Identifier: MIT */
/* What is decided before the first access.  Oracles: every divisor tried in 128-bit
 * arithmetic, and the data sheet's table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "uart_16550/uart_16550.h"
#include "uart_16550/uart_16550_model.h"

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

/* ---- the fault this suite must catch -------------------------------------------------- */

/* A divisor rounded down, and an error one per mille off. */
static void the_deliberate_fault_is_caught(void **state)
{
    (void)state;
    const uint16_t rounded_down = (uint16_t)(1843200 / 16 / 75000);
    assert_true(divisor_is_right(1843200, 56000, 2, 29));
    assert_false(divisor_is_right(1843200, 56000, 2, 28));
    assert_true(divisor_is_right(1843200, 75000, 2, -232));
    assert_false(divisor_is_right(1843200, 75000, rounded_down, 536));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(divisors_are_the_nearest),
        cmocka_unit_test(divisors_of_the_data_sheet),
        cmocka_unit_test(rates_no_divisor_reaches),
        cmocka_unit_test(bad_configurations_touch_nothing),
        cmocka_unit_test(buses_that_cannot_be),
        cmocka_unit_test(the_deliberate_fault_is_caught),
    };
    return cmocka_run_group_tests_name("uart_16550: rates and checks", tests, NULL, NULL);
}
