# SPDX-License-Identifier: MIT
TESTS += ktest/ktest_test
SRCS_ktest/ktest_test     := ktest/ktest.c text/format.c
CPPFLAGS_ktest/ktest_test := -I tests/fake
