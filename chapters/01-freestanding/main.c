/* SPDX-License-Identifier: MIT */
#include <stdint.h>

#include "cpu/halt.h"

/* snippet: vga */
/* The VGA text screen: 25 rows of 80 cells, each a character and, above it, its colours. */
static volatile uint16_t *const vga_text = (volatile uint16_t *)0xb8000;
enum { VGA_CELLS = 80 * 25, WHITE_ON_GREEN = 0x2f00, GREY_ON_BLACK = 0x0700 };
/* end: vga */

/* Entered from boot/start.asm in 64-bit mode, interrupts off, first 4 GiB mapped. */
_Noreturn void kmain(void);

/* snippet: kmain */
_Noreturn void kmain(void)
{
    for (int i = 0; i < VGA_CELLS; i++) vga_text[i] = GREY_ON_BLACK | ' ';
    vga_text[0] = WHITE_ON_GREEN | 'O';
    vga_text[1] = WHITE_ON_GREEN | 'K';
    cpu_halt_forever();
}
/* end: kmain */
