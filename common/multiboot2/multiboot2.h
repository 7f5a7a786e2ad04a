/* SPDX-License-Identifier: MIT */
/*
 * Multiboot2 boot information, read safely.
 *
 * Source   Multiboot2 2.0, section 3.6.  Field names are the specification's.  Where its
 *          tables and what boot loaders write differ, the comment says so.
 * Input    Untrusted.  multiboot2_next() returns a tag only if all of it lies in the block;
 *          the multiboot2_as_…() functions return content only if it fits its tag.
 * Memory   Allocates and copies nothing.  What is returned points into the loader's block
 *          and lives as long as it does: keep that memory out of the free list.
 * Units    Addresses are physical, in bytes.  Sizes are in bytes.  Little-endian.
 * Errors   Nothing here prints or panics.  A tag that may be NULL or of another type can
 *          be given to any multiboot2_as_…(): the answer is NULL again.
 * Calls    No state but the reader's own: any context, any number of readers.
 *
 *     struct multiboot2_reader r;
 *     const struct multiboot2_tag *tag;
 *
 *     multiboot2_init(&r, info, limit_bytes);
 *     while ((tag = multiboot2_next(&r)))
 *         print("%u %s", tag->type, multiboot2_tag_name(tag->type));
 *     if (r.status != MULTIBOOT2_COMPLETE)
 *         print("stopped at byte %zu: %s", multiboot2_offset_bytes(&r),
 *               multiboot2_status_text(r.status));
 */
#ifndef MULTIBOOT2_MULTIBOOT2_H
#define MULTIBOOT2_MULTIBOOT2_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/err.h"

/* In eax when a Multiboot2 loader enters the kernel; ebx then holds the physical address
 * of the boot information (3.3). */
#define MULTIBOOT2_BOOTLOADER_MAGIC 0x36d76289u

#define MULTIBOOT2_ALIGN 8 /* of the block and of every tag, 3.6.2 */

enum multiboot2_tag_type {
    MULTIBOOT2_TAG_END            = 0,
    MULTIBOOT2_TAG_CMDLINE        = 1,
    MULTIBOOT2_TAG_LOADER_NAME    = 2,
    MULTIBOOT2_TAG_MODULE         = 3, /* one tag per module */
    MULTIBOOT2_TAG_BASIC_MEMINFO  = 4,
    MULTIBOOT2_TAG_BOOTDEV        = 5,
    MULTIBOOT2_TAG_MMAP           = 6,
    MULTIBOOT2_TAG_VBE            = 7,
    MULTIBOOT2_TAG_FRAMEBUFFER    = 8,
    MULTIBOOT2_TAG_ELF_SECTIONS   = 9,
    MULTIBOOT2_TAG_APM            = 10,
    MULTIBOOT2_TAG_EFI32          = 11,
    MULTIBOOT2_TAG_EFI64          = 12,
    MULTIBOOT2_TAG_SMBIOS         = 13,
    MULTIBOOT2_TAG_ACPI_OLD       = 14, /* RSDP of ACPI 1.0 */
    MULTIBOOT2_TAG_ACPI_NEW       = 15, /* RSDP of ACPI 2.0 and later */
    MULTIBOOT2_TAG_NETWORK        = 16, /* one tag per network card */
    MULTIBOOT2_TAG_EFI_MMAP       = 17,
    MULTIBOOT2_TAG_EFI_BS         = 18, /* present: ExitBootServices was not called */
    MULTIBOOT2_TAG_EFI32_IH       = 19,
    MULTIBOOT2_TAG_EFI64_IH       = 20,
    MULTIBOOT2_TAG_LOAD_BASE_ADDR = 21,
};

/* ---- The walk ---- */

/* Where a walk is, and why it ended. */
enum multiboot2_status {
    MULTIBOOT2_WALKING,       /* no end seen yet, nothing wrong so far */
    MULTIBOOT2_COMPLETE,      /* the end tag was reached: every tag has been returned */
    MULTIBOOT2_NO_INFO,       /* the address of the block is NULL */
    MULTIBOOT2_MISALIGNED,    /* the block does not start at a multiple of 8 */
    MULTIBOOT2_TRUNCATED,     /* total_size reaches beyond limit_bytes */
    MULTIBOOT2_TOO_SHORT,     /* total_size has no room for the fixed part and an end tag */
    MULTIBOOT2_TAG_TOO_SHORT, /* a tag's size is below 8: 0 would loop for ever */
    MULTIBOOT2_TAG_TOO_LONG,  /* a tag's size is more than what is left of the block */
    MULTIBOOT2_BAD_END,       /* a tag of type 0 whose size is more than 8 */
    MULTIBOOT2_NO_END,        /* total_size was used up and no end tag seen */
};

/* What starts every tag, 3.6.2. */
struct multiboot2_tag {
    uint32_t type; /* enum multiboot2_tag_type, or one of a newer specification */
    uint32_t size; /* of the whole tag with these 8 bytes, without the padding after it */
};

/* Read `status` freely; the rest is private. */
struct multiboot2_reader {
    enum multiboot2_status status;
    struct bytes all_;  /* the block; empty when it was refused as a whole */
    struct bytes left_; /* what has not been walked yet */
};

/* Starts a walk at the first tag of the block at `info`, of which at most `limit_bytes`
 * may be read: what is mapped, or what the caller is ready to believe.  A block that is
 * NULL, misaligned, truncated or too short is refused whole: status says which, and
 * multiboot2_next() returns NULL at once. */
void multiboot2_init(struct multiboot2_reader *r, const void *info, size_t limit_bytes);

/* The tag after the last one returned, or NULL at the end tag and at the first tag that
 * cannot be right.  r->status tells the two apart and then stays what it is. */
const struct multiboot2_tag *multiboot2_next(struct multiboot2_reader *r);

/* The next tag of that type, or NULL when the walk ends before one is met. */
const struct multiboot2_tag *multiboot2_next_of(struct multiboot2_reader *r, uint32_t type);

/* The first tag of that type in the whole block, wherever `r` is in it; NULL when there is
 * none before the end or before the first tag that cannot be right. */
const struct multiboot2_tag *multiboot2_find(const struct multiboot2_reader *r,
                                             uint32_t type);

/* total_size, or 0 when the block was refused whole. */
size_t multiboot2_size_bytes(const struct multiboot2_reader *r);

/* How far from the start of the block the next tag is, or after the walk, the tag that
 * ended it. */
size_t multiboot2_offset_bytes(const struct multiboot2_reader *r);

/* ---- Words for numbers: lower case, never NULL, for any value ---- */

const char *multiboot2_status_text(enum multiboot2_status status);
const char *multiboot2_tag_name(uint32_t type);
const char *multiboot2_memory_type_name(uint32_t type);
const char *multiboot2_framebuffer_type_name(uint32_t type);
const char *multiboot2_efi_memory_type_name(uint32_t type);

/* ---- The content of a tag ----
 *
 * `tag` comes from the functions above, or is NULL.  A size larger than the type needs is
 * allowed everywhere: a newer specification may add fields at the end. */

/* OK when the content fits its type; ERR_FORMAT when it contradicts it; ERR_NOT_FOUND when
 * the type is none of this specification's, so that nothing is known about the content. */
MUST_CHECK enum err multiboot2_check(const struct multiboot2_tag *tag);

/* The text of a command line, loader name or module tag: UTF-8, ended by a NUL inside the
 * tag.  NULL when there is no such NUL.  3.6.5, 3.6.6, 3.6.9. */
const char *multiboot2_as_string(const struct multiboot2_tag *tag);

/* 3.6.6.  The module occupies [mod_start, mod_end); mod_start <= mod_end is checked, and
 * so is the NUL of the string. */
struct multiboot2_tag_module {
    struct multiboot2_tag tag;
    uint32_t mod_start;
    uint32_t mod_end;
    char string[];
};
_Static_assert(sizeof(struct multiboot2_tag_module) == 16, "3.6.6");
const struct multiboot2_tag_module *multiboot2_as_module(const struct multiboot2_tag *tag);

/* 3.6.3 */
struct multiboot2_tag_basic_meminfo {
    struct multiboot2_tag tag;
    uint32_t mem_lower; /* KiB from address 0, 640 at most */
    uint32_t mem_upper; /* KiB from 1 MiB to the first hole */
};
_Static_assert(sizeof(struct multiboot2_tag_basic_meminfo) == 16, "3.6.3");
const struct multiboot2_tag_basic_meminfo *
multiboot2_as_basic_meminfo(const struct multiboot2_tag *tag);

/* 3.6.4.  Partitions count from 0; 0xffffffff means unused. */
struct multiboot2_tag_bootdev {
    struct multiboot2_tag tag;
    uint32_t biosdev; /* drive number of int 13h */
    uint32_t partition;
    uint32_t sub_partition;
};
_Static_assert(sizeof(struct multiboot2_tag_bootdev) == 20, "3.6.4");
const struct multiboot2_tag_bootdev *multiboot2_as_bootdev(const struct multiboot2_tag *tag);

/* 3.6.8 */
enum multiboot2_memory_type {
    MULTIBOOT2_MEMORY_AVAILABLE        = 1, /* holds the kernel, modules and this block too */
    MULTIBOOT2_MEMORY_RESERVED         = 2, /* and so is every value not listed here: GRUB
                                               sends 20 for UEFI's runtime services code */
    MULTIBOOT2_MEMORY_ACPI_RECLAIMABLE = 3, /* free once the ACPI tables have been read */
    MULTIBOOT2_MEMORY_NVS              = 4, /* preserve across hibernation */
    MULTIBOOT2_MEMORY_BADRAM           = 5,
};

/* base_addr + length may overflow: nothing here adds them. */
struct multiboot2_mmap_entry {
    uint64_t base_addr;
    uint64_t length;
    uint32_t type;
    uint32_t reserved;
};
_Static_assert(sizeof(struct multiboot2_mmap_entry) == 24, "3.6.8");

struct multiboot2_tag_mmap {
    struct multiboot2_tag tag;
    uint32_t entry_size; /* checked: at least 24 and a multiple of 8 */
    uint32_t entry_version;
};
_Static_assert(sizeof(struct multiboot2_tag_mmap) == 16, "3.6.8");
const struct multiboot2_tag_mmap *multiboot2_as_mmap(const struct multiboot2_tag *tag);

/* The entry after `previous`, the first one for NULL; NULL when no whole entry is left.
 * `mmap` comes from multiboot2_as_mmap, `previous` from here. */
const struct multiboot2_mmap_entry *
multiboot2_mmap_next(const struct multiboot2_tag_mmap *mmap,
                     const struct multiboot2_mmap_entry *previous);

/* 3.6.19 and UEFI 2.10 7.2.3, which gives the descriptor and its spelling. */
struct multiboot2_efi_memory_descriptor {
    uint32_t Type;
    uint32_t padding;
    uint64_t PhysicalStart;
    uint64_t VirtualStart;
    uint64_t NumberOfPages; /* of 4096 bytes */
    uint64_t Attribute;
};
_Static_assert(sizeof(struct multiboot2_efi_memory_descriptor) == 40, "UEFI 2.10 7.2.3");

struct multiboot2_tag_efi_mmap {
    struct multiboot2_tag tag;
    uint32_t descr_size; /* checked: at least 40 and a multiple of 8; OVMF's is 48 */
    uint32_t descr_vers;
};
_Static_assert(sizeof(struct multiboot2_tag_efi_mmap) == 16, "3.6.19");
const struct multiboot2_tag_efi_mmap *
multiboot2_as_efi_mmap(const struct multiboot2_tag *tag);

/* As multiboot2_mmap_next. */
const struct multiboot2_efi_memory_descriptor *
multiboot2_efi_mmap_next(const struct multiboot2_tag_efi_mmap *mmap,
                         const struct multiboot2_efi_memory_descriptor *previous);

/* 3.6.11.  The blocks are VBE 3.0's, functions 00h and 01h. */
struct multiboot2_tag_vbe {
    struct multiboot2_tag tag;
    uint16_t vbe_mode;
    uint16_t vbe_interface_seg;
    uint16_t vbe_interface_off;
    uint16_t vbe_interface_len;
    uint8_t vbe_control_info[512];
    uint8_t vbe_mode_info[256];
};
_Static_assert(sizeof(struct multiboot2_tag_vbe) == 784, "3.6.11");
const struct multiboot2_tag_vbe *multiboot2_as_vbe(const struct multiboot2_tag *tag);

/* 3.6.12 */
enum multiboot2_framebuffer_type {
    MULTIBOOT2_FRAMEBUFFER_INDEXED  = 0,
    MULTIBOOT2_FRAMEBUFFER_RGB      = 1,
    MULTIBOOT2_FRAMEBUFFER_EGA_TEXT = 2, /* width and height in characters */
};

struct multiboot2_tag_framebuffer {
    struct multiboot2_tag tag;
    uint64_t framebuffer_addr;
    uint32_t framebuffer_pitch; /* bytes from one row to the next */
    uint32_t framebuffer_width; /* pixels */
    uint32_t framebuffer_height;
    uint8_t framebuffer_bpp; /* bits per pixel, or per character */
    uint8_t framebuffer_type; /* values not listed above may come */
    uint8_t reserved;
};
_Static_assert(offsetof(struct multiboot2_tag_framebuffer, framebuffer_addr) == 8, "3.6.12");
_Static_assert(offsetof(struct multiboot2_tag_framebuffer, reserved) == 30, "3.6.12");
const struct multiboot2_tag_framebuffer *
multiboot2_as_framebuffer(const struct multiboot2_tag *tag);

/* color_info starts at byte 32, as in the specification's multiboot2.h and in every loader
 * known; read to the letter, the table of 3.6.12 would put it at 31. */
#define MULTIBOOT2_COLOR_INFO_OFFSET 32

struct multiboot2_framebuffer_rgb {
    uint8_t framebuffer_red_field_position;
    uint8_t framebuffer_red_mask_size;
    uint8_t framebuffer_green_field_position;
    uint8_t framebuffer_green_mask_size;
    uint8_t framebuffer_blue_field_position;
    uint8_t framebuffer_blue_mask_size;
};
_Static_assert(sizeof(struct multiboot2_framebuffer_rgb) == 6, "3.6.12");

/* Where red, green and blue are in a pixel; NULL unless the type is RGB, and for NULL. */
const struct multiboot2_framebuffer_rgb *
multiboot2_framebuffer_rgb(const struct multiboot2_tag_framebuffer *framebuffer);

struct multiboot2_color {
    uint8_t red_value, green_value, blue_value;
};
_Static_assert(sizeof(struct multiboot2_color) == 3, "3.6.12");

/* The palette and its length in *num_colors; NULL and 0 unless the type is indexed.  The
 * number is 16 bits in GRUB and in the specification's header, 32 in the table of 3.6.12;
 * the tag's size decides. */
const struct multiboot2_color *
multiboot2_framebuffer_palette(const struct multiboot2_tag_framebuffer *framebuffer,
                               uint32_t *num_colors);

/* 3.6.7.  The table says num, entsize, shndx and reserved are 16 bits each; GRUB and the
 * specification's own multiboot2.h write the first three as 32 bits.  Both are understood:
 * with 32 bits the upper half of num, where the table has entsize, is always 0. */
struct multiboot2_elf_sections {
    uint32_t num;     /* section headers */
    uint32_t entsize; /* of one: 40 for a 32-bit kernel, 64 or more for a 64-bit one */
    uint32_t shndx;   /* index of the section with the names; may be out of range */
    const uint8_t *headers;
};

/* ERR_FORMAT when the headers do not fit the tag, or their size is not ELF's.
 * ERR_NOT_FOUND when `tag` is NULL or of another type.  *sections is then untouched. */
MUST_CHECK enum err multiboot2_elf_sections(const struct multiboot2_tag *tag,
                                            struct multiboot2_elf_sections *sections);

/* A section header of either class, by value: in GRUB's layout those in the tag are not
 * aligned.  Members as in System V ABI 4.1, chapter 4. */
struct multiboot2_elf_section {
    uint32_t sh_name, sh_type;
    uint64_t sh_flags, sh_addr, sh_offset, sh_size;
    uint32_t sh_link, sh_info;
    uint64_t sh_addralign, sh_entsize;
};

/* Fills *section; false, leaving it as it was, when `index` is not below sections->num. */
bool multiboot2_elf_section(const struct multiboot2_elf_sections *sections, uint32_t index,
                            struct multiboot2_elf_section *section);

/* 3.6.10, values of APM 1.2's connect call. */
struct multiboot2_tag_apm {
    struct multiboot2_tag tag;
    uint16_t version;
    uint16_t cseg;
    uint32_t offset;
    uint16_t cseg_16;
    uint16_t dseg;
    uint16_t flags;
    uint16_t cseg_len;
    uint16_t cseg_16_len;
    uint16_t dseg_len;
};
_Static_assert(sizeof(struct multiboot2_tag_apm) == 28, "3.6.10");
const struct multiboot2_tag_apm *multiboot2_as_apm(const struct multiboot2_tag *tag);

/* A 32-bit address: EFI system table (3.6.13), EFI image handle (3.6.21). */
struct multiboot2_tag_efi32 {
    struct multiboot2_tag tag;
    uint32_t pointer;
};
_Static_assert(sizeof(struct multiboot2_tag_efi32) == 12, "3.6.13, 3.6.21");
const struct multiboot2_tag_efi32 *multiboot2_as_efi32(const struct multiboot2_tag *tag);
const struct multiboot2_tag_efi32 *multiboot2_as_efi32_ih(const struct multiboot2_tag *tag);

/* A 64-bit address: EFI system table (3.6.14), EFI image handle (3.6.22). */
struct multiboot2_tag_efi64 {
    struct multiboot2_tag tag;
    uint64_t pointer;
};
_Static_assert(sizeof(struct multiboot2_tag_efi64) == 16, "3.6.14, 3.6.22");
const struct multiboot2_tag_efi64 *multiboot2_as_efi64(const struct multiboot2_tag *tag);
const struct multiboot2_tag_efi64 *multiboot2_as_efi64_ih(const struct multiboot2_tag *tag);

/* 3.6.23.  GRUB sends it for every kernel, relocatable or not. */
struct multiboot2_tag_load_base_addr {
    struct multiboot2_tag tag;
    uint32_t load_base_addr;
};
_Static_assert(sizeof(struct multiboot2_tag_load_base_addr) == 12, "3.6.23");
const struct multiboot2_tag_load_base_addr *
multiboot2_as_load_base_addr(const struct multiboot2_tag *tag);

/* 3.6.15.  The tables follow: multiboot2_as_bytes. */
struct multiboot2_tag_smbios {
    struct multiboot2_tag tag;
    uint8_t major;
    uint8_t minor;
    uint8_t reserved[6];
};
_Static_assert(sizeof(struct multiboot2_tag_smbios) == 16, "3.6.15");
const struct multiboot2_tag_smbios *multiboot2_as_smbios(const struct multiboot2_tag *tag);

/* What a tag carries that has a specification of its own: SMBIOS tables (3.6.15), the copy
 * of an RSDP, at least 20 bytes of the old (3.6.16) and 36 of the new kind (3.6.17), a DHCP
 * packet (3.6.18).  No other check is made.  Any other tag: NULL and 0 bytes. */
struct bytes multiboot2_as_bytes(const struct multiboot2_tag *tag);

#endif
