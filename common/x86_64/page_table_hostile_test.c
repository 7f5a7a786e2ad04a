/* SPDX-License-Identifier: MIT */
/* Tables full of rubbish, and tables that lead in circles: looking at them says what a
 * processor does, ends, and touches nothing outside. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "x86_64/page_table_machine_host.h"

#define T (&machine.table)

static uint64_t random_state = 5;

static uint64_t random_u64(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

/* Mostly what could be an entry: something always is a little wrong. */
static uint64_t rubbish(unsigned frames)
{
    uint64_t r = random_u64(), e = random_u64();
    switch (r % 8) {
    case 0: return e;
    case 1: return 0;
    case 2: return (e & 0x3fffc00000ff) | 1; /* a large page perhaps */
    case 3: return (e & 0x3fffffffff7f) | 1; /* or not even a table */
    default:
        return (MACHINE_BASE + (r >> 8) % (frames + 1) * 4096) | (e & 0x8000000000000f7e) |
               (r >> 4 & 15 ? 1 : 0) | (r >> 20 & 15 ? 0 : 0x80);
    }
}

static bool check_ends(void *context, const struct pt_mapping *m)
{
    const uint64_t ends[2] = {m->va, m->va + m->bytes - 1};
    uint64_t *reported = context;
    for (unsigned i = 0; i < 2; i++) {
        struct mmu hw = mmu_walk(ends[i]);
        CHECK(hw.answer == MMU_PAGE && hw.pa == pt_mapping_pa(m, ends[i]));
        CHECK(hw.bytes == m->page_bytes && hw.write == !!(m->flags & PTE_WRITE));
        CHECK(hw.user == !!(m->flags & PTE_USER) && hw.execute == !(m->flags & PTE_NX));
        CHECK(hw.kind == (m->flags & 0x7ff0000000000f98));
    }
    ++*reported;
    return true;
}

static void check_translation(uint64_t va)
{
    struct pt_mapping m;
    struct mmu hw = mmu_walk(va);
    enum err err = pt_translate(T, va, &m);
    CHECK(err == (hw.answer == MMU_PAGE     ? OK
                  : hw.answer == MMU_ABSENT ? ERR_NOT_FOUND
                                            : ERR_FORMAT));
    uint64_t reported = 0;
    if (err == OK) check_ends(&reported, &m);
}

static void rubbish_is_read_as_a_processor_reads_it(void **state)
{
    (void)state;
    uint64_t reported = 0;
    for (unsigned round = 0; round < 200; round++) {
        unsigned frames = 2 + round % 30;
        machine_start(round & 1 ? 5 : 4, round & 2, PT_MAPPER_FUNCTION);
        for (unsigned n = 0; n < frames; n++) {
            machine.live[n] = true;
            /* A few entries: so walks get somewhere. */
            memset(machine.memory[n], 0, 4096);
            for (uint64_t i = 0; i < 512; i += 1 + random_u64() % 40)
                machine.memory[n][i] = rubbish(frames);
        }
        for (unsigned i = 0; i < 4000; i++) {
            unsigned index[5];
            for (unsigned k = 0; k < 5; k++) index[k] = random_u64() % 512 & (i & 1 ? 511 : 63);
            check_translation(virt_from_indices(index, T->levels) | (i * 5 & 0xfff));
        }
        struct pt_walk w = {.visit = check_ends, .context = &reported, .tables_max = 50};
        enum err err = pt_walk_all(T, &w);
        CHECK(err == OK || (err == ERR_FORMAT && w.tables <= 50));
        /* From each entry of the top table on its own, so that not the first bad one ends
         * it all. */
        for (uint64_t i = 0; i < 512; i++) {
            uint64_t va = virt_truncate(i << (T->levels == 5 ? 48 : 39), T->levels);
            err = pt_walk(T, &w, va, UINT64_C(1) << 33);
            CHECK(err == OK || err == ERR_FORMAT);
            CHECK(w.tables <= 50);
        }
        if (machine.fault) fail_msg("round %u: %s", round, machine.fault);
    }
    assert_true(reported > 1000);
}

/* 512 to the power of 4 ways through one table. */
static void circles_end(void **state)
{
    (void)state;
    for (unsigned levels = 4; levels <= 5; levels++) {
        uint64_t reported = 0;
        machine_start(levels, true, PT_MAPPER_FUNCTION);
        for (unsigned i = 0; i < 512; i++) machine.memory[0][i] = MACHINE_BASE | 3;
        struct pt_walk w = {.visit = check_ends, .context = &reported, .tables_max = 2000};
        assert_int_equal(pt_walk_all(T, &w), ERR_FORMAT);
        assert_int_equal(w.tables, 2000);
        check_translation(0x123456789abc);
        /* Into a circle nothing can be mapped, and looking for room ends at once. */
        assert_int_equal(pt_flush_ignore(T, pt_map(T, 0, 0, PAGE_1G, 0)), ERR_EXISTS);
        assert_null(machine.fault);
    }
}

/* What a call may not touch is refused before anything is stored. */
static void changes_refuse_rubbish(void **state)
{
    (void)state;
    static const uint64_t bad[] = {0x0000400000000003, 0x83, 0x3ffffffff003,
                                   0x0008000000000003};
    for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
        uint64_t before[512];
        machine_start(4, true, PT_MAPPER_FUNCTION);
        assert_int_equal(pt_flush_ignore(T, pt_map(T, 0, 0, PAGE_4K, PTE_WRITE)), OK);
        machine.memory[0][1] = bad[i];
        memcpy(before, machine.memory[0], sizeof before);
        uint64_t bytes = UINT64_C(1) << 40, allocs = machine.allocs;
        virt_addr va = UINT64_C(1) << 39;
        struct pt_change c = pt_unmap(T, 0, bytes, NULL, NULL);
        assert_int_equal(c.at, va);
        assert_int_equal(pt_flush_ignore(T, c), ERR_FORMAT);
        assert_int_equal(pt_flush_ignore(T, pt_protect(T, 0, bytes, PTE_USER, 0)), ERR_FORMAT);
        assert_int_equal(pt_flush_ignore(T, pt_merge(T, 0, bytes)), ERR_FORMAT);
        assert_int_equal(pt_flush_ignore(T, pt_clean(T, 0, bytes)), ERR_FORMAT);
        assert_int_equal(pt_flush_ignore(T, pt_clean_all(T)), ERR_FORMAT);
        assert_int_equal(pt_flush_ignore(T, pt_map(T, va - PAGE_4K, 0, 3 * PAGE_4K, 0)),
                         ERR_FORMAT);
        assert_int_equal(machine.allocs, allocs);
        assert_memory_equal(before, machine.memory[0], sizeof before);
        assert_int_equal(mmu_walk(0).answer, MMU_PAGE);
        assert_null(machine.fault);
        assert_int_equal(machine_live(), 4);
    }
}

/* The same as an offset: a table beyond the memory that is mapped there is not touched. */
static void offset_has_an_end(void **state)
{
    (void)state;
    struct pt_mapping m;
    machine_start(4, true, PT_MAPPER_OFFSET);
    machine.memory[0][0] = (MACHINE_BASE + MACHINE_FRAMES * 4096) | 3;
    assert_int_equal(pt_translate(T, 0, &m), ERR_FORMAT);
    assert_int_equal(pt_flush_ignore(T, pt_map(T, 0, 0, PAGE_4K, 0)), ERR_FORMAT);
    assert_int_equal(mmu_tables(MACHINE_BASE + 4096, 1), 1);
    assert_non_null(machine.fault); /* and the oracle sees a table that is none */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rubbish_is_read_as_a_processor_reads_it),
        cmocka_unit_test(circles_end),
        cmocka_unit_test(changes_refuse_rubbish),
        cmocka_unit_test(offset_has_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
