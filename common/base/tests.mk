# SPDX-License-Identifier: MIT
TESTS += base/bits_test base/bytes_test
SRCS_base/bits_test  :=
SRCS_base/bytes_test :=
