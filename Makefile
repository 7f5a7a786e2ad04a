# SPDX-License-Identifier: MIT
# The verbs of this repository; `make help` lists them.  Thin on purpose: how a kernel is
# built and booted is in common/kernel.mk, and everything else is a program in tools/.
#
#   CH=3, CH=03 and CH=03-serial are the same chapter; without CH it is the newest.
#   TOOLCHAIN EMU FIRMWARE SCREEN ACCEL WERROR BUILD V  are passed on to the chapter.

CHAPTERS := $(sort $(patsubst chapters/%/Makefile,%,$(wildcard chapters/[0-9][0-9]-*/Makefile)))
newest   := $(lastword $(CHAPTERS))

# ---- which chapter ---------------------------------------------------------------------

# CH is only ever compared with the names above: what reaches a shell is one of them.
ifneq ($(strip $(CH)),)
    chapter := $(strip $(foreach c,$(CHAPTERS),$(if $(or \
                   $(findstring <$(strip $(CH))>,<$c>),\
                   $(findstring <$(strip $(CH))>,<$(firstword $(subst -, ,$c))>),\
                   $(findstring <0$(strip $(CH))>,<$(firstword $(subst -, ,$c))>)),$c)))
    ifeq ($(chapter),)
        $(error no such chapter; CH is one of: $(CHAPTERS))
    endif
endif
# The chapter a verb is about when it must be about one.
one = $(or $(chapter),$(newest),$(error there is no chapter in chapters/ yet))

# `make -C chapters/NN-name TARGET`, in recipes that start with +, because make does not see
# that this is a make.  Command-line variables are passed on by make itself.
# A relative BUILD means relative to this directory, not to the chapter's.
ifneq ($(BUILD),)
    override BUILD := $(abspath $(BUILD))
endif
in_chapter = $(MAKE) --no-print-directory -C chapters/$(1) $(if $(BUILD),BUILD='$(BUILD)')
# Prints where the chapter's image is.  A question, not a build: it needs no share of -j.
image = MAKEFLAGS= $(call in_chapter,$(one)) -s print-ISO
# Both compilers at once need a directory each; by default kernel.mk gives them one.
with = TOOLCHAIN=$(1) $(if $(BUILD),BUILD='$(BUILD)/$(1)') WERROR=-Werror

# As many jobs as processors, where the user did not say how many.
jobs = $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(shell nproc 2>/dev/null || echo 2))

# Which pytest: Debian's program, or the module of the python3 in PATH.
PYTEST = $(if $(shell command -v pytest-3),pytest-3,python3 -m pytest)

# ---- build -----------------------------------------------------------------------------

all: $(CHAPTERS:%=all-%)  ## | every chapter: kernel and ISO
	@printf '\nBoot one with: make run CH=%s\n' '$(firstword $(subst -, ,$(one)))'

$(CHAPTERS:%=all-%): all-%: | need-build
	+@$(call in_chapter,$*) all

iso: | need-build  ## CH= | the bootable image of one chapter
	+@$(call in_chapter,$(one)) iso
	@echo "The image is $$($(image))"

# ---- boot ------------------------------------------------------------------------------

run: | need-run  ## CH= EMU= FIRMWARE= SCREEN= | boot it
	+@$(call in_chapter,$(one)) run

debug: | need-debug  ## CH= EMU= FIRMWARE= | boot it, stopped at kmain, under a debugger
	+@$(call in_chapter,$(one)) debug

screenshot: | need-run  ## CH= FIRMWARE= | boot it and keep the screen as a PNG
	+@$(call in_chapter,$(one)) screenshot

usb: | need-usb  ## CH= DEV= | write the image to a USB stick, after asking
	+@$(call in_chapter,$(one)) iso
	@tools/usb "$$DEV" "$$($(image))"

# ---- read ------------------------------------------------------------------------------

diff: | need-diff  ## CH= FROM= | what a chapter adds to the one before: the lesson
	@tools/chapters diff $(if $(FROM),--from "$$FROM") $(one)

stat: | need-diff  ## | how big each step is
	@tools/chapters stat

export: | need-diff  ## CH= DIR= | a copy of one chapter that builds anywhere
	@tools/chapters export $(one) "$$DIR"

# ---- prove -----------------------------------------------------------------------------

# In this order: what is fast first, what needs an emulator last.
test: | need-test  ## CH= | prove it: unit tests, tests in the kernel, boots on every machine
	@$(MAKE) --no-print-directory $(jobs) build-gcc build-clang
ifeq ($(chapter),)
	@$(MAKE) --no-print-directory test-host
	$(PYTEST) tests
else
	$(PYTEST) tests --chapter $(chapter)
endif

tested := $(or $(chapter),$(CHAPTERS))
build-gcc build-clang: build-%: $(foreach c,$(tested),%/$c)
	@:
$(tested:%=gcc/%): gcc/%:
	+@$(call in_chapter,$*) all test-iso $(call with,gcc)
$(tested:%=clang/%): clang/%:
	+@$(call in_chapter,$*) all test-iso $(call with,clang)

# The unit tests of common/ with both compilers, then every fuzz target for a moment.
test-host: | need-test
	@$(MAKE) --no-print-directory $(jobs) -f common/host.mk test
	@$(MAKE) --no-print-directory $(jobs) -f common/host.mk fuzz FUZZ_RUNS=20000

fuzz: | need-fuzz  ## FUZZ_RUNS= | the fuzz targets for longer
	@$(MAKE) --no-print-directory $(jobs) -f common/host.mk fuzz

# Everything is tried, and the last line says what failed.
CHECKS := 'tools/format --check' 'tools/chapters check' 'tools/snippets --check' \
          'tools/parity check' 'tools/links' 'tools/cites'
check: | need-check  ## | fast, no emulator: format, manifests, snippets, languages, links
	@failed=; for c in $(CHECKS); do \
	    echo "== $$c"; $$c || failed="$$failed $${c%% *}"; \
	done; \
	if [ -n "$$failed" ]; then echo "make check: failed:$$failed" >&2; exit 1; fi

bench: | need-bench  ## | measure; figures and plots go to build/bench
	@tools/bench $(if $(BUILD),--build '$(BUILD)')

# ---- set up ----------------------------------------------------------------------------

setup:  ## | install everything that any verb needs
	@tools/setup all

doctor:  ## | what is here, what is missing, what for; changes nothing
	@tools/setup --doctor

# need-VERB: installs what the verb lacks and says so; prints nothing when all is there.
need-%:
	@tools/setup $*

# Not what holds this repository, nor what git keeps.
clean:  ## | remove what was built
	@$(if $(and $(BUILD),$(filter $(BUILD) $(BUILD:%/=%)/%,$(CURDIR))),\
	    $(error BUILD=$(BUILD) holds this repository: nothing was removed))
	@if git ls-files -- '$(or $(BUILD),build)' 2> /dev/null | grep -q .; then \
	    echo 'BUILD=$(BUILD) holds files that git keeps: nothing was removed' >&2; exit 1; fi
	rm -rf '$(or $(BUILD),build)'

help:
	@echo 'Saessak: a kernel that grows by one idea a chapter.'
	@echo
	@sed -n 's/^\([a-z]*\):[^#]*## \([^|]*\)| \(.*\)/\1|\2|\3/p' Makefile | sed 's/^all|/|/' | \
	    while IFS='|' read -r verb takes does; do \
	        printf '  make %-10s %-27s %s\n' "$$verb" "$$takes" "$$does"; done
	@echo
	@echo 'Chapters: $(CHAPTERS)'
	@echo 'CH=3, CH=03 and CH=03-serial are the same; without CH it is the newest.'
	@echo 'EMU=qemu|bochs  FIRMWARE=bios|uefi  SCREEN=window|terminal|none  ACCEL=tcg|kvm'
	@echo 'TOOLCHAIN=gcc|clang picks the compiler, BUILD=DIR the place, V=1 shows the commands.'

.PHONY: all iso run debug screenshot usb diff stat export test test-host fuzz check bench \
        setup doctor clean help build-gcc build-clang \
        $(CHAPTERS:%=all-%) $(tested:%=gcc/%) $(tested:%=clang/%)
