/* SPDX-License-Identifier: MIT */
/* The recursive mapper, on this machine: the addresses that recursion gives are real.
 *
 * Physical memory is a file.  A read or write in the recursive part of the address space,
 * or of the scratch page, ends in a SIGSEGV handler that does what a processor does: it
 * walks the tables from the top, finds the frame, and maps it there.  What it mapped stays
 * until invlpg or a full flush unmaps it, so the test has a TLB that holds stale
 * translations, and a flush that is forgotten reads or writes the wrong table.  A processor
 * also translates what no program asked for: the test does that between operations. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "x86_64/control.h"
static enum err flush(const void *table, const void *change);
#define MODEL_FLUSH(table, change) flush((table), &(change))
#include "x86_64/page_table_model_host.h"

#define INDEX   64
#define WINDOW  ((uint64_t)INDEX << 39)
#define SCRATCH (UINT64_C(66) << 39 | 0x7000)

static int file;
static unsigned tlb_misses;

static bool is_recursive(uint64_t va)
{
    return va >> 39 == INDEX || (va & ~UINT64_C(0xfff)) == SCRATCH;
}

static void tlb_miss(int number, siginfo_t *info, void *context)
{
    (void)context;
    uint64_t va = (uintptr_t)info->si_addr & ~UINT64_C(0xfff);
    struct mmu hw = mmu_walk(va);
    tlb_misses++;
    if (!is_recursive(va) || hw.answer != MMU_PAGE || !hw.write ||
        frame_number(hw.pa) >= MACHINE_FRAMES ||
        mmap((void *)va, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file,
             (off_t)(hw.pa - MACHINE_BASE)) == MAP_FAILED)
        signal(number, SIG_DFL); /* a page fault */
}

static void tlb_forget(uint64_t va)
{
    if (is_recursive(va)) munmap((void *)(va & ~UINT64_C(0xfff)), 4096);
}

static void tlb_forget_all(void)
{
    munmap((void *)WINDOW, (size_t)1 << 39);
    munmap((void *)SCRATCH, 4096);
}

/* As a processor may at any moment; what is no table of ours is a page of rubbish. */
static void speculate(uint64_t random)
{
    const struct window *w = &windows[random % WINDOWS];
    uint64_t va = pt_recursive_address(PAGING_4_LEVELS, INDEX, (unsigned)(1 + random / 8 % 3),
                                       w->va + (random >> 32) % w->pages * 4096);
    struct mmu hw = mmu_walk(va);
    if (hw.answer != MMU_PAGE) return;
    bool is_table = frame_number(hw.pa) < MACHINE_FRAMES;
    mmap((void *)va, 4096, PROT_READ | PROT_WRITE,
         MAP_FIXED | (is_table ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS),
         is_table ? file : -1, is_table ? (off_t)(hw.pa - MACHINE_BASE) : 0);
}

static enum err flush(const void *table, const void *change)
{
    uint64_t writes = fake_cpu.cr4_writes;
    enum err err = pt_flush(table, *(const struct pt_change *)change);
    if (fake_cpu.cr4_writes != writes) tlb_forget_all();
    return err;
}

static const struct pt_machine four = {PAGING_4_LEVELS, 46, PAGE_1G, true};

static enum err start(uint64_t scratch)
{
    const struct pt_frames frames = {&machine, machine_alloc, machine_free};
    const struct sigaction action = {.sa_sigaction = tlb_miss, .sa_flags = SA_SIGINFO};
    machine_start(4, true, PT_MAPPER_OFFSET);
    tlb_forget_all();
    if (sigaction(SIGSEGV, &action, NULL) != 0) return ERR_DEVICE; /* cmocka has its own */
    if (pt_flush_ignore(&machine.table, pt_map(&machine.table, SCRATCH, 0, 4096, 0)) != OK ||
        pt_flush_ignore(&machine.table,
                        pt_unmap(&machine.table, SCRATCH, 4096, NULL, NULL)) != OK)
        return ERR_DEVICE;
    machine.memory[0][INDEX] = MACHINE_BASE | 3;
    return pt_init_recursive(&machine.table, &four, frames, MACHINE_BASE, INDEX, scratch);
}

static int set_up(void **state)
{
    (void)state;
    file = memfd_create("memory", 0);
    if (file < 0 || ftruncate(file, MACHINE_FRAMES * 4096) != 0) return 1;
    machine.memory =
        mmap(NULL, MACHINE_FRAMES * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    fake_cpu.on_invlpg = tlb_forget;
    return machine.memory == MAP_FAILED;
}

/* The well-known formulas for index 511, and their counterparts for five levels. */
static void addresses(void **state)
{
    (void)state;
    const enum paging_levels p4 = PAGING_4_LEVELS, p5 = PAGING_5_LEVELS;
    for (uint64_t i = 0, r = 1; i < 10000; i++, r = r * 6364136223846793005 + 1) {
        uint64_t low = r & 0xffffffffffff, va = low | (low >> 47 ? 0xffff000000000000 : 0);
        assert_int_equal(pt_recursive_address(p4, 511, 4, va), 0xfffffffffffff000);
        assert_int_equal(pt_recursive_address(p4, 511, 3, va),
                         0xffffffffffe00000 + (low >> 39 << 12));
        assert_int_equal(pt_recursive_address(p4, 511, 2, va),
                         0xffffffffc0000000 + (low >> 30 << 12));
        assert_int_equal(pt_recursive_address(p4, 511, 1, va),
                         0xffffff8000000000 + (low >> 21 << 12));
        low = r & 0x1ffffffffffffff;
        assert_int_equal(pt_recursive_address(p5, 511, 1, low),
                         0xffff000000000000 + (low >> 21 << 12));
        assert_int_equal(pt_recursive_address(p5, 511, 4, low),
                         0xffffffffffe00000 + (low >> 48 << 12));
        assert_int_equal(pt_recursive_address(p5, 511, 5, low), 0xfffffffffffff000);
    }
    assert_int_equal(pt_recursive_address(p4, INDEX, 4, 0), 0x201008040000);
}

static void what_is_no_recursion(void **state)
{
    (void)state;
    const struct pt_frames frames = {&machine, machine_alloc, machine_free};
    struct page_table t;
    assert_int_equal(start(SCRATCH), OK);
    assert_int_equal(start(SCRATCH + 1), ERR_RANGE);
    assert_int_equal(start(WINDOW), ERR_RANGE);
    assert_int_equal(start(0x800000000000), ERR_RANGE);
    assert_int_equal(start(SCRATCH + PAGE_1G), ERR_NOT_FOUND);
    assert_int_equal(pt_init_recursive(&t, &four, frames, MACHINE_BASE, 512, SCRATCH),
                     ERR_RANGE);
    assert_int_equal(pt_init_recursive(&t, &four, frames, MACHINE_BASE + 4096, INDEX, SCRATCH),
                     ERR_FORMAT);
    machine.memory[0][INDEX] &= ~PTE_WRITE;
    assert_int_equal(pt_init_recursive(&t, &four, frames, MACHINE_BASE, INDEX, SCRATCH),
                     ERR_FORMAT);
    machine.memory[0][INDEX] |= PTE_WRITE;
    *mmu_walk(SCRATCH).entry = 0x5001;
    assert_int_equal(pt_init_recursive(&t, &four, frames, MACHINE_BASE, INDEX, SCRATCH),
                     ERR_EXISTS);
}

static void its_own_part_is_out_of_bounds(void **state)
{
    (void)state;
    struct page_table *t = &machine.table;
    assert_int_equal(start(SCRATCH), OK);
    const uint64_t bad[][2] = {{WINDOW, PAGE_4K},
                               {WINDOW - PAGE_4K, 2 * PAGE_4K},
                               {SCRATCH, PAGE_4K},
                               {0, UINT64_C(1) << 47},
                               {WINDOW + (UINT64_C(1) << 38), PAGE_2M}};
    for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(pt_flush(t, pt_map(t, bad[i][0], 0, bad[i][1], 0)), ERR_RANGE);
        assert_int_equal(pt_flush(t, pt_unmap(t, bad[i][0], bad[i][1], NULL, NULL)), ERR_RANGE);
        assert_int_equal(pt_flush(t, pt_merge(t, bad[i][0], bad[i][1])), ERR_RANGE);
    }
    /* Cleaning up leaves it the tables it works with. */
    struct pt_change c = pt_clean_all(t);
    assert_int_equal(c.tables, 0);
    assert_int_equal(flush(t, &c), OK);
    assert_int_equal(machine_live(), 4);
    assert_int_equal(mmu_walk(SCRATCH).answer, MMU_ABSENT); /* and it is closed */
    c = pt_map(t, SCRATCH + PAGE_4K, 0x9000, PAGE_4K, PTE_WRITE);
    assert_int_equal(flush(t, &c), OK);
    assert_int_equal(mmu_walk(SCRATCH + PAGE_4K).pa, 0x9000);
}

static void random_operations(void **state)
{
    (void)state;
    uint64_t x = 7;
    assert_int_equal(start(SCRATCH), OK);
    model_start(4);
    for (unsigned step = 1; step <= 20000 && !machine.fault; step++) {
        uint64_t r[3];
        for (unsigned i = 0; i < 3; i++) {
            x = x * 6364136223846793005 + 1442695040888963407;
            r[i] = x >> 32 | (x * 0x9e3779b97f4a7c15) << 32;
        }
        for (unsigned i = 0; i < 8; i++) speculate(r[i % 3] >> i);
        if (r[0] % 11 == 0) {
            machine.fails_from = machine.allocs + r[2] % 3;
            machine.fails_until = machine.fails_from + 1;
        }
        model_step(r[0], r[1], r[2]);
        machine.fails_from = machine.fails_until = UINT64_MAX;
        if (step % 2000 == 0) check_everything();
        if (machine.fault) fail_msg("step %u: %s", step, machine.fault);
    }
    assert_true(tlb_misses > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses),
        cmocka_unit_test(what_is_no_recursion),
        cmocka_unit_test(its_own_part_is_out_of_bounds),
        cmocka_unit_test(random_operations),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
