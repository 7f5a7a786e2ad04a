/* SPDX-License-Identifier: MIT */
#ifndef BOOT_BOOT_INFO_H
#define BOOT_BOOT_INFO_H

#include <stdint.h>

#include "multiboot2/multiboot2.h"

/* The reader for the boot information at this physical address, as the loader gave it.
 * Never fails: a block that is refused has no tags, and boot_info_print says why. */
struct multiboot2_reader boot_info_open(uint64_t boot_info_pa);

/* Prints every tag of the boot information, and the memory map line by line. */
void boot_info_print(struct multiboot2_reader boot_info);

#endif
