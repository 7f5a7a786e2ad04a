/* SPDX-License-Identifier: MIT */
/* Random operations, made on page tables and on a plain array at once; allocations that
 * fail among them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "x86_64/page_table_model_host.h"

#ifndef STEPS
#define STEPS 250000 /* for each of four set-ups */
#endif

static uint64_t random_state;

static uint64_t random_u64(void)
{
    random_state += 0x9e3779b97f4a7c15;
    uint64_t z = random_state;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

static void assert_no_fault(void)
{
    if (machine.fault) fail_msg("%s", machine.fault);
}

static void run(unsigned levels, bool has_1g, enum pt_mapper mapper, unsigned steps)
{
    machine_start(levels, has_1g, mapper);
    model_start(levels);
    random_state = levels * 100 + mapper * 10 + has_1g;
    for (unsigned step = 1; step <= steps && !machine.fault; step++) {
        uint64_t r = random_u64(), where = random_u64(), pa = random_u64();
        if (r % 11 == 0) {
            machine.fails_from = machine.allocs + pa % 4;
            machine.fails_until = machine.fails_from + 1;
        }
        model_step(r, where, pa);
        machine.fails_from = machine.fails_until = UINT64_MAX;
        if (step % 5000 == 0) check_everything();
        if (machine.fault) print_error("seed %u, step %u\n", levels * 100 + mapper * 10, step);
    }
    assert_no_fault();
}

static void four_levels_at_an_offset(void **state)
{
    (void)state;
    run(4, true, PT_MAPPER_OFFSET, STEPS);
}

static void four_levels_by_function_without_1g(void **state)
{
    (void)state;
    run(4, false, PT_MAPPER_FUNCTION, STEPS);
}

static void five_levels_by_function(void **state)
{
    (void)state;
    run(5, true, PT_MAPPER_FUNCTION, STEPS);
}

static void five_levels_at_an_offset(void **state)
{
    (void)state;
    run(5, false, PT_MAPPER_OFFSET, STEPS);
}

/* When everything is unmapped and cleaned up, the top table is what is left. */
static void nothing_is_left(void **state)
{
    (void)state;
    run(4, true, PT_MAPPER_OFFSET, 3000);
    for (unsigned i = 0; i < WINDOWS; i++) {
        struct part p = part_of(i, 0, windows[i].pages);
        model_edit(&p, true, 0, 0, 0);
    }
    assert_int_equal(pt_flush_ignore(&machine.table, pt_clean_all(&machine.table)), OK);
    check_everything();
    assert_no_fault();
    assert_int_equal(machine_live(), 1);
}

/* What the comparison is worth: wrong entries, a leak and a forgotten flush are found. */
static void faults_are_found(void **state)
{
    (void)state;
    static const uint64_t wrong[] = {0x1000, 0x2, 0x4, 0x8, 0x100, 0x200, 0x8000000000000000, 1};
    for (unsigned i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        run(4, true, PT_MAPPER_OFFSET, 0);
        struct part p = part_of(0, 7, 300);
        model_map(&p, 0x123000, PTE_WRITE | PTE_USER, 0);
        check_everything();
        assert_no_fault();
        *mmu_walk(p.va + 4096 * 200).entry ^= wrong[i];
        check_everything();
        if (!machine.fault) fail_msg("%llx was not found", (unsigned long long)wrong[i]);
        machine.fault = NULL;
        check_page(p.w, p.first + 200);
        assert_non_null(machine.fault);
    }
    phys_addr leaked;
    run(4, true, PT_MAPPER_OFFSET, 3000);
    assert_int_equal(machine_alloc(&machine, &leaked), OK);
    check_everything();
    assert_non_null(machine.fault);

    run(4, true, PT_MAPPER_OFFSET, 0);
    struct part p = part_of(0, 7, 1);
    struct sample s;
    model_map(&p, 0x123000, PTE_WRITE, 0);
    sample_before(&s, &p, 0);
    struct pt_change c = pt_protect(&machine.table, p.va, 4096, 0, PTE_WRITE);
    p.w->page[7] &= ~PTE_WRITE;
    check_samples(&s, &p, &c);
    assert_no_fault();
    c.flush_bytes = 0;
    check_samples(&s, &p, &c);
    assert_non_null(machine.fault);
    assert_int_equal(pt_flush_ignore(&machine.table, c), OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faults_are_found),
        cmocka_unit_test(nothing_is_left),
        cmocka_unit_test(four_levels_at_an_offset),
        cmocka_unit_test(four_levels_by_function_without_1g),
        cmocka_unit_test(five_levels_by_function),
        cmocka_unit_test(five_levels_at_an_offset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
