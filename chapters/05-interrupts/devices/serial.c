/* SPDX-License-Identifier: MIT */
#include "devices/serial.h"

#include <stdbool.h>

#include "uart_16550/uart_16550.h"

static struct uart com1;
static bool working;

/* snippet: init */
enum err serial_init(void)
{
    enum err e = uart_init(&com1, &UART_BUS_COM1, &UART_CONFIG_115200_8N1);
    if (e == OK) e = uart_self_test(&com1);
    working = e == OK;
    return e;
}
/* end: init */

/* snippet: write */
void serial_write(const char *text, size_t len_bytes)
{
    if (!working) return;
    /* One time-out is a pause of the other end or a broken line: do not wait again. */
    if (uart_send_text(&com1, text, len_bytes) != OK) working = false;
}
/* end: write */

void serial_put(void *context, char character)
{
    (void)context;
    serial_write(&character, 1);
}
