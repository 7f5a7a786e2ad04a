/* SPDX-License-Identifier: MIT */
/* COM1 carries this report, so it is given back set up as the report needs it. */
#include "tests/suites.h"
#include "uart_16550/uart_16550.h"

static void com1_answers_and_passes_its_self_test(void)
{
    struct uart u;

    KTEST_EXPECT_EQ(uart_probe(&UART_BUS_COM1), OK);
    KTEST_REQUIRE(uart_init(&u, &UART_BUS_COM1, &UART_CONFIG_115200_8N1) == OK);
    KTEST_EXPECT_EQ(u.divisor, 1);
    KTEST_EXPECT_EQ(u.error_permille, 0);
    KTEST_EXPECT_EQ(u.fifo_bytes, UART_FIFO_BYTES);
    KTEST_EXPECT_EQ(uart_self_test(&u), OK);
}

/* Broken on purpose: nothing is there.  Each call has to come back and say so. */
static void a_missing_uart_is_not_waited_for(void)
{
    const struct uart_bus nowhere = {
        .base = 0x2e0, .space = UART_PORTS, .stride_bytes = 1, .width_bits = 8};
    struct uart u;

    KTEST_EXPECT_EQ(uart_probe(&nowhere), ERR_NOT_FOUND);
    KTEST_EXPECT_EQ(uart_init(&u, &nowhere, &UART_CONFIG_115200_8N1), ERR_NOT_FOUND);
}

/* Refused before the hardware is touched: this report goes on over the same line. */
static void an_impossible_rate_is_refused(void)
{
    struct uart_config config = UART_CONFIG_115200_8N1;
    struct uart u;

    config.baud = 230400;
    KTEST_EXPECT_EQ(uart_init(&u, &UART_BUS_COM1, &config), ERR_RANGE);
}

static const struct ktest_case cases[] = {
    {"com1_answers_and_passes_its_self_test", com1_answers_and_passes_its_self_test},
    {"a_missing_uart_is_not_waited_for", a_missing_uart_is_not_waited_for},
    {"an_impossible_rate_is_refused", an_impossible_rate_is_refused},
};
const struct ktest_suite serial_suite = KTEST_SUITE("serial", cases);
