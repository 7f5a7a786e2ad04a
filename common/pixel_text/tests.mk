# SPDX-License-Identifier: MIT
TESTS += pixel_text/pixel_text_test
SRCS_pixel_text/pixel_text_test := pixel_text/pixel_text.c base/err.c
