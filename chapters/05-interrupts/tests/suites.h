/* SPDX-License-Identifier: MIT */
#ifndef TESTS_SUITES_H
#define TESTS_SUITES_H

#include "ktest/ktest.h"

extern const struct ktest_suite boot_info_suite, clock_suite, console_suite, corner_suite,
    exceptions_suite, interrupt_cost_suite, interrupts_suite, keyboard_suite, line_suite,
    log_suite, ring_suite, serial_suite, trap_cost_suite;

#endif
