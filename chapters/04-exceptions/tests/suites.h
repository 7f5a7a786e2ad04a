/* SPDX-License-Identifier: MIT */
#ifndef TESTS_SUITES_H
#define TESTS_SUITES_H

#include "ktest/ktest.h"

extern const struct ktest_suite boot_info_suite, console_suite, exceptions_suite, log_suite,
    serial_suite, trap_cost_suite;

#endif
