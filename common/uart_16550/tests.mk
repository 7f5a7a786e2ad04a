# SPDX-License-Identifier: MIT
# All but the last run against a simulated chip on simulated ports and memory; the last with
# the real cells of base/mmio.h on plain memory, to see what they really touch.
UART_TESTS := uart_16550/uart_16550_rate_test uart_16550/uart_16550_test \
              uart_16550/uart_16550_fault_test uart_16550/uart_16550_ring_test \
              uart_16550/uart_16550_irq_test uart_16550/uart_16550_mmio_test
UART_SRCS  := uart_16550/uart_16550.c uart_16550/uart_16550_setup.c uart_16550/uart_16550_irq.c
TESTS += $(UART_TESTS)
$(foreach t,$(UART_TESTS),$(eval SRCS_$t := $(UART_SRCS)))
$(foreach t,$(UART_TESTS),$(eval CPPFLAGS_$t := -I tests/fake_mmio -I tests/fake))
CPPFLAGS_uart_16550/uart_16550_mmio_test := -I tests/fake
