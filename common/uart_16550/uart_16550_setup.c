/* SPDX-License-Identifier: MIT */
/* Finding a 16550, setting it up, testing it; and leaving it as it was when that fails. */
#include "uart_16550/uart_16550_inside.h"

#include "base/assert.h"

/* ---- what a 16550 can be told ------------------------------------------------------- */

enum err uart_bus_check(const struct uart_bus *bus)
{
    uint8_t stride = bus->stride_bytes;
    uintptr_t last = (uintptr_t)(UART_REG_COUNT - 1) * stride;

    if (stride != 1 && stride != 2 && stride != 4 && stride != 8) return ERR_RANGE;
    if (bus->base == 0) return ERR_RANGE;
    switch (bus->space) {
    case UART_PORTS:
        if (bus->width_bits != 8) return ERR_RANGE;
        return bus->base <= UINT16_MAX - last ? OK : ERR_RANGE;
    case UART_MEMORY:
        if (bus->width_bits == 32) {
            if (stride < 4 || bus->base % 4 != 0) return ERR_RANGE;
        } else if (bus->width_bits != 8) {
            return ERR_RANGE;
        }
        return bus->base <= UINTPTR_MAX - last - 3 ? OK : ERR_RANGE;
    }
    return ERR_RANGE;
}

/* What a configuration comes down to. */
struct plan {
    uint16_t divisor;
    int32_t error_permille;
    uint8_t lcr, fcr;
    uint64_t wait_polls;
};

static enum err plan_rate(const struct uart_config *config, struct plan *plan)
{
    /* clock / prescaler / baud, without rounding the first quotient. */
    uint64_t baud = (uint64_t)config->baud * config->prescaler;
    if (config->prescaler < 1 || config->prescaler > 16 || baud > UINT32_MAX) return ERR_RANGE;
    enum err e = uart_divisor_for(config->clock_hz, (uint32_t)baud, &plan->divisor,
                                  &plan->error_permille);
    if (e != OK) return e;
    int32_t off = plan->error_permille < 0 ? -plan->error_permille : plan->error_permille;
    return off <= config->max_error_permille ? OK : ERR_RANGE;
}

static enum err plan_line(const struct uart_config *config, struct plan *plan)
{
    static const uint8_t parity[] = {
        [UART_NO_PARITY] = 0,
        [UART_ODD] = UART_LCR_PEN,
        [UART_EVEN] = UART_LCR_PEN | UART_LCR_EPS,
        [UART_MARK] = UART_LCR_PEN | UART_LCR_STICK,
        [UART_SPACE] = UART_LCR_PEN | UART_LCR_STICK | UART_LCR_EPS,
    };
    if (config->data_bits < 5 || config->data_bits > 8) return ERR_RANGE;
    if (config->stop_bits < 1 || config->stop_bits > 2) return ERR_RANGE;
    if ((unsigned)config->parity >= sizeof parity) return ERR_RANGE;
    if ((unsigned)config->fifo > UART_FIFO_14) return ERR_RANGE;

    plan->lcr = (uint8_t)(field_put32(UART_LCR_WLS, config->data_bits - 5u) |
                          (config->stop_bits == 2 ? UART_LCR_STB : 0) | parity[config->parity]);
    plan->fcr = 0;
    if (config->fifo != UART_FIFO_OFF)
        plan->fcr = (uint8_t)(UART_FCR_EN |
                              field_put32(UART_FCR_TRIGGER, config->fifo - UART_FIFO_1));
    return OK;
}

/* Twice the time that a full FIFO and the shift register need on the line, in polls. */
static uint64_t plan_wait(const struct uart_config *config, const struct plan *plan)
{
    const uint64_t frame_bits = 1 + 8 + 1 + 2, ns_per_s = 1000000000;
    uint64_t frame_ns = frame_bits * 16 * config->prescaler * plan->divisor * ns_per_s /
                        config->clock_hz;
    uint64_t polls = 2 * (UART_FIFO_BYTES + 1) * frame_ns / UART_POLL_NS;
    return polls > UART_POLLS_MIN ? polls : UART_POLLS_MIN;
}

static enum err plan_config(const struct uart_config *config, struct plan *plan)
{
    enum err e = plan_rate(config, plan);
    if (e != OK) return e;
    e = plan_line(config, plan);
    if (e != OK) return e;
    plan->wait_polls = plan_wait(config, plan);
    return OK;
}

enum err uart_config_check(const struct uart_config *config)
{
    struct plan plan;
    return plan_config(config, &plan);
}

/* ---- keeping what was there --------------------------------------------------------- */

bool uart_set(const struct uart_bus *bus, enum uart_reg reg, uint8_t value, uint8_t mask)
{
    for (int attempt = 0; attempt < 2; attempt++) {
        uart_write(bus, reg, value);
        if (((uart_read(bus, reg) ^ value) & mask) == 0) return true;
    }
    return false;
}

/* The registers that can be read, as they were found. */
struct found { uint8_t ier, lcr, mcr, scr, dll, dlm; };

/* A register of this list reads the same twice; a bus with nobody on it may not, and a value
 * misread once must not be what is restored. */
static bool read_twice(const struct uart_bus *bus, enum uart_reg reg, uint8_t *value)
{
    *value = uart_read(bus, reg);
    return *value == uart_read(bus, reg);
}

/* Leaves LCR.DLAB at 0, ready for IER.  False, LCR as it was, when no UART is there. */
static bool keep(const struct uart_bus *bus, struct found *f)
{
    if (!read_twice(bus, UART_LCR, &f->lcr) || f->lcr == UART_NOBODY) return false;
    bool same = uart_set(bus, UART_LCR, f->lcr | UART_LCR_DLAB, 0xff);
    same = same && read_twice(bus, UART_DLL, &f->dll);
    same = same && read_twice(bus, UART_DLM, &f->dlm);
    same = same && uart_set(bus, UART_LCR, f->lcr & (uint8_t)~UART_LCR_DLAB, 0xff);
    same = same && read_twice(bus, UART_IER, &f->ier);
    same = same && read_twice(bus, UART_MCR, &f->mcr);
    same = same && read_twice(bus, UART_SCR, &f->scr);
    if (!same) (void)uart_set(bus, UART_LCR, f->lcr, 0xff);
    return same;
}

/* LCR.DLAB must be 0.  Whether everything is as it was found. */
static bool give_back(const struct uart_bus *bus, const struct found *f)
{
    bool same = uart_set(bus, UART_SCR, f->scr, 0xff);
    same &= uart_set(bus, UART_MCR, f->mcr, 0xff);
    (void)uart_read(bus, UART_MSR); /* the changes that loop-back made are not news */
    same &= uart_set(bus, UART_IER, f->ier, 0xff);
    same &= uart_set(bus, UART_LCR, f->lcr, 0xff);
    return same;
}

/* Writing the divisor restarts the line's clock, so only where it was changed. */
static bool give_back_all(const struct uart_bus *bus, const struct found *f)
{
    const uint8_t line = f->lcr & (uint8_t)~UART_LCR_DLAB;
    bool same = uart_set(bus, UART_LCR, line | UART_LCR_DLAB, 0xff);
    same &= uart_set(bus, UART_DLL, f->dll, 0xff);
    same &= uart_set(bus, UART_DLM, f->dlm, 0xff);
    same &= uart_set(bus, UART_LCR, line, 0xff);
    return give_back(bus, f) && same;
}

/* ---- is it there? ------------------------------------------------------------------- */

/* snippet: answers */
/* The other read in between leaves another value on a bus that only echoes the last one. */
static bool scratch_remembers(const struct uart_bus *bus, uint8_t pattern)
{
    uart_write(bus, UART_SCR, pattern);
    (void)uart_read(bus, UART_LCR);
    return uart_read(bus, UART_SCR) == pattern;
}

/* PC16550D 8.8: in loop-back the four outputs are the four inputs. */
static bool loop_back_shows(const struct uart_bus *bus, uint8_t outputs, uint8_t inputs)
{
    uart_write(bus, UART_MCR, UART_MCR_LOOP | outputs);
    return (uart_read(bus, UART_MSR) & UART_MSR_LINES) == inputs;
}
/* end: answers */

/* Bytes that firmware still has in the transmitter get their time to leave.  If they do not,
 * the other side holds them, and they are lost. */
static void let_bytes_leave(const struct uart_bus *bus, uint64_t polls)
{
    for (uint64_t poll = 0; poll < polls; poll++)
        if (uart_read(bus, UART_LSR) & UART_LSR_TEMT) return;
}

/* snippet: probe */
enum err uart_probe(const struct uart_bus *bus)
{
    struct found f;
    enum err e = uart_bus_check(bus);
    if (e != OK) return e;
    if (uart_read(bus, UART_LCR) == UART_NOBODY) return ERR_NOT_FOUND;
    if (!keep(bus, &f)) return ERR_NOT_FOUND;

    bool there = uart_set(bus, UART_IER, 0, UART_IER_ALL);
    there = there && scratch_remembers(bus, 0x55) && scratch_remembers(bus, 0xaa);
    if (there) let_bytes_leave(bus, UART_POLLS_MIN);
    there = there && loop_back_shows(bus, UART_MCR_OUT2 | UART_MCR_DTR,
                                     UART_MSR_DCD | UART_MSR_DSR);
    there = there && loop_back_shows(bus, UART_MCR_OUT1 | UART_MCR_RTS,
                                     UART_MSR_RI | UART_MSR_CTS);
    bool same = give_back(bus, &f);
    return there && same ? OK : ERR_NOT_FOUND;
}
/* end: probe */

/* ---- setting it up ------------------------------------------------------------------ */

/* snippet: program */
static bool program(const struct uart_bus *bus, const struct plan *plan, uint8_t mcr)
{
    bool held = uart_set(bus, UART_IER, 0, UART_IER_ALL);
    held = held && uart_set(bus, UART_LCR, plan->lcr | UART_LCR_DLAB, 0xff);
    held = held && uart_set(bus, UART_DLL, (uint8_t)plan->divisor, 0xff);
    held = held && uart_set(bus, UART_DLM, (uint8_t)(plan->divisor >> 8), 0xff);
    held = held && uart_set(bus, UART_LCR, plan->lcr, 0xff);
    return held && uart_set(bus, UART_MCR, mcr, UART_MCR_ALL);
}
/* end: program */

/* snippet: fifo */
/* FCR cannot be read, IIR only tells whether the FIFOs are on: so off first, and "on" means
 * that the second write, with its trigger level, has arrived. */
static void program_fifo(struct uart *u)
{
    uart_write(&u->bus, UART_FCR, 0);
    if (u->fcr) {
        uart_write(&u->bus, UART_FCR, u->fcr | UART_FCR_RXRST | UART_FCR_TXRST);
        uint8_t iir = uart_read(&u->bus, UART_IIR);
        if ((iir & UART_IIR_FIFO) != UART_IIR_FIFO) {
            u->fcr = 0;
            uart_write(&u->bus, UART_FCR, 0);
        }
    }
    u->fifo_bytes = u->fcr ? UART_FIFO_BYTES : 1;
}
/* end: fifo */

enum err uart_init(struct uart *u, const struct uart_bus *bus,
                   const struct uart_config *config)
{
    struct plan plan;
    struct found f;
    uint8_t lsr;
    enum err e = uart_bus_check(bus);
    if (e != OK) return e;
    e = plan_config(config, &plan);
    if (e != OK) return e;
    e = uart_probe(bus);
    if (e != OK) return e;
    if (!keep(bus, &f)) return ERR_NOT_FOUND;

    *u = (struct uart){.bus = *bus, .divisor = plan.divisor, .lcr = plan.lcr,
                       .error_permille = plan.error_permille, .fcr = plan.fcr,
                       .mcr = UART_MCR_DTR | UART_MCR_RTS, .wait_polls = plan.wait_polls,
                       .flow_control = config->flow_control};
    if (!program(bus, &plan, u->mcr)) {
        bool gone = uart_read(bus, UART_LCR) == UART_NOBODY;
        (void)give_back_all(bus, &f);
        return gone ? ERR_NOT_FOUND : ERR_DEVICE;
    }
    program_fifo(u);

    /* What came in at the old rate, and what changed meanwhile, is not news. */
    (void)uart_read(bus, UART_RBR);
    (void)uart_read(bus, UART_MSR);
    (void)uart_read(bus, UART_IIR);
    e = uart_line_status(u, &lsr);
    u->stats = (struct uart_stats){0};
    u->pending_errors = 0;
    return e;
}

/* ---- does it work? ------------------------------------------------------------------ */

static void empty_fifos(struct uart *u)
{
    if (u->fcr) uart_write(&u->bus, UART_FCR, u->fcr | UART_FCR_RXRST | UART_FCR_TXRST);
    (void)uart_read(&u->bus, UART_RBR); /* a 16450 has no FIFO to reset, only this byte */
    u->room_bytes = 0;
    u->pending_errors = 0;
}

/* Sends as much as fits, takes it back, compares; `len_bytes` in all. */
static enum err exchange(struct uart *u, const uint8_t *message, size_t len_bytes)
{
    /* Above the data bits a chip gives 0, and QEMU what was sent. */
    const uint8_t on_the_line = (uint8_t)(0xff >> (3 - (u->lcr & UART_LCR_WLS)));

    for (size_t done = 0; done < len_bytes;) {
        size_t burst = len_bytes - done < u->fifo_bytes ? len_bytes - done : u->fifo_bytes;
        enum err e = uart_send_bytes(u, message + done, burst, NULL);
        for (size_t i = 0; e == OK && i < burst; i++) {
            struct uart_cell cell;
            e = uart_receive(u, &cell);
            if (e == OK && ((cell.byte ^ message[done + i]) & on_the_line) != 0) e = ERR_DEVICE;
        }
        if (e != OK) return e;
        done += burst;
    }
    return OK;
}

/* snippet: self_test */
enum err uart_self_test(struct uart *u)
{
    static const uint8_t message[UART_FIFO_BYTES] = {
        0x00, 0xff, 0x55, 0xaa, 0x01, 0x02, 0x04, 0x08,
        0x10, 0x20, 0x40, 0x80, 0xfe, 0x7f, 0x0f, 0xf0,
    };
    const struct uart_stats before = u->stats;

    ASSERT(!u->irq);
    enum err e = uart_drain(u);
    if (e == OK) {
        /* RTS too: looped back it is the CTS that flow control asks for.  Nothing is sent
         * before the register says that it is looped back. */
        bool looped = uart_set(&u->bus, UART_MCR, UART_MCR_LOOP | UART_MCR_DTR | UART_MCR_RTS,
                               UART_MCR_ALL);
        empty_fifos(u);
        e = looped ? exchange(u, &(const uint8_t){0x5a}, 1) : ERR_DEVICE;
        if (e == OK) e = exchange(u, message, sizeof message);

        /* Nor may the rest of a test that failed go out on the line. */
        empty_fifos(u);
        if (e != OK) let_bytes_leave(&u->bus, u->wait_polls);
        bool same = uart_set(&u->bus, UART_MCR, u->mcr, UART_MCR_ALL);
        if (!same && e == OK) e = ERR_DEVICE;
        (void)uart_read(&u->bus, UART_MSR);
        empty_fifos(u);
    }
    u->stats = before;
    return e;
}
/* end: self_test */
