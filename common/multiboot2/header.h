/* SPDX-License-Identifier: MIT */
/*
 * The Multiboot2 header: what a kernel image says to the boot loader.
 *
 * Source   Multiboot2 2.0, section 3.1.  Field names are the specification's.
 * Place    Within the first 32768 bytes of the image file, at a multiple of 8; each tag
 *          at a multiple of 8 too, the last one of type 0 and size 8.
 * Use      For tools and tests that read an image; a kernel usually writes its header in
 *          assembly.  multiboot2.h is about the answer, the boot information.
 */
#ifndef MULTIBOOT2_HEADER_H
#define MULTIBOOT2_HEADER_H

#include <stdint.h>

#define MULTIBOOT2_HEADER_MAGIC  0xe85250d6u
#define MULTIBOOT2_HEADER_SEARCH 32768 /* bytes of the image a loader looks at */
#define MULTIBOOT2_HEADER_ALIGN  8

/* `architecture`, 3.1.2 */
#define MULTIBOOT2_ARCHITECTURE_I386   0u /* 32-bit protected mode */
#define MULTIBOOT2_ARCHITECTURE_MIPS32 4u

/* 3.1.1 */
struct multiboot2_header {
    uint32_t magic;
    uint32_t architecture;
    uint32_t header_length; /* with all tags */
    uint32_t checksum;      /* makes the four sum to 0 */
};
_Static_assert(sizeof(struct multiboot2_header) == 16, "3.1.1");

#define MULTIBOOT2_HEADER_CHECKSUM(architecture, header_length)                            \
    (0u - (MULTIBOOT2_HEADER_MAGIC + (uint32_t)(architecture) + (uint32_t)(header_length)))

enum multiboot2_header_tag_type {
    MULTIBOOT2_HEADER_TAG_END                 = 0,
    MULTIBOOT2_HEADER_TAG_INFORMATION_REQUEST = 1,
    MULTIBOOT2_HEADER_TAG_ADDRESS             = 2,
    MULTIBOOT2_HEADER_TAG_ENTRY_ADDRESS       = 3,
    MULTIBOOT2_HEADER_TAG_CONSOLE_FLAGS       = 4,
    MULTIBOOT2_HEADER_TAG_FRAMEBUFFER         = 5,
    MULTIBOOT2_HEADER_TAG_MODULE_ALIGN        = 6, /* just the tag: align to pages */
    MULTIBOOT2_HEADER_TAG_EFI_BS              = 7, /* just the tag: leave boot services on */
    MULTIBOOT2_HEADER_TAG_ENTRY_ADDRESS_EFI32 = 8,
    MULTIBOOT2_HEADER_TAG_ENTRY_ADDRESS_EFI64 = 9,
    MULTIBOOT2_HEADER_TAG_RELOCATABLE         = 10,
};

/* 3.1.3 */
struct multiboot2_header_tag {
    uint16_t type;
    uint16_t flags;
    uint32_t size; /* with these 8 bytes, without the padding after the tag */
};
_Static_assert(sizeof(struct multiboot2_header_tag) == 8, "3.1.3");

#define MULTIBOOT2_HEADER_TAG_OPTIONAL 1u /* flags: a loader may ignore the tag */

/* 3.1.4 */
struct multiboot2_header_tag_information_request {
    struct multiboot2_header_tag tag;
    uint32_t mbi_tag_types[]; /* enum multiboot2_tag_type */
};
_Static_assert(sizeof(struct multiboot2_header_tag_information_request) == 8, "3.1.4");

/* 3.1.5.  Physical addresses. */
struct multiboot2_header_tag_address {
    struct multiboot2_header_tag tag;
    uint32_t header_addr;   /* where the magic value is to be */
    uint32_t load_addr;     /* start of text; 0xffffffff: the file from its start */
    uint32_t load_end_addr; /* end of data; 0: the whole file */
    uint32_t bss_end_addr;  /* 0: there is no bss */
};
_Static_assert(sizeof(struct multiboot2_header_tag_address) == 24, "3.1.5");

/* 3.1.6; for EFI i386 3.1.7, for EFI amd64 3.1.8, both only with the EFI_BS tag. */
struct multiboot2_header_tag_entry_address {
    struct multiboot2_header_tag tag;
    uint32_t entry_addr;
};
_Static_assert(sizeof(struct multiboot2_header_tag_entry_address) == 12, "3.1.6");

/* 3.1.9 */
struct multiboot2_header_tag_console_flags {
    struct multiboot2_header_tag tag;
    uint32_t console_flags;
};
_Static_assert(sizeof(struct multiboot2_header_tag_console_flags) == 12, "3.1.9");

#define MULTIBOOT2_CONSOLE_REQUIRED 1u /* at least one console must be there */
#define MULTIBOOT2_CONSOLE_EGA_TEXT 2u /* the image can use EGA text */

/* 3.1.10.  A wish, not an order; 0 means no preference. */
struct multiboot2_header_tag_framebuffer {
    struct multiboot2_header_tag tag;
    uint32_t width;  /* pixels, or characters when depth is 0 */
    uint32_t height; /* the same */
    uint32_t depth;  /* bits per pixel, 0 for text */
};
_Static_assert(sizeof(struct multiboot2_header_tag_framebuffer) == 20, "3.1.10");

/* 3.1.13 */
struct multiboot2_header_tag_relocatable {
    struct multiboot2_header_tag tag;
    uint32_t min_addr;
    uint32_t max_addr; /* where the end of the image may be at most */
    uint32_t align;
    uint32_t preference;
};
_Static_assert(sizeof(struct multiboot2_header_tag_relocatable) == 24, "3.1.13");

#define MULTIBOOT2_LOAD_PREFERENCE_NONE 0u
#define MULTIBOOT2_LOAD_PREFERENCE_LOW  1u
#define MULTIBOOT2_LOAD_PREFERENCE_HIGH 2u

#endif
