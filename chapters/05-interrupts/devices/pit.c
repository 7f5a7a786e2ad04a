/* SPDX-License-Identifier: MIT */
#include "devices/pit.h"

#include "base/assert.h"
#include "base/bits.h"
#include "x86_64/port.h"
#include "x86_64/tsc.h"

/* snippet: ports */
static const port8 channel0 = PORT8(0x40), channel2 = PORT8(0x42);
static const port8_wo command = PORT8_WO(0x43);
static const port8 control_b = PORT8(0x61);

#define CONTROL_GATE2   BIT8(0) /* RW channel 2 counts */
#define CONTROL_SPEAKER BIT8(1) /* RW its output is heard */
#define CONTROL_KEPT    BITS8(3, 0) /* RW the others are read-only */
#define CONTROL_OUTPUT2 BIT8(5) /* RO */

enum {
    CHANNEL0_MODE2 = 0x34, /* low byte, high byte; mode 2: over and over */
    CHANNEL2_MODE0 = 0xb0, /* low byte, high byte; mode 0: output high at the end */
};
/* end: ports */

/* At least 50 ms on a processor of 5 GHz.  What counts these ticks needs no device. */
#define PATIENCE_TSC_TICKS (UINT64_C(1) << 28)

/* snippet: wait */
enum err pit_wait(uint32_t ticks, void (*about_to_start)(void))
{
    ASSERT(ticks >= 1 && ticks <= 65536);
    uint8_t control = port_read(control_b) & CONTROL_KEPT & (uint8_t)~CONTROL_SPEAKER;

    port_write(control_b, control | CONTROL_GATE2);
    port_write(command, CHANNEL2_MODE0); /* the output goes low */
    port_write(channel2, (uint8_t)ticks);
    about_to_start();
    port_write(channel2, (uint8_t)(ticks >> 8)); /* starts it; 65536 is written as 0 */
    if (port_read(control_b) & CONTROL_OUTPUT2) return ERR_DEVICE;

    uint64_t start = tsc_read();
    while (!(port_read(control_b) & CONTROL_OUTPUT2))
        if (tsc_read() - start > PATIENCE_TSC_TICKS) return ERR_TIMEOUT;
    return OK;
}
/* end: wait */

void pit_start_interrupts(unsigned hz)
{
    uint32_t ticks = (PIT_HZ + hz / 2) / hz;

    ASSERT(ticks >= 2 && ticks <= 65535);
    port_write(command, CHANNEL0_MODE2);
    port_write(channel0, (uint8_t)ticks);
    port_write(channel0, (uint8_t)(ticks >> 8));
}
