/* SPDX-License-Identifier: MIT */
/*
 * Registers of the 16550 UART.
 *
 * Source   National Semiconductor PC16550D data sheet (1995), section 8.
 * Access   R read, W write, RW both and reads back what was written, RC cleared by reading,
 *          WS writing 1 acts once and reads back as 0.
 * DLAB     Offsets 0 and 1 are other registers while LCR.DLAB is 1.
 * Unlisted Bits the data sheet reserves.  They read 0 on a PC16550D; its descendants put
 *          64-byte FIFOs, sleep modes and automatic flow control there.
 */
#ifndef UART_16550_REGS_H
#define UART_16550_REGS_H

#include "base/bits.h"

/* Which register, counted in registers: struct uart_bus says how many bytes apart. */
/* snippet: registers */
enum uart_reg {
    UART_RBR = 0, /* R   DLAB=0  receiver buffer */
    UART_THR = 0, /* W   DLAB=0  transmitter holding */
    UART_DLL = 0, /* RW  DLAB=1  divisor latch, bits 7:0 */
    UART_IER = 1, /* RW  DLAB=0  interrupt enable */
    UART_DLM = 1, /* RW  DLAB=1  divisor latch, bits 15:8 */
    UART_IIR = 2, /* R           interrupt identification */
    UART_FCR = 2, /* W           FIFO control */
    UART_LCR = 3, /* RW          line control */
    UART_MCR = 4, /* RW          modem control */
    UART_LSR = 5, /* R           line status */
    UART_MSR = 6, /* R           modem status */
    UART_SCR = 7, /* RW          scratch: the UART does nothing with it */
};
/* end: registers */
#define UART_REG_COUNT 8

/* IER, PC16550D 8.7: what may raise the interrupt line. */
#define UART_IER_ERBFI BIT8(0)    /* RW  received data, or 4 character times of silence */
#define UART_IER_ETBEI BIT8(1)    /* RW  transmitter holding register empty */
#define UART_IER_ELSI  BIT8(2)    /* RW  line status: OE, PE, FE, BI */
#define UART_IER_EDSSI BIT8(3)    /* RW  modem status: any of MSR 3:0 */
#define UART_IER_ALL   BITS8(3, 0)

/* IIR, PC16550D 8.6: the pending interrupt of the highest priority. */
#define UART_IIR_IDLE  BIT8(0)     /* R   1: nothing is pending */
#define UART_IIR_CAUSE BITS8(3, 0) /* R   enum uart_cause; reading THRE here clears it */
#define UART_IIR_FIFO  BITS8(7, 6) /* R   3: FIFOs on; 0: off or none; 2: they lose bytes */

/* What UART_IIR_CAUSE says, highest priority first, and what clears it. */
enum uart_cause {
    UART_CAUSE_LINE = 0x6,    /* OE, PE, FE or BI: reading LSR */
    UART_CAUSE_DATA = 0x4,    /* trigger level reached: reading RBR down below it */
    UART_CAUSE_TIMEOUT = 0xc, /* bytes wait in the FIFO below the level: reading RBR */
    UART_CAUSE_THRE = 0x2,    /* room to send: this reading of IIR, or writing THR */
    UART_CAUSE_MODEM = 0x0,   /* CTS, DSR, RI or DCD changed: reading MSR */
    UART_CAUSE_NONE = 0x1,
};

/* FCR, PC16550D 8.5.  Bits 7:1 count only when the same write has EN set. */
#define UART_FCR_EN      BIT8(0)     /* W   both FIFOs on; changing it empties them */
#define UART_FCR_RXRST   BIT8(1)     /* WS  empty the receive FIFO */
#define UART_FCR_TXRST   BIT8(2)     /* WS  empty the transmit FIFO */
#define UART_FCR_DMA     BIT8(3)     /* W   mode of the RXRDY and TXRDY pins */
#define UART_FCR_TRIGGER BITS8(7, 6) /* W   receive interrupt at 1, 4, 8, 14 bytes */

/* snippet: lcr */
/* LCR, PC16550D 8.1. */
#define UART_LCR_WLS   BITS8(1, 0) /* RW  data bits - 5 */
#define UART_LCR_STB   BIT8(2)     /* RW  two stop bits; 1.5 with 5 data bits */
#define UART_LCR_PEN   BIT8(3)     /* RW  a parity bit follows the data bits */
#define UART_LCR_EPS   BIT8(4)     /* RW  even parity */
#define UART_LCR_STICK BIT8(5)     /* RW  parity bit is the complement of EPS, always */
#define UART_LCR_BREAK BIT8(6)     /* RW  hold the line at 0 */
#define UART_LCR_DLAB  BIT8(7)     /* RW  offsets 0 and 1 are the divisor latch */
/* end: lcr */

/* MCR, PC16550D 8.8. */
#define UART_MCR_DTR  BIT8(0) /* RW  data terminal ready */
#define UART_MCR_RTS  BIT8(1) /* RW  request to send */
#define UART_MCR_OUT1 BIT8(2) /* RW  unused on a PC */
#define UART_MCR_OUT2 BIT8(3) /* RW  on a PC: connects the interrupt line */
#define UART_MCR_LOOP BIT8(4) /* RW  loop-back: MSR 7:4 shows OUT2, OUT1, DTR, RTS */
#define UART_MCR_ALL  BITS8(4, 0)

/* snippet: lsr */
/* LSR, PC16550D 8.4. */
#define UART_LSR_DR     BIT8(0)     /* R   a received byte is there */
#define UART_LSR_OE     BIT8(1)     /* RC  overrun: bytes were lost before this one */
#define UART_LSR_PE     BIT8(2)     /* RC  parity wrong in the byte that is next in RBR */
#define UART_LSR_FE     BIT8(3)     /* RC  its stop bit is missing */
#define UART_LSR_BI     BIT8(4)     /* RC  break: it is 0 and the line stayed at 0 */
#define UART_LSR_THRE   BIT8(5)     /* R   holding register or transmit FIFO is empty */
#define UART_LSR_TEMT   BIT8(6)     /* R   and so is the shift register: all is sent */
#define UART_LSR_ERF    BIT8(7)     /* R   an error is somewhere in the receive FIFO */
#define UART_LSR_ERRORS BITS8(4, 1)
/* end: lsr */

/* MSR, PC16550D 8.9. */
#define UART_MSR_DCTS  BIT8(0)     /* RC  CTS changed */
#define UART_MSR_DDSR  BIT8(1)     /* RC  DSR changed */
#define UART_MSR_TERI  BIT8(2)     /* RC  RI went away */
#define UART_MSR_DDCD  BIT8(3)     /* RC  DCD changed */
#define UART_MSR_CTS   BIT8(4)     /* R   clear to send: the other side takes bytes */
#define UART_MSR_DSR   BIT8(5)     /* R   data set ready: the other side is on */
#define UART_MSR_RI    BIT8(6)     /* R   ring indicator */
#define UART_MSR_DCD   BIT8(7)     /* R   data carrier detect */
#define UART_MSR_LINES BITS8(7, 4)

/* PSD, prescaler division: not in a PC16550D.  Some cores divide the clock by this plus 1
 * before the divisor.  They do not agree on its offset, so it has none here. */
#define UART_PSD_DIVISION BITS8(3, 0) /* W   DLAB=1 */

#endif
