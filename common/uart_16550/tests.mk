# SPDX-License-Identifier: MIT
# The first two run against a simulated chip on simulated ports and memory; the third with
# the real cells of base/mmio.h on plain memory, to see what they really touch.
TESTS += uart_16550/uart_16550_test uart_16550/uart_16550_irq_test uart_16550/uart_16550_mmio_test

UART_SRCS := uart_16550/uart_16550.c uart_16550/uart_16550_setup.c uart_16550/uart_16550_irq.c
SRCS_uart_16550/uart_16550_test      := $(UART_SRCS)
SRCS_uart_16550/uart_16550_irq_test  := $(UART_SRCS)
SRCS_uart_16550/uart_16550_mmio_test := $(UART_SRCS)
CPPFLAGS_uart_16550/uart_16550_test      := -I tests/fake_mmio -I tests/fake
CPPFLAGS_uart_16550/uart_16550_irq_test  := -I tests/fake_mmio -I tests/fake
CPPFLAGS_uart_16550/uart_16550_mmio_test := -I tests/fake
