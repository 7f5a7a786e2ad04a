/* SPDX-License-Identifier: MIT */
/* The ELF symbols tag, Multiboot2 2.0 3.6.7.  Here everything is read value by value: the
 * headers start at byte 20 in GRUB's layout, where a 64-bit member is not aligned.  A tag
 * that could be in both layouts has num = 0 in the table's, and is then GRUB's. */
#include "multiboot2/multiboot2.h"

#define ELF32_SHDR_BYTES 40
#define ELF64_SHDR_BYTES 64

/* Reads num, entsize and shndx in the layout the tag is in; the headers are what is left.
 * False when the tag ends before. */
static bool read_counts(struct bytes *b, struct multiboot2_elf_sections *s)
{
    struct bytes table = *b;
    uint16_t num, entsize, shndx, reserved;

    if (bytes_read_u16(&table, &num) && bytes_read_u16(&table, &entsize) &&
        bytes_read_u16(&table, &shndx) && bytes_read_u16(&table, &reserved) && num != 0 &&
        entsize != 0) {
        s->num = num;
        s->entsize = entsize;
        s->shndx = shndx;
        *b = table;
        return true;
    }
    return bytes_read_u32(b, &s->num) && bytes_read_u32(b, &s->entsize) &&
           bytes_read_u32(b, &s->shndx);
}

enum err multiboot2_elf_sections(const struct multiboot2_tag *tag,
                                 struct multiboot2_elf_sections *sections)
{
    struct multiboot2_elf_sections found;

    if (!tag || tag->type != MULTIBOOT2_TAG_ELF_SECTIONS) return ERR_NOT_FOUND;
    struct bytes b = bytes_of(tag + 1, tag->size - sizeof *tag);
    if (!read_counts(&b, &found)) return ERR_FORMAT;
    if ((uint64_t)found.num * found.entsize > b.left) return ERR_FORMAT;
    /* A kernel that was not ELF has no headers, and their size means nothing. */
    if (found.num != 0 && found.entsize != ELF32_SHDR_BYTES &&
        found.entsize < ELF64_SHDR_BYTES)
        return ERR_FORMAT;
    found.headers = b.at;
    *sections = found;
    return OK;
}

/* The next `size` bytes of a header, which is known to be long enough. */
static uint64_t take(struct bytes *header, size_t size)
{
    uint64_t value = 0;
    (void)bytes_read_le(header, size, &value);
    return value;
}

bool multiboot2_elf_section(const struct multiboot2_elf_sections *sections, uint32_t index,
                            struct multiboot2_elf_section *section)
{
    if (index >= sections->num) return false;
    struct bytes header =
        bytes_of(sections->headers + (size_t)index * sections->entsize, sections->entsize);
    /* Elf32_Shdr and Elf64_Shdr list the same members, of these two widths. */
    size_t wide = sections->entsize >= ELF64_SHDR_BYTES ? 8 : 4;

    section->sh_name = (uint32_t)take(&header, 4);
    section->sh_type = (uint32_t)take(&header, 4);
    section->sh_flags = take(&header, wide);
    section->sh_addr = take(&header, wide);
    section->sh_offset = take(&header, wide);
    section->sh_size = take(&header, wide);
    section->sh_link = (uint32_t)take(&header, 4);
    section->sh_info = (uint32_t)take(&header, 4);
    section->sh_addralign = take(&header, wide);
    section->sh_entsize = take(&header, wide);
    return true;
}
