/* SPDX-License-Identifier: MIT */
#ifndef BOOT_BOOT_INFO_H
#define BOOT_BOOT_INFO_H

#include <stdint.h>

#include "multiboot2/multiboot2.h"

/* The reader for the boot information at this physical address, as the loader gave it.
 * Never fails: a block that is refused has no tags, and boot_info_log says why. */
struct multiboot2_reader boot_info_open(uint64_t boot_info_pa);

/* Logs every tag of the boot information, and the memory map line by line. */
void boot_info_log(struct multiboot2_reader boot_info);

/* The command line that grub.cfg gave the kernel; "" when there is none. */
const char *boot_info_command_line(const struct multiboot2_reader *boot_info);

#endif
