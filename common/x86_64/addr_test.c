/* SPDX-License-Identifier: MIT */
/* The oracle is a second way to say it: a canonical address is one that a signed shift
 * up and down again leaves alone, and steps are counted on a number line without a
 * hole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "x86_64/addr.h"

static uint64_t random_state = 0x5ae55a4;

static uint64_t random_u64(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

/* Values that lie where the rules change, and random ones of every length. */
static uint64_t interesting(unsigned i)
{
    static const uint64_t edges[] = {
        0, 1, 0xfff, 0x1000, 0x7fffffffffff, 0x800000000000, 0xffff7fffffffffff,
        0xffff800000000000, 0xffffffffffffffff, 0x00ffffffffffffff, 0x0100000000000000,
        0xfeffffffffffffff, 0xff00000000000000, 0x0000812345678000, 0xffff812345678000,
    };
    const unsigned edge_count = sizeof edges / sizeof edges[0];
    return i < edge_count ? edges[i] : random_u64() >> (random_u64() & 63);
}

static bool canonical_by_shift(uint64_t raw, unsigned bits)
{
    int64_t up = (int64_t)(raw << (64 - bits));
    return (uint64_t)(up >> (64 - bits)) == raw;
}

static const enum paging_levels both[] = {PAGING_4_LEVELS, PAGING_5_LEVELS};
static const unsigned both_bits[] = {48, 57};

static void canonical_addresses(void **state)
{
    (void)state;
    for (unsigned l = 0; l < 2; l++)
        for (unsigned i = 0; i < 20000; i++) {
            uint64_t raw = interesting(i);
            bool expected = canonical_by_shift(raw, both_bits[l]);
            virt_addr va = 42;
            assert_int_equal(virt_is_canonical(raw, both[l]), expected);
            assert_int_equal(virt_from_u64(raw, both[l], &va), expected ? OK : ERR_RANGE);
            assert_int_equal(va, expected ? raw : 42);
            assert_int_equal(virt_truncate(raw, both[l]),
                             (uint64_t)((int64_t)(raw << (64 - both_bits[l])) >>
                                        (64 - both_bits[l])));
        }
}

/* The address the Rust crate's 0.14.9 moved to the other half without a word. */
static void bit_47_is_never_extended_silently(void **state)
{
    (void)state;
    virt_addr va = 7;
    assert_int_equal(virt_from_u64(0x0000812345678000, PAGING_4_LEVELS, &va), ERR_RANGE);
    assert_int_equal(va, 7);
    assert_int_equal(virt_from_u64(0x0000812345678000, PAGING_5_LEVELS, &va), OK);
    assert_int_equal(va, 0x0000812345678000);
    assert_int_equal(virt_truncate(0x0000812345678000, PAGING_4_LEVELS),
                     0xffff812345678000);
}

static void sums_and_differences(void **state)
{
    (void)state;
    for (unsigned l = 0; l < 2; l++)
        for (unsigned i = 0; i < 20000; i++) {
            virt_addr a = virt_truncate(interesting(i % 100), both[l]), result = 42;
            uint64_t n = random_u64() >> (random_u64() & 63);
            /* 65-bit arithmetic, which does not wrap. */
            unsigned __int128 sum = (unsigned __int128)a + n;
            bool fits = sum >> 64 == 0 &&
                        canonical_by_shift((uint64_t)sum, both_bits[l]) &&
                        ((uint64_t)sum >> 63) == (a >> 63);
            assert_int_equal(virt_add(a, n, both[l], &result), fits ? OK : ERR_RANGE);
            assert_int_equal(result, fits ? (uint64_t)sum : 42);
            result = 42;
            bool below = n <= a && canonical_by_shift(a - n, both_bits[l]) &&
                         ((a - n) >> 63) == (a >> 63);
            assert_int_equal(virt_sub(a, n, both[l], &result), below ? OK : ERR_RANGE);
            assert_int_equal(result, below ? a - n : 42);
        }
}

static void sums_do_not_cross_the_hole(void **state)
{
    (void)state;
    virt_addr r = 42;
    assert_int_equal(virt_add(0x7fffffffffff, 1, PAGING_4_LEVELS, &r), ERR_RANGE);
    assert_int_equal(virt_add(0x7fffffffffff, 0xffff000000000001, PAGING_4_LEVELS, &r),
                     ERR_RANGE);
    assert_int_equal(virt_sub(0xffff800000000000, 1, PAGING_4_LEVELS, &r), ERR_RANGE);
    assert_int_equal(virt_add(UINT64_MAX, 1, PAGING_4_LEVELS, &r), ERR_RANGE);
    assert_int_equal(virt_sub(0, 1, PAGING_4_LEVELS, &r), ERR_RANGE);
    assert_int_equal(r, 42);
    assert_int_equal(virt_add(0x7ffffffffffe, 1, PAGING_4_LEVELS, &r), OK);
    assert_int_equal(r, 0x7fffffffffff);
    uint64_t bytes = 9;
    assert_int_equal(virt_distance(0x1000, 0x3000, PAGING_4_LEVELS, &bytes), OK);
    assert_int_equal(bytes, 0x2000);
    assert_int_equal(virt_distance(0x3000, 0x1000, PAGING_4_LEVELS, &bytes), ERR_RANGE);
    assert_int_equal(virt_distance(0, 0xffff800000000000, PAGING_4_LEVELS, &bytes),
                     ERR_RANGE);
    assert_int_equal(bytes, 0x2000);
}

/* A canonical address's place on the line of all of them. */
static uint64_t place(virt_addr a, unsigned bits)
{
    return a >> 63 ? a - (UINT64_MAX << (bits - 1)) + (UINT64_C(1) << (bits - 1)) : a;
}

static void steps_walk_over_the_hole(void **state)
{
    (void)state;
    for (unsigned l = 0; l < 2; l++) {
        uint64_t last = (UINT64_C(1) << both_bits[l]) - 1;
        for (unsigned i = 0; i < 20000; i++) {
            virt_addr a = virt_truncate(interesting(i % 100), both[l]), to = 42;
            uint64_t n = random_u64() >> (random_u64() & 63), steps = 42;
            uint64_t from = place(a, both_bits[l]);
            bool fits = n <= last - from;
            assert_int_equal(virt_step(a, n, both[l], &to), fits ? OK : ERR_RANGE);
            if (fits) {
                assert_int_equal(place(to, both_bits[l]), from + n);
                assert_true(virt_is_canonical(to, both[l]));
                assert_int_equal(virt_steps_between(a, to, both[l], &steps), OK);
                assert_int_equal(steps, n);
                assert_int_equal(virt_step_back(to, n, both[l], &to), OK);
                assert_int_equal(to, a);
                if (a != 0 && virt_is_canonical(a - 1, both[l]))
                    assert_int_equal(virt_steps_between(a, a - 1, both[l], &steps),
                                     ERR_RANGE);
            } else
                assert_int_equal(to, 42);
            to = 42;
            assert_int_equal(virt_step_back(a, n, both[l], &to),
                             n <= from ? OK : ERR_RANGE);
        }
    }
    virt_addr to;
    assert_int_equal(virt_step(0x7fffffffffff, 1, PAGING_4_LEVELS, &to), OK);
    assert_int_equal(to, 0xffff800000000000);
    assert_int_equal(virt_step_back(0xff00000000000000, 1, PAGING_5_LEVELS, &to), OK);
    assert_int_equal(to, 0x00ffffffffffffff);
}

static void alignment(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 20000; i++) {
        uint64_t n = interesting(i), align = UINT64_C(1) << (random_u64() & 63), up = 42;
        uint64_t below = n / align * align;
        assert_int_equal(align_down(n, align), below);
        assert_int_equal(is_aligned(n, align), n % align == 0);
        assert_int_equal(page_offset(n, align), n % align);
        unsigned __int128 above = n % align ? (unsigned __int128)below + align : n;
        assert_int_equal(align_up(n, align, &up), above >> 64 ? ERR_RANGE : OK);
        assert_int_equal(up, above >> 64 ? 42 : (uint64_t)above);
    }
    virt_addr va = 42;
    assert_int_equal(virt_align_up(0x7ffffffff001, 0x1000, PAGING_4_LEVELS, &va),
                     ERR_RANGE);
    assert_int_equal(virt_align_up(0xfffffffffffff001, 0x1000, PAGING_4_LEVELS, &va),
                     ERR_RANGE);
    assert_int_equal(va, 42);
    assert_int_equal(virt_align_up(0xffff800000000001, PAGE_2M, PAGING_4_LEVELS, &va),
                     OK);
    assert_int_equal(va, 0xffff800000200000);
    expect_assert_failure(align_down(5, 3));
    expect_assert_failure(align_down(5, 0));
}

static void physical_addresses(void **state)
{
    (void)state;
    for (unsigned bits = 32; bits <= 52; bits++) {
        uint64_t limit = UINT64_C(1) << bits;
        phys_addr pa = 42;
        assert_int_equal(phys_from_u64(limit, bits, &pa), ERR_RANGE);
        assert_int_equal(phys_from_u64(UINT64_MAX, bits, &pa), ERR_RANGE);
        assert_int_equal(phys_add(limit - 1, 1, bits, &pa), ERR_RANGE);
        assert_int_equal(phys_add(limit - 1, UINT64_MAX, bits, &pa), ERR_RANGE);
        assert_int_equal(phys_align_up(limit - 1, 0x1000, bits, &pa), ERR_RANGE);
        assert_int_equal(phys_sub(1, 2, &pa), ERR_RANGE);
        assert_int_equal(pa, 42);
        assert_int_equal(phys_from_u64(limit - 1, bits, &pa), OK);
        assert_int_equal(pa, limit - 1);
        assert_int_equal(phys_add(limit - 2, 1, bits, &pa), OK);
        assert_int_equal(pa, limit - 1);
        assert_int_equal(phys_sub(pa, pa, &pa), OK);
        assert_int_equal(pa, 0);
        assert_int_equal(phys_align_up(0x1001, 0x1000, bits, &pa), OK);
        assert_int_equal(pa, 0x2000);
    }
    phys_addr pa;
    expect_assert_failure((void)(phys_from_u64(0, 53, &pa) == OK));
}

/* SDM 3A figure 4-8 and 4-11: level 1 is bits 20:12, and so on in nines. */
static void table_indices(void **state)
{
    (void)state;
    static const struct {
        virt_addr va;
        unsigned index[5];
    } cases[] = {
        {0x0000000000000000, {0, 0, 0, 0, 0}},
        {0x0000000000001000, {1, 0, 0, 0, 0}},
        {0x0000000000200000, {0, 1, 0, 0, 0}},
        {0x0000000040000000, {0, 0, 1, 0, 0}},
        {0x0000008000000000, {0, 0, 0, 1, 0}},
        {0x0001000000000000, {0, 0, 0, 0, 1}},
        {0xffffffff80000000, {0, 0, 510, 511, 511}},
        {0xffffffffc0a01000, {1, 5, 511, 511, 511}},
        {0xffff800000000000, {0, 0, 0, 256, 511}},
        {0xffffffffffffffff, {511, 511, 511, 511, 511}},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (unsigned level = 1; level <= 5; level++)
            assert_int_equal(virt_table_index(cases[i].va, level),
                             cases[i].index[level - 1]);
        assert_int_equal(virt_from_indices(cases[i].index, PAGING_5_LEVELS),
                         cases[i].va & ~UINT64_C(0xfff));
        if (virt_is_canonical(cases[i].va, PAGING_4_LEVELS))
            assert_int_equal(virt_from_indices(cases[i].index, PAGING_4_LEVELS),
                             cases[i].va & ~UINT64_C(0xfff));
    }
    expect_assert_failure(virt_table_index(0, 0));
    expect_assert_failure(virt_table_index(0, 6));
    static const unsigned too_large[5] = {0, 512, 0, 0, 0};
    expect_assert_failure(virt_from_indices(too_large, PAGING_4_LEVELS));
}

/* The fault this suite must catch: a check that looks at bit 47 and forgets those
 * above. */
static bool wrong_is_canonical(uint64_t raw) { return (raw >> 47 & 1) == (raw >> 63); }

static void the_deliberate_fault_is_caught(void **state)
{
    (void)state;
    unsigned caught = 0;
    for (unsigned i = 0; i < 1000; i++) {
        uint64_t raw = interesting(i);
        caught += wrong_is_canonical(raw) != canonical_by_shift(raw, 48);
    }
    assert_true(caught > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(canonical_addresses),
        cmocka_unit_test(bit_47_is_never_extended_silently),
        cmocka_unit_test(sums_and_differences),
        cmocka_unit_test(sums_do_not_cross_the_hole),
        cmocka_unit_test(steps_walk_over_the_hole),
        cmocka_unit_test(alignment),
        cmocka_unit_test(physical_addresses),
        cmocka_unit_test(table_indices),
        cmocka_unit_test(the_deliberate_fault_is_caught),
    };
    return cmocka_run_group_tests_name("x86_64/addr", tests, NULL, NULL);
}
