/* SPDX-License-Identifier: MIT */
#include "boot/boot_info.h"

#include "console/console.h"

/* More than any loader sends; a damaged length must not make us read all of memory. */
#define BOOT_INFO_LIMIT_BYTES (1u << 20)

struct multiboot2_reader boot_info_open(uint64_t boot_info_pa)
{
    struct multiboot2_reader boot_info;
    multiboot2_init(&boot_info, (const void *)boot_info_pa, BOOT_INFO_LIMIT_BYTES);
    return boot_info;
}

/* snippet: mmap */
static void print_memory_map(const struct multiboot2_tag *tag)
{
    const struct multiboot2_tag_mmap *mmap = multiboot2_as_mmap(tag);
    const struct multiboot2_mmap_entry *entry = NULL;
    uint64_t available_bytes = 0;

    while (mmap && (entry = multiboot2_mmap_next(mmap, entry))) {
        bool available = entry->type == MULTIBOOT2_MEMORY_AVAILABLE;
        console_set_colours(available ? LIGHT_GREEN : DARK_GREY, BLACK);
        console_print("  0x%016lx %12lu KiB %s\n", entry->base_addr, entry->length / 1024,
                      multiboot2_memory_type_name(entry->type));
        if (available) available_bytes += entry->length;
    }
    console_set_colours(LIGHT_GREY, BLACK);
    console_print("  memory available: %lu MiB\n", available_bytes >> 20);
}
/* end: mmap */

/* snippet: tag */
static void print_tag(const struct multiboot2_tag *tag)
{
    const char *string = multiboot2_as_string(tag);

    console_print("boot info: %s", multiboot2_tag_name(tag->type));
    if (multiboot2_check(tag) == ERR_FORMAT) console_print(", malformed");
    else if (string) console_print(": %s", *string ? string : "(empty)");
    else console_print(", %u bytes", tag->size);
    console_print("\n");
}
/* end: tag */

/* snippet: walk */
void boot_info_print(struct multiboot2_reader boot_info)
{
    const struct multiboot2_tag *tag;

    console_print("boot info: %zu bytes\n", multiboot2_size_bytes(&boot_info));
    while ((tag = multiboot2_next(&boot_info))) {
        print_tag(tag);
        if (tag->type == MULTIBOOT2_TAG_MMAP) print_memory_map(tag);
    }
    if (boot_info.status == MULTIBOOT2_COMPLETE) return;
    console_set_colours(YELLOW, BLACK);
    console_print("boot info: stopped at byte %zu: %s\n", multiboot2_offset_bytes(&boot_info),
                  multiboot2_status_text(boot_info.status));
    console_set_colours(LIGHT_GREY, BLACK);
}
/* end: walk */
