/* SPDX-License-Identifier: MIT */
#include <stdint.h>

#include "boot/boot_info.h"
#include "console/console.h"
#include "console/log.h"
#include "console/prompt.h"
#include "console/screen.h"
#include "cpu/crash.h"
#include "cpu/irq.h"
#include "cpu/trap.h"
#include "devices/acpi_tables.h"
#include "devices/clock.h"
#include "devices/hpet.h"
#include "devices/keyboard.h"
#include "devices/serial.h"
#include "devices/timer.h"
#include "x86_64/interrupts.h"

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
    enum err serial = serial_init();
    log_set_level(log_level_from(boot_info_command_line(&boot_info), LOG_INFO));

    log_info("Saessak, a kernel that grows by one idea a chapter");
    if (serial == OK) log_info("serial: COM1 at 115200 baud");
    else log_warning("serial: %s; the log is on the screen only", err_name(serial));
    log_info("kernel: %p to %p", __kernel_start, __kernel_end);
    boot_info_log(boot_info);
    print_colours();
    log_info("screen: %s", screen_description);
    trap_init();
    crash_as_asked(boot_info_command_line(&boot_info));
    acpi_tables_init(&boot_info);
    irq_init(acpi_tables_madt());
    hpet_init(acpi_tables_hpet());
    clock_init();
    timer_init();
    keyboard_init(boot_info_command_line(&boot_info), acpi_tables_fadt());
    interrupts_on();
    timer_check();
    irq_log_counters();
    log_info("F1 shows the interrupt counters; anything else is for you to type.");
    prompt_run();
}
/* end: kmain */
