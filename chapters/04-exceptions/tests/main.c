/* SPDX-License-Identifier: MIT */
/* The kmain of the test image: the kernel's parts, started as usual, then examined.  The
 * report leaves through COM1, so there has to be one. */
#include <stdint.h>

#include "boot/boot_info.h"
#include "console/console.h"
#include "console/panic.h"
#include "console/screen.h"
#include "cpu/halt.h"
#include "cpu/trap.h"
#include "devices/serial.h"
#include "tests/suites.h"

/* What boot_info_suite looks at. */
struct multiboot2_reader tested_boot_info;

_Noreturn void kmain(uint64_t boot_info_pa);

_Noreturn void kmain(uint64_t boot_info_pa)
{
    const char *screen_description;

    tested_boot_info = boot_info_open(boot_info_pa);
    const struct screen *screen = screen_init(&tested_boot_info, &screen_description);
    console_init(screen);
    if (serial_init() != OK) panic("the tests report through COM1, and there is none");
    panic_set_hook(ktest_bail);
    trap_init();

    /* snippet: run */
    const struct ktest_suite suites[] = {
        boot_info_suite,
        console_suite,
        log_suite,
        serial_suite,
        exceptions_suite,
        trap_cost_suite,
    };
    size_t failed = ktest_run(serial_put, NULL, suites, sizeof suites / sizeof suites[0]);

    console_init(screen);
    console_print("in-kernel tests: %zu failed\n", failed);
    ktest_exit(failed == 0);
    cpu_halt_forever();
    /* end: run */
}
