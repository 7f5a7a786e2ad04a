/* SPDX-License-Identifier: MIT */
#include <stdint.h>

#include "boot/boot_info.h"
#include "console/console.h"
#include "console/screen.h"
#include "cpu/halt.h"

/* Entered from boot/start.asm in 64-bit mode, interrupts off, first 4 GiB mapped. */
_Noreturn void kmain(uint64_t boot_info_pa);

/* The edges of the kernel in memory, from kernel.ld. */
extern const char __kernel_start[], __kernel_end[];

static void print_colours(void)
{
    for (unsigned colour = BLACK; colour <= WHITE; colour++) {
        console_set_colours(colour < LIGHT_GREY ? WHITE : BLACK, (enum console_colour)colour);
        console_print(" %2u ", colour);
    }
    console_set_colours(LIGHT_GREY, BLACK);
    console_print("\n");
}

/* snippet: kmain */
_Noreturn void kmain(uint64_t boot_info_pa)
{
    struct multiboot2_reader boot_info = boot_info_open(boot_info_pa);
    const char *screen_description;
    const struct screen *screen = screen_init(&boot_info, &screen_description);

    console_init(screen);
    console_print("Saessak, a kernel that grows by one idea a chapter\n");
    console_print("kernel: %p to %p\n", __kernel_start, __kernel_end);
    boot_info_print(boot_info);
    print_colours();
    console_print("screen: %s\n", screen_description);
    console_print("Saessak has nothing left to do.\n");
    cpu_halt_forever();
}
/* end: kmain */
