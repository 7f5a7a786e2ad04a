# SPDX-License-Identifier: MIT
ACPI_SRCS := acpi/inside.c acpi/rsdp.c acpi/root.c acpi/madt.c acpi/fadt.c acpi/hpet.c acpi/mcfg.c

TESTS += acpi/acpi_dumps_test acpi/acpi_hostile_test acpi/acpi_madt_test acpi/acpi_fixed_test
SRCS_acpi/acpi_dumps_test   := $(ACPI_SRCS)
SRCS_acpi/acpi_hostile_test := $(ACPI_SRCS)
SRCS_acpi/acpi_madt_test    := $(ACPI_SRCS)
SRCS_acpi/acpi_fixed_test   := $(ACPI_SRCS)
CPPFLAGS_acpi/acpi_dumps_test := \
    -D ACPI_CORPUS='"$(abspath $(ROOT)/common/acpi/corpus/acpi_fuzz)"'

FUZZERS += acpi/acpi_fuzz
SRCS_acpi/acpi_fuzz := $(ACPI_SRCS)
