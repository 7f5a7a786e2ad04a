/* SPDX-License-Identifier: MIT */
/* What is in the tags.  The oracles: tags typed from the tables of Multiboot2 2.0 3.6,
 * each field with a value of its own.  Each tag lies in heap memory that ends with it, so
 * that the sanitizer sees a read past its end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "multiboot2/multiboot2.h"
#include "multiboot2/test_block.h"

/* The tables: for each type the size from which a tag of zeros is sound. */
static const struct {
    uint32_t type, least;
} sizes[] = {
    {1, 9},   {2, 9},   {3, 17},  {4, 16},  {5, 20},  {7, 784}, {10, 28}, {11, 12},
    {12, 16}, {13, 16}, {14, 28}, {15, 44}, {16, 8},  {18, 8},  {19, 12}, {20, 16},
    {21, 12}, {8, 34} /* indexed, no colours */,      {9, 20} /* num = 0 */,
};

static void a_tag_too_small_for_its_type_is_refused(void **state)
{
    (void)state;
    static struct block b;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        for (uint32_t size = 8; size <= sizes[i].least + 9; size++) {
            open_tag(&b, sizes[i].type);
            for (uint32_t n = 8; n < size; n++) put8(&b, 0);
            struct multiboot2_tag *tag = only_tag(&b);
            assert_int_equal(multiboot2_check(tag),
                             size >= sizes[i].least ? OK : ERR_FORMAT);
            free(tag);
        }
}

/* One line per accessor, with the only type that it takes. */
static size_t accepted_by(const struct multiboot2_tag *tag, uint32_t *type)
{
    const struct {
        uint32_t type;
        const void *result;
    } all[] = {
        {3, multiboot2_as_module(tag)},    {4, multiboot2_as_basic_meminfo(tag)},
        {5, multiboot2_as_bootdev(tag)},   {6, multiboot2_as_mmap(tag)},
        {7, multiboot2_as_vbe(tag)},       {8, multiboot2_as_framebuffer(tag)},
        {10, multiboot2_as_apm(tag)},      {11, multiboot2_as_efi32(tag)},
        {12, multiboot2_as_efi64(tag)},    {13, multiboot2_as_smbios(tag)},
        {17, multiboot2_as_efi_mmap(tag)}, {19, multiboot2_as_efi32_ih(tag)},
        {20, multiboot2_as_efi64_ih(tag)}, {21, multiboot2_as_load_base_addr(tag)},
    };
    size_t count = 0;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (all[i].result) {
            *type = all[i].type;
            count++;
        }
    return count;
}

static void only_the_right_accessor_takes_a_tag(void **state)
{
    (void)state;
    static struct block b;
    for (uint32_t type = 1; type <= 25; type++) {
        uint32_t taken = 0;
        open_tag(&b, type);
        put64(&b, 48); /* a good size of entries; as a framebuffer, an address */
        for (int i = 16; i < 800; i++) put8(&b, 0);
        struct multiboot2_tag *tag = only_tag(&b);
        bool has_struct = strchr("\3\4\5\6\7\10\12\13\14\15\21\23\24\25", (int)type) != NULL;
        if (type == 3) poke32((uint8_t *)tag + 8, 0);
        assert_int_equal(accepted_by(tag, &taken), has_struct);
        assert_int_equal(taken, has_struct ? type : 0);
        assert_int_equal(multiboot2_as_string(tag) != NULL, type >= 1 && type <= 3);
        assert_int_equal(multiboot2_as_bytes(tag).left != 0,
                         type == 13 || (type >= 14 && type <= 16));
        if (type > 21) assert_int_equal(multiboot2_check(tag), ERR_NOT_FOUND);
        free(tag);
    }
    struct multiboot2_elf_sections sections;
    uint32_t type;
    assert_int_equal(accepted_by(NULL, &type), 0);
    assert_null(multiboot2_as_string(NULL));
    assert_null(multiboot2_as_bytes(NULL).at);
    assert_int_equal(multiboot2_check(NULL), ERR_NOT_FOUND);
    assert_int_equal(multiboot2_elf_sections(NULL, &sections), ERR_NOT_FOUND);
}

static void fixed_fields_are_where_the_tables_have_them(void **state)
{
    (void)state;
    static struct block b;
    struct multiboot2_tag *tag;

    open_tag(&b, 4);
    put32(&b, 640), put32(&b, 0x1fb80);
    tag = only_tag(&b);
    assert_int_equal(multiboot2_as_basic_meminfo(tag)->mem_lower, 640);
    assert_int_equal(multiboot2_as_basic_meminfo(tag)->mem_upper, 0x1fb80);
    free(tag);

    open_tag(&b, 5);
    put32(&b, 0x80), put32(&b, 1), put32(&b, 0xffffffff);
    tag = only_tag(&b);
    assert_int_equal(multiboot2_as_bootdev(tag)->biosdev, 0x80);
    assert_int_equal(multiboot2_as_bootdev(tag)->partition, 1);
    assert_int_equal(multiboot2_as_bootdev(tag)->sub_partition, 0xffffffff);
    free(tag);

    open_tag(&b, 10);
    put16(&b, 0x102), put16(&b, 0xf000), put32(&b, 0xd198), put16(&b, 0xf001);
    put16(&b, 0xf002), put16(&b, 3), put16(&b, 0xfff0), put16(&b, 0xfff1), put16(&b, 0xfff2);
    tag = only_tag(&b);
    const struct multiboot2_tag_apm *apm = multiboot2_as_apm(tag);
    assert_int_equal(apm->version, 0x102);
    assert_int_equal(apm->cseg, 0xf000);
    assert_int_equal(apm->offset, 0xd198);
    assert_int_equal(apm->cseg_16, 0xf001);
    assert_int_equal(apm->dseg, 0xf002);
    assert_int_equal(apm->flags, 3);
    assert_int_equal(apm->cseg_len, 0xfff0);
    assert_int_equal(apm->cseg_16_len, 0xfff1);
    assert_int_equal(apm->dseg_len, 0xfff2);
    free(tag);

    open_tag(&b, 7);
    put16(&b, 0x4118), put16(&b, 0xc000), put16(&b, 0x1234), put16(&b, 0x4f);
    for (int i = 0; i < 512; i++) put8(&b, 0xc1);
    for (int i = 0; i < 256; i++) put8(&b, 0x31);
    tag = only_tag(&b);
    const struct multiboot2_tag_vbe *vbe = multiboot2_as_vbe(tag);
    assert_int_equal(vbe->vbe_mode, 0x4118);
    assert_int_equal(vbe->vbe_interface_seg, 0xc000);
    assert_int_equal(vbe->vbe_interface_off, 0x1234);
    assert_int_equal(vbe->vbe_interface_len, 0x4f);
    assert_int_equal(vbe->vbe_control_info[511], 0xc1);
    assert_int_equal(vbe->vbe_mode_info[0], 0x31);
    free(tag);
}

static void addresses_texts_and_foreign_tables(void **state)
{
    (void)state;
    static struct block b;
    struct multiboot2_tag *tag;
    static const uint32_t narrow[] = {11, 19, 21}, wide[] = {12, 20};

    for (int i = 0; i < 3; i++) {
        open_tag(&b, narrow[i]), put32(&b, 0x89abcde0u + narrow[i]);
        tag = only_tag(&b);
        uint32_t got = i == 0   ? multiboot2_as_efi32(tag)->pointer
                       : i == 1 ? multiboot2_as_efi32_ih(tag)->pointer
                                : multiboot2_as_load_base_addr(tag)->load_base_addr;
        assert_int_equal(got, 0x89abcde0u + narrow[i]);
        free(tag);
    }
    for (int i = 0; i < 2; i++) {
        open_tag(&b, wide[i]), put64(&b, 0x123456789abcdef0u + wide[i]);
        tag = only_tag(&b);
        uint64_t got = i == 0 ? multiboot2_as_efi64(tag)->pointer
                              : multiboot2_as_efi64_ih(tag)->pointer;
        assert_int_equal(got, 0x123456789abcdef0u + wide[i]);
        free(tag);
    }
    open_tag(&b, 3), put32(&b, 0x104000), put32(&b, 0x10400d), put_text(&b, "a b", 4);
    tag = only_tag(&b);
    assert_int_equal(multiboot2_as_module(tag)->mod_start, 0x104000);
    assert_int_equal(multiboot2_as_module(tag)->mod_end, 0x10400d);
    assert_string_equal(multiboot2_as_module(tag)->string, "a b");
    assert_string_equal(multiboot2_as_string(tag), "a b");
    poke32((uint8_t *)tag + 8, 0x10400e); /* it would end before it starts */
    assert_null(multiboot2_as_module(tag));
    free(tag);

    open_tag(&b, 13), put8(&b, 2), put8(&b, 8), put16(&b, 0), put32(&b, 0), put_text(&b, "SM", 2);
    tag = only_tag(&b);
    assert_int_equal(multiboot2_as_smbios(tag)->major, 2);
    assert_int_equal(multiboot2_as_smbios(tag)->minor, 8);
    assert_int_equal(multiboot2_as_bytes(tag).left, 2);
    assert_memory_equal(multiboot2_as_bytes(tag).at, "SM", 2);
    free(tag);
}

static void a_text_needs_a_nul_inside_its_tag(void **state)
{
    (void)state;
    static struct block b;
    for (uint32_t type = 1; type <= 3; type++)
        for (int has_nul = 0; has_nul <= 1; has_nul++) {
            open_tag(&b, type);
            if (type == 3) put64(&b, 0);
            put_text(&b, "quiet", 5 + has_nul);
            struct multiboot2_tag *tag = only_tag(&b);
            if (has_nul)
                assert_string_equal(multiboot2_as_string(tag), "quiet");
            else
                assert_null(multiboot2_as_string(tag));
            free(tag);
        }
}

/* `size` bytes for each of `count` entries and `rest` bytes more; the first eight bytes of
 * an entry are its number. */
static struct multiboot2_tag *map_of(uint32_t type, uint32_t size, uint32_t count, uint32_t rest)
{
    static struct block b;
    open_tag(&b, type);
    put32(&b, size), put32(&b, 1);
    for (uint32_t i = 0; i < count; i++) {
        put64(&b, 100 + i);
        for (uint32_t n = 8; n < size; n++) put8(&b, 0xee);
    }
    for (uint32_t n = 0; n < rest; n++) put8(&b, 0xdd);
    return only_tag(&b);
}

static void maps_honour_the_size_of_their_entries(void **state)
{
    (void)state;
    for (uint32_t size = 0; size <= 64; size++)
        for (uint32_t count = 0; count <= 3; count++)
            for (uint32_t rest = 0; rest < size && rest < 30; rest += 7) {
                struct multiboot2_tag *tag = map_of(6, size, count, rest);
                const struct multiboot2_tag_mmap *mmap = multiboot2_as_mmap(tag);
                const struct multiboot2_mmap_entry *e = NULL;
                assert_int_equal(mmap != NULL, size >= 24 && size % 8 == 0);
                for (uint32_t i = 0; mmap && i < count; i++) {
                    e = multiboot2_mmap_next(mmap, e);
                    assert_int_equal(e->base_addr, 100 + i);
                }
                if (mmap) assert_null(multiboot2_mmap_next(mmap, e));
                free(tag);

                tag = map_of(17, size, count, rest);
                const struct multiboot2_tag_efi_mmap *efi = multiboot2_as_efi_mmap(tag);
                const struct multiboot2_efi_memory_descriptor *d = NULL;
                assert_int_equal(efi != NULL, size >= 40 && size % 8 == 0);
                for (uint32_t i = 0; efi && i < count; i++) {
                    d = multiboot2_efi_mmap_next(efi, d);
                    assert_int_equal(d->Type, 100 + i);
                }
                if (efi) assert_null(multiboot2_efi_mmap_next(efi, d));
                free(tag);
            }
}

static struct multiboot2_tag *framebuffer_of(uint8_t type, size_t num_width, uint32_t num,
                                             uint32_t really)
{
    static struct block b;
    open_tag(&b, 8);
    put64(&b, 0x1fd000000), put32(&b, 2400), put32(&b, 800), put32(&b, 600);
    put8(&b, 24), put8(&b, type), put16(&b, 0);
    put(&b, num_width, num);
    for (uint32_t i = 0; i < really; i++) put8(&b, i), put8(&b, i + 1), put8(&b, i + 2);
    return only_tag(&b);
}

static void framebuffers_of_every_kind(void **state)
{
    (void)state;
    uint32_t num = 77;
    struct multiboot2_tag *tag = framebuffer_of(MULTIBOOT2_FRAMEBUFFER_RGB, 6, 0, 0);
    memcpy((uint8_t *)tag + 32, "\x10\x08\x09\x07\x01\x06", 6);
    const struct multiboot2_tag_framebuffer *fb = multiboot2_as_framebuffer(tag);
    assert_int_equal(fb->framebuffer_addr, 0x1fd000000);
    assert_int_equal(fb->framebuffer_pitch, 2400);
    assert_int_equal(fb->framebuffer_width, 800);
    assert_int_equal(fb->framebuffer_height, 600);
    assert_int_equal(fb->framebuffer_bpp, 24);
    const struct multiboot2_framebuffer_rgb *rgb = multiboot2_framebuffer_rgb(fb);
    assert_int_equal(rgb->framebuffer_red_field_position, 16);
    assert_int_equal(rgb->framebuffer_red_mask_size, 8);
    assert_int_equal(rgb->framebuffer_green_field_position, 9);
    assert_int_equal(rgb->framebuffer_green_mask_size, 7);
    assert_int_equal(rgb->framebuffer_blue_field_position, 1);
    assert_int_equal(rgb->framebuffer_blue_mask_size, 6);
    assert_null(multiboot2_framebuffer_palette(fb, &num));
    assert_int_equal(num, 0);
    free(tag);

    tag = framebuffer_of(MULTIBOOT2_FRAMEBUFFER_RGB, 5, 0, 0); /* one byte short */
    assert_null(multiboot2_as_framebuffer(tag));
    free(tag);
    /* What could be a palette is none when the type is another. */
    tag = framebuffer_of(MULTIBOOT2_FRAMEBUFFER_EGA_TEXT, 2, 1, 1);
    fb = multiboot2_as_framebuffer(tag);
    assert_non_null(fb);
    assert_null(multiboot2_framebuffer_rgb(fb));
    assert_null(multiboot2_framebuffer_palette(fb, &num));
    assert_int_equal(num, 0);
    free(tag);

    /* A loader that mentions no screen at all. */
    assert_null(multiboot2_framebuffer_rgb(multiboot2_as_framebuffer(NULL)));
}

static void palettes_stay_in_their_tag(void **state)
{
    (void)state;
    for (size_t width = 2; width <= 4; width += 2)
        for (uint32_t really = 0; really <= 256; really += 16)
            for (uint32_t more = 0; more <= 1; more++) {
                uint32_t num = 77;
                struct multiboot2_tag *tag =
                    framebuffer_of(MULTIBOOT2_FRAMEBUFFER_INDEXED, width, really + more, really);
                const struct multiboot2_tag_framebuffer *fb = multiboot2_as_framebuffer(tag);
                /* A 32-bit number one too large still has a sound 16-bit reading, whose
                 * colours lie in the tag too; only what lies outside may be refused. */
                if (width == 2) assert_int_equal(fb != NULL, more == 0);
                if (more == 0) {
                    const struct multiboot2_color *c = multiboot2_framebuffer_palette(fb, &num);
                    assert_int_equal(num, really);
                    assert_ptr_equal(c, (uint8_t *)tag + 32 + width);
                    if (really) assert_int_equal(c[really - 1].blue_value, (really + 1) % 256);
                    assert_null(multiboot2_framebuffer_rgb(fb));
                }
                free(tag);
            }
}

/* Black first, as in every real palette: its zeros must not pass for the upper half of a
 * 32-bit number, even when the tag has bytes to spare. */
static void a_black_first_colour_is_a_colour(void **state)
{
    (void)state;
    uint32_t num;
    struct multiboot2_tag *tag = framebuffer_of(MULTIBOOT2_FRAMEBUFFER_INDEXED, 2, 16, 17);
    memset((uint8_t *)tag + 34, 0, 3);
    const struct multiboot2_color *c =
        multiboot2_framebuffer_palette(multiboot2_as_framebuffer(tag), &num);
    assert_int_equal(num, 16);
    assert_ptr_equal(c, (uint8_t *)tag + 34);
    free(tag);
}

/* The fault this suite must catch: an entry counted when only its start lies in the tag. */
static void the_deliberate_fault_is_caught(void **state)
{
    (void)state;
    struct multiboot2_tag *tag = map_of(6, 24, 2, 23);
    const struct multiboot2_tag_mmap *mmap = multiboot2_as_mmap(tag);
    const struct multiboot2_mmap_entry *e = NULL;
    uint32_t right = 0, wrong = 0;
    while ((e = multiboot2_mmap_next(mmap, e))) right++;
    for (uint32_t at = 16; at < tag->size; at += 24) wrong++;
    assert_int_equal(right, 2);
    assert_int_not_equal(wrong, right);
    free(tag);
}

static void names_for_every_number(void **state)
{
    (void)state;
    for (uint32_t a = 0; a <= 22; a++)
        for (uint32_t b = 0; b < a; b++)
            assert_string_not_equal(multiboot2_tag_name(a), multiboot2_tag_name(b));
    assert_string_equal(multiboot2_tag_name(6), "memory map");
    assert_string_equal(multiboot2_tag_name(UINT32_MAX), "unknown tag");
    assert_string_equal(multiboot2_memory_type_name(1), "available");
    assert_string_equal(multiboot2_memory_type_name(0), "reserved");
    assert_string_equal(multiboot2_memory_type_name(20), "reserved"); /* GRUB's, on UEFI */
    assert_string_equal(multiboot2_framebuffer_type_name(2), "ega text");
    assert_string_equal(multiboot2_framebuffer_type_name(3), "unknown framebuffer");
    assert_string_equal(multiboot2_efi_memory_type_name(7), "conventional");
    assert_string_equal(multiboot2_efi_memory_type_name(15), "unaccepted");
    assert_string_equal(multiboot2_efi_memory_type_name(0x80000000), "unknown memory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tag_too_small_for_its_type_is_refused),
        cmocka_unit_test(only_the_right_accessor_takes_a_tag),
        cmocka_unit_test(fixed_fields_are_where_the_tables_have_them),
        cmocka_unit_test(addresses_texts_and_foreign_tables),
        cmocka_unit_test(a_text_needs_a_nul_inside_its_tag),
        cmocka_unit_test(maps_honour_the_size_of_their_entries),
        cmocka_unit_test(framebuffers_of_every_kind),
        cmocka_unit_test(palettes_stay_in_their_tag),
        cmocka_unit_test(a_black_first_colour_is_a_colour),
        cmocka_unit_test(names_for_every_number),
        cmocka_unit_test(the_deliberate_fault_is_caught),
    };
    return cmocka_run_group_tests_name("multiboot2/content", tests, NULL, NULL);
}
