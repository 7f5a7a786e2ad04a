/* SPDX-License-Identifier: MIT */
#include "boot/boot_info.h"

#include "console/log.h"

/* More than any loader sends; a damaged length must not make us read all of memory. */
#define BOOT_INFO_LIMIT_BYTES (1u << 20)

struct multiboot2_reader boot_info_open(uint64_t boot_info_pa)
{
    struct multiboot2_reader boot_info;
    multiboot2_init(&boot_info, (const void *)boot_info_pa, BOOT_INFO_LIMIT_BYTES);
    return boot_info;
}

/* snippet: mmap */
static void log_memory_map(const struct multiboot2_tag *tag)
{
    const struct multiboot2_tag_mmap *mmap = multiboot2_as_mmap(tag);
    const struct multiboot2_mmap_entry *entry = NULL;
    uint64_t available_bytes = 0;

    while (mmap && (entry = multiboot2_mmap_next(mmap, entry))) {
        bool available = entry->type == MULTIBOOT2_MEMORY_AVAILABLE;
        log_line(available ? LOG_INFO : LOG_DEBUG, "  0x%016lx %12lu KiB %s",
                 entry->base_addr, entry->length / 1024,
                 multiboot2_memory_type_name(entry->type));
        if (available) available_bytes += entry->length;
    }
    log_info("  memory available: %lu MiB", available_bytes >> 20);
}
/* end: mmap */

/* snippet: tag */
static void log_tag(const struct multiboot2_tag *tag)
{
    const char *name = multiboot2_tag_name(tag->type);
    const char *string = multiboot2_as_string(tag);

    if (multiboot2_check(tag) == ERR_FORMAT) log_warning("boot info: %s, malformed", name);
    else if (string) log_info("boot info: %s: %s", name, *string ? string : "(empty)");
    else log_debug("boot info: %s, %u bytes", name, tag->size);
}
/* end: tag */

/* snippet: walk */
void boot_info_log(struct multiboot2_reader boot_info)
{
    const struct multiboot2_tag *tag;

    log_info("boot info: %zu bytes", multiboot2_size_bytes(&boot_info));
    while ((tag = multiboot2_next(&boot_info))) {
        log_tag(tag);
        if (tag->type == MULTIBOOT2_TAG_MMAP) log_memory_map(tag);
    }
    if (boot_info.status == MULTIBOOT2_COMPLETE) return;
    log_warning("boot info: stopped at byte %zu: %s", multiboot2_offset_bytes(&boot_info),
                multiboot2_status_text(boot_info.status));
}
/* end: walk */

const char *boot_info_command_line(const struct multiboot2_reader *boot_info)
{
    const char *line =
        multiboot2_as_string(multiboot2_find(boot_info, MULTIBOOT2_TAG_CMDLINE));
    return line ? line : "";
}
