/* SPDX-License-Identifier: MIT */
/*
 * A simulated 16550 for unit tests, written from the data sheet and not from the driver.
 *
 * Time     advances by one tick an access; a byte takes `byte_ticks` on the line.
 * Faults   One, at the access with the number fault_at (the first is 1): see enum fault.
 * Use      Define MODEL_ACCESS_HOOK() before including, to act between accesses.
 */
#ifndef UART_16550_MODEL_H
#define UART_16550_MODEL_H

#include <string.h>

#include "base/mmio.h"
#include "uart_16550/uart_16550.h"
#include "x86_64/insn.h"

#define UNUSED __attribute__((unused))

#ifndef MODEL_ACCESS_HOOK
#define MODEL_ACCESS_HOOK() ((void)0)
#endif

enum fault {
    FAULT_NONE,
    FAULT_DIES,  /* from this access on nobody answers */
    FAULT_ONES,  /* this read, once, gives ffh */
    FAULT_ZEROS, /* … 00h */
    FAULT_FLIPS, /* … the complement */
    FAULT_LOST,  /* this write, once, does nothing */
    FAULT_KINDS,
};

struct model_byte { uint8_t byte, errors; };

static struct model {
    struct uart_bus bus;
    bool absent, echoes;           /* nobody there; the floating bus gives the last value */
    bool stuck, deaf;              /* transmitter never moves; MCR drops its writes */
    bool eight_bits;               /* loops back all bits whatever LCR says, as QEMU does */
    uint8_t damage;                /* bits that flip on the line */
    uint8_t fifo_kind;             /* IIR 7:6 with FIFOs on: 3 16550A, 2 16550, 0 16450 */
    unsigned byte_ticks;
    uint8_t ier, fcr, lcr, mcr, scr, dll, dlm;
    struct model_byte rx[16], tx[16];
    unsigned rx_count, tx_count, shift_ticks, idle_ticks;
    uint8_t shift, overrun, lines, msr_delta, msr_seen, last_value;
    bool thre_latch, tx_overflow, against_cts;
    uint8_t wire[4096];            /* what the other side received */
    unsigned wire_count;
    uint64_t accesses, writes, fault_at;
    enum fault fault;
    bool bad_access;               /* address, width or alignment that no register has */
} model;

/* Called before a write takes effect, for what another processor does just then. */
static void (*model_before_write)(unsigned reg, uint8_t value);

static void model_reset(void)
{
    memset(&model, 0, sizeof model);
    model_before_write = NULL;
    model.bus = UART_BUS_COM1;
    model.fifo_kind = 3;
    model.byte_ticks = 3;
    model.lines = model.msr_seen = 0xb0; /* CTS, DSR, DCD */
    model.thre_latch = true;
    /* What firmware may leave: not zero anywhere, so that a lost register is seen. */
    model.ier = 0x05;
    model.lcr = 0x1b;
    model.mcr = 0x0b;
    model.scr = 0x77;
    model.dll = 0x0c;
    model.dlm = 0x01;
    model.fcr = 0x81;
}

static bool model_fifo_on(void) { return (model.fcr & 1) && model.fifo_kind == 3; }

static uint8_t model_lines(void)
{
    uint8_t m = model.mcr;
    if (!(m & 0x10)) return model.lines;
    return (uint8_t)((m & 2) << 3 | (m & 1) << 5 | (m & 4) << 4 | (m & 8) << 4);
}

static void model_lines_changed(void)
{
    uint8_t now = model_lines(), changed = now ^ model.msr_seen;
    model.msr_delta |= (uint8_t)((changed & 0xb0) >> 4);
    if ((changed & 0x40) && !(now & 0x40)) model.msr_delta |= 4;
    model.msr_seen = now;
}

/* A byte arrives from the line. */
static void model_receive(uint8_t byte, uint8_t errors)
{
    unsigned room = model_fifo_on() ? 16 : 1;
    if (!model.eight_bits) byte &= (uint8_t)(0xff >> (3 - (model.lcr & 3)));
    model.idle_ticks = 0;
    if (model.rx_count == room) {
        model.overrun = 2;
        if (model_fifo_on()) return;
        model.rx_count = 0;
    }
    model.rx[model.rx_count++] = (struct model_byte){byte, errors};
}

static void model_tick(void)
{
    model.idle_ticks++;
    if (model.stuck) return;
    if (model.shift_ticks > 0 && --model.shift_ticks == 0) {
        uint8_t sent = model.shift ^ model.damage;
        if (!model.eight_bits) sent &= (uint8_t)(0xff >> (3 - (model.lcr & 3)));
        if (model.mcr & 0x10) model_receive(sent, 0);
        else model.wire[model.wire_count++ % sizeof model.wire] = sent;
    }
    if (model.shift_ticks == 0 && model.tx_count > 0) {
        model.shift = model.tx[0].byte;
        model.shift_ticks = model.byte_ticks;
        memmove(model.tx, model.tx + 1, --model.tx_count * sizeof model.tx[0]);
        if (model.tx_count == 0) model.thre_latch = true;
    }
}

static uint8_t model_cause(void)
{
    static const uint8_t levels[] = {1, 4, 8, 14};
    uint8_t top = model.rx_count ? model.rx[0].errors : 0;
    unsigned level = model_fifo_on() ? levels[model.fcr >> 6] : 1;
    if ((model.ier & 4) && (top | model.overrun)) return 0x6;
    if ((model.ier & 1) && model.rx_count >= level) return 0x4;
    if ((model.ier & 1) && model.rx_count && model.idle_ticks > 4 * model.byte_ticks) return 0xc;
    if ((model.ier & 2) && model.thre_latch) return 0x2;
    if ((model.ier & 8) && model.msr_delta) return 0x0;
    return 0x1;
}

/* The interrupt line as the PC sees it. */
UNUSED static bool model_irq(void)
{
    return (model.mcr & 0x18) == 0x08 && model_cause() != 1;
}

static uint8_t model_lsr(void)
{
    uint8_t lsr = model.overrun;
    model.overrun = 0;
    if (model.rx_count) {
        lsr |= 1 | model.rx[0].errors;
        model.rx[0].errors = 0;
    }
    for (unsigned i = 0; i < model.rx_count; i++)
        if (model_fifo_on() && model.rx[i].errors) lsr |= 0x80;
    if (model.tx_count == 0) lsr |= 0x20;
    if (model.tx_count == 0 && model.shift_ticks == 0) lsr |= 0x40;
    return model.stuck ? lsr & 0x9f : lsr;
}

static uint8_t model_get(unsigned reg)
{
    uint8_t value = 0;
    switch (reg) {
    case 0:
        if (model.lcr & 0x80) return model.dll;
        if (model.rx_count == 0) return 0;
        value = model.rx[0].byte;
        memmove(model.rx, model.rx + 1, --model.rx_count * sizeof model.rx[0]);
        model.idle_ticks = 0;
        return value;
    case 1: return model.lcr & 0x80 ? model.dlm : model.ier;
    case 2:
        value = (uint8_t)(model_cause() | (model.fcr & 1) * model.fifo_kind << 6);
        if ((value & 0xf) == 2) model.thre_latch = false;
        return value;
    case 3: return model.lcr;
    case 4: return model.mcr;
    case 5: return model_lsr();
    case 6:
        value = model_lines() | model.msr_delta;
        model.msr_delta = 0;
        return value;
    default: return model.scr;
    }
}

static void model_put(unsigned reg, uint8_t value)
{
    switch (reg) {
    case 0:
        if (model.lcr & 0x80) { model.dll = value; return; }
        model.thre_latch = false;
        if (!(model_lines() & 0x10)) model.against_cts = true;
        if (model.tx_count == (model_fifo_on() ? 16u : 1u)) { model.tx_overflow = true; return; }
        model.tx[model.tx_count++].byte = value;
        return;
    case 1:
        if (model.lcr & 0x80) { model.dlm = value; return; }
        if ((value & ~model.ier & 2) && model.tx_count == 0) model.thre_latch = true;
        model.ier = value & 0x0f;
        return;
    case 2:
        if ((value ^ model.fcr) & 1) model.rx_count = model.tx_count = 0;
        if (value & 2) model.rx_count = 0;
        if (value & 4) model.tx_count = 0;
        model.fcr = value & 1 ? value & 0xc9 : 0;
        return;
    case 3: model.lcr = value; return;
    case 4:
        if (!model.deaf) model.mcr = value & 0x1f;
        model_lines_changed();
        return;
    case 7: model.scr = value; return;
    default: return;
    }
}

/* The register at an address, the width being right; else notes a bad access. */
static unsigned model_decode(enum uart_space space, uintptr_t at, unsigned width)
{
    uintptr_t offset = at - model.bus.base;
    unsigned stride = model.bus.stride_bytes;
    if (space != model.bus.space || width != model.bus.width_bits || offset % stride != 0 ||
        offset / stride > 7)
        model.bad_access = true;
    return (unsigned)(offset / stride) & 7;
}

static uint32_t model_read(enum uart_space space, uintptr_t at, unsigned width)
{
    unsigned reg = model_decode(space, at, width);
    bool hit = ++model.accesses == model.fault_at;
    if (hit && model.fault == FAULT_DIES) model.absent = true;
    if (model.absent) return model.echoes ? model.last_value : UINT32_MAX;
    model_tick();
    uint8_t value = model_get(reg);
    if (hit && model.fault == FAULT_ONES) value = 0xff;
    if (hit && model.fault == FAULT_ZEROS) value = 0;
    if (hit && model.fault == FAULT_FLIPS) value = (uint8_t)~value;
    MODEL_ACCESS_HOOK();
    return value | (width == 32 ? 0xabcdef00u : 0); /* the other lanes say nothing */
}

static void model_write(enum uart_space space, uintptr_t at, unsigned width, uint32_t value)
{
    unsigned reg = model_decode(space, at, width);
    bool hit = ++model.accesses == model.fault_at;
    model.writes++;
    model.last_value = (uint8_t)value;
    if (hit && model.fault == FAULT_DIES) model.absent = true;
    if (model.absent) return;
    model_tick();
    if (model_before_write) model_before_write(reg, (uint8_t)value);
    if (!(hit && model.fault == FAULT_LOST)) model_put(reg, (uint8_t)value);
    MODEL_ACCESS_HOOK();
}

uint32_t fake_port_read(uint16_t port, unsigned width)
{
    return model_read(UART_PORTS, port, width);
}
void fake_port_write(uint16_t port, unsigned width, uint32_t value)
{
    model_write(UART_PORTS, port, width, value);
}
uint32_t fake_mmio_read(uintptr_t address, unsigned width)
{
    return model_read(UART_MEMORY, address, width);
}
void fake_mmio_write(uintptr_t address, unsigned width, uint32_t value)
{
    model_write(UART_MEMORY, address, width, value);
}

/* ---- what tests ask it ---------------------------------------------------------------- */

struct registers { uint8_t ier, fcr, lcr, mcr, scr, dll, dlm; };

UNUSED static struct registers registers_now(void)
{
    return (struct registers){model.ier, model.fcr, model.lcr, model.mcr,
                              model.scr, model.dll, model.dlm};
}

UNUSED static bool registers_are(struct registers r)
{
    struct registers now = registers_now();
    return memcmp(&now, &r, sizeof r) == 0;
}

/* A UART that is set up. */
UNUSED static struct uart ready_uart(void)
{
    struct uart u;
    model_reset();
    assert_int_equal(uart_init(&u, &model.bus, &UART_CONFIG_115200_8N1), OK);
    u.wait_polls = 3000; /* enough for the simulated line, and soon over */
    return u;
}

#endif
