# SPDX-License-Identifier: MIT
TESTS += x86_64/addr_test x86_64/fields_test x86_64/registers_test x86_64/debug_test \
         x86_64/msr_test x86_64/descriptors_test x86_64/exception_test x86_64/cpuid_test \
         x86_64/cpuid_hostile_test x86_64/state_test
SRCS_x86_64/addr_test        := x86_64/addr.c
SRCS_x86_64/fields_test      :=
SRCS_x86_64/registers_test   :=
SRCS_x86_64/debug_test       := x86_64/debug.c
SRCS_x86_64/msr_test         := x86_64/mtrr.c
SRCS_x86_64/descriptors_test := x86_64/gdt.c x86_64/tss.c x86_64/idt.c
SRCS_x86_64/exception_test   := x86_64/exception.c
SRCS_x86_64/cpuid_test       := x86_64/cpuid.c x86_64/cpuid_machine.c
SRCS_x86_64/cpuid_hostile_test := x86_64/cpuid.c x86_64/cpuid_machine.c
SRCS_x86_64/state_test       := x86_64/xsave.c x86_64/random.c x86_64/cpuid.c
# All of them run on registers that tests/fake plays.
$(foreach t,$(filter x86_64/%,$(TESTS)),$(eval CPPFLAGS_$(t) := -I tests/fake))
FUZZERS += x86_64/cpuid_fuzz
SRCS_x86_64/cpuid_fuzz := x86_64/cpuid.c x86_64/cpuid_machine.c
# Page tables: a machine with memory and a processor that walks, and a plain model.
PAGE_TABLE_SRCS := x86_64/page_table.c x86_64/page_table_frames.c x86_64/page_table_map.c \
                   x86_64/page_table_change.c x86_64/page_table_tidy.c \
                   x86_64/page_table_walk.c x86_64/addr.c base/err.c
PAGE_TABLE_TESTS := x86_64/page_table_test x86_64/page_table_random_test \
                    x86_64/page_table_recursive_test x86_64/page_table_hostile_test
TESTS += $(PAGE_TABLE_TESTS)
$(foreach t,$(PAGE_TABLE_TESTS),$(eval SRCS_$(t) := $(PAGE_TABLE_SRCS)))
$(foreach t,$(PAGE_TABLE_TESTS),$(eval CPPFLAGS_$(t) := -I tests/fake))
FUZZERS += x86_64/page_table_fuzz
SRCS_x86_64/page_table_fuzz := $(PAGE_TABLE_SRCS)
