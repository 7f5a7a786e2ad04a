/* SPDX-License-Identifier: MIT */
/* Hardware breakpoints: DR7 words typed from SDM 3B figure 17-1, what cannot be
 * watched, and what DR6 says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "x86_64/debug.h"

static void breakpoints_the_processor_takes(void **state)
{
    (void)state;
    static const struct {
        struct debug_breakpoint b;
        unsigned n;
        uint64_t dr7; /* typed from SDM 3B figure 17-1 */
    } good[] = {
        {{0x1234, DEBUG_EXECUTE, 1, false, true}, 0, 0x00000402},
        {{0x1234, DEBUG_WRITE, 4, true, false}, 1, 0x00d00404},
        {{0x1238, DEBUG_READ_WRITE, 8, false, true}, 2, 0x0b000420},
        {{0x60, DEBUG_PORT, 1, true, true}, 3, 0x200004c0},
        {{0x1236, DEBUG_WRITE, 2, false, false}, 3, 0x50000400},
        {{0xffffffff80000000, DEBUG_EXECUTE, 1, true, false}, 3, 0x00000440},
    };
    for (unsigned i = 0; i < sizeof good / sizeof good[0]; i++) {
        uint64_t dr7 = 0;
        assert_int_equal(dr7_with(DR7_NONE, good[i].n, &good[i].b, PAGING_4_LEVELS, &dr7),
                         OK);
        assert_int_equal(dr7, good[i].dr7);
        struct debug_breakpoint back = dr7_get(dr7, good[i].n, good[i].b.address);
        assert_int_equal(back.condition, good[i].b.condition);
        assert_int_equal(back.len_bytes, good[i].b.len_bytes);
        assert_int_equal(back.local, good[i].b.local);
        assert_int_equal(back.global, good[i].b.global);
        assert_int_equal(dr7_without(dr7, good[i].n), DR7_NONE);
        /* Over everything else set: only the fields of breakpoint n change. */
        uint64_t full = 0;
        assert_int_equal(
            dr7_with(0xffff2fff, good[i].n, &good[i].b, PAGING_4_LEVELS, &full), OK);
        assert_int_equal(dr7_without(full, good[i].n),
                         dr7_without(0xffff2fff, good[i].n));
    }
}

static void breakpoints_the_processor_cannot_watch(void **state)
{
    (void)state;
    static const struct debug_breakpoint bad[] = {
        {0x1234, DEBUG_EXECUTE, 4, true, true},  {0x1234, DEBUG_EXECUTE, 0, true, true},
        {0x1235, DEBUG_WRITE, 2, true, true},    {0x1234, DEBUG_WRITE, 8, true, true},
        {0x1234, DEBUG_WRITE, 3, true, true},    {0x1230, DEBUG_WRITE, 16, true, true},
        {0x1000, DEBUG_WRITE, 0, true, true},    {0x1000, DEBUG_PORT, 8, true, true},
        {0x10000, DEBUG_PORT, 1, true, true},    {0x61, DEBUG_PORT, 2, true, true},
        {0x800000000000, DEBUG_EXECUTE, 1, true, true},
        {0x1000, (enum debug_condition)4, 1, true, true},
    };
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        uint64_t dr7 = 42;
        assert_int_equal(dr7_with(DR7_NONE, 0, &bad[i], PAGING_4_LEVELS, &dr7),
                         ERR_RANGE);
        assert_int_equal(dr7, 42);
    }
    uint64_t dr7;
    expect_assert_failure((void)(dr7_with(0, 4, &bad[0], PAGING_4_LEVELS, &dr7) == OK));
}

static void what_stopped_us(void **state)
{
    (void)state;
    assert_int_equal(dr6_breakpoint(DR6_NONE, 0xff), -1);
    assert_int_equal(dr6_breakpoint(DR6_NONE | 0x4, 0x10 | DR7_FIXED), 2);
    assert_int_equal(dr6_breakpoint(DR6_NONE | 0x4, DR7_FIXED), -1); /* hit, but not on */
    assert_int_equal(dr6_breakpoint(DR6_NONE | 0xc, 0xff), 2);
    assert_false(dr6_is_bus_lock(DR6_NONE));
    assert_false(dr6_is_transaction(DR6_NONE));
    assert_true(dr6_is_bus_lock(DR6_NONE & ~DR6_BLD));
    fake_cpu.dr6 = 0xf;
    dr6_clear();
    assert_int_equal(dr6_read(), 0xffff0ff0);
    for (unsigned n = 0; n < 4; n++) dr_write_address(n, 0x1000 + n);
    for (unsigned n = 0; n < 4; n++) assert_int_equal(dr_read_address(n), 0x1000 + n);
    assert_int_equal(fake_cpu.dr2, 0x1002);
    dr7_write(0x2);
    assert_int_equal(dr7_read(), 0x402);
    expect_assert_failure(dr7_write(BIT64(32)));
    expect_assert_failure(dr_write_address(4, 0));
}

/* The fault this suite must catch: the length codes 2 and 3 taken in numerical order. */
static void the_deliberate_fault_is_caught(void **state)
{
    (void)state;
    const struct debug_breakpoint b = {0x1238, DEBUG_WRITE, 8, true, true};
    uint64_t right = 0;
    assert_int_equal(dr7_with(DR7_NONE, 0, &b, PAGING_4_LEVELS, &right), OK);
    uint64_t wrong = (right & ~DR7_LENGTH(0)) | field_put64(DR7_LENGTH(0), 3);
    assert_int_not_equal(dr7_get(wrong, 0, b.address).len_bytes, 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(breakpoints_the_processor_takes),
        cmocka_unit_test(breakpoints_the_processor_cannot_watch),
        cmocka_unit_test(what_stopped_us),
        cmocka_unit_test(the_deliberate_fault_is_caught),
    };
    return cmocka_run_group_tests_name("x86_64/debug", tests, NULL, NULL);
}
