# SPDX-License-Identifier: MIT
# Rules shared by every chapter.  A chapter's Makefile lists OBJS (and TEST_OBJS, where it
# has in-kernel tests) in reading order and includes this file.
#
#   make               the kernel and its bootable ISO
#   make run           boots it        EMU=qemu|bochs FIRMWARE=bios|uefi SCREEN=window|terminal|none
#   make debug         boots it under gdb, stopped at kmain, or at STOP=_start, STOP=reset, …
#   make screenshot    boots it and writes what the screen shows as PNG
#   make ARGS=log=debug run  gives the kernel a command line, where the chapter reads one
#   make TOOLCHAIN=clang …   the other compiler, in a build directory of its own
#   make V=1           shows the commands

# What make takes for two names must not be one; it splits at every blank.
$(foreach place,CURDIR BUILD,$(if $(filter-out 0 1,$(words $($(place)))),$(error \
    '$($(place))' has a blank in it, and make cannot build there: choose a path without)))

CHAPTER := $(notdir $(CURDIR))
COMMON  := $(patsubst %/,%,$(dir $(abspath $(lastword $(MAKEFILE_LIST)))))
ROOT    := $(abspath $(COMMON)/..)

# ---- which compiler --------------------------------------------------------------------

# gcc where it makes x86-64 ELF files, a cross gcc where there is one, else clang with lld.
probe_gcc = $(if $(filter x86_64-%linux% x86_64-%elf%,$(shell gcc -dumpmachine 2>/dev/null)),gcc,)
probe     = $(firstword $(probe_gcc) $(foreach c,x86_64-linux-gnu-gcc x86_64-elf-gcc clang,\
                $(if $(shell command -v $c 2>/dev/null),$c)))
ifeq ($(TOOLCHAIN),)
    BUILD ?= $(ROOT)/build
    KERNEL_CC := $(or $(probe),gcc)
else ifeq ($(TOOLCHAIN),gcc)
    BUILD ?= $(ROOT)/build/gcc
    KERNEL_CC := $(or $(filter-out clang,$(probe)),gcc)
else ifeq ($(TOOLCHAIN),clang)
    BUILD ?= $(ROOT)/build/clang
    KERNEL_CC := clang
else
    $(error TOOLCHAIN=$(TOOLCHAIN) is not known: use gcc or clang)
endif

ifeq ($(KERNEL_CC),clang)
    KERNEL_CC += --target=x86_64-elf
    KERNEL_LD := ld.lld
    OBJDUMP   := $(firstword $(foreach t,llvm-objdump objdump,$(shell command -v $t 2>/dev/null)) llvm-objdump)
    NM        := $(firstword $(foreach t,llvm-nm nm,$(shell command -v $t 2>/dev/null)) llvm-nm)
else
    KERNEL_LD := $(patsubst %gcc,%ld,$(KERNEL_CC))
    OBJDUMP   := $(patsubst %gcc,%objdump,$(KERNEL_CC))
    NM        := $(patsubst %gcc,%nm,$(KERNEL_CC))
endif

# ---- how it is compiled ----------------------------------------------------------------

# Each flag that a kernel needs and a program does not is explained in chapter 1's page.
# WERROR=-Werror is for our own tests; a reader's newer compiler must not stop on a warning.
# snippet: flags
CFLAGS := -std=gnu11 -O2 -g -ffreestanding -fno-pic -mno-red-zone -mgeneral-regs-only \
          -mcmodel=kernel -fno-stack-protector -fcf-protection=none -fno-omit-frame-pointer \
          -mno-omit-leaf-frame-pointer -fno-optimize-sibling-calls -fno-asynchronous-unwind-tables \
          -fno-common -Wall -Wextra -Wshadow \
          -Wmissing-prototypes -Wstrict-prototypes -Wvla $(WERROR)
CPPFLAGS  := -I . -I $(COMMON)
# What __FILE__ says does not depend on where the tree lies.
CFLAGS    += -fmacro-prefix-map=./= -fmacro-prefix-map=$(ROOT)/=
NASMFLAGS := -f elf64 -g -F dwarf -w+all -w-unknown-warning -I ./ -I $(COMMON)/
LDFLAGS   := -nostdlib -static -z max-page-size=4096 -z noexecstack --build-id=none \
             --gc-sections
# end: flags

OUT      := $(BUILD)/$(CHAPTER)
SHARED   := $(BUILD)/common
ELF      := $(OUT)/kernel.elf
TEST_ELF := $(OUT)/kernel-test.elf
ISO      := $(BUILD)/$(CHAPTER).iso
TEST_ISO := $(BUILD)/$(CHAPTER)-test.iso
UNIFONT  ?= /usr/share/unifont/unifont.hex

ifeq ($(V),)
    Q := @
    say = @printf '  %-8s %s\n' '$(1)' '$(patsubst $(ROOT)/%,%,$(2))'
endif

all: $(ELF) $(ISO)
elf: $(ELF)
iso: $(ISO)
test-iso: $(if $(TEST_OBJS),$(TEST_ISO))
	@:

# ---- compile and link ------------------------------------------------------------------

# The test image is the same kernel with the tests' kmain instead of the chapter's.
objects      = $(addprefix $(OUT)/,$(filter-out $(shared),$(1))) \
               $(addprefix $(SHARED)/,$(patsubst common/%,%,$(filter $(shared),$(1))))
shared      := common/% font_cp437.o
# snippet: test_image
KERNEL_OBJS := $(call objects,$(OBJS))
TESTED_OBJS := $(call objects,$(filter-out main.o,$(OBJS)) $(TEST_OBJS))
# end: test_image

link = $(KERNEL_LD) $(LDFLAGS) -T kernel.ld

# snippet: symbols
# A kernel with cpu/symbols.o carries the names of its own functions.  Their addresses are
# known once it is linked, so it is linked twice: with an empty table, then with the real
# one, which lies behind the code and moves no function.
SYMBOLS_C := $(if $(filter cpu/symbols.o,$(OBJS)),symbols.c)

$(ELF):      $(KERNEL_OBJS) kernel.ld $(if $(SYMBOLS_C),$(ROOT)/tools/symbols)
$(TEST_ELF): $(TESTED_OBJS) kernel.ld $(if $(SYMBOLS_C),$(ROOT)/tools/symbols)
$(ELF) $(TEST_ELF):
	$(call say,link,$@)
ifneq ($(SYMBOLS_C),)
	$(Q)$(ROOT)/tools/symbols --output $(@:.elf=.symbols.c)
	$(Q)$(KERNEL_CC) $(CPPFLAGS) $(CFLAGS) -c $(@:.elf=.symbols.c) -o $(@:.elf=.symbols.o)
	$(Q)$(link) -o $@ $(filter %.o,$^) $(@:.elf=.symbols.o)
	$(Q)$(NM) --defined-only $@ > $(@:.elf=.nm)
	$(Q)$(ROOT)/tools/symbols $(@:.elf=.nm) --output $(@:.elf=.symbols.c)
	$(Q)$(KERNEL_CC) $(CPPFLAGS) $(CFLAGS) -c $(@:.elf=.symbols.c) -o $(@:.elf=.symbols.o)
endif
	$(Q)$(link) -Map $(@:.elf=.map) -o $@ $(filter %.o,$^) $(if $(SYMBOLS_C),$(@:.elf=.symbols.o))
# end: symbols
	@# Its warnings are about nasm's debug information of a file that holds no code.
	$(Q)$(OBJDUMP) -d -S -M intel $@ > $(@:.elf=.asm) 2> /dev/null

$(OUT)/%.o: %.c $(OUT)/flags
	$(call say,cc,$<)
	@mkdir -p $(@D)
	$(Q)$(KERNEL_CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c $< -o $@
$(OUT)/%.o: %.asm $(OUT)/flags
	$(call say,nasm,$<)
	@mkdir -p $(@D)
	$(Q)nasm $(NASMFLAGS) -MD $(@:.o=.d) -MP $< -o $@

# What comes from common/ is the same for every chapter and compiled once.  Chapters may be
# built at the same time, so a finished file takes its place in one step.
new = $@.$$$$
$(SHARED)/%.o: $(COMMON)/%.c $(SHARED)/flags
	$(call say,cc,$<)
	@mkdir -p $(@D)
	$(Q)$(KERNEL_CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -MT $@ -MF $(new).d -c $< -o $(new) && \
	    mv -f $(new).d $(@:.o=.d) && mv -f $(new) $@

# The VGA character set, from GNU Unifont.
$(SHARED)/font_cp437.c: $(ROOT)/tools/font
	$(call say,font,$(UNIFONT))
	@mkdir -p $(@D)
	$(Q)$(ROOT)/tools/font --unifont $(UNIFONT) --output $(new) && mv -f $(new) $@
$(SHARED)/font_cp437.o: $(SHARED)/font_cp437.c $(SHARED)/flags
	$(call say,cc,$<)
	$(Q)$(KERNEL_CC) $(CPPFLAGS) $(CFLAGS) -c $< -o $(new) && mv -f $(new) $@

# Holds the commands everything was built with; a change of any rebuilds all.
BUILT_WITH = $(KERNEL_CC) $(CPPFLAGS) $(CFLAGS) / nasm $(NASMFLAGS) / $(KERNEL_LD) $(LDFLAGS)
keep = echo '$(1)' | cmp -s - $@ || { mkdir -p $(@D) && echo '$(1)' > $(new) && mv -f $(new) $@; }
$(OUT)/flags $(SHARED)/flags: FORCE
	@$(call keep,$(BUILT_WITH))

# ---- the bootable image ----------------------------------------------------------------

# ARGS is the kernel's command line, for chapters that read one: make run ARGS=log=debug.
# Without it grub.cfg has the word.  It reaches the recipes through the environment, where no
# shell interprets it.
export ARGS
$(OUT)/args: FORCE
	@mkdir -p $(@D); printf '%s\n' "$$ARGS" | cmp -s - $@ || printf '%s\n' "$$ARGS" > $@

# GRUB for BIOS and for UEFI, with the modules that grub.cfg and GRUB's own start-up script
# name, and nothing else.
GRUB_MKRESCUE ?= $(firstword $(foreach t,grub-mkrescue grub2-mkrescue i686-elf-grub-mkrescue x86_64-elf-grub-mkrescue,\
                     $(shell command -v $t 2>/dev/null)) grub-mkrescue)
GRUB_MODULES  := multiboot2 normal iso9660 all_video part_acorn part_amiga part_apple part_bsd \
                 part_dfly part_dvh part_gpt part_msdos part_plan part_sun part_sunpc
# Where tools/setup unpacked GRUB on a machine that has no package of it (arm64 Debian).
# Given one platform's directory GRUB makes an image for that alone: BIOS.
GRUB_FLAGS    ?= $(addprefix -d ,$(wildcard $(ROOT)/.cache/grub/i386-pc))

$(ISO):      $(ELF)
$(TEST_ISO): $(TEST_ELF)
$(ISO) $(TEST_ISO): grub.cfg $(OUT)/args
	$(call say,iso,$@)
	@rm -rf $@.root && mkdir -p $@.root/boot/grub
	@cp $(filter %.elf,$^) $@.root/boot/kernel.elf
	@awk '{ end = index($$0, "/boot/kernel.elf") + length("/boot/kernel.elf") - 1 } \
	    ENVIRON["ARGS"] != "" && end >= 16 { $$0 = substr($$0, 1, end) " " ENVIRON["ARGS"] } \
	    { print }' grub.cfg > $@.root/boot/grub/grub.cfg
	$(Q)$(GRUB_MKRESCUE) $(GRUB_FLAGS) --install-modules='$(GRUB_MODULES)' \
	    --fonts= --locales= --themes= -o $@ $@.root > $@.log 2>&1 || { cat $@.log; exit 1; }
	@rm -rf $@.root

# ---- boot it ---------------------------------------------------------------------------

EMU      ?= qemu
FIRMWARE ?= bios
RUN      := $(ROOT)/tools/run --elf $(ELF) --iso $(ISO) --emulator $(EMU) --firmware $(FIRMWARE) \
            $(if $(SCREEN),--screen $(SCREEN)) $(if $(ACCEL),--accel $(ACCEL))

run: $(ISO)
	@$(RUN)
debug: $(ISO)
	@$(RUN) --debug $(if $(STOP),--stop-at $(STOP))
screenshot: $(ISO)
	@$(RUN) --screenshot $(OUT)/screen-$(FIRMWARE).png

# ---- the other verbs -------------------------------------------------------------------

# What a verb lacks is installed first.  Called from the root, that has been done.
ifeq ($(MAKELEVEL),0)
$(OUT)/flags $(SHARED)/flags $(OUT)/args: | need-build
run screenshot: | need-run
debug: | need-debug
need-%:
	@$(ROOT)/tools/setup $*
endif

# The root's verbs, about this chapter.  Relative names are relative to this directory.  A
# copy made with `make export` has no root.
ifeq ($(CURDIR),$(ROOT)/chapters/$(CHAPTER))
ROOT_VERBS := help test check diff stat export usb bench fuzz setup doctor
.PHONY: $(ROOT_VERBS)
$(ROOT_VERBS):
	@case "$$DIR" in ''|/*|'~'*) ;; *) DIR="$$PWD/$$DIR" ;; esac; \
	$(MAKE) --no-print-directory -C $(ROOT) $@ CH=$(CHAPTER) DIR="$$DIR" \
	    $(if $(filter file,$(origin BUILD)),,BUILD='$(abspath $(BUILD))')
else
help:
	@sed -n 's/^#   make/  make/p' $(COMMON)/kernel.mk
endif

clean:
	rm -rf $(OUT) $(ISO) $(TEST_ISO) $(ISO).log $(TEST_ISO).log

# make print-ELF: the value of a variable, for tools.
print-%:
	@echo '$($*)'

FORCE:
.PHONY: all elf iso test-iso run debug screenshot clean help FORCE
.DELETE_ON_ERROR:
-include $(patsubst %.o,%.d,$(sort $(KERNEL_OBJS) $(TESTED_OBJS)))
