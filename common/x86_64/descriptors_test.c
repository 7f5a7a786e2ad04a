/* SPDX-License-Identifier: MIT */
/* GDT, TSS and IDT against words known from running systems and built by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "x86_64/idt.h"
#include "x86_64/trap_frame.h"
#include "x86_64/tss.h"

static void segment_words(void **state)
{
    (void)state;
    const uint64_t code16 =
        GDT_SEGMENT | GDT_PRESENT | GDT_CODE | GDT_WRITABLE | GDT_ACCESSED;
    static const struct {
        uint32_t base, limit;
        uint64_t flags, word;
    } cases[] = {
        {0, 0xfffff,
         GDT_SEGMENT | GDT_PRESENT | GDT_CODE | GDT_WRITABLE | GDT_ACCESSED | GDT_LONG |
             GDT_PAGES,
         0x00af9b000000ffff},
        {0, 0xfffff,
         GDT_SEGMENT | GDT_PRESENT | GDT_WRITABLE | GDT_DEFAULT_32 | GDT_PAGES,
         0x00cf92000000ffff},
        {0xf0000, 0xffff,
         GDT_SEGMENT | GDT_PRESENT | GDT_CODE | GDT_WRITABLE | GDT_ACCESSED,
         0x00009b0f0000ffff},
        {0x12345678, 0xabcde, GDT_SEGMENT | GDT_PRESENT | GDT_DPL, 0x120af0345678bcde},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint64_t word = gdt_segment(cases[i].base, cases[i].limit, cases[i].flags);
        assert_int_equal(word, cases[i].word);
        assert_int_equal(gdt_base(word), cases[i].base);
        assert_int_equal(gdt_limit(word), cases[i].flags & GDT_PAGES
                                              ? cases[i].limit * 4096u + 4095
                                              : cases[i].limit);
        assert_false(gdt_is_system(word));
    }
    assert_int_equal(gdt_limit(GDT_KERNEL_CODE64), 0xffffffff);
    assert_int_equal(gdt_dpl(GDT_USER_DATA), 3);
    assert_int_equal(gdt_dpl(GDT_KERNEL_DATA), 0);
    expect_assert_failure(gdt_segment(0, 0x100000, code16));
    expect_assert_failure(gdt_segment(0, 0, code16 | GDT_LONG | GDT_DEFAULT_32));
    expect_assert_failure(gdt_segment(0, 0, GDT_PRESENT));
    expect_assert_failure(gdt_segment(0, 0, code16 | BIT64(0)));
}

static void system_descriptors(void **state)
{
    (void)state;
    struct gdt_system d = gdt_system_make(GDT_TSS_AVAILABLE, 0xfedcba9876543210, 103, 0);
    assert_int_equal(d.lo, 0x7600895432100067);
    assert_int_equal(d.hi, 0x00000000fedcba98);
    assert_int_equal(gdt_system_base(d), 0xfedcba9876543210);
    assert_int_equal(gdt_limit(d.lo), 103);
    assert_true(gdt_is_system(d.lo));
    d = gdt_system_make(GDT_LDT, 0x1000, 0xfffff, 3);
    assert_int_equal(d.lo, 0x000fe2001000ffff);
    expect_assert_failure(gdt_system_make(GDT_LDT, 0, 0x100000, 0));
    struct tss t;
    d = tss_descriptor(&t, sizeof t);
    assert_int_equal(gdt_system_base(d), (uintptr_t)&t);
    assert_int_equal(gdt_limit(d.lo), 103);
    expect_assert_failure(tss_descriptor(&t, 103));
}

static void a_table_fills_up(void **state)
{
    (void)state;
    uint64_t words[8] = {[0] = 99, [7] = 0x5a5a};
    struct gdt g;
    selector s = 42;
    gdt_init(&g, words, 7);
    assert_int_equal(gdt_word(&g, 0), 0);
    assert_int_equal(gdt_append(&g, GDT_KERNEL_CODE64, &s), OK);
    assert_int_equal(s, 0x08);
    assert_int_equal(gdt_append(&g, GDT_KERNEL_DATA, &s), OK);
    assert_int_equal(s, 0x10);
    assert_int_equal(gdt_append(&g, GDT_USER_DATA, &s), OK);
    assert_int_equal(s, 0x1b);
    assert_int_equal(gdt_append(&g, GDT_USER_CODE64, &s), OK);
    assert_int_equal(s, 0x23);
    assert_int_equal(gdt_pointer(&g).limit, 5 * 8 - 1);
    struct gdt_system d = gdt_system_make(GDT_TSS_AVAILABLE, 0x1000, 103, 0);
    assert_int_equal(gdt_append_system(&g, d, &s), OK);
    assert_int_equal(s, 0x28);
    assert_int_equal(gdt_word(&g, 6), d.hi);
    assert_int_equal(gdt_append(&g, GDT_USER_CODE32, &s), ERR_FULL);
    assert_int_equal(s, 0x28);
    gdt_load(&g);
    assert_int_equal(fake_cpu.gdt.limit, 7 * 8 - 1);
    assert_int_equal(fake_cpu.gdt.base, (uintptr_t)words);
    assert_int_equal(words[7], 0x5a5a);
    gdt_init(&g, words, 2);
    assert_int_equal(gdt_append_system(&g, d, &s), ERR_FULL); /* never half of it */
    assert_int_equal(gdt_pointer(&g).limit, 7);
    expect_assert_failure(gdt_word(&g, 1));
    expect_assert_failure(gdt_init(&g, words, 0));
    expect_assert_failure(gdt_init(&g, words, 8193));
    expect_assert_failure((void)(gdt_append(&g, d.lo, &s) == OK));
    uint64_t *large = calloc(8192, sizeof *large);
    gdt_init(&g, large, 8192);
    for (unsigned i = 1; i < 8192; i++)
        assert_int_equal(gdt_append(&g, GDT_USER_DATA, &s), OK);
    assert_int_equal(s, 0xfffb);
    assert_int_equal(gdt_pointer(&g).limit, 0xffff);
    free(large);
}

/* Offsets typed from SDM 3A figure 7-11. */
static void task_state(void **state)
{
    (void)state;
    struct tss t;
    memset(&t, 0xcc, sizeof t);
    tss_init(&t);
    uint8_t bytes[104];
    for (unsigned ring = 0; ring < 3; ring++)
        tss_set_rsp(&t, ring, 0x1111111111111100 + ring);
    for (unsigned ist = 1; ist <= 7; ist++)
        tss_set_ist(&t, ist, 0x2222222222222200 + ist);
    memcpy(bytes, &t, sizeof bytes);
    static const unsigned rsp_at[3] = {4, 12, 20},
                          ist_at[7] = {36, 44, 52, 60, 68, 76, 84};
    uint64_t value;
    for (unsigned ring = 0; ring < 3; ring++) {
        memcpy(&value, bytes + rsp_at[ring], 8);
        assert_int_equal(value, 0x1111111111111100 + ring);
        assert_int_equal(tss_rsp(&t, ring), value);
    }
    for (unsigned ist = 1; ist <= 7; ist++) {
        memcpy(&value, bytes + ist_at[ist - 1], 8);
        assert_int_equal(value, 0x2222222222222200 + ist);
        assert_int_equal(tss_ist(&t, ist), value);
    }
    assert_int_equal(bytes[102] | bytes[103] << 8, 104);
    for (unsigned at = 0; at < 102; at++)
        if (at < 4 || (at >= 28 && at < 36) || at >= 92) assert_int_equal(bytes[at], 0);
    expect_assert_failure(tss_set_rsp(&t, 3, 0));
    expect_assert_failure(tss_set_ist(&t, 0, 0));
    expect_assert_failure(tss_set_ist(&t, 8, 0));
    tss_load(0x28);
    assert_int_equal(fake_cpu.tr, 0x28);
}

static void ports_of_ring_3(void **state)
{
    (void)state;
    struct tss_with_ports *t = calloc(1, sizeof *t);
    const uint32_t len = TSS_WITH_PORTS_LEN;
    tss_with_ports_init(t);
    assert_int_equal(len, 8297);
    assert_int_equal(tss_check_iomap(&t->tss, len), TSS_IOMAP_OK);
    for (unsigned port = 0; port < 65536; port++)
        assert_false(tss_port_is_allowed(&t->tss, len, (uint16_t)port, 1));
    assert_int_equal(tss_allow_ports(t, 0x3f8, 8), OK);
    assert_int_equal(tss_allow_ports(t, 0xffff, 1), OK);
    assert_int_equal(tss_deny_ports(t, 0x3fb, 1), OK);
    static bool allowed[65536 + 4]; /* what a byte array says */
    for (unsigned p = 0x3f8; p < 0x400; p++) allowed[p] = p != 0x3fb;
    allowed[0xffff] = true;
    for (unsigned port = 0; port < 65536; port++)
        for (unsigned width = 1; width <= 4; width *= 2) {
            bool expected = true;
            for (unsigned i = 0; i < width; i++) expected = expected && allowed[port + i];
            assert_int_equal(tss_port_is_allowed(&t->tss, len, (uint16_t)port, width),
                             expected);
        }
    assert_int_equal(tss_allow_ports(t, 0xffff, 2), ERR_RANGE);
    assert_int_equal(tss_allow_ports(t, 0x10001, 0), ERR_RANGE);
    assert_int_equal(tss_deny_ports(t, 0xfff0, UINT32_MAX), ERR_RANGE);
    assert_true(tss_port_is_allowed(&t->tss, len, 0xffff, 1));
    assert_false(tss_port_is_allowed(&t->tss, len - 1, 0xffff, 1)); /* end byte outside */
    assert_false(tss_port_is_allowed(&t->tss, 104 + 0x80, 0x3f8, 1));
    expect_assert_failure(tss_port_is_allowed(&t->tss, len, 0, 3));
    free(t);
}

static void bitmaps_that_do_not_mean_what_they_seem(void **state)
{
    (void)state;
    uint8_t *raw = calloc(1, 0x12000);
    struct tss *t = (struct tss *)raw;
    static const struct {
        uint16_t base;
        uint32_t len;
        uint8_t last;
        enum tss_iomap check;
    } cases[] = {
        {104, 104, 0, TSS_IOMAP_NONE},         {0xffff, 104, 0, TSS_IOMAP_NONE},
        {103, 8297, 0xff, TSS_IOMAP_IN_TSS},   {0, 104, 0xff, TSS_IOMAP_IN_TSS},
        {104, 8297, 0xff, TSS_IOMAP_OK},       {104, 8297, 0x7f, TSS_IOMAP_NO_END},
        {104, 8298, 0xff, TSS_IOMAP_TOO_LONG}, {104, 106, 0xff, TSS_IOMAP_OK},
        {0xe000, 0xe002, 0xff, TSS_IOMAP_TOO_FAR}, {0xdfff, 0xe001, 0xff, TSS_IOMAP_OK},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        memset(raw, 0, 0x12000);
        t->iomap_base = cases[i].base;
        if (cases[i].len > 104) raw[cases[i].len - 1] = cases[i].last;
        assert_int_equal(tss_check_iomap(t, cases[i].len), cases[i].check);
    }
    free(raw);
}

static void gates(void **state)
{
    (void)state;
    static const struct {
        virt_addr handler;
        struct idt_options o;
        uint64_t lo, hi;
    } cases[] = {
        {0xffffffff80123456, {0x08, IDT_INTERRUPT, 0, 0}, 0x80128e0000083456, 0xffffffff},
        {0x0000000000100abc, {0x10, IDT_TRAP, 0, 3}, 0x0010ef0000100abc, 0},
        {0xfedcba9876543210, {0x08, IDT_INTERRUPT, 7, 0}, 0x76548e0700083210, 0xfedcba98},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct idt_gate g = idt_gate_make(cases[i].handler, &cases[i].o);
        assert_int_equal(g.lo, cases[i].lo);
        assert_int_equal(g.hi, cases[i].hi);
        assert_int_equal(idt_gate_handler(g), cases[i].handler);
        struct idt_options back = idt_gate_options(g);
        assert_memory_equal(&back, &cases[i].o, sizeof back);
        assert_true(idt_gate_is_present(g));
    }
    const struct idt_options no_type = {0x08, (enum idt_type)0, 0, 0},
                             ist_8 = {0x08, IDT_TRAP, 8, 0},
                             dpl_4 = {0x08, IDT_TRAP, 0, 4};
    expect_assert_failure(idt_gate_make(0, &no_type));
    expect_assert_failure(idt_gate_make(0, &ist_8));
    expect_assert_failure(idt_gate_make(0, &dpl_4));
}

static void all_256_vectors(void **state)
{
    (void)state;
    static struct idt t;
    virt_addr stubs[256];
    const struct idt_options o = {.cs = 0x08, .type = IDT_INTERRUPT};
    for (unsigned v = 0; v < 256; v++) stubs[v] = 0xffffffff80000000 + v * 16;
    idt_set_range(&t, 0, 255, stubs, &o);
    for (unsigned v = 0; v < 256; v++)
        assert_int_equal(idt_gate_handler(t.gate[v]), stubs[v]);
    idt_set_range(&t, 32, 33, stubs, &o);
    assert_int_equal(idt_gate_handler(t.gate[31]), stubs[31]);
    assert_int_equal(idt_gate_handler(t.gate[32]), stubs[0]);
    assert_int_equal(idt_gate_handler(t.gate[33]), stubs[1]);
    assert_int_equal(idt_gate_handler(t.gate[34]), stubs[34]);
    idt_clear(&t, 255);
    assert_false(idt_gate_is_present(t.gate[255]));
    expect_assert_failure(idt_set_range(&t, 2, 1, stubs, &o));
    idt_load(&t);
    assert_int_equal(fake_cpu.idt.limit, 4095);
    assert_int_equal(fake_cpu.idt.base, (uintptr_t)&t);
}

static void a_trap_frame(void **state)
{
    (void)state;
    /* The order of pushes, from the processor's first to the last. */
    static const size_t pushed[] = {
        offsetof(struct trap_frame, ss),     offsetof(struct trap_frame, rsp),
        offsetof(struct trap_frame, rflags), offsetof(struct trap_frame, cs),
        offsetof(struct trap_frame, rip),    offsetof(struct trap_frame, error),
        offsetof(struct trap_frame, vector), offsetof(struct trap_frame, rax),
        offsetof(struct trap_frame, rbx),    offsetof(struct trap_frame, rcx),
        offsetof(struct trap_frame, rdx),    offsetof(struct trap_frame, rsi),
        offsetof(struct trap_frame, rdi),    offsetof(struct trap_frame, rbp),
        offsetof(struct trap_frame, r8),     offsetof(struct trap_frame, r9),
        offsetof(struct trap_frame, r10),    offsetof(struct trap_frame, r11),
        offsetof(struct trap_frame, r12),    offsetof(struct trap_frame, r13),
        offsetof(struct trap_frame, r14),    offsetof(struct trap_frame, r15),
    };
    for (size_t i = 0; i < 22; i++) assert_int_equal(pushed[i], (21 - i) * 8);
    assert_true(trap_frame_is_user(&(struct trap_frame){.cs = 0x23}));
    assert_false(trap_frame_is_user(&(struct trap_frame){.cs = 0x08}));
}

/* The fault this suite must catch: a gate whose middle offset bits stay behind. */
static void the_deliberate_fault_is_caught(void **state)
{
    (void)state;
    const struct idt_options o = {.cs = 0x08, .type = IDT_INTERRUPT};
    struct idt_gate g = idt_gate_make(0xffffffff80123456, &o);
    g.lo &= ~IDT_OFFSET_31_16;
    assert_int_not_equal(idt_gate_handler(g), 0xffffffff80123456);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(segment_words),
        cmocka_unit_test(system_descriptors),
        cmocka_unit_test(a_table_fills_up),
        cmocka_unit_test(task_state),
        cmocka_unit_test(ports_of_ring_3),
        cmocka_unit_test(bitmaps_that_do_not_mean_what_they_seem),
        cmocka_unit_test(gates),
        cmocka_unit_test(all_256_vectors),
        cmocka_unit_test(a_trap_frame),
        cmocka_unit_test(the_deliberate_fault_is_caught),
    };
    return cmocka_run_group_tests_name("x86_64/descriptors", tests, NULL, NULL);
}
