/* SPDX-License-Identifier: MIT */
/*
 * The 16550 UART by interrupt: two rings between the interrupt and everyone else.
 *
 * Source   PC16550D 8.6, 8.7, 8.11.
 * Memory   The rings lie in the caller's memory and belong to the UART until uart_irq_stop.
 * Context  uart_interrupt runs in one context (the handler); it takes from the sending ring
 *          and fills the receiving one.  One other context may call uart_queue and one
 *          uart_take, on any processor, with interrupts on: nothing here takes a lock.
 * Bounds   uart_interrupt handles at most UART_IRQ_ROUNDS causes.  Nothing waits.
 * Lost     An interrupt that a chip or an edge-triggered controller lost is made up for by
 *          the next call of uart_interrupt, which may come from a timer.
 * Flow     With flow control, RTS goes away while the receiving ring is over 3/4 full and
 *          comes back when uart_take has brought it down to 1/4; sending stops without CTS.
 */
#ifndef UART_16550_IRQ_H
#define UART_16550_IRQ_H

#include "uart_16550/uart_16550.h"

#define UART_IRQ_ROUNDS 64

/* `count` is a power of two, 2 or more. */
void uart_ring_init(struct uart_ring *ring, struct uart_cell *cells, size_t count);
/* False when full.  For the one producer. */
bool uart_ring_push(struct uart_ring *ring, struct uart_cell cell);
/* False when empty.  For the one consumer. */
bool uart_ring_take(struct uart_ring *ring, struct uart_cell *cell);
/* Cells in use: at least for the consumer, at most for the producer. */
uint32_t uart_ring_used(const struct uart_ring *ring);

/* Turns interrupts on for a UART that uart_init has set up.  Counts are powers of two, 2 or
 * more.  The caller has routed the interrupt line to uart_interrupt before.
 * ERR_DEVICE when it does not take it: interrupts are off then. */
MUST_CHECK enum err uart_irq_start(struct uart *u, struct uart_cell *rx, size_t rx_count,
                                   struct uart_cell *tx, size_t tx_count);

/* Turns them off; the polled functions are in use again.  What is in the rings stays there:
 * received bytes can still be taken, bytes not yet sent are not sent.  ERR_DEVICE. */
MUST_CHECK enum err uart_irq_stop(struct uart *u);

/* Puts a byte in line to be sent: ERR_FULL when the ring is. */
MUST_CHECK enum err uart_queue(struct uart *u, uint8_t byte);

/* Takes the next received byte: ERR_EMPTY; ERR_DEVICE when it came with errors, which are in
 * *cell with it. */
MUST_CHECK enum err uart_take(struct uart *u, struct uart_cell *cell);

/* Does what the UART asks for.  OK: there was something; ERR_EMPTY: it wanted nothing (a
 * shared line, or another call has done it); ERR_NOT_FOUND: it is gone; ERR_DEVICE: it did not
 * stop asking, and the line was dropped and raised again so that an edge will follow. */
MUST_CHECK enum err uart_interrupt(struct uart *u);

#endif
