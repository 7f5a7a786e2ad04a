# SPDX-License-Identifier: MIT
# Builds and runs the unit tests and fuzz targets of common/ on this machine, no emulator.
#
#   make -f common/host.mk test          every unit test, with gcc and clang, sanitizers on
#   make -f common/host.mk fuzz          every fuzz target over its corpus, then new inputs
#   make -f common/host.mk LIBS=text test       one library only; V=1 shows the commands
#
# A library says what it has in its own tests.mk:
#   TESTS   += text/format_test                    program; its source is common/<name>.c
#   SRCS_text/format_test := text/format.c         what it is linked with
#   CPPFLAGS_text/format_test := -I tests/fake     optional, in front of the usual includes
#   FUZZERS += multiboot2/multiboot2_fuzz          the same SRCS_ variables; clang, libFuzzer
# and keeps seed inputs for a fuzz target in common/<library>/corpus/<target>/.

ROOT      := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))/..
BUILD     ?= $(ROOT)/build
OUT       := $(BUILD)/host
LIBS      ?= base text multiboot2 pixel_text uart_16550 ktest x86_64 acpi ps2 chunk_allocator
COMPILERS ?= gcc clang
FUZZ_RUNS ?= 200000

TESTS   :=
FUZZERS :=
include $(wildcard $(LIBS:%=$(ROOT)/common/%/tests.mk))

CPPFLAGS := -I $(ROOT)/common
CFLAGS   := -std=gnu11 -O1 -g -Wall -Wextra -Wconversion -Wno-sign-conversion -Wshadow \
            -Wmissing-prototypes -Wstrict-prototypes -Wvla -Werror -fno-omit-frame-pointer
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all

programs = $(foreach c,$(COMPILERS),$(TESTS:%=$(OUT)/$(c)/%))
sources  = $(addprefix $(ROOT)/common/,$(1).c $(SRCS_$(1)))
includes = $(patsubst -I%,-I $(ROOT)/%,$(subst -I ,-I,$(CPPFLAGS_$(1)))) $(CPPFLAGS)

ifeq ($(V),)
    Q := @
endif

define test_rule
$(OUT)/$(1)/$(2): $(call sources,$(2)) $(ROOT)/common/base/assert_host.c
	@printf '  %-8s %s\n' $(1) $(2)
	@mkdir -p $$(@D)
	@$(1) $(call includes,$(2)) -MM -MP -MT $$@ $(call sources,$(2)) > $$@.d
	$$(Q)$(1) $(call includes,$(2)) $(CFLAGS) $(SANITIZE) -o $$@ \
	    $(call sources,$(2)) $(ROOT)/common/base/assert_host.c -lcmocka
-include $(OUT)/$(1)/$(2).d
endef
$(foreach c,$(COMPILERS),$(foreach t,$(TESTS),$(eval $(call test_rule,$(c),$(t)))))

define fuzz_rule
$(OUT)/fuzz/$(1): $(call sources,$(1))
	@printf '  %-8s %s\n' clang $(1)
	@mkdir -p $$(@D)
	@clang $(call includes,$(1)) -MM -MP -MT $$@ $(call sources,$(1)) > $$@.d
	$$(Q)clang $(call includes,$(1)) $(CFLAGS) -fsanitize=fuzzer,address,undefined \
	    -fno-sanitize-recover=all -o $$@ $(call sources,$(1))
-include $(OUT)/fuzz/$(1).d
endef
$(foreach f,$(FUZZERS),$(eval $(call fuzz_rule,$(f))))

programs: $(programs)

# One line a program; all of what a failing one says, and its name last.
test: $(programs)
	@set -e; for p in $^; do \
	    if $$p > $$p.log 2>&1; then \
	        printf '  %s: %s\n' "$${p#$(OUT)/}" "$$(sed -n 's/^.*PASSED *. //p' $$p.log)"; \
	    else cat $$p.log; echo "FAILED: $$p"; exit 1; fi; \
	done

# The seeds stay as they are; what the fuzzer finds goes to the build directory.
fuzz: $(FUZZERS:%=$(OUT)/fuzz/%)
	@set -e; for f in $(FUZZERS); do echo "== fuzz $$f"; \
	    mkdir -p $(OUT)/fuzz/found/$$f; \
	    $(OUT)/fuzz/$$f -runs=$(FUZZ_RUNS) -seed=1 -max_len=4096 -timeout=10 -print_final_stats=0 \
	        -artifact_prefix=$(OUT)/fuzz/$$(basename $$f)- $(OUT)/fuzz/found/$$f \
	        $$(ls -d $(ROOT)/common/$$(dirname $$f)/corpus/$$(basename $$f) 2>/dev/null) \
	        2> $(OUT)/fuzz/$$(basename $$f).log || { cat $(OUT)/fuzz/$$(basename $$f).log; exit 1; }; \
	    tail -n 1 $(OUT)/fuzz/$$(basename $$f).log; done

.PHONY: programs test fuzz
.DELETE_ON_ERROR:
