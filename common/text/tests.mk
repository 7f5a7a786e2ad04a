# SPDX-License-Identifier: MIT
# string_test includes string.c itself, under names that leave libc's alone.
TESTS += text/string_test text/format_test text/utf8_test text/cp437_test
SRCS_text/string_test :=
SRCS_text/format_test := text/format.c
SRCS_text/utf8_test   := text/utf8.c
SRCS_text/cp437_test  := text/cp437.c text/utf8.c

FUZZERS += text/format_fuzz text/utf8_fuzz
SRCS_text/format_fuzz := text/format.c
SRCS_text/utf8_fuzz   := text/utf8.c
