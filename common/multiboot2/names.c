/* SPDX-License-Identifier: MIT */
#include "multiboot2/multiboot2.h"

/* Element `i` of a table with holes, or `other`. */
#define NAME_IN(table, i, other)                                                           \
    ((i) < sizeof(table) / sizeof((table)[0]) && (table)[i] ? (table)[i] : (other))

const char *multiboot2_status_text(enum multiboot2_status status)
{
    switch (status) {
    case MULTIBOOT2_WALKING:       return "not at the end yet";
    case MULTIBOOT2_COMPLETE:      return "complete";
    case MULTIBOOT2_NO_INFO:       return "no boot information: its address is 0";
    case MULTIBOOT2_MISALIGNED:    return "the block does not start at a multiple of 8";
    case MULTIBOOT2_TRUNCATED:     return "the block is longer than the memory it may be in";
    case MULTIBOOT2_TOO_SHORT:     return "the block is too short for an end tag";
    case MULTIBOOT2_TAG_TOO_SHORT: return "a tag is shorter than its own header";
    case MULTIBOOT2_TAG_TOO_LONG:  return "a tag is longer than what is left of the block";
    case MULTIBOOT2_BAD_END:       return "the end tag is longer than 8 bytes";
    case MULTIBOOT2_NO_END:        return "the block ends without an end tag";
    }
    return "unknown status";
}

const char *multiboot2_tag_name(uint32_t type)
{
    static const char *const names[] = {
        [MULTIBOOT2_TAG_END]            = "end",
        [MULTIBOOT2_TAG_CMDLINE]        = "command line",
        [MULTIBOOT2_TAG_LOADER_NAME]    = "boot loader name",
        [MULTIBOOT2_TAG_MODULE]         = "module",
        [MULTIBOOT2_TAG_BASIC_MEMINFO]  = "basic memory information",
        [MULTIBOOT2_TAG_BOOTDEV]        = "bios boot device",
        [MULTIBOOT2_TAG_MMAP]           = "memory map",
        [MULTIBOOT2_TAG_VBE]            = "vbe information",
        [MULTIBOOT2_TAG_FRAMEBUFFER]    = "framebuffer",
        [MULTIBOOT2_TAG_ELF_SECTIONS]   = "elf sections",
        [MULTIBOOT2_TAG_APM]            = "apm table",
        [MULTIBOOT2_TAG_EFI32]          = "efi 32-bit system table",
        [MULTIBOOT2_TAG_EFI64]          = "efi 64-bit system table",
        [MULTIBOOT2_TAG_SMBIOS]         = "smbios tables",
        [MULTIBOOT2_TAG_ACPI_OLD]       = "acpi 1.0 rsdp",
        [MULTIBOOT2_TAG_ACPI_NEW]       = "acpi 2.0 rsdp",
        [MULTIBOOT2_TAG_NETWORK]        = "network information",
        [MULTIBOOT2_TAG_EFI_MMAP]       = "efi memory map",
        [MULTIBOOT2_TAG_EFI_BS]         = "efi boot services not terminated",
        [MULTIBOOT2_TAG_EFI32_IH]       = "efi 32-bit image handle",
        [MULTIBOOT2_TAG_EFI64_IH]       = "efi 64-bit image handle",
        [MULTIBOOT2_TAG_LOAD_BASE_ADDR] = "image load base address",
    };
    return NAME_IN(names, type, "unknown tag");
}

/* A value not listed is reserved memory, 3.6.8. */
const char *multiboot2_memory_type_name(uint32_t type)
{
    static const char *const names[] = {
        [MULTIBOOT2_MEMORY_AVAILABLE]        = "available",
        [MULTIBOOT2_MEMORY_RESERVED]         = "reserved",
        [MULTIBOOT2_MEMORY_ACPI_RECLAIMABLE] = "acpi reclaimable",
        [MULTIBOOT2_MEMORY_NVS]              = "preserved on hibernation",
        [MULTIBOOT2_MEMORY_BADRAM]           = "defective",
    };
    return NAME_IN(names, type, "reserved");
}

const char *multiboot2_framebuffer_type_name(uint32_t type)
{
    static const char *const names[] = {
        [MULTIBOOT2_FRAMEBUFFER_INDEXED]  = "indexed colour",
        [MULTIBOOT2_FRAMEBUFFER_RGB]      = "rgb",
        [MULTIBOOT2_FRAMEBUFFER_EGA_TEXT] = "ega text",
    };
    return NAME_IN(names, type, "unknown framebuffer");
}

/* UEFI 2.10 7.2.1, EFI_MEMORY_TYPE from 0. */
const char *multiboot2_efi_memory_type_name(uint32_t type)
{
    static const char *const names[] = {
        "reserved",
        "loader code",
        "loader data",
        "boot services code",
        "boot services data",
        "runtime services code",
        "runtime services data",
        "conventional",
        "unusable",
        "acpi reclaimable",
        "acpi non-volatile",
        "memory-mapped i/o",
        "memory-mapped i/o ports",
        "pal code",
        "persistent",
        "unaccepted",
    };
    return NAME_IN(names, type, "unknown memory");
}
