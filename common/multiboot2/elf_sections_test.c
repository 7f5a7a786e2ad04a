/* SPDX-License-Identifier: MIT */
/* The ELF sections tag, in the layout of the table of Multiboot2 2.0 3.6.7 and in GRUB's,
 * with headers of both classes, every member with a value of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "multiboot2/multiboot2.h"
#include "multiboot2/test_block.h"

/* `width` is of num, entsize and shndx: 2 in the table of 3.6.7, 4 in GRUB. */
static struct multiboot2_tag *sections_of(size_t width, uint64_t num, uint64_t entsize,
                                          uint32_t really)
{
    static struct block b;
    open_tag(&b, 9);
    put(&b, width, num), put(&b, width, entsize), put(&b, width, 1);
    if (width == 2) put16(&b, 0);
    size_t word = entsize >= 64 ? 8 : 4;
    for (uint32_t i = 0; i < really; i++) {
        uint32_t start = b.len;
        put32(&b, 10 * i), put32(&b, 3);
        for (uint64_t v = 1; v <= 4; v++) put(&b, word, 0x11111111 * v + i);
        put32(&b, 5), put32(&b, 6), put(&b, word, 7), put(&b, word, 8);
        while (b.len - start < entsize) put8(&b, 0xff);
    }
    return only_tag(&b);
}

static void sections_in_either_layout_and_class(void **state)
{
    (void)state;
    static const uint32_t entsizes[] = {40, 64, 72};
    for (size_t width = 2; width <= 4; width += 2)
        for (size_t k = 0; k < 3; k++)
            for (uint32_t num = 1; num <= 3; num++) {
                struct multiboot2_elf_sections s;
                struct multiboot2_elf_section h;
                struct multiboot2_tag *tag = sections_of(width, num, entsizes[k], num);
                assert_int_equal(multiboot2_elf_sections(tag, &s), OK);
                assert_int_equal(s.num, num);
                assert_int_equal(s.entsize, entsizes[k]);
                assert_int_equal(s.shndx, 1);
                assert_true(multiboot2_elf_section(&s, num - 1, &h));
                assert_int_equal(h.sh_name, 10 * (num - 1));
                assert_int_equal(h.sh_type, 3);
                assert_int_equal(h.sh_flags, 0x11111111 + num - 1);
                assert_int_equal(h.sh_addr, 0x22222222 + num - 1);
                assert_int_equal(h.sh_offset, 0x33333333 + num - 1);
                assert_int_equal(h.sh_size, 0x44444444 + num - 1);
                assert_int_equal(h.sh_link, 5);
                assert_int_equal(h.sh_info, 6);
                assert_int_equal(h.sh_addralign, 7);
                assert_int_equal(h.sh_entsize, 8);
                assert_false(multiboot2_elf_section(&s, num, &h));
                tag->size--;
                assert_int_equal(multiboot2_elf_sections(tag, &s), ERR_FORMAT);
                free(tag);
            }
}

static void sections_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    static const struct {
        size_t width;
        uint64_t num, entsize;
        uint32_t really;
        enum err expected;
    } cases[] = {
        {4, 0, 0, 0, OK},          {4, 2, 64, 1, ERR_FORMAT},  {2, 2, 64, 1, ERR_FORMAT},
        {4, 1, 0, 0, ERR_FORMAT},  {4, 1, 39, 1, ERR_FORMAT},  {4, 1, 63, 1, ERR_FORMAT},
        {2, 1, 41, 1, ERR_FORMAT}, {4, 0xffff, 0, 0, ERR_FORMAT},
        /* num * entsize is 0 in 32 bits, 2^38 in truth */
        {4, UINT64_C(1) << 31, 128, 1, ERR_FORMAT},
        {4, UINT32_MAX, UINT32_MAX, 0, ERR_FORMAT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct multiboot2_elf_sections s = {.num = 4711};
        struct multiboot2_tag *tag =
            sections_of(cases[i].width, cases[i].num, cases[i].entsize, cases[i].really);
        assert_int_equal(multiboot2_elf_sections(tag, &s), cases[i].expected);
        if (cases[i].expected != OK) assert_int_equal(s.num, 4711);
        free(tag);
    }
}

/* The fault this suite must catch: the product in 32 bits, which is 0 here, and so fits. */
static void the_deliberate_fault_is_caught(void **state)
{
    (void)state;
    struct multiboot2_elf_sections s;
    struct multiboot2_tag *tag = sections_of(4, UINT64_C(1) << 31, 128, 1);
    uint32_t num = (uint32_t)peek((uint8_t *)tag + 8, 4);
    uint32_t entsize = (uint32_t)peek((uint8_t *)tag + 12, 4);
    assert_true(num * entsize <= tag->size - 20);
    assert_int_equal(multiboot2_elf_sections(tag, &s), ERR_FORMAT);
    free(tag);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sections_in_either_layout_and_class),
        cmocka_unit_test(sections_that_do_not_fit_are_refused),
        cmocka_unit_test(the_deliberate_fault_is_caught),
    };
    return cmocka_run_group_tests_name("multiboot2/elf_sections", tests, NULL, NULL);
}
