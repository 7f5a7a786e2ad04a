/* SPDX-License-Identifier: MIT */
#include "multiboot2/multiboot2.h"

/* What starts the block, 3.6.2. */
struct fixed_part {
    uint32_t total_size; /* with these 8 bytes and the end tag */
    uint32_t reserved;
};
_Static_assert(sizeof(struct fixed_part) == MULTIBOOT2_ALIGN, "the first tag is aligned");
_Static_assert(sizeof(struct multiboot2_tag) == 8, "3.6.2");

/* ---- The walk ---- */

void multiboot2_init(struct multiboot2_reader *r, const void *info, size_t limit_bytes)
{
    const struct fixed_part *fixed = info;

    *r = (struct multiboot2_reader){.status = MULTIBOOT2_WALKING};
    if (!info)
        r->status = MULTIBOOT2_NO_INFO;
    else if ((uintptr_t)info % MULTIBOOT2_ALIGN != 0)
        r->status = MULTIBOOT2_MISALIGNED;
    else if (limit_bytes < sizeof *fixed || fixed->total_size > limit_bytes)
        r->status = MULTIBOOT2_TRUNCATED;
    else if (fixed->total_size < sizeof *fixed + sizeof(struct multiboot2_tag))
        r->status = MULTIBOOT2_TOO_SHORT;
    if (r->status != MULTIBOOT2_WALKING) return;

    r->all_ = bytes_of(info, fixed->total_size);
    r->left_ = r->all_;
    bytes_take(&r->left_, sizeof *fixed);
}

/* snippet: next */
/* Why the tag at the reader's position ends the walk; MULTIBOOT2_WALKING when it does
 * not, and may be read whole. */
static enum multiboot2_status judge(const struct bytes *left)
{
    const struct multiboot2_tag *tag = (const void *)left->at;

    if (left->left < sizeof *tag) return MULTIBOOT2_NO_END;
    if (tag->size < sizeof *tag) return MULTIBOOT2_TAG_TOO_SHORT;
    if (tag->size > left->left) return MULTIBOOT2_TAG_TOO_LONG;
    if (tag->type != MULTIBOOT2_TAG_END) return MULTIBOOT2_WALKING;
    return tag->size == sizeof *tag ? MULTIBOOT2_COMPLETE : MULTIBOOT2_BAD_END;
}

const struct multiboot2_tag *multiboot2_next(struct multiboot2_reader *r)
{
    if (r->status != MULTIBOOT2_WALKING) return NULL;
    r->status = judge(&r->left_);
    if (r->status != MULTIBOOT2_WALKING) return NULL;

    const struct multiboot2_tag *tag = (const void *)r->left_.at;
    size_t padding = -tag->size % MULTIBOOT2_ALIGN;
    bytes_take(&r->left_, tag->size);
    /* A block may end inside the padding of its last tag; that tag is still whole. */
    bytes_take(&r->left_, padding < r->left_.left ? padding : r->left_.left);
    return tag;
}
/* end: next */

const struct multiboot2_tag *multiboot2_next_of(struct multiboot2_reader *r, uint32_t type)
{
    const struct multiboot2_tag *tag;

    while ((tag = multiboot2_next(r)) && tag->type != type) continue;
    return tag;
}

const struct multiboot2_tag *multiboot2_find(const struct multiboot2_reader *r,
                                             uint32_t type)
{
    struct multiboot2_reader from_start;

    multiboot2_init(&from_start, r->all_.at, r->all_.left);
    return multiboot2_next_of(&from_start, type);
}

size_t multiboot2_size_bytes(const struct multiboot2_reader *r)
{
    return r->all_.left;
}

size_t multiboot2_offset_bytes(const struct multiboot2_reader *r)
{
    return r->all_.left - r->left_.left;
}

/* ---- The content of a tag ---- */

/* The least size of each type: its fixed fields, and one byte for the NUL of a string. */
static const uint16_t least_size[] = {
    [MULTIBOOT2_TAG_END]            = sizeof(struct multiboot2_tag),
    [MULTIBOOT2_TAG_CMDLINE]        = sizeof(struct multiboot2_tag) + 1,
    [MULTIBOOT2_TAG_LOADER_NAME]    = sizeof(struct multiboot2_tag) + 1,
    [MULTIBOOT2_TAG_MODULE]         = sizeof(struct multiboot2_tag_module) + 1,
    [MULTIBOOT2_TAG_BASIC_MEMINFO]  = sizeof(struct multiboot2_tag_basic_meminfo),
    [MULTIBOOT2_TAG_BOOTDEV]        = sizeof(struct multiboot2_tag_bootdev),
    [MULTIBOOT2_TAG_MMAP]           = sizeof(struct multiboot2_tag_mmap),
    [MULTIBOOT2_TAG_VBE]            = sizeof(struct multiboot2_tag_vbe),
    [MULTIBOOT2_TAG_FRAMEBUFFER]    = offsetof(struct multiboot2_tag_framebuffer, reserved) + 1,
    [MULTIBOOT2_TAG_ELF_SECTIONS]   = sizeof(struct multiboot2_tag) + 8,
    [MULTIBOOT2_TAG_APM]            = sizeof(struct multiboot2_tag_apm),
    [MULTIBOOT2_TAG_EFI32]          = sizeof(struct multiboot2_tag_efi32),
    [MULTIBOOT2_TAG_EFI64]          = sizeof(struct multiboot2_tag_efi64),
    [MULTIBOOT2_TAG_SMBIOS]         = sizeof(struct multiboot2_tag_smbios),
    [MULTIBOOT2_TAG_ACPI_OLD]       = sizeof(struct multiboot2_tag) + 20,
    [MULTIBOOT2_TAG_ACPI_NEW]       = sizeof(struct multiboot2_tag) + 36,
    [MULTIBOOT2_TAG_NETWORK]        = sizeof(struct multiboot2_tag),
    [MULTIBOOT2_TAG_EFI_MMAP]       = sizeof(struct multiboot2_tag_efi_mmap),
    [MULTIBOOT2_TAG_EFI_BS]         = sizeof(struct multiboot2_tag),
    [MULTIBOOT2_TAG_EFI32_IH]       = sizeof(struct multiboot2_tag_efi32),
    [MULTIBOOT2_TAG_EFI64_IH]       = sizeof(struct multiboot2_tag_efi64),
    [MULTIBOOT2_TAG_LOAD_BASE_ADDR] = sizeof(struct multiboot2_tag_load_base_addr),
};

static struct bytes after(const struct multiboot2_tag *tag, size_t fixed_bytes)
{
    return bytes_of((const uint8_t *)tag + fixed_bytes, tag->size - fixed_bytes);
}

static enum err check_text(struct bytes text)
{
    for (size_t i = 0; i < text.left; i++)
        if (text.at[i] == '\0') return OK;
    return ERR_FORMAT;
}

static enum err check_module(const struct multiboot2_tag *tag)
{
    const struct multiboot2_tag_module *module = (const void *)tag;

    if (module->mod_start > module->mod_end) return ERR_FORMAT;
    return check_text(after(tag, sizeof *module));
}

/* The entries are used in place, so their size has to keep them aligned. */
static enum err check_entry_size(uint32_t size, size_t least)
{
    return size >= least && size % MULTIBOOT2_ALIGN == 0 ? OK : ERR_FORMAT;
}

/* Finds the colours of an indexed framebuffer.  False when they do not fit the tag. */
static bool find_palette(const struct multiboot2_tag *tag, struct bytes *colors)
{
    struct bytes narrow = after(tag, MULTIBOOT2_COLOR_INFO_OFFSET), wide = narrow;
    uint16_t num16;
    uint32_t num32;

    if (bytes_read_u32(&wide, &num32) &&
        wide.left == (uint64_t)num32 * sizeof(struct multiboot2_color)) {
        *colors = wide;
        return true;
    }
    return bytes_read_u16(&narrow, &num16) &&
           bytes_slice(&narrow, num16 * sizeof(struct multiboot2_color), colors);
}

static enum err check_framebuffer(const struct multiboot2_tag *tag)
{
    const struct multiboot2_tag_framebuffer *framebuffer = (const void *)tag;
    size_t rgb_end = MULTIBOOT2_COLOR_INFO_OFFSET + sizeof(struct multiboot2_framebuffer_rgb);
    struct bytes colors;

    switch (framebuffer->framebuffer_type) {
    case MULTIBOOT2_FRAMEBUFFER_INDEXED:
        if (tag->size < MULTIBOOT2_COLOR_INFO_OFFSET) return ERR_FORMAT;
        return find_palette(tag, &colors) ? OK : ERR_FORMAT;
    case MULTIBOOT2_FRAMEBUFFER_RGB:
        return tag->size >= rgb_end ? OK : ERR_FORMAT;
    default:
        return OK;
    }
}

enum err multiboot2_check(const struct multiboot2_tag *tag)
{
    struct multiboot2_elf_sections sections;

    if (!tag || tag->type >= sizeof least_size / sizeof least_size[0]) return ERR_NOT_FOUND;
    if (tag->size < least_size[tag->type]) return ERR_FORMAT;

    switch (tag->type) {
    case MULTIBOOT2_TAG_CMDLINE:
    case MULTIBOOT2_TAG_LOADER_NAME: return check_text(after(tag, sizeof *tag));
    case MULTIBOOT2_TAG_MODULE:      return check_module(tag);
    case MULTIBOOT2_TAG_FRAMEBUFFER: return check_framebuffer(tag);
    case MULTIBOOT2_TAG_MMAP:
        return check_entry_size(((const struct multiboot2_tag_mmap *)tag)->entry_size,
                                sizeof(struct multiboot2_mmap_entry));
    case MULTIBOOT2_TAG_EFI_MMAP:
        return check_entry_size(((const struct multiboot2_tag_efi_mmap *)tag)->descr_size,
                                sizeof(struct multiboot2_efi_memory_descriptor));
    case MULTIBOOT2_TAG_ELF_SECTIONS: return multiboot2_elf_sections(tag, &sections);
    default:                          return OK;
    }
}

/* `tag` if it is a sound one of that type, or else NULL. */
static const void *sound(const struct multiboot2_tag *tag, uint32_t type)
{
    return tag && tag->type == type && multiboot2_check(tag) == OK ? tag : NULL;
}

#define DEFINE_AS(function, type_name, number)                                             \
    const struct multiboot2_tag_##type_name *multiboot2_as_##function(                     \
        const struct multiboot2_tag *tag)                                                  \
    {                                                                                      \
        return sound(tag, number);                                                         \
    }

DEFINE_AS(module, module, MULTIBOOT2_TAG_MODULE)
DEFINE_AS(basic_meminfo, basic_meminfo, MULTIBOOT2_TAG_BASIC_MEMINFO)
DEFINE_AS(bootdev, bootdev, MULTIBOOT2_TAG_BOOTDEV)
DEFINE_AS(mmap, mmap, MULTIBOOT2_TAG_MMAP)
DEFINE_AS(vbe, vbe, MULTIBOOT2_TAG_VBE)
DEFINE_AS(framebuffer, framebuffer, MULTIBOOT2_TAG_FRAMEBUFFER)
DEFINE_AS(apm, apm, MULTIBOOT2_TAG_APM)
DEFINE_AS(efi32, efi32, MULTIBOOT2_TAG_EFI32)
DEFINE_AS(efi64, efi64, MULTIBOOT2_TAG_EFI64)
DEFINE_AS(smbios, smbios, MULTIBOOT2_TAG_SMBIOS)
DEFINE_AS(efi_mmap, efi_mmap, MULTIBOOT2_TAG_EFI_MMAP)
DEFINE_AS(efi32_ih, efi32, MULTIBOOT2_TAG_EFI32_IH)
DEFINE_AS(efi64_ih, efi64, MULTIBOOT2_TAG_EFI64_IH)
DEFINE_AS(load_base_addr, load_base_addr, MULTIBOOT2_TAG_LOAD_BASE_ADDR)

const char *multiboot2_as_string(const struct multiboot2_tag *tag)
{
    const struct multiboot2_tag_module *module = multiboot2_as_module(tag);

    if (module) return module->string;
    if (sound(tag, MULTIBOOT2_TAG_CMDLINE) || sound(tag, MULTIBOOT2_TAG_LOADER_NAME))
        return (const char *)(tag + 1);
    return NULL;
}

struct bytes multiboot2_as_bytes(const struct multiboot2_tag *tag)
{
    if (sound(tag, MULTIBOOT2_TAG_SMBIOS))
        return after(tag, sizeof(struct multiboot2_tag_smbios));
    if (sound(tag, MULTIBOOT2_TAG_ACPI_OLD) || sound(tag, MULTIBOOT2_TAG_ACPI_NEW) ||
        sound(tag, MULTIBOOT2_TAG_NETWORK))
        return after(tag, sizeof *tag);
    return bytes_of(NULL, 0);
}

/* The entry after `previous`, or the first, when a whole one is left. */
static const void *next_entry(struct bytes entries, uint32_t entry_size, const void *previous)
{
    if (previous)
        bytes_take(&entries, (size_t)((const uint8_t *)previous - entries.at) + entry_size);
    return bytes_take(&entries, entry_size);
}

const struct multiboot2_mmap_entry *
multiboot2_mmap_next(const struct multiboot2_tag_mmap *mmap,
                     const struct multiboot2_mmap_entry *previous)
{
    return next_entry(after(&mmap->tag, sizeof *mmap), mmap->entry_size, previous);
}

const struct multiboot2_efi_memory_descriptor *
multiboot2_efi_mmap_next(const struct multiboot2_tag_efi_mmap *mmap,
                         const struct multiboot2_efi_memory_descriptor *previous)
{
    return next_entry(after(&mmap->tag, sizeof *mmap), mmap->descr_size, previous);
}

const struct multiboot2_framebuffer_rgb *
multiboot2_framebuffer_rgb(const struct multiboot2_tag_framebuffer *framebuffer)
{
    if (!framebuffer) return NULL;
    if (framebuffer->framebuffer_type != MULTIBOOT2_FRAMEBUFFER_RGB) return NULL;
    return (const void *)((const uint8_t *)framebuffer + MULTIBOOT2_COLOR_INFO_OFFSET);
}

const struct multiboot2_color *
multiboot2_framebuffer_palette(const struct multiboot2_tag_framebuffer *framebuffer,
                               uint32_t *num_colors)
{
    struct bytes colors = bytes_of(NULL, 0);

    if (framebuffer->framebuffer_type == MULTIBOOT2_FRAMEBUFFER_INDEXED)
        find_palette(&framebuffer->tag, &colors);
    *num_colors = (uint32_t)(colors.left / sizeof(struct multiboot2_color));
    return (const void *)colors.at;
}
