/* SPDX-License-Identifier: MIT */
/* What the files of this library share and its users do not need. */
#ifndef UART_16550_INSIDE_H
#define UART_16550_INSIDE_H

#include "base/mmio.h"
#include "uart_16550/uart_16550.h"
#include "uart_16550/uart_16550_regs.h"
#include "x86_64/insn.h"

/* What a bus nobody answers on reads as. */
#define UART_NOBODY 0xff

/* snippet: access */
static inline uint8_t uart_read(const struct uart_bus *bus, enum uart_reg reg)
{
    uintptr_t at = bus->base + (uintptr_t)reg * bus->stride_bytes;
    if (bus->space == UART_PORTS) return insn_in8((uint16_t)at);
    if (bus->width_bits == 8) return reg_read8((const reg8 *)at);
    return (uint8_t)reg_read32((const reg32 *)at);
}

static inline void uart_write(const struct uart_bus *bus, enum uart_reg reg, uint8_t value)
{
    uintptr_t at = bus->base + (uintptr_t)reg * bus->stride_bytes;
    if (bus->space == UART_PORTS) insn_out8((uint16_t)at, value);
    else if (bus->width_bits == 8) reg_write8((reg8 *)at, value);
    else reg_write32((reg32 *)at, value);
}
/* end: access */

/* Writes a register that reads back, until the bits of `mask` do, twice at most: one access
 * that fails changes nothing.  Whether it holds the value. */
bool uart_set(const struct uart_bus *bus, enum uart_reg reg, uint8_t value, uint8_t mask);

/* The only reader of LSR: reading clears the error bits, so they are counted and kept for the
 * byte they belong to.  ERR_NOT_FOUND when nobody answers. */
MUST_CHECK enum err uart_line_status(struct uart *u, uint8_t *lsr);

/* The byte in RBR and the errors that belong to it.  LSR.DR must have been seen. */
struct uart_cell uart_take_rbr(struct uart *u);

#endif
