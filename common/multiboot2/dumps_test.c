/* SPDX-License-Identifier: MIT */
/* Real blocks: what GRUB 2.06 handed to a small kernel that wrote it, byte by byte, to the
 * emulator's debug port or the serial line.  The facts below were taken from the bytes by a
 * decoder in another language, and agree with how the machines were configured. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "multiboot2/multiboot2.h"
#include "multiboot2/test_block.h"

#define MAX_DUMP 16384

struct dump {
    uint8_t *info;
    size_t len;
    struct multiboot2_reader r;
};

/* The dump beside this source file, in memory of its length. */
static struct dump load(const char *name)
{
    static uint8_t bytes[MAX_DUMP];
    char path[512];
    const char *slash = strrchr(__FILE__, '/');
    struct dump d;

    snprintf(path, sizeof path, "%.*s/corpus/multiboot2_fuzz/%s", (int)(slash - __FILE__),
             __FILE__, name);
    FILE *f = fopen(path, "rb");
    if (!f) fail_msg("cannot open %s", path);
    d.len = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    d.info = heap_copy(bytes, d.len);
    multiboot2_init(&d.r, d.info, d.len);
    return d;
}

/* Walks to the end: these types in this order, each sound. */
static void expect_types(struct dump *d, size_t len, const char *types)
{
    const struct multiboot2_tag *tag;
    size_t i = 0;

    assert_int_equal(d->len, len);
    assert_int_equal(multiboot2_size_bytes(&d->r), len);
    while ((tag = multiboot2_next(&d->r))) {
        assert_int_equal(tag->type, types[i++]);
        assert_int_equal(multiboot2_check(tag), OK);
    }
    assert_int_equal(d->r.status, MULTIBOOT2_COMPLETE);
    assert_int_equal(multiboot2_offset_bytes(&d->r), len - 8);
    assert_int_equal(i, strlen(types));
}

#define FIND(d, type) multiboot2_find(&(d)->r, MULTIBOOT2_TAG_##type)

/* What the same grub.cfg gave on every machine. */
static void expect_texts_and_modules(struct dump *d, uint32_t first_module)
{
    struct multiboot2_reader r;
    multiboot2_init(&r, d->info, d->len);
    assert_string_equal(multiboot2_as_string(FIND(d, CMDLINE)),
                        "log=serial \xed\x95\x9c\xea\xb8\x80 \"two words\"");
    assert_string_equal(multiboot2_as_string(FIND(d, LOADER_NAME)), "GRUB 2.06-13+deb12u2");
    const struct multiboot2_tag_module *m =
        multiboot2_as_module(multiboot2_next_of(&r, MULTIBOOT2_TAG_MODULE));
    assert_int_equal(m->mod_start, first_module);
    assert_int_equal(m->mod_end, first_module + strlen("first module\n"));
    assert_string_equal(m->string, "one.txt --read-only");
    /* GRUB puts an empty file at 0. */
    m = multiboot2_as_module(multiboot2_next_of(&r, MULTIBOOT2_TAG_MODULE));
    assert_int_equal(m->mod_start, 0);
    assert_int_equal(m->mod_end, 0);
    assert_string_equal(m->string, "");
    assert_null(multiboot2_next_of(&r, MULTIBOOT2_TAG_MODULE));
}

/* The kernel's .text, third of its eight sections, and its .bss, the fifth. */
static void expect_sections(struct dump *d, uint32_t entsize)
{
    struct multiboot2_elf_sections s;
    struct multiboot2_elf_section h;
    assert_int_equal(multiboot2_elf_sections(FIND(d, ELF_SECTIONS), &s), OK);
    assert_int_equal(s.num, 8);
    assert_int_equal(s.entsize, entsize);
    assert_int_equal(s.shndx, 7);
    assert_true(multiboot2_elf_section(&s, 2, &h));
    assert_int_equal(h.sh_type, 1); /* SHT_PROGBITS */
    assert_int_equal(h.sh_flags, 6); /* allocated, executable */
    assert_int_equal(h.sh_addr, 0x101000);
    assert_int_equal(h.sh_size, 4115);
    assert_int_equal(h.sh_addralign, 4096);
    assert_true(multiboot2_elf_section(&s, 4, &h));
    assert_int_equal(h.sh_type, 8); /* SHT_NOBITS */
    assert_int_equal(h.sh_size, 5000);
    assert_true(multiboot2_elf_section(&s, s.shndx, &h));
    assert_int_equal(h.sh_type, 3); /* SHT_STRTAB */
}

static void expect_map(struct dump *d, const struct multiboot2_mmap_entry *expected, size_t n)
{
    const struct multiboot2_tag_mmap *mmap = multiboot2_as_mmap(FIND(d, MMAP));
    const struct multiboot2_mmap_entry *e = NULL;
    for (size_t i = 0; i < n; i++) {
        e = multiboot2_mmap_next(mmap, e);
        assert_int_equal(e->base_addr, expected[i].base_addr);
        assert_int_equal(e->length, expected[i].length);
        assert_int_equal(e->type, expected[i].type);
    }
    assert_null(multiboot2_mmap_next(mmap, e));
}

static const struct multiboot2_mmap_entry qemu_128_mib[] = {
    {0x0, 0x9fc00, 1, 0},          {0x9fc00, 0x400, 2, 0},
    {0xf0000, 0x10000, 2, 0},      {0x100000, 0x7ee0000, 1, 0},
    {0x7fe0000, 0x20000, 2, 0},    {0xfffc0000, 0x40000, 2, 0},
    {0xfd00000000, 0x300000000, 2, 0},
};

static void expect_rsdp(struct dump *d, char revision, uint32_t rsdt)
{
    struct bytes rsdp = multiboot2_as_bytes(FIND(d, ACPI_OLD));
    assert_int_equal(rsdp.left, 20);
    assert_memory_equal(rsdp.at, "RSD PTR ", 8);
    assert_int_equal(rsdp.at[15], revision);
    assert_int_equal(peek(rsdp.at + 16, 4), rsdt);
}

static void grub_under_bios_in_qemu(void **state)
{
    (void)state;
    struct dump d = load("grub-2.06-bios-qemu.bin");
    expect_types(&d, 1024, "\25\1\2\12\3\3\6\11\4\5\10\16");
    expect_texts_and_modules(&d, 0x104000);
    expect_sections(&d, 64);
    expect_map(&d, qemu_128_mib, 7);
    expect_rsdp(&d, 0, 0x7fe1ad8);
    assert_int_equal(multiboot2_as_load_base_addr(FIND(&d, LOAD_BASE_ADDR))->load_base_addr,
                     0x100000);
    assert_int_equal(multiboot2_as_basic_meminfo(FIND(&d, BASIC_MEMINFO))->mem_lower, 639);
    assert_int_equal(multiboot2_as_basic_meminfo(FIND(&d, BASIC_MEMINFO))->mem_upper, 129920);
    assert_int_equal(multiboot2_as_bootdev(FIND(&d, BOOTDEV))->biosdev, 0xe0); /* the CD */
    assert_int_equal(multiboot2_as_bootdev(FIND(&d, BOOTDEV))->partition, 0xffffffff);
    assert_int_equal(multiboot2_as_apm(FIND(&d, APM))->version, 0x102);
    assert_int_equal(multiboot2_as_apm(FIND(&d, APM))->offset, 0xd198);
    assert_int_equal(multiboot2_as_apm(FIND(&d, APM))->dseg_len, 0xfff0);
    const struct multiboot2_tag_framebuffer *fb =
        multiboot2_as_framebuffer(FIND(&d, FRAMEBUFFER));
    assert_int_equal(fb->framebuffer_type, MULTIBOOT2_FRAMEBUFFER_EGA_TEXT);
    assert_int_equal(fb->framebuffer_addr, 0xb8000);
    assert_int_equal(fb->framebuffer_pitch, 160);
    assert_int_equal(fb->framebuffer_width, 80);
    assert_int_equal(fb->framebuffer_height, 25);
    assert_int_equal(fb->framebuffer_bpp, 16);
    free(d.info);
}

/* A 32-bit kernel that asked for 1024x768x32. */
static void grub_under_bios_with_graphics(void **state)
{
    (void)state;
    struct dump d = load("grub-2.06-bios-qemu-graphics.bin");
    expect_types(&d, 1624, "\25\1\2\12\3\3\6\11\4\5\7\10\16");
    expect_texts_and_modules(&d, 0x104000);
    expect_sections(&d, 40);
    expect_map(&d, qemu_128_mib, 7);
    const struct multiboot2_tag_vbe *vbe = multiboot2_as_vbe(FIND(&d, VBE));
    assert_memory_equal(vbe->vbe_control_info, "VESA", 4);
    assert_int_equal(vbe->vbe_interface_len, 79);
    const struct multiboot2_tag_framebuffer *fb =
        multiboot2_as_framebuffer(FIND(&d, FRAMEBUFFER));
    assert_int_equal(fb->framebuffer_type, MULTIBOOT2_FRAMEBUFFER_RGB);
    assert_int_equal(fb->framebuffer_addr, 0xfd000000);
    assert_int_equal(fb->framebuffer_pitch, 4096);
    assert_int_equal(fb->framebuffer_bpp, 32);
    const struct multiboot2_framebuffer_rgb *rgb = multiboot2_framebuffer_rgb(fb);
    assert_memory_equal(rgb, "\x10\x08\x08\x08\x00\x08", 6);
    free(d.info);
}

static void grub_under_bios_in_bochs(void **state)
{
    (void)state;
    static const struct multiboot2_mmap_entry bochs_64_mib[] = {
        {0x0, 0x9f000, 1, 0},        {0x9f000, 0x1000, 2, 0},
        {0xe8000, 0x18000, 2, 0},    {0x100000, 0x3ef0000, 1, 0},
        {0x3ff0000, 0x10000, 3, 0},  {0xfffc0000, 0x40000, 2, 0},
    };
    struct dump d = load("grub-2.06-bios-bochs.bin");
    expect_types(&d, 1000, "\25\1\2\12\3\3\6\11\4\5\10\16");
    expect_texts_and_modules(&d, 0x104000);
    expect_sections(&d, 64);
    expect_map(&d, bochs_64_mib, 6);
    expect_rsdp(&d, 0, 0x3ff0000);
    free(d.info);
}

static void grub_under_uefi(void **state)
{
    (void)state;
    struct dump d = load("grub-2.06-uefi-ovmf.bin");
    expect_types(&d, 6936, "\25\1\2\3\3\6\11\4\10\14\16\17\21");
    expect_texts_and_modules(&d, 0x4000);
    expect_sections(&d, 64);
    expect_rsdp(&d, 0, 0x777d000);
    struct bytes rsdp = multiboot2_as_bytes(FIND(&d, ACPI_NEW));
    assert_int_equal(rsdp.left, 36);
    assert_int_equal(peek(rsdp.at + 24, 8), 0x777d0e8); /* XsdtAddress */
    assert_int_equal(multiboot2_as_efi64(FIND(&d, EFI64))->pointer, 0x75ec018);
    const struct multiboot2_tag_framebuffer *fb =
        multiboot2_as_framebuffer(FIND(&d, FRAMEBUFFER));
    assert_int_equal(fb->framebuffer_type, MULTIBOOT2_FRAMEBUFFER_RGB);
    assert_int_equal(fb->framebuffer_addr, 0x80000000);
    assert_int_equal(fb->framebuffer_pitch, 2400);
    assert_int_equal(fb->framebuffer_bpp, 24); /* not 32: three bytes a pixel */

    const struct multiboot2_tag_efi_mmap *efi = multiboot2_as_efi_mmap(FIND(&d, EFI_MMAP));
    const struct multiboot2_efi_memory_descriptor *e = NULL, *last = NULL;
    uint64_t count = 0, free_pages = 0;
    assert_int_equal(efi->descr_size, 48);
    assert_int_equal(efi->descr_vers, 1);
    while ((e = multiboot2_efi_mmap_next(efi, e))) {
        last = e;
        count++;
        if (e->Type == 7) free_pages += e->NumberOfPages;
    }
    assert_int_equal(count, 117);
    assert_int_equal(free_pages, 16665);
    assert_int_equal(last->Type, 10);
    assert_int_equal(last->PhysicalStart, 0x7f78000);
    assert_int_equal(last->NumberOfPages, 136);

    /* GRUB's own number 20 for runtime services code: not in 3.6.8, so reserved. */
    const struct multiboot2_tag_mmap *mmap = multiboot2_as_mmap(FIND(&d, MMAP));
    const struct multiboot2_mmap_entry *m = NULL;
    count = 0;
    while ((m = multiboot2_mmap_next(mmap, m)))
        if (count++ == 11) {
            assert_int_equal(m->type, 20);
            assert_string_equal(multiboot2_memory_type_name(m->type), "reserved");
        }
    assert_int_equal(count, 18);
    free(d.info);
}

/* A relocatable kernel entered in 64-bit mode before ExitBootServices: no memory maps. */
static void grub_under_uefi_with_boot_services(void **state)
{
    (void)state;
    struct dump d = load("grub-2.06-uefi-boot-services.bin");
    expect_types(&d, 864, "\25\1\2\3\3\11\10\14\16\17\22\24");
    expect_texts_and_modules(&d, 0x4000);
    expect_sections(&d, 64);
    assert_null(multiboot2_as_mmap(FIND(&d, MMAP)));
    assert_non_null(FIND(&d, EFI_BS));
    assert_int_equal(multiboot2_as_load_base_addr(FIND(&d, LOAD_BASE_ADDR))->load_base_addr,
                     0x7e00000);
    assert_int_equal(multiboot2_as_efi64_ih(FIND(&d, EFI64_IH))->pointer, 0x644da98);
    free(d.info);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grub_under_bios_in_qemu),
        cmocka_unit_test(grub_under_bios_with_graphics),
        cmocka_unit_test(grub_under_bios_in_bochs),
        cmocka_unit_test(grub_under_uefi),
        cmocka_unit_test(grub_under_uefi_with_boot_services),
    };
    return cmocka_run_group_tests_name("multiboot2/dumps", tests, NULL, NULL);
}
