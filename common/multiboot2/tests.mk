# SPDX-License-Identifier: MIT
MULTIBOOT2_SRCS := multiboot2/multiboot2.c multiboot2/elf_sections.c multiboot2/names.c

TESTS += multiboot2/multiboot2_test multiboot2/content_test multiboot2/elf_sections_test \
         multiboot2/dumps_test
SRCS_multiboot2/multiboot2_test   := $(MULTIBOOT2_SRCS)
SRCS_multiboot2/content_test      := $(MULTIBOOT2_SRCS)
SRCS_multiboot2/elf_sections_test := $(MULTIBOOT2_SRCS)
SRCS_multiboot2/dumps_test        := $(MULTIBOOT2_SRCS)

FUZZERS += multiboot2/multiboot2_fuzz
SRCS_multiboot2/multiboot2_fuzz := $(MULTIBOOT2_SRCS)
