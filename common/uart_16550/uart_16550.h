/* SPDX-License-Identifier: MIT */
/*
 * The 16550 UART, on ports or in memory: configure, test, send and receive, by asking
 * (this file) or by interrupt (uart_16550_irq.h).
 *
 * Source   National Semiconductor PC16550D data sheet (1995), section 8; registers in
 *          uart_16550_regs.h.  A 16450 (no FIFO) works too and is recognised.
 * Memory   Allocates nothing.  All state is in the caller's struct uart.
 * Units    clock_hz and baud are per second, errors of the rate per mille, waits polls: one
 *          reading of the line status, taken to last at least UART_POLL_NS.
 * Bounds   Every wait ends: after UART_POLLS_MIN polls, or the number that all bytes in the
 *          FIFO need on a slow line, twice over.  A call gives up at the first wait that runs
 *          out.  After ERR_TIMEOUT it is for the caller to stop using the device.
 * Errors   OK             done
 *          ERR_RANGE      a bus or configuration no 16550 can have; nothing was touched
 *          ERR_NOT_FOUND  no UART there, or it went away: every register reads ffh
 *          ERR_DEVICE     it does not do what it was told, or a byte came in damaged
 *          ERR_TIMEOUT    it did not get ready within the bound
 *          ERR_FULL, ERR_EMPTY  no room, nothing there: only from the functions that never wait
 * Input    The device is not trusted: no value read from it can make anything here loop.
 * Calls    Not reentrant: one caller at a time for one struct uart.  Polled functions may be
 *          used while interrupts are in use only when the interrupt cannot come (panic).
 * Left out Break sending, DMA, automatic flow control and 64-byte FIFOs of descendants.
 */
#ifndef UART_16550_H
#define UART_16550_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* ---- where it is ----------------------------------------------------------------- */

enum uart_space { UART_PORTS, UART_MEMORY };

/* How its registers are reached.  All of it is checked before the first access. */
struct uart_bus {
    uintptr_t base;        /* first port, or address (mapped, uncached) of register 0 */
    enum uart_space space;
    uint8_t stride_bytes;  /* from one register to the next: 1, 2, 4, 8 */
    uint8_t width_bits;    /* of one access: 8; in memory also 32, on stride 4 and 8 */
};

/* COM1 of a PC. */
#define UART_BUS_COM1 \
    ((struct uart_bus){.base = 0x3f8, .space = UART_PORTS, .stride_bytes = 1, .width_bits = 8})

/* ---- how it talks ---------------------------------------------------------------- */

enum uart_parity { UART_NO_PARITY, UART_ODD, UART_EVEN, UART_MARK, UART_SPACE };
enum uart_fifo { UART_FIFO_OFF, UART_FIFO_1, UART_FIFO_4, UART_FIFO_8, UART_FIFO_14 };

struct uart_config {
    uint32_t clock_hz;           /* of the oscillator */
    uint32_t baud;
    uint16_t max_error_permille; /* of the baud rate, in either direction; more is ERR_RANGE */
    uint8_t prescaler;           /* 1 to 16: what already divides the clock; 1 on a PC */
    uint8_t data_bits;           /* 5 to 8 */
    uint8_t stop_bits;           /* 1 or 2; 2 means 1.5 with 5 data bits */
    enum uart_parity parity;
    enum uart_fifo fifo;         /* the receive trigger level, or none at all */
    bool flow_control;           /* wait for CTS before each byte; use RTS with interrupts */
};

/* snippet: config */
#define UART_CLOCK_PC_HZ 1843200

/* 115200 8N1 on a PC, FIFO on, no flow control.  30 per mille: a receiver samples the tenth
 * bit of a frame half a bit off when the two ends differ by 50. */
#define UART_CONFIG_115200_8N1                                                             \
    ((struct uart_config){.clock_hz = UART_CLOCK_PC_HZ, .baud = 115200,                    \
                          .max_error_permille = 30, .prescaler = 1, .data_bits = 8,        \
                          .stop_bits = 1, .parity = UART_NO_PARITY, .fifo = UART_FIFO_14,  \
                          .flow_control = false})
/* end: config */

/* The divisor whose rate, clock_hz / (16 * divisor), lies nearest to `baud`, and by how much
 * that rate is off: rounded, positive when it is too fast.  ERR_RANGE, storing nothing, when
 * the exact quotient is 0 or not within half of 1 to 65535.  Pure. */
MUST_CHECK enum err uart_divisor_for(uint32_t clock_hz, uint32_t baud, uint16_t *divisor,
                                     int32_t *error_permille);

/* ERR_RANGE when a 16550 can not be there, or not be set like that.  Pure. */
MUST_CHECK enum err uart_bus_check(const struct uart_bus *bus);
MUST_CHECK enum err uart_config_check(const struct uart_config *config);

/* ---- state ----------------------------------------------------------------------- */

#define UART_FIFO_BYTES 16
#define UART_POLL_NS    50 /* what a read of a register lasts at least, emulators included */

/* About a second on a PC's low pin count bus.  An emulator may stop the transmitter for as
 * long as its host does not take the bytes, so the line's own speed is not all that counts. */
#define UART_POLLS_MIN 1000000

/* Since uart_init.  Counters wrap around. */
struct uart_stats {
    uint32_t sent_bytes, received_bytes;
    uint32_t overruns, parity_errors, framing_errors, breaks; /* by the line status */
    uint32_t dropped_bytes; /* received by interrupt while the ring was full */
    uint32_t timeouts;
};

/* A received byte, and what the line status said about it: UART_LSR_OE, _PE, _FE, _BI. */
struct uart_cell { uint8_t byte, errors; };

/* Single producer, single consumer: uart_16550_irq.h. */
struct uart_ring {
    struct uart_cell *cells;
    uint32_t mask;             /* number of cells - 1, a power of two - 1 */
    uint32_t pushed, taken;    /* count up and wrap; written by producer and by consumer */
};

/* To read: stats, divisor, error_permille, fifo_bytes.  The rest is private. */
struct uart {
    struct uart_bus bus;
    struct uart_stats stats;
    int32_t error_permille;  /* of the baud rate in use */
    uint16_t divisor;
    uint8_t fifo_bytes;      /* 16, or 1: off, or a chip without a working FIFO */
    bool flow_control;
    uint8_t ier, fcr, lcr, mcr; /* what the device holds, or will after a self-test */
    uint8_t room_bytes;      /* that may be written to THR before THRE is asked again */
    uint8_t pending_errors;  /* reading LSR clears them; they belong to the next byte */
    uint64_t wait_polls;     /* bound of one wait */
    bool irq;                /* uart_irq_start was called; then: */
    bool tx_on, rts_held;    /* ETBEI is wanted; RTS was taken away */
    struct uart_ring rx, tx;
};

/* ---- starting -------------------------------------------------------------------- */

/* Whether a 16550 or 16450 answers: the line control register is plausible, the scratch
 * register remembers, loop-back connects the modem lines.  A missing device costs one read
 * and no write.  All registers are restored on every path; only what reading clears (LSR, MSR,
 * IIR) is lost.  ERR_RANGE, ERR_NOT_FOUND. */
MUST_CHECK enum err uart_probe(const struct uart_bus *bus);

/* Checks bus and configuration, probes, lets bytes on their way leave, sets the device up,
 * reads back what can be.  Interrupts are off afterwards, DTR and RTS on.
 * On any error the registers that can be read are as before and *u is not usable. */
MUST_CHECK enum err uart_init(struct uart *u, const struct uart_bus *bus,
                              const struct uart_config *config);

/* Sends a byte and then a message of 16 to itself and compares.  Nothing leaves the chip.
 * Waits for the transmitter first; what was received and not taken yet is lost.  Statistics
 * and registers are as before on every path.  Interrupts must not be in use.
 * ERR_TIMEOUT, ERR_DEVICE, ERR_NOT_FOUND. */
MUST_CHECK enum err uart_self_test(struct uart *u);

/* ---- sending and receiving ------------------------------------------------------- */

/* Sends a byte if there is room, and the other side lets us where flow control is on;
 * else ERR_FULL.  ERR_NOT_FOUND.  Never waits. */
MUST_CHECK enum err uart_try_send(struct uart *u, uint8_t byte);

/* Sends a byte.  Waits for room no longer than the bound: ERR_TIMEOUT, ERR_NOT_FOUND. */
MUST_CHECK enum err uart_send(struct uart *u, uint8_t byte);

/* Sends bytes as they are, until the first error.  *sent, unless NULL, is how many went. */
MUST_CHECK enum err uart_send_bytes(struct uart *u, const void *bytes, size_t len_bytes,
                                    size_t *sent);

/* Sends a character to a terminal: \n as \r\n, backspace and delete as \b, space, \b. */
MUST_CHECK enum err uart_send_char(struct uart *u, char c);
MUST_CHECK enum err uart_send_text(struct uart *u, const char *text, size_t len_bytes);

/* Waits, no longer than the bound, until the last bit has left: ERR_TIMEOUT, ERR_NOT_FOUND. */
MUST_CHECK enum err uart_drain(struct uart *u);

/* Takes the next byte.  ERR_EMPTY when there is none: *cell is as before.  ERR_DEVICE when
 * there is one, with errors: it is taken and in *cell all the same.  ERR_NOT_FOUND. */
MUST_CHECK enum err uart_try_receive(struct uart *u, struct uart_cell *cell);

/* The same, but waits for a byte; ERR_TIMEOUT instead of ERR_EMPTY. */
MUST_CHECK enum err uart_receive(struct uart *u, struct uart_cell *cell);

/* The modem lines now: UART_MSR_CTS, _DSR, _RI, _DCD.  ERR_NOT_FOUND. */
MUST_CHECK enum err uart_modem_lines(struct uart *u, uint8_t *lines);

#endif
