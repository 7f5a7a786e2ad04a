/* SPDX-License-Identifier: MIT */
/* One situation a test: entries, sizes, splitting, rights, what is flushed, errors, and a
 * failing allocation at each number. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "x86_64/page_table_machine_host.h"
#include "x86_64/tlb.h"

#define T  (&machine.table)
#define VA UINT64_C(0xffff800040000000)

static enum err done(struct pt_change c) { return pt_flush_ignore(T, c); }

static void start(void) { machine_start(4, true, PT_MAPPER_OFFSET); }

static struct pt_mapping mapping_at(virt_addr va)
{
    struct pt_mapping m = {0};
    assert_int_equal(pt_translate(T, va, &m), OK);
    return m;
}

/* Bit by bit as SDM 3A 4.5.4 prints them. */
static void entries(void **state)
{
    (void)state;
    assert_int_equal(pte_page(1, 0x123456000, PTE_WRITE | PTE_NX), 0x8000000123456003);
    assert_int_equal(pte_page(1, 0x1000, PTE_PAT), 0x1081);
    assert_int_equal(pte_page(2, 0x200000, PTE_PAT | PTE_GLOBAL), 0x201181);
    assert_int_equal(pte_page(3, 0xfffffc0000000, 0), 0xfffffc0000081);
    assert_int_equal(pte_table(0xfffffffffffff000 & PTE_ADDR, PTE_USER), 0xffffffffff005);
    assert_int_equal(pte_flags(0x201181, 2), PTE_PAT | PTE_GLOBAL);
    assert_int_equal(pte_flags(0x1081, 1), PTE_PAT);
    assert_int_equal(pte_flags(UINT64_MAX, 2), PT_FLAGS_ALL);
    assert_int_equal(pte_page_pa(0xfffffffffffff, 2), 0xfffffffe00000);
    assert_int_equal(pte_reserved(1, true, 52, true), 0);
    assert_int_equal(pte_reserved(2, true, 40, true), 0x000fff00001fe000);
    assert_int_equal(pte_reserved(3, true, 52, false), 0x800000003fffe000);
    assert_int_equal(pte_reserved(4, false, 52, true), 0x80);
    assert_int_equal(pte_reserved(3, false, 36, true), 0x000ffff000000000);
    expect_assert_failure(pte_page(2, 0x1000, 0));
    expect_assert_failure(pte_page(1, 0x1000, PTE_PRESENT));
    expect_assert_failure(pte_table(0x1000, PTE_GLOBAL));
}

/* As many small pages as reach the boundary, then as large as there are. */
static void sizes_follow_alignment(void **state)
{
    (void)state;
    start();
    uint64_t before = PAGE_2M + 2 * PAGE_4K;
    assert_int_equal(done(pt_map(T, VA - before, PAGE_1G - before, before + PAGE_1G + PAGE_4K,
                                 PTE_WRITE)), OK);
    assert_int_equal(mapping_at(VA - before).page_bytes, PAGE_4K);
    assert_int_equal(mapping_at(VA - PAGE_2M).page_bytes, PAGE_2M);
    assert_int_equal(mapping_at(VA).page_bytes, PAGE_1G);
    assert_int_equal(mapping_at(VA + PAGE_1G).page_bytes, PAGE_4K);
    /* top, 3, two of level 2, two of level 1 */
    assert_int_equal(machine_live(), 6);
    assert_int_equal(machine.allocs, 5);
    start();
    assert_int_equal(done(pt_map(T, VA, PAGE_4K, PAGE_1G, 0)), OK);
    assert_int_equal(mapping_at(VA + PAGE_2M).page_bytes, PAGE_4K);
    assert_int_equal(machine.allocs, 2 + 512); /* each once */
}

static void splitting_leaves_the_rest(void **state)
{
    (void)state;
    start();
    assert_int_equal(done(pt_map(T, VA, 3 * PAGE_1G, PAGE_1G, PTE_WRITE | PTE_PAT)), OK);
    struct pt_change c = pt_protect(T, VA + 5 * PAGE_4K, PAGE_4K, 0, PTE_WRITE);
    assert_int_equal(c.done_bytes, PAGE_4K);
    assert_true(c.flush_from <= VA && c.flush_from + c.flush_bytes >= VA + PAGE_1G);
    assert_int_equal(done(c), OK);
    assert_int_equal(mapping_at(VA + 4 * PAGE_4K).flags, PTE_WRITE | PTE_PAT);
    assert_int_equal(mapping_at(VA + 5 * PAGE_4K).flags, PTE_PAT);
    assert_int_equal(mapping_at(VA + 5 * PAGE_4K).pa, 3 * PAGE_1G + 5 * PAGE_4K);
    assert_int_equal(mapping_at(VA + PAGE_2M).page_bytes, PAGE_2M);
    assert_int_equal(mapping_at(VA + PAGE_2M).flags, PTE_WRITE | PTE_PAT);
    assert_int_equal(mapping_at(VA + PAGE_1G - 1).pa, 4 * PAGE_1G - PAGE_2M);
}

/* What the processor noted in a page reaches its parts, and from its parts the whole. */
static void merging_keeps_what_was_noted(void **state)
{
    (void)state;
    start();
    assert_int_equal(done(pt_map(T, VA, PAGE_1G, PAGE_2M, PTE_WRITE | PTE_PAT)), OK);
    assert_int_equal(done(pt_protect(T, VA, PAGE_4K, PTE_NX, 0)), OK);
    assert_int_equal(done(pt_merge(T, VA, PAGE_2M)), OK);
    assert_int_equal(mapping_at(VA).page_bytes, PAGE_4K); /* they differ */
    assert_int_equal(done(pt_protect(T, VA, PAGE_4K, 0, PTE_NX)), OK);
    *mmu_walk(VA + 7 * PAGE_4K).entry |= PTE_ACCESSED | PTE_DIRTY;
    assert_int_equal(done(pt_merge(T, VA, PAGE_2M - PAGE_4K)), OK);
    assert_int_equal(mapping_at(VA).page_bytes, PAGE_4K); /* not all in the range */
    machine.table.largest_page = PAGE_4K;
    assert_int_equal(done(pt_merge(T, VA, PAGE_2M)), OK);
    assert_int_equal(mapping_at(VA).page_bytes, PAGE_4K); /* not asked for */
    machine.table.largest_page = PAGE_1G;
    struct pt_change c = pt_merge(T, VA, PAGE_2M);
    assert_int_equal(c.tables, 1);
    assert_true(c.flush_all);
    assert_int_equal(c.done_bytes, PAGE_2M);
    assert_int_equal(machine_live(), 4); /* not before the flush */
    assert_int_equal(done(c), OK);
    assert_int_equal(machine_live(), 3);
    assert_int_equal(mapping_at(VA).page_bytes, PAGE_2M);
    assert_int_equal(mapping_at(VA).flags, PTE_WRITE | PTE_PAT | PTE_ACCESSED | PTE_DIRTY);
    assert_int_equal(done(pt_protect(T, VA, PAGE_4K, PTE_NX, 0)), OK);
    assert_int_equal(mapping_at(VA + 9 * PAGE_4K).flags,
                     PTE_WRITE | PTE_PAT | PTE_ACCESSED | PTE_DIRTY);
    assert_int_equal(done(pt_protect(T, VA, PAGE_4K, PTE_GLOBAL, PTE_NX)), OK);
    assert_int_equal(mapping_at(VA).flags & PTE_DIRTY, PTE_DIRTY); /* kept by protect */
}

static void tables_allow_what_pages_need(void **state)
{
    (void)state;
    start();
    assert_int_equal(done(pt_map(T, VA, 0, PAGE_4K, PTE_NX)), OK);
    assert_int_equal(machine.memory[0][256] & 0x8000000000000007, 3);
    struct pt_change c = pt_map(T, VA + PAGE_4K, 0, PAGE_4K, PTE_USER | PTE_WRITE);
    assert_true(c.flush_all); /* the processor may remember the narrow table */
    assert_int_equal(done(c), OK);
    assert_int_equal(mapping_at(VA + PAGE_4K).flags, PTE_USER | PTE_WRITE);
    assert_int_equal(mapping_at(VA).flags, PTE_NX);
    /* A table that others made narrow shows in what is translated, and is widened. */
    machine.memory[0][256] = (machine.memory[0][256] & ~(PTE_USER | PTE_WRITE)) | PTE_NX;
    assert_int_equal(mapping_at(VA + PAGE_4K).flags, PTE_NX);
    assert_int_equal(done(pt_protect(T, VA + PAGE_4K, PAGE_4K, PTE_USER | PTE_WRITE, PTE_NX)),
                     OK);
    assert_int_equal(mapping_at(VA + PAGE_4K).flags, PTE_USER | PTE_WRITE);
    machine.memory[0][256] |= PTE_NX;
    assert_int_equal(done(pt_map(T, VA + 2 * PAGE_4K, 0, PAGE_4K, 0)), OK);
    assert_int_equal(mapping_at(VA + 2 * PAGE_4K).flags, 0);
    /* Rights that a table takes away stay away when its pages are merged. */
    start();
    assert_int_equal(done(pt_map(T, VA, 0, PAGE_2M, PTE_WRITE | PTE_USER)), OK);
    assert_int_equal(done(pt_protect(T, VA, PAGE_4K, 0, 0)), OK);
    struct mmu hw = mmu_walk(VA);
    assert_int_equal(hw.bytes, PAGE_4K);
    for (unsigned n = 0; n < 5; n++) /* the entry of level 2 leads to the last table */
        if (machine.live[n] && (machine.memory[n][0] & PTE_ADDR) ==
                                   (MACHINE_BASE + ((uintptr_t)hw.entry -
                                                    (uintptr_t)machine.memory)))
            machine.memory[n][0] = (machine.memory[n][0] & ~PTE_WRITE) | PTE_NX;
    assert_int_equal(mapping_at(VA).flags, PTE_USER | PTE_NX);
    assert_int_equal(done(pt_merge(T, VA, PAGE_2M)), OK);
    assert_int_equal(mapping_at(VA).page_bytes, PAGE_2M);
    assert_int_equal(mapping_at(VA).flags, PTE_USER | PTE_NX);
}

static void situations_have_errors_of_their_own(void **state)
{
    (void)state;
    struct pt_mapping m;
    start();
    assert_int_equal(done(pt_map(T, VA, 0, PAGE_2M, 0)), OK);
    struct pt_change c = pt_map(T, VA - PAGE_4K, 0, 4 * PAGE_4K, 0);
    assert_int_equal(c.at, VA);
    assert_int_equal(done(c), ERR_EXISTS); /* a page, large or small, is in the way */
    c = pt_unmap(T, VA + PAGE_2M - PAGE_4K, 2 * PAGE_4K, NULL, NULL);
    assert_int_equal(c.at, VA + PAGE_2M);
    assert_int_equal(c.done_bytes, PAGE_4K);
    assert_int_equal(done(c), ERR_NOT_FOUND); /* nothing is there */
    assert_int_equal(pt_translate(T, VA + PAGE_2M, &m), ERR_NOT_FOUND);
    assert_int_equal(pt_translate(T, 0x800000000000, &m), ERR_RANGE);
    const uint64_t bad[][3] = {{VA + 1, 0, PAGE_4K}, {VA, 0, 5}, {VA, 7, PAGE_4K},
                               {0x7ffffffff000, 0, 2 * PAGE_4K}, {0x800000000000, 0, PAGE_4K},
                               {UINT64_MAX - 0xfff, 0, 2 * PAGE_4K}, {0, 0, 0 - PAGE_4K},
                               {0, UINT64_C(1) << 46, PAGE_4K},
                               {0, (UINT64_C(1) << 46) - PAGE_4K, 2 * PAGE_4K},
                               {0, 0 - PAGE_4K, 2 * PAGE_4K}};
    for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(done(pt_map(T, bad[i][0], bad[i][1], bad[i][2], 0)), ERR_RANGE);
    assert_int_equal(done(pt_unmap(T, 0x7ffffffff000, 2 * PAGE_4K, NULL, NULL)), ERR_RANGE);
    assert_int_equal(done(pt_clean(T, VA, 1)), ERR_RANGE);
    assert_int_equal(done(pt_map(T, 3, 5, 0, 0)), OK); /* nothing is nowhere */
    assert_int_equal(done(pt_map(T, UINT64_MAX - 0xfff, 0, PAGE_4K, 0)), OK);
    expect_assert_failure(done(pt_map(T, VA, 0, PAGE_4K, PTE_PRESENT)));
    expect_assert_failure(done(pt_protect(T, VA, PAGE_4K, PTE_WRITE, PTE_WRITE)));
}

/* Each call with the n-th allocation failing, until none does: as before, to the
 * bit, and then as if none had failed. */
static struct pt_change call(unsigned which)
{
    switch (which) {
    case 0: return pt_map(T, VA - PAGE_4K, PAGE_1G - PAGE_4K, PAGE_1G + 5 * PAGE_2M, PTE_USER);
    case 1: return pt_map(T, 0x7ff000, 0, 600 * PAGE_4K, PTE_WRITE);
    case 2: return pt_unmap(T, VA + 4 * PAGE_1G + PAGE_4K, PAGE_1G - 2 * PAGE_4K, NULL, NULL);
    case 3: return pt_protect(T, VA + 4 * PAGE_1G + 7 * PAGE_4K, PAGE_4K, PTE_NX, PTE_WRITE);
    default: return pt_protect(T, VA + 5 * PAGE_1G - PAGE_2M - PAGE_4K, PAGE_2M + PAGE_1G,
                               PTE_NX, 0);
    }
}

static void each_allocation_may_fail(void **state)
{
    (void)state;
    static uint64_t before[64][512];
    static bool live[MACHINE_FRAMES];
    static const unsigned takes[] = {4, 5, 3, 2, 4};
    for (unsigned which = 0; which < 5; which++)
        for (unsigned n = 0;; n++) {
            start();
            assert_int_equal(done(pt_map(T, VA + 4 * PAGE_1G, PAGE_1G, 2 * PAGE_1G,
                                         PTE_WRITE)), OK);
            assert_true(machine_live() < 64);
            memcpy(before, machine.memory, sizeof before);
            memcpy(live, machine.live, sizeof live);
            machine.fails_from = machine.allocs + n;
            struct pt_change c = call(which);
            if (c.err == OK) {
                assert_int_equal(n, takes[which]);
                assert_int_equal(done(c), OK);
                break;
            }
            assert_int_equal(c.done_bytes | c.tables | c.flush_bytes | c.flush_all, 0);
            assert_int_equal(done(c), ERR_NOMEM);
            assert_memory_equal(live, machine.live, sizeof live);
            for (unsigned f = 0; f < 64; f++)
                if (live[f]) assert_memory_equal(before[f], machine.memory[f], 4096);
            assert_null(machine.fault);
        }
}

/* Tables without pages in the way of a large page, and those that nobody needs. */
static void empty_tables_go(void **state)
{
    (void)state;
    start();
    assert_int_equal(done(pt_map(T, VA, PAGE_4K, 2 * PAGE_2M, 0)), OK);
    assert_int_equal(done(pt_unmap(T, VA, 2 * PAGE_2M, NULL, NULL)), OK);
    assert_int_equal(machine_live(), 5);
    struct pt_change c = pt_map(T, VA, 0, PAGE_1G, 0);
    assert_int_equal(c.tables, 3);
    assert_int_equal(done(c), OK);
    assert_int_equal(mapping_at(VA).page_bytes, PAGE_1G);
    assert_int_equal(machine_live(), 2);
    assert_int_equal(mmu_tables(MACHINE_BASE, 4), 2);
    assert_int_equal(done(pt_map(T, 0x1000, 0x1000, PAGE_4K, 0)), OK);
    assert_int_equal(done(pt_unmap(T, 0x1000, PAGE_4K, NULL, NULL)), OK);
    c = pt_clean(T, PAGE_2M, PAGE_4K); /* serves it by its tables of level 2 and 3 only */
    assert_int_equal(c.tables, 0);
    assert_int_equal(done(c), OK);
    c = pt_clean(T, 0, PAGE_4K);
    assert_int_equal(c.tables, 3);
    assert_int_equal(done(c), OK);
    assert_int_equal(mapping_at(VA).page_bytes, PAGE_1G);
    assert_int_equal(done(pt_unmap(T, VA, PAGE_1G, NULL, NULL)), OK);
    c = pt_clean_all(T);
    assert_int_equal(c.tables, 1);
    assert_int_equal(done(c), OK);
    assert_int_equal(machine_live(), 1);
}

static void flushing(void **state)
{
    (void)state;
    start();
    fake_cpu.cr4 = CR4_PAE | CR4_PGE;
    fake_cpu.invlpg_count = 0;
    fake_cpu.cr4_writes = 0;
    assert_int_equal(pt_flush(T, pt_map(T, VA, 0, 100 * PAGE_4K, 0)), OK);
    assert_int_equal(fake_cpu.invlpg_count + fake_cpu.cr4_writes, 0); /* nothing was there */
    assert_int_equal(pt_flush(T, pt_protect(T, VA, 3 * PAGE_4K, PTE_NX, 0)), OK);
    assert_int_equal(fake_cpu.invlpg_count, 3);
    assert_int_equal(fake_cpu.invlpg_address, VA + 2 * PAGE_4K);
    fake_cpu.invlpg_count = 0;
    assert_int_equal(pt_flush(T, pt_protect(T, VA, 32 * PAGE_4K, PTE_NX, 0)), OK);
    assert_int_equal(fake_cpu.invlpg_count, 32);
    fake_cpu.invlpg_count = 3;
    assert_int_equal(pt_flush(T, pt_unmap(T, VA, 33 * PAGE_4K, NULL, NULL)), OK);
    assert_int_equal(fake_cpu.invlpg_count, 3);
    assert_int_equal(fake_cpu.cr4_writes, 2);
    assert_int_equal(fake_cpu.cr4_history[0], CR4_PAE);
    assert_int_equal(fake_cpu.cr4, CR4_PAE | CR4_PGE);
    assert_int_equal(pt_flush(T, pt_map(T, VA + PAGE_2M, 0, 2 * PAGE_2M, 0)), OK);
    assert_int_equal(pt_flush(T, pt_unmap(T, VA + PAGE_2M, 2 * PAGE_2M, NULL, NULL)), OK);
    assert_int_equal(fake_cpu.invlpg_count, 5); /* one for each large page */
    assert_int_equal(pt_flush(T, pt_unmap(T, VA, PAGE_4K, NULL, NULL)), ERR_NOT_FOUND);
    assert_int_equal(fake_cpu.invlpg_count, 5);
}

/* ---- looking ---- */

struct seen {
    struct pt_mapping m[8];
    unsigned count, most;
};

static bool see(void *context, const struct pt_mapping *m)
{
    struct seen *s = context;
    assert_true(s->count < 8);
    s->m[s->count++] = *m;
    return s->count < s->most;
}

static void walking(void **state)
{
    (void)state;
    start();
    struct seen s = {.most = 8};
    struct pt_walk w = {.visit = see, .context = &s, .tables_max = 100};
    assert_int_equal(done(pt_map(T, 0x1ff000, 0x1ff000, 3 * PAGE_4K, PTE_WRITE)), OK);
    assert_int_equal(done(pt_map(T, 0x202000, 0x202000, PAGE_4K, 0)), OK);
    assert_int_equal(done(pt_map(T, VA, PAGE_1G, 3 * PAGE_2M, PTE_NX | PTE_GLOBAL)), OK);
    *mmu_walk(0x200000).entry |= PTE_ACCESSED; /* does not divide */
    assert_int_equal(pt_walk_all(T, &w), OK);
    assert_int_equal(s.count, 3);
    const struct pt_mapping expected[] = {
        {0x1ff000, 0x1ff000, 3 * PAGE_4K, PAGE_4K, PTE_WRITE},
        {0x202000, 0x202000, PAGE_4K, PAGE_4K, 0},
        {VA, PAGE_1G, 3 * PAGE_2M, PAGE_2M, PTE_NX | PTE_GLOBAL}};
    assert_memory_equal(s.m, expected, sizeof expected);
    assert_int_equal(w.tables, 7);
    /* Cut to the range, and ended by the visitor. */
    s = (struct seen){.most = 8};
    assert_int_equal(pt_walk(T, &w, VA + PAGE_4K, PAGE_2M), OK);
    assert_int_equal(s.count, 1);
    assert_int_equal(s.m[0].va, VA + PAGE_4K);
    assert_int_equal(s.m[0].pa, PAGE_1G + PAGE_4K);
    assert_int_equal(s.m[0].bytes, PAGE_2M);
    s = (struct seen){.most = 1};
    assert_int_equal(pt_walk_all(T, &w), OK);
    assert_int_equal(s.count, 1);
    s = (struct seen){.most = 8};
    w.tables_max = 5;
    assert_int_equal(pt_walk_all(T, &w), ERR_FORMAT);
    assert_int_equal(s.count, 2); /* what came before */
    assert_int_equal(pt_walk(T, &w, 0x7ffffffff000, 2 * PAGE_4K), ERR_RANGE);
    assert_int_equal(pt_walk(T, &w, 5, 0), OK);
    char text[PT_FLAGS_TEXT];
    assert_string_equal(pt_flags_text(0, text), "r-x----");
    assert_string_equal(pt_flags_text(PTE_WRITE | PTE_NX | PTE_USER, text), "rw-u---");
    assert_string_equal(pt_flags_text(PTE_GLOBAL | PTE_NOTED, text), "r-x-gAD");
}

/* A first frame that no processor has is not joined to the last one. */
static void runs_end_where_memory_ends(void **state)
{
    (void)state;
    start();
    struct seen s = {.most = 8};
    struct pt_walk w = {.visit = see, .context = &s, .tables_max = 100};
    uint64_t end = UINT64_C(1) << 46;
    assert_int_equal(done(pt_map(T, VA, end - PAGE_4K, PAGE_4K, 0)), OK);
    assert_int_equal(done(pt_map(T, VA + PAGE_4K, 0, PAGE_4K, BIT64(52))), OK);
    assert_int_equal(pt_walk(T, &w, VA, PAGE_2M), OK);
    assert_int_equal(s.count, 2);
    *mmu_walk(VA + PAGE_4K).entry = end | 1;
    assert_int_equal(pt_walk(T, &w, VA, PAGE_2M), ERR_FORMAT);
    assert_int_equal(w.at, VA + PAGE_4K);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries),
        cmocka_unit_test(sizes_follow_alignment),
        cmocka_unit_test(splitting_leaves_the_rest),
        cmocka_unit_test(merging_keeps_what_was_noted),
        cmocka_unit_test(tables_allow_what_pages_need),
        cmocka_unit_test(situations_have_errors_of_their_own),
        cmocka_unit_test(each_allocation_may_fail),
        cmocka_unit_test(empty_tables_go),
        cmocka_unit_test(flushing),
        cmocka_unit_test(walking),
        cmocka_unit_test(runs_end_where_memory_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
