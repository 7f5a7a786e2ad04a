/* SPDX-License-Identifier: MIT */
#include "cpu/pic.h"

#include "base/assert.h"
#include "base/bits.h"
#include "x86_64/port.h"

/* snippet: ports */
static const port8 first_command = PORT8(0x20), first_data = PORT8(0x21);
static const port8 second_command = PORT8(0xa0), second_data = PORT8(0xa1);
static const port8_wo post_code = PORT8_WO(0x80); /* a write there only takes time */

enum {
    ICW1_INIT_ICW4 = 0x11, /* start over; cascaded, edge-triggered, ICW4 follows */
    ICW4_8086 = 0x01,      /* an x86 processor; EOI is ours to send */
    OCW2_EOI = 0x20,       /* ends the highest-priority interrupt in service */
    OCW3_READ_ISR = 0x0b,  /* the next read of the command port gives what is in service */
    CASCADE_LINE = 2,
};
/* end: ports */

static uint16_t masked = UINT16_MAX; /* bit n: line n */

static void masks_write(void)
{
    port_write(first_data, (uint8_t)masked);
    port_write(second_data, (uint8_t)(masked >> 8));
}

/* snippet: init */
/* Old controllers need a moment between two writes; the port's bus cycle is one. */
static void write_slowly(port8 port, uint8_t value)
{
    port_write(port, value);
    port_write(post_code, 0);
}

/* As the BIOS leaves them, line 0 is vector 8: the double fault.  The four initialisation
 * words move them to vectors of their own. */
void pic_init(uint8_t first_vector)
{
    ASSERT(first_vector >= 32 && first_vector % 8 == 0);
    write_slowly(first_command, ICW1_INIT_ICW4);
    write_slowly(second_command, ICW1_INIT_ICW4);
    write_slowly(first_data, first_vector);
    write_slowly(second_data, (uint8_t)(first_vector + 8));
    write_slowly(first_data, BIT8(CASCADE_LINE)); /* where the second one is: a mask ... */
    write_slowly(second_data, CASCADE_LINE);      /* ... and the same as a number */
    write_slowly(first_data, ICW4_8086);
    write_slowly(second_data, ICW4_8086);
    masked = UINT16_MAX;
    masks_write();
}
/* end: init */

void pic_mask(unsigned line)
{
    ASSERT(line < PIC_LINES);
    masked |= (uint16_t)(1u << line);
    masks_write();
}

void pic_unmask(unsigned line)
{
    ASSERT(line < PIC_LINES);
    masked &= (uint16_t)~(1u << line);
    if (line >= 8) masked &= (uint16_t)~(1u << CASCADE_LINE);
    masks_write();
}

/* snippet: spurious */
bool pic_is_spurious(unsigned line)
{
    if (line % 8 != 7) return false;
    port8 command = line < 8 ? first_command : second_command;
    port_write(command, OCW3_READ_ISR);
    return !(port_read(command) & BIT8(7));
}

void pic_end(unsigned line, bool spurious)
{
    if (line >= 8 && !spurious) port_write(second_command, OCW2_EOI);
    /* The first controller did see a real interrupt: that of the cascade line. */
    if (line >= 8 || !spurious) port_write(first_command, OCW2_EOI);
}
/* end: spurious */
