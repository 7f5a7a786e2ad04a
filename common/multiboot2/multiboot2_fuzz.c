/* SPDX-License-Identifier: MIT */
/* Every accessor on every tag of an arbitrary block.  The block is a heap copy of exactly
 * its length: what the library hands out is read to the last byte, so that the sanitizer
 * sees anything that lies outside. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "multiboot2/multiboot2.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static volatile uint8_t sink;

static void touch(const void *p, size_t len)
{
    const uint8_t *bytes = p;
    for (size_t i = 0; p && i < len; i++) sink ^= bytes[i];
}

static void must(int truth)
{
    if (!truth) abort();
}

static void touch_maps(const struct multiboot2_tag *tag)
{
    const struct multiboot2_tag_mmap *mmap = multiboot2_as_mmap(tag);
    const struct multiboot2_mmap_entry *entry = NULL;
    uint32_t count = 0;
    while (mmap && (entry = multiboot2_mmap_next(mmap, entry))) {
        touch(entry, mmap->entry_size);
        touch(multiboot2_memory_type_name(entry->type), 1);
        count++;
    }
    if (mmap) must(count == (mmap->tag.size - 16) / mmap->entry_size);

    const struct multiboot2_tag_efi_mmap *efi = multiboot2_as_efi_mmap(tag);
    const struct multiboot2_efi_memory_descriptor *descriptor = NULL;
    count = 0;
    while (efi && (descriptor = multiboot2_efi_mmap_next(efi, descriptor))) {
        touch(descriptor, efi->descr_size);
        touch(multiboot2_efi_memory_type_name(descriptor->Type), 1);
        count++;
    }
    if (efi) must(count == (efi->tag.size - 16) / efi->descr_size);
}

static void touch_framebuffer(const struct multiboot2_tag *tag)
{
    const struct multiboot2_tag_framebuffer *framebuffer = multiboot2_as_framebuffer(tag);
    uint32_t num_colors;
    if (!framebuffer) return;
    touch(framebuffer, 31);
    touch(multiboot2_framebuffer_type_name(framebuffer->framebuffer_type), 1);
    touch(multiboot2_framebuffer_rgb(framebuffer), sizeof(struct multiboot2_framebuffer_rgb));
    const void *palette = multiboot2_framebuffer_palette(framebuffer, &num_colors);
    touch(palette, num_colors * sizeof(struct multiboot2_color));
    must(palette || num_colors == 0);
}

static void touch_sections(const struct multiboot2_tag *tag)
{
    struct multiboot2_elf_sections sections;
    struct multiboot2_elf_section section;
    enum err e = multiboot2_elf_sections(tag, &sections);
    must((e == ERR_NOT_FOUND) == (tag->type != MULTIBOOT2_TAG_ELF_SECTIONS));
    if (e != OK) return;
    for (uint32_t i = 0; i < sections.num; i++) {
        must(multiboot2_elf_section(&sections, i, &section));
        touch(&section, sizeof section);
    }
    must(!multiboot2_elf_section(&sections, sections.num, &section));
    must(!multiboot2_elf_section(&sections, UINT32_MAX, &section));
}

#define TOUCH(what)                                                                        \
    do {                                                                                   \
        const void *p = multiboot2_as_##what(tag);                                         \
        touch(p, sizeof *multiboot2_as_##what(tag));                                       \
        accepted += p != NULL;                                                             \
    } while (0)

static void touch_tag(const struct multiboot2_tag *tag)
{
    int accepted = 0;
    touch(tag, tag->size);
    touch(multiboot2_tag_name(tag->type), 1);
    TOUCH(module);
    TOUCH(basic_meminfo);
    TOUCH(bootdev);
    TOUCH(mmap);
    TOUCH(vbe);
    TOUCH(apm);
    TOUCH(efi32);
    TOUCH(efi64);
    TOUCH(smbios);
    TOUCH(efi_mmap);
    TOUCH(efi32_ih);
    TOUCH(efi64_ih);
    TOUCH(load_base_addr);
    const char *text = multiboot2_as_string(tag);
    if (text) must(text + strlen(text) < (const char *)tag + tag->size);
    struct bytes bytes = multiboot2_as_bytes(tag);
    touch(bytes.at, bytes.left);
    must(accepted <= 1 && (accepted == 0 || multiboot2_check(tag) == OK));
    touch_maps(tag);
    touch_framebuffer(tag);
    touch_sections(tag);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *info = malloc(size ? size : 1);
    struct multiboot2_reader r;
    const struct multiboot2_tag *tag;
    size_t before = 0;

    if (!info) return 0;
    memcpy(info, data, size);
    multiboot2_init(&r, info, size);
    while ((tag = multiboot2_next(&r))) {
        size_t at = (size_t)((const uint8_t *)tag - info);
        must(at > before && at % 8 == 0 && multiboot2_offset_bytes(&r) <= size);
        before = at;
        touch_tag(tag);
        must(multiboot2_find(&r, tag->type) <= tag);
    }
    must(r.status != MULTIBOOT2_WALKING && multiboot2_size_bytes(&r) <= size);
    touch(multiboot2_status_text(r.status), 1);
    free(info);
    return 0;
}
