/* SPDX-License-Identifier: MIT */
#include "console/vga_text.h"

#include "x86_64/insn.h"

/* snippet: memory */
static volatile uint16_t *const vga_memory = (volatile uint16_t *)0xb8000;

static void vga_text_show(unsigned row, unsigned column, const uint16_t *cells, unsigned count)
{
    volatile uint16_t *to = vga_memory + row * CONSOLE_COLUMNS + column;
    for (unsigned i = 0; i < count; i++) to[i] = cells[i];
}
/* end: memory */

/* snippet: cursor */
/* The CRT controller: a register's number goes to one port, its value to the other. */
enum { CRTC_INDEX = 0x3d4, CRTC_DATA = 0x3d5 };
enum crtc_register {
    CRTC_CURSOR_START = 0x0a,       /* bits 4:0 first scan line; bit 5 hides the cursor */
    CRTC_CURSOR_END = 0x0b,         /* bits 4:0 last scan line */
    CRTC_CURSOR_LOCATION_HI = 0x0e, /* cell number, bits 15:8 */
    CRTC_CURSOR_LOCATION_LO = 0x0f, /* cell number, bits 7:0 */
};

static void crtc_write(enum crtc_register index, uint8_t value)
{
    insn_out8(CRTC_INDEX, (uint8_t)index);
    insn_out8(CRTC_DATA, value);
}

static void vga_text_move_cursor(unsigned row, unsigned column)
{
    unsigned cell = row * CONSOLE_COLUMNS + column;
    crtc_write(CRTC_CURSOR_LOCATION_HI, (uint8_t)(cell >> 8));
    crtc_write(CRTC_CURSOR_LOCATION_LO, (uint8_t)cell);
}
/* end: cursor */

const struct screen *vga_text_init(void)
{
    static const struct screen vga_text = {vga_text_show, vga_text_move_cursor};

    crtc_write(CRTC_CURSOR_START, 14);
    crtc_write(CRTC_CURSOR_END, 15);
    return &vga_text;
}
