/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"

/* Every split of a heap block: the sanitizer sees a read one byte past the end. */
static void no_read_passes_the_end(void **state)
{
    (void)state;
    for (size_t len = 0; len <= 16; len++) {
        uint8_t *block = malloc(len ? len : 1);
        for (size_t i = 0; i < len; i++) block[i] = (uint8_t)(0xa0 + i);
        for (size_t skip = 0; skip <= len; skip++)
            for (size_t size = 1; size <= 8; size++) {
                struct bytes b = bytes_of(block, len);
                assert_ptr_equal(bytes_take(&b, skip), block);
                uint64_t value = 0x5555;
                bool fits = skip + size <= len;
                assert_int_equal(bytes_read_le(&b, size, &value), fits);
                assert_int_equal(b.left, fits ? len - skip - size : len - skip);
                uint64_t expected = 0;
                for (size_t i = 0; i < size && fits; i++)
                    expected |= (uint64_t)block[skip + i] << (8 * i);
                assert_int_equal(value, fits ? expected : 0x5555);
            }
        free(block);
    }
}

static void lengths_near_the_largest_do_not_wrap(void **state)
{
    (void)state;
    uint8_t block[4] = {1, 2, 3, 4};
    struct bytes b = bytes_of(block, sizeof block), slice;
    assert_null(bytes_take(&b, SIZE_MAX));
    assert_false(bytes_slice(&b, SIZE_MAX - 1, &slice));
    assert_int_equal(b.left, 4);
}

static void a_slice_sees_only_its_part(void **state)
{
    (void)state;
    uint8_t block[6] = {1, 2, 3, 4, 5, 6};
    struct bytes b = bytes_of(block, sizeof block), slice;
    uint8_t v8;
    uint16_t v16;
    uint32_t v32;
    uint64_t v64;
    assert_true(bytes_slice(&b, 3, &slice));
    assert_true(bytes_read_u16(&slice, &v16));
    assert_int_equal(v16, 0x0201);
    assert_false(bytes_read_u16(&slice, &v16));
    assert_true(bytes_read_u8(&slice, &v8));
    assert_int_equal(v8, 3);
    assert_false(bytes_read_u32(&b, &v32));
    assert_false(bytes_read_u64(&b, &v64));
    assert_true(bytes_read_u16(&b, &v16));
    assert_int_equal(v16, 0x0504);
}

/* The fault this suite must catch: `at + n > end` wraps for a large n. */
static void the_deliberate_fault_is_caught(void **state)
{
    (void)state;
    uintptr_t at = UINTPTR_MAX - 3, end = at + 3;
    bool wrong_says_fits = at + 8 <= end;
    struct bytes b = {.at = (const uint8_t *)at, .left = 3};
    assert_true(wrong_says_fits);
    assert_null(bytes_take(&b, 8));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_read_passes_the_end),
        cmocka_unit_test(lengths_near_the_largest_do_not_wrap),
        cmocka_unit_test(a_slice_sees_only_its_part),
        cmocka_unit_test(the_deliberate_fault_is_caught),
    };
    return cmocka_run_group_tests_name("base/bytes", tests, NULL, NULL);
}
