# SPDX-License-Identifier: MIT
TESTS += ps2/ps2_scancode_test ps2/ps2_layout_test ps2/ps2_controller_test
SRCS_ps2/ps2_scancode_test   := ps2/ps2_scancode.c
SRCS_ps2/ps2_layout_test     := ps2/ps2_layout.c
SRCS_ps2/ps2_controller_test := ps2/ps2_controller.c
CPPFLAGS_ps2/ps2_controller_test := -I tests/fake

FUZZERS += ps2/ps2_fuzz
SRCS_ps2/ps2_fuzz := ps2/ps2_scancode.c ps2/ps2_layout.c
