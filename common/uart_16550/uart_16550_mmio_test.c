/* SPDX-License-Identifier: MIT */
/* The real memory cells on plain memory: which bytes does a write really touch?  The oracle
 * is address = base + register * stride, and a background pattern nobody may change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "uart_16550/uart_16550_inside.h"

enum { BACKGROUND = 0xc3, SIZE = 128, BASE = 16 };

uint32_t fake_port_read(uint16_t port, unsigned width)
{
    fail_msg("port %x read, %u bits", port, width);
    return 0;
}

void fake_port_write(uint16_t port, unsigned width, uint32_t value)
{
    fail_msg("port %x written, %u bits, %x", port, width, value);
}

static _Alignas(8) uint8_t memory[SIZE];

/* Whether only the bytes from `at` on differ from the background, and hold `value`. */
static bool only_changed(size_t at, unsigned width_bytes, uint32_t value)
{
    for (size_t i = 0; i < SIZE; i++) {
        bool inside = i >= at && i < at + width_bytes;
        uint32_t expected = inside ? value >> (8 * (i - at)) & 0xff : BACKGROUND;
        if (memory[i] != expected) return false;
    }
    return true;
}

static void one_register_one_access(void **state)
{
    (void)state;
    unsigned tried = 0;
    for (uint8_t stride = 1; stride <= 8; stride *= 2)
        for (uint8_t width = 8; width <= 32; width *= 4)
            for (unsigned reg = 0; reg < UART_REG_COUNT; reg++) {
                struct uart_bus bus = {(uintptr_t)memory + BASE, UART_MEMORY, stride, width};
                if (uart_bus_check(&bus) != OK) continue;
                memset(memory, BACKGROUND, SIZE);
                assert_int_equal(uart_read(&bus, (enum uart_reg)reg), BACKGROUND);
                uart_write(&bus, (enum uart_reg)reg, 0x5a);
                assert_true(only_changed(BASE + reg * stride, width / 8, 0x5a));
                assert_int_equal(uart_read(&bus, (enum uart_reg)reg), 0x5a);
                tried++;
            }
    assert_int_equal(tried, (4 + 2) * UART_REG_COUNT);
}

/* Memory remembers the scratch register like a UART.  The loop-back test tells them apart. */
static void plain_memory_is_no_uart(void **state)
{
    (void)state;
    static uint8_t before[SIZE];
    for (int fill = 0; fill < 255; fill++) {
        struct uart_bus bus = {(uintptr_t)memory + BASE, UART_MEMORY, 1, 8};
        memset(memory, fill | 0x40, SIZE); /* 40h: LSR.TEMT, or each try waits its full bound */
        memcpy(before, memory, SIZE);
        assert_int_equal(uart_probe(&bus), ERR_NOT_FOUND);
        assert_memory_equal(memory, before, SIZE);
    }
}

/* The fault this suite must catch: a 32-bit store where the device wants 8. */
static void the_deliberate_fault_is_caught(void **state)
{
    (void)state;
    memset(memory, BACKGROUND, SIZE);
    reg_write32((reg32 *)(void *)(memory + BASE + 4), 0x5a);
    assert_false(only_changed(BASE + 4, 1, 0x5a));
    assert_true(only_changed(BASE + 4, 4, 0x5a));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_register_one_access),
        cmocka_unit_test(plain_memory_is_no_uart),
        cmocka_unit_test(the_deliberate_fault_is_caught),
    };
    return cmocka_run_group_tests_name("uart_16550 in memory", tests, NULL, NULL);
}
