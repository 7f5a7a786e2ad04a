/* SPDX-License-Identifier: MIT */
/* The 16550 UART asked by software: sending, receiving and the arithmetic of the rate.
 * Finding it and setting it up is in uart_16550_setup.c, interrupts in uart_16550_irq.c. */
#include "uart_16550/uart_16550_inside.h"

/* ---- the rate, PC16550D 8.3 -------------------------------------------------------- */

/* snippet: divisor */
enum err uart_divisor_for(uint32_t clock_hz, uint32_t baud, uint16_t *divisor,
                          int32_t *error_permille)
{
    uint64_t unit = (uint64_t)16 * baud; /* the clock for which the divisor is 1 */
    if (clock_hz == 0 || baud == 0) return ERR_RANGE;
    if (2 * (uint64_t)clock_hz < unit) return ERR_RANGE;
    if (2 * (uint64_t)clock_hz > unit * (2 * UINT16_MAX + 1)) return ERR_RANGE;

    /* The rate falls with 1/divisor, so the nearer divisor is not always the nearer rate:
     * compare |clock/low - unit| with |clock/high - unit|, both times low * high. */
    uint64_t low = clock_hz / unit, high = low + 1;
    if (low < 1) low = 1;
    if (high > UINT16_MAX) high = UINT16_MAX;
    uint64_t low_off = low * unit > clock_hz ? low * unit - clock_hz : clock_hz - low * unit;
    uint64_t high_off =
        high * unit > clock_hz ? high * unit - clock_hz : clock_hz - high * unit;
    uint64_t best = high_off * low < low_off * high ? high : low;

    uint64_t exact = best * unit;
    uint64_t off = exact > clock_hz ? exact - clock_hz : clock_hz - exact;
    int32_t permille = (int32_t)((off * 1000 + exact / 2) / exact);
    *divisor = (uint16_t)best;
    *error_permille = exact > clock_hz ? -permille : permille;
    return OK;
}
/* end: divisor */

/* ---- line status ------------------------------------------------------------------- */

enum err uart_line_status(struct uart *u, uint8_t *lsr)
{
    uint8_t status = uart_read(&u->bus, UART_LSR);
    if (status == UART_NOBODY) {
        /* A broken line with full FIFOs can say that once.  The reading cleared the error
         * bits, so only a missing device says it again. */
        uint8_t again = uart_read(&u->bus, UART_LSR);
        if (again == UART_NOBODY) return ERR_NOT_FOUND;
        status = again | UART_LSR_ERRORS;
    }
    if (status & UART_LSR_OE) u->stats.overruns++;
    if (status & UART_LSR_PE) u->stats.parity_errors++;
    if (status & UART_LSR_FE) u->stats.framing_errors++;
    if (status & UART_LSR_BI) u->stats.breaks++;
    u->pending_errors |= status & UART_LSR_ERRORS;
    *lsr = status;
    return OK;
}

struct uart_cell uart_take_rbr(struct uart *u)
{
    struct uart_cell cell = {uart_read(&u->bus, UART_RBR), u->pending_errors};
    u->pending_errors = 0;
    u->stats.received_bytes++;
    return cell;
}

enum err uart_modem_lines(struct uart *u, uint8_t *lines)
{
    uint8_t lsr;
    enum err e = uart_line_status(u, &lsr);
    if (e != OK) return e;
    *lines = uart_read(&u->bus, UART_MSR) & UART_MSR_LINES;
    return OK;
}

/* ---- sending ----------------------------------------------------------------------- */

/* snippet: send */
enum err uart_try_send(struct uart *u, uint8_t byte)
{
    if (u->flow_control && !(uart_read(&u->bus, UART_MSR) & UART_MSR_CTS)) return ERR_FULL;
    if (u->room_bytes == 0) {
        uint8_t lsr;
        enum err e = uart_line_status(u, &lsr);
        if (e != OK) return e;
        if (!(lsr & UART_LSR_THRE)) return ERR_FULL;
        u->room_bytes = u->fifo_bytes; /* THRE means that the whole FIFO is empty */
    }
    uart_write(&u->bus, UART_THR, byte);
    u->room_bytes--;
    u->stats.sent_bytes++;
    return OK;
}

enum err uart_send(struct uart *u, uint8_t byte)
{
    for (uint64_t poll = 0; poll < u->wait_polls; poll++) {
        enum err e = uart_try_send(u, byte);
        if (e != ERR_FULL) return e;
    }
    u->stats.timeouts++;
    return ERR_TIMEOUT;
}
/* end: send */

enum err uart_send_bytes(struct uart *u, const void *bytes, size_t len_bytes, size_t *sent)
{
    const uint8_t *from = bytes;
    size_t count = 0;
    enum err e = OK;

    while (count < len_bytes && (e = uart_send(u, from[count])) == OK) count++;
    if (sent) *sent = count;
    return e;
}

enum err uart_send_char(struct uart *u, char c)
{
    const char backspace = 0x08, delete = 0x7f;

    if (c == '\n') return uart_send_bytes(u, "\r\n", 2, NULL);
    if (c == backspace || c == delete) return uart_send_bytes(u, "\b \b", 3, NULL);
    return uart_send(u, (uint8_t)c);
}

enum err uart_send_text(struct uart *u, const char *text, size_t len_bytes)
{
    for (size_t i = 0; i < len_bytes; i++) {
        enum err e = uart_send_char(u, text[i]);
        if (e != OK) return e;
    }
    return OK;
}

enum err uart_drain(struct uart *u)
{
    for (uint64_t poll = 0; poll < u->wait_polls; poll++) {
        uint8_t lsr;
        enum err e = uart_line_status(u, &lsr);
        if (e != OK) return e;
        if (lsr & UART_LSR_TEMT) return OK;
    }
    u->stats.timeouts++;
    return ERR_TIMEOUT;
}

/* ---- receiving --------------------------------------------------------------------- */

enum err uart_try_receive(struct uart *u, struct uart_cell *cell)
{
    uint8_t lsr;
    enum err e = uart_line_status(u, &lsr);
    if (e != OK) return e;
    if (!(lsr & UART_LSR_DR)) return ERR_EMPTY;
    *cell = uart_take_rbr(u);
    return cell->errors ? ERR_DEVICE : OK;
}

enum err uart_receive(struct uart *u, struct uart_cell *cell)
{
    for (uint64_t poll = 0; poll < u->wait_polls; poll++) {
        enum err e = uart_try_receive(u, cell);
        if (e != ERR_EMPTY) return e;
    }
    u->stats.timeouts++;
    return ERR_TIMEOUT;
}
