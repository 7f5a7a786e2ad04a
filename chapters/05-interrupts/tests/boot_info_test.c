/* SPDX-License-Identifier: MIT */
#include "boot/boot_info.h"
#include "tests/suites.h"
#include "text/string.h"

extern struct multiboot2_reader tested_boot_info;
extern const char __kernel_start[], __kernel_end[];

static void the_walk_reaches_the_end_tag(void)
{
    struct multiboot2_reader r = tested_boot_info;
    unsigned tags = 0;

    while (multiboot2_next(&r)) tags++;
    KTEST_EXPECT_EQ(r.status, MULTIBOOT2_COMPLETE);
    KTEST_EXPECT(tags >= 4);
}

static void the_kernel_lies_in_available_memory(void)
{
    const struct multiboot2_tag_mmap *mmap =
        multiboot2_as_mmap(multiboot2_find(&tested_boot_info, MULTIBOOT2_TAG_MMAP));
    const struct multiboot2_mmap_entry *entry = NULL;
    uint64_t start = (uint64_t)__kernel_start, end = (uint64_t)__kernel_end;
    bool found = false;

    KTEST_REQUIRE(mmap != NULL);
    while ((entry = multiboot2_mmap_next(mmap, entry)))
        if (entry->type == MULTIBOOT2_MEMORY_AVAILABLE && entry->base_addr <= start &&
            end - entry->base_addr <= entry->length)
            found = true;
    KTEST_EXPECT(found);
}

static void the_loader_has_a_name(void)
{
    const char *name =
        multiboot2_as_string(multiboot2_find(&tested_boot_info, MULTIBOOT2_TAG_LOADER_NAME));
    KTEST_REQUIRE(name != NULL);
    KTEST_EXPECT(strncmp(name, "GRUB ", 5) == 0);
}

/* Damaged input: a tag that claims no length would make a careless walk go round for ever. */
static void a_tag_without_length_stops_the_walk(void)
{
    static const _Alignas(8) uint32_t block[] = {24, 0, 1, 0, 0, 8};
    struct multiboot2_reader r = boot_info_open((uint64_t)block);

    KTEST_EXPECT(multiboot2_next(&r) == NULL);
    KTEST_EXPECT_EQ(r.status, MULTIBOOT2_TAG_TOO_SHORT);
    KTEST_EXPECT_STR_EQ(boot_info_command_line(&r), "");
}

static const struct ktest_case cases[] = {
    {"the_walk_reaches_the_end_tag", the_walk_reaches_the_end_tag},
    {"the_kernel_lies_in_available_memory", the_kernel_lies_in_available_memory},
    {"the_loader_has_a_name", the_loader_has_a_name},
    {"a_tag_without_length_stops_the_walk", a_tag_without_length_stops_the_walk},
};
const struct ktest_suite boot_info_suite = KTEST_SUITE("boot_info", cases);
