/* SPDX-License-Identifier: MIT */
/* The 16550 UART by interrupt.
 *
 * Two flags are written from both sides without a lock.  Each is safe for the same reason:
 * a side first says what it does, then looks again at what the other side may have done.
 *
 * tx_on     ETBEI is set.  The handler clears it when it has run out of bytes, turns ETBEI
 *           off and looks at ring and flag again; uart_queue fills the ring and then looks at
 *           the flag.  Whichever looks last sees the other's word and turns ETBEI on.
 * rts_held  RTS is taken away.  Only uart_take gives it back, and looks at the ring again
 *           afterwards, since the handler may have filled it in between.
 */
#include "uart_16550/uart_16550_irq.h"

#include "base/assert.h"
#include "uart_16550/uart_16550_inside.h"

/* ---- rings -------------------------------------------------------------------------- */

void uart_ring_init(struct uart_ring *ring, struct uart_cell *cells, size_t count)
{
    ASSERT(count >= 2 && count <= UINT32_C(1) << 31 && (count & (count - 1)) == 0);
    *ring = (struct uart_ring){.cells = cells, .mask = (uint32_t)count - 1};
}

uint32_t uart_ring_used(const struct uart_ring *ring)
{
    /* taken first: it only grows, so a pushed read later is never behind it. */
    uint32_t taken = __atomic_load_n(&ring->taken, __ATOMIC_ACQUIRE);
    return __atomic_load_n(&ring->pushed, __ATOMIC_ACQUIRE) - taken;
}

bool uart_ring_push(struct uart_ring *ring, struct uart_cell cell)
{
    uint32_t pushed = __atomic_load_n(&ring->pushed, __ATOMIC_RELAXED);
    if (pushed - __atomic_load_n(&ring->taken, __ATOMIC_ACQUIRE) > ring->mask) return false;
    ring->cells[pushed & ring->mask] = cell;
    __atomic_store_n(&ring->pushed, pushed + 1, __ATOMIC_RELEASE);
    return true;
}

bool uart_ring_take(struct uart_ring *ring, struct uart_cell *cell)
{
    uint32_t taken = __atomic_load_n(&ring->taken, __ATOMIC_RELAXED);
    if (__atomic_load_n(&ring->pushed, __ATOMIC_ACQUIRE) == taken) return false;
    *cell = ring->cells[taken & ring->mask];
    __atomic_store_n(&ring->taken, taken + 1, __ATOMIC_RELEASE);
    return true;
}

/* More than 3/4, and 1/4 or less. */
static bool ring_high(const struct uart_ring *ring)
{
    return uart_ring_used(ring) > ring->mask - ring->mask / 4;
}

static bool ring_low(const struct uart_ring *ring)
{
    return uart_ring_used(ring) <= ring->mask / 4;
}

/* ---- the registers that both sides write: always whole values ------------------------ */

static void set_tx_on(struct uart *u, bool on)
{
    __atomic_store_n(&u->tx_on, on, __ATOMIC_SEQ_CST);
    uart_write(&u->bus, UART_IER, on ? u->ier | UART_IER_ETBEI : u->ier);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

static bool get_tx_on(const struct uart *u)
{
    return __atomic_load_n(&u->tx_on, __ATOMIC_SEQ_CST);
}

/* The flag after the line: uart_take must not give back what is not yet taken away. */
static void hold_rts(struct uart *u)
{
    uart_write(&u->bus, UART_MCR, u->mcr & (uint8_t)~UART_MCR_RTS);
    __atomic_store_n(&u->rts_held, true, __ATOMIC_SEQ_CST);
}

static void give_rts(struct uart *u)
{
    __atomic_store_n(&u->rts_held, false, __ATOMIC_SEQ_CST);
    uart_write(&u->bus, UART_MCR, u->mcr);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    if (ring_high(&u->rx)) hold_rts(u);
}

/* ---- the handler's side --------------------------------------------------------------- */

/* Takes what is there, at most a FIFO full twice over. */
static enum err receive(struct uart *u, bool *any)
{
    for (int i = 0; i < 2 * UART_FIFO_BYTES; i++) {
        uint8_t lsr;
        enum err e = uart_line_status(u, &lsr);
        if (e != OK) return e;
        if (!(lsr & UART_LSR_DR)) break;
        *any = true;
        if (!uart_ring_push(&u->rx, uart_take_rbr(u))) u->stats.dropped_bytes++;
    }
    if (u->flow_control && ring_high(&u->rx)) hold_rts(u);
    return OK;
}

static bool may_send(struct uart *u)
{
    return !u->flow_control || (uart_read(&u->bus, UART_MSR) & UART_MSR_CTS);
}

/* Fills the FIFO, if THRE says that it is empty.  Turns ETBEI off when there is nothing more
 * to send, or nobody to send it to: CTS coming back is an interrupt of its own. */
static enum err transmit(struct uart *u, bool *any)
{
    struct uart_cell cell;
    uint8_t lsr;
    enum err e = uart_line_status(u, &lsr);
    if (e != OK) return e;
    if (!(lsr & UART_LSR_THRE)) return OK;

    bool clear = true;
    uint8_t room = u->fifo_bytes;
    while (room > 0 && uart_ring_used(&u->tx) > 0) {
        clear = may_send(u);
        if (!clear || !uart_ring_take(&u->tx, &cell)) break;
        uart_write(&u->bus, UART_THR, cell.byte);
        room--;
        u->stats.sent_bytes++;
        *any = true;
    }
    u->room_bytes = room;
    if (clear && uart_ring_used(&u->tx) > 0) return OK; /* THRE will come again */
    set_tx_on(u, false);
    if (get_tx_on(u) || (clear && uart_ring_used(&u->tx) > 0)) set_tx_on(u, true);
    return OK;
}

static enum err modem_changed(struct uart *u)
{
    (void)uart_read(&u->bus, UART_MSR);
    if (uart_ring_used(&u->tx) > 0) set_tx_on(u, true); /* raises THRE if the FIFO is empty */
    return OK;
}

static enum err serve(struct uart *u, uint8_t iir)
{
    bool any = false;

    switch (iir & UART_IIR_CAUSE) {
    case UART_CAUSE_LINE:
    case UART_CAUSE_DATA:
    case UART_CAUSE_TIMEOUT: return receive(u, &any);
    case UART_CAUSE_THRE: return transmit(u, &any);
    case UART_CAUSE_MODEM: return modem_changed(u);
    default: return receive(u, &any); /* no cause of a 16550; what it reads may clear it */
    }
}

/* Whatever should have raised an interrupt and did not. */
static enum err catch_up(struct uart *u)
{
    bool any = false;
    enum err e = receive(u, &any);
    if (e == OK && get_tx_on(u)) e = transmit(u, &any);
    if (e != OK) return e;
    return any ? OK : ERR_EMPTY;
}

enum err uart_interrupt(struct uart *u)
{
    if (!u->irq) return ERR_EMPTY;
    for (int round = 0; round < UART_IRQ_ROUNDS; round++) {
        uint8_t iir = uart_read(&u->bus, UART_IIR);
        if (iir & UART_IIR_IDLE) { /* ffh included: catch_up finds out */
            if (round == 0) return catch_up(u);
            return OK;
        }
        enum err e = serve(u, iir);
        if (e != OK) return e;
    }
    /* An edge-triggered controller sees nothing new on a line that never fell. */
    uart_write(&u->bus, UART_IER, 0);
    set_tx_on(u, true); /* at worst one THRE too many, which turns it off again */
    return ERR_DEVICE;
}

/* ---- everyone else's side -------------------------------------------------------------- */

enum err uart_queue(struct uart *u, uint8_t byte)
{
    if (!uart_ring_push(&u->tx, (struct uart_cell){.byte = byte})) return ERR_FULL;
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    if (u->irq && !get_tx_on(u)) set_tx_on(u, true);
    return OK;
}

enum err uart_take(struct uart *u, struct uart_cell *cell)
{
    bool any = uart_ring_take(&u->rx, cell);
    if (u->irq && __atomic_load_n(&u->rts_held, __ATOMIC_SEQ_CST) && ring_low(&u->rx))
        give_rts(u);
    if (!any) return ERR_EMPTY;
    return cell->errors ? ERR_DEVICE : OK;
}

static bool turn_off(struct uart *u)
{
    u->irq = false;
    u->ier = 0;
    u->mcr = UART_MCR_DTR | UART_MCR_RTS;
    bool same = uart_set(&u->bus, UART_IER, 0, UART_IER_ALL);
    return uart_set(&u->bus, UART_MCR, u->mcr, UART_MCR_ALL) && same;
}

enum err uart_irq_start(struct uart *u, struct uart_cell *rx, size_t rx_count,
                        struct uart_cell *tx, size_t tx_count)
{
    ASSERT(!u->irq);
    uart_ring_init(&u->rx, rx, rx_count);
    uart_ring_init(&u->tx, tx, tx_count);
    u->ier = UART_IER_ERBFI | UART_IER_ELSI | (u->flow_control ? UART_IER_EDSSI : 0);
    u->mcr |= UART_MCR_OUT2;
    u->tx_on = u->rts_held = false;
    u->irq = true; /* before IER: the first interrupt may come at once */
    if (uart_set(&u->bus, UART_MCR, u->mcr, UART_MCR_ALL) &&
        uart_set(&u->bus, UART_IER, u->ier, UART_IER_ALL))
        return OK;
    (void)turn_off(u);
    return ERR_DEVICE;
}

enum err uart_irq_stop(struct uart *u) { return turn_off(u) ? OK : ERR_DEVICE; }
