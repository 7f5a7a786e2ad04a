/* SPDX-License-Identifier: MIT */
/* The oracle is the definition, one bit at a time: bit i is in hi:lo when lo <= i <= hi. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/bits.h"

static uint64_t mask_by_definition(unsigned hi, unsigned lo)
{
    uint64_t mask = 0;
    for (unsigned i = lo; i <= hi; i++) mask += (uint64_t)1 << i;
    return mask;
}

static void masks_of_every_range(void **state)
{
    (void)state;
    for (unsigned hi = 0; hi < 64; hi++)
        for (unsigned lo = 0; lo <= hi; lo++) {
            assert_int_equal(BITS64(hi, lo), mask_by_definition(hi, lo));
            if (hi < 32) assert_int_equal(BITS32(hi, lo), mask_by_definition(hi, lo));
            if (hi < 8) assert_int_equal(BITS8(hi, lo), mask_by_definition(hi, lo));
        }
    assert_int_equal(BIT32(31), 0x80000000u);
    assert_int_equal(BIT64(63), 0x8000000000000000u);
}

static void fields_round_trip(void **state)
{
    (void)state;
    for (unsigned hi = 0; hi < 64; hi++)
        for (unsigned lo = 0; lo <= hi; lo++) {
            uint64_t mask = BITS64(hi, lo), largest = mask >> lo;
            assert_int_equal(field_put64(mask, largest), mask);
            assert_int_equal(field_get64(mask, ~UINT64_C(0)), largest);
            assert_int_equal(field_get64(mask, ~mask), 0);
            if (hi >= 32) continue;
            assert_int_equal(field_put32((uint32_t)mask, (uint32_t)largest), mask);
            assert_int_equal(field_get32((uint32_t)mask, UINT32_MAX), largest);
        }
}

static void a_value_too_wide_is_refused(void **state)
{
    (void)state;
    expect_assert_failure(field_put32(BITS32(18, 8), 0x800));
    expect_assert_failure(field_put64(BIT64(63), 2));
}

/* The fault this suite must catch: a mask one bit short, as in OpenBSD's MaxIntrs. */
static void the_deliberate_fault_is_caught(void **state)
{
    (void)state;
    const uint32_t one_short = BITS32(17, 8);
    assert_int_not_equal(one_short, mask_by_definition(18, 8));
    assert_int_equal(field_get32(one_short, UINT32_C(0x400) << 8), 0);
    assert_int_equal(field_get32(BITS32(18, 8), UINT32_C(0x400) << 8), 0x400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(masks_of_every_range),
        cmocka_unit_test(fields_round_trip),
        cmocka_unit_test(a_value_too_wide_is_refused),
        cmocka_unit_test(the_deliberate_fault_is_caught),
    };
    return cmocka_run_group_tests_name("base/bits", tests, NULL, NULL);
}
