/* SPDX-License-Identifier: MIT */
/* What the header promises, one promise a test.  Heaps lie in `memory` at chunks of 16. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chunk_allocator/chunk_private.h"

#define CHUNK 16
#define COUNT 1000 /* not a multiple of 64 */

static _Alignas(65536) uint8_t memory[1 << 20];
static uint64_t book[CHUNK_BOOK_BYTES(sizeof memory / CHUNK) / 8];
static struct chunk_allocator a;

static struct chunk_setup setup_of(size_t count, enum chunk_fit fit)
{
    return (struct chunk_setup){.memory = memory, .memory_bytes = count * CHUNK,
                                .chunk_bytes = CHUNK, .book = book,
                                .book_bytes = sizeof book, .fit = fit};
}

static void start(size_t count, enum chunk_fit fit)
{
    struct chunk_setup setup = setup_of(count, fit);
    assert_int_equal(chunk_init(&a, &setup), OK);
}

/* The number of the chunk at which a block of `n` begins; -1: there is none. */
static int take(size_t n)
{
    uint8_t *block = chunk_alloc(&a, n * CHUNK, 1);
    return block ? (int)((block - memory) / CHUNK) : -1;
}

static enum err drop(size_t chunk) { return chunk_free(&a, memory + chunk * CHUNK); }

static size_t used(void) { return chunk_usage(&a).used_count; }

static void setup_is_checked(void **unused)
{
    (void)unused;
    struct chunk_setup good = setup_of(COUNT, CHUNK_NEXT_FIT), s;
#define REFUSED(field, value)                                                              \
    do {                                                                                  \
        s = good;                                                                          \
        s.field = (value);                                                                 \
        assert_int_equal(chunk_init(&a, &s), ERR_RANGE);                                   \
    } while (0)
    REFUSED(chunk_bytes, 0);
    REFUSED(chunk_bytes, 24);
    REFUSED(memory, memory + 8);
    REFUSED(memory, NULL);
    REFUSED(capacity_bytes, COUNT * CHUNK - 1);
    REFUSED(memory_bytes, SIZE_MAX);
    REFUSED(memory_bytes, (CHUNK_MAX_COUNT + 1) * CHUNK);
    REFUSED(book, NULL);
    REFUSED(book, (uint8_t *)book + 4);
    REFUSED(book_bytes, 0);
    s = good;
    /* What the macro says is enough, and not much more than that. */
    s.book_bytes = CHUNK_BOOK_BYTES(COUNT);
    assert_int_equal(chunk_init(&a, &s), OK);
    REFUSED(book_bytes, CHUNK_BOOK_BYTES(COUNT) - 100);
    /* Up to the last byte of the address space, and not beyond. */
    REFUSED(memory_bytes, -(uintptr_t)memory + CHUNK);
}

static void macro_is_enough_for_every_count(void **unused)
{
    (void)unused;
    struct chunk_setup s = setup_of(0, CHUNK_NEXT_FIT);
    s.chunk_bytes = 1;
    for (size_t count = 1; count <= 5000; count++) {
        s.capacity_bytes = s.memory_bytes = count;
        s.book_bytes = CHUNK_BOOK_BYTES(count);
        assert_int_equal(chunk_init(&a, &s), OK);
    }
}

static void exhaustion_is_null_and_ends(void **unused)
{
    (void)unused;
    for (int fit = CHUNK_NEXT_FIT; fit <= CHUNK_BEST_FIT; fit++) {
        start(COUNT, fit);
        for (int i = 0; i < COUNT; i++) assert_int_equal(take(1), i);
        for (size_t n = 1; n <= COUNT + 1; n++) assert_int_equal(take(n), -1);
        assert_null(chunk_alloc(&a, SIZE_MAX, 1));
        assert_null(chunk_alloc(&a, SIZE_MAX - CHUNK, (size_t)1 << 63));
        struct chunk_usage u = chunk_usage(&a);
        assert_int_equal(u.used_count, COUNT);
        assert_int_equal(u.peak_used_count, COUNT);
        assert_int_equal(u.failed_count, COUNT + 3);
        assert_int_equal(u.free_run_count, 0);
        assert_int_equal(u.longest_free_run, 0);
        assert_int_equal(drop(COUNT - 1), OK);
        assert_int_equal(take(1), COUNT - 1);
    }
    start(0, CHUNK_NEXT_FIT);
    assert_int_equal(take(1), -1);
}

static void all_of_it_in_one_block(void **unused)
{
    (void)unused;
    for (size_t count = 1; count <= 260; count++) {
        start(count, CHUNK_NEXT_FIT);
        assert_int_equal(take(count + 1), -1);
        assert_int_equal(take(count), 0);
        assert_int_equal(take(1), -1);
        assert_int_equal(drop(0), OK);
        assert_int_equal(used(), 0);
        assert_int_equal(take(count), 0);
    }
}

static void sizes_are_rounded_up(void **unused)
{
    (void)unused;
    static const struct { size_t size, chunks; } table[] = {
        {0, 1}, {1, 1}, {15, 1}, {16, 1}, {17, 2}, {32, 2}, {1023, 64}, {1024, 64},
        {1025, 65}, {16000, COUNT},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        size_t size = 0;
        start(COUNT, CHUNK_BEST_FIT);
        void *block = chunk_alloc(&a, table[i].size, 1);
        assert_int_equal(used(), table[i].chunks);
        assert_int_equal(chunk_block_size(&a, block, &size), OK);
        assert_int_equal(size, table[i].chunks * CHUNK);
    }
}

static void every_alignment_is_kept(void **unused)
{
    (void)unused;
    for (int fit = CHUNK_NEXT_FIT; fit <= CHUNK_BEST_FIT; fit++)
        for (size_t align = 1; align <= 65536; align *= 2)
            for (size_t shift = 0; shift < 3; shift++) {
                struct chunk_setup s = setup_of(0, fit);
                s.memory = memory + shift * CHUNK;
                s.memory_bytes = sizeof memory - shift * CHUNK;
                assert_int_equal(chunk_init(&a, &s), OK);
                size_t expected = 0, got = 0;
                uintptr_t end = (uintptr_t)memory + sizeof memory;
                uintptr_t at = (uintptr_t)s.memory;
                for (; (at = (at + align - 1) & -align) + 3 * CHUNK <= end; expected++)
                    at += 3 * CHUNK;
                for (void *block; (block = chunk_alloc(&a, 3 * CHUNK, align)); got++)
                    assert_int_equal((uintptr_t)block % align, 0);
                assert_int_equal(got, expected);
            }
}

static void next_fit_goes_on_and_wraps(void **unused)
{
    (void)unused;
    start(10, CHUNK_NEXT_FIT);
    assert_int_equal(take(2), 0);
    assert_int_equal(take(3), 2);
    assert_int_equal(drop(0), OK);
    assert_int_equal(take(1), 5); /* not 0: on from where it was */
    assert_int_equal(take(5), -1);
    assert_int_equal(take(4), 6);
    assert_int_equal(take(1), 0);
    assert_int_equal(take(2), -1);
    assert_int_equal(take(1), 1);
}

static void best_fit_takes_the_shortest_run(void **unused)
{
    (void)unused;
    /* Runs of 5, 3, 4, 3, 200, 70 and 90 chunks, one used chunk between them. */
    static const size_t runs[] = {5, 3, 4, 3, 200, 70, 90};
    int at[7];
    start(COUNT, CHUNK_BEST_FIT);
    for (size_t i = 0; i < 7; i++) {
        at[i] = take(runs[i]);
        assert_true(take(1) > 0);
    }
    assert_true(take(COUNT - used()) > 0);
    for (size_t i = 0; i < 7; i++) assert_int_equal(drop((size_t)at[i]), OK);
    assert_int_equal(take(60), at[5]);
    assert_int_equal(take(9), at[5] + 60);
    assert_int_equal(take(3), at[1]);
    assert_int_equal(take(2), at[3]);
    assert_int_equal(take(1), at[3] + 2);
    assert_int_equal(take(1), at[5] + 69);
    assert_int_equal(take(80), at[6]);
    assert_int_equal(take(11), at[4]);
    assert_int_equal(take(4), at[2]);
    assert_int_equal(take(4), at[0]);
}

static void what_is_not_a_block_is_refused(void **unused)
{
    (void)unused;
    start(100, CHUNK_NEXT_FIT);
    assert_int_equal(take(70), 0);
    assert_int_equal(take(2), 70);
    assert_int_equal(chunk_free(&a, NULL), OK);
    assert_int_equal(chunk_free(&a, memory + 1), ERR_RANGE);            /* no chunk */
    assert_int_equal(drop(1), ERR_RANGE);                               /* inside */
    assert_int_equal(drop(64), ERR_RANGE);                              /* inside */
    assert_int_equal(drop(71), ERR_RANGE);                              /* inside */
    assert_int_equal(drop(72), ERR_NOT_FOUND);                          /* free */
    assert_int_equal(drop(100), ERR_RANGE);                             /* behind */
    assert_int_equal(chunk_free(&a, (void *)16), ERR_RANGE);            /* before */
    assert_int_equal(chunk_free(&a, (void *)(uintptr_t)-CHUNK), ERR_RANGE);
    assert_int_equal(used(), 72);
    assert_int_equal(drop(70), OK);
    assert_int_equal(drop(70), ERR_NOT_FOUND);
    assert_int_equal(used(), 70);
}

static void realloc_in_place(void **unused)
{
    (void)unused;
    static const size_t sizes[] = {1, 2, 63, 64, 65, 130, 700, 128, 64, 3, 1, 1000, 0};
    void *block = NULL;
    for (int fit = CHUNK_NEXT_FIT; fit <= CHUNK_BEST_FIT; fit++) {
        start(COUNT, fit);
        block = NULL; /* the first one is allocated */
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            assert_int_equal(chunk_realloc(&a, block, sizes[i] * CHUNK, CHUNK, &block), OK);
            assert_ptr_equal(block, memory);
            assert_int_equal(used(), sizes[i] ? sizes[i] : 1);
            assert_int_equal(chunk_usage(&a).block_count, 1);
        }
        assert_int_equal(chunk_usage(&a).peak_used_count, COUNT);
        assert_int_equal(chunk_free(&a, block), OK);
        assert_int_equal(used(), 0);
    }
}

static void realloc_moves_or_leaves_alone(void **unused)
{
    (void)unused;
    void *block, *moved = &block;
    start(20, CHUNK_NEXT_FIT);
    block = chunk_alloc(&a, 5 * CHUNK, 1);
    assert_int_equal(take(3), 5);
    memcpy(block, "what it holds", 14);
    /* In the way: moved, and the old place is free again. */
    assert_int_equal(chunk_realloc(&a, block, 6 * CHUNK, 1, &moved), OK);
    assert_ptr_equal(moved, memory + 8 * CHUNK);
    assert_string_equal(moved, "what it holds");
    assert_int_equal(drop(0), ERR_NOT_FOUND);
    assert_int_equal(used(), 9);
    /* No room for both: the old one stays, with all it holds. */
    block = moved;
    assert_int_equal(chunk_realloc(&a, block, 13 * CHUNK, 1, &moved), ERR_NOMEM);
    assert_ptr_equal(moved, block);
    assert_string_equal(block, "what it holds");
    assert_int_equal(used(), 9);
    /* Overflowing sizes are only too large. */
    assert_int_equal(chunk_realloc(&a, block, SIZE_MAX, 1, &moved), ERR_NOMEM);
    /* A stricter alignment moves it even where it shrinks. */
    assert_int_equal(chunk_realloc(&a, block, CHUNK, 256, &moved), OK);
    assert_ptr_equal(moved, memory + 256);
    assert_string_equal(moved, "what it holds");
    assert_int_equal(used(), 4);
}

static void the_heap_grows(void **unused)
{
    (void)unused;
    struct chunk_setup s = setup_of(3, CHUNK_NEXT_FIT);
    s.capacity_bytes = COUNT * CHUNK;
    assert_int_equal(chunk_init(&a, &s), OK);
    assert_int_equal(take(4), -1);
    assert_int_equal(take(2), 0);
    assert_int_equal(chunk_extend(&a, 66 * CHUNK), OK);
    assert_int_equal(take(64), 2); /* the old end and the new chunks are one run */
    assert_int_equal(chunk_extend(&a, 65 * CHUNK), ERR_RANGE);
    assert_int_equal(chunk_extend(&a, COUNT * CHUNK + CHUNK), ERR_RANGE);
    assert_int_equal(chunk_extend(&a, COUNT * CHUNK), OK);
    assert_int_equal(take(COUNT - 66), 66);
    assert_int_equal(used(), COUNT);
}

/* Full but for one chunk in 64, 98.4 %: that nothing longer is free is known without a
 * look at the tree, the map of touched words or any word but the one at hand.  They are
 * taken away to prove it. */
static void out_of_memory_is_one_test(void **unused)
{
    (void)unused;
    size_t count = sizeof memory / CHUNK;
    for (int fit = CHUNK_NEXT_FIT; fit <= CHUNK_BEST_FIT; fit++) {
        start(count, fit);
        for (size_t i = 0; i < count; i++) assert_int_equal(take(1), i);
        for (size_t i = 31; i < count; i += 64) assert_int_equal(drop(i), OK);
        struct chunk_usage u = chunk_usage(&a);
        assert_int_equal(u.free_run_count, count / 64);
        assert_int_equal(u.longest_free_run, 1);

        struct chunk_allocator blind = a;
        struct chunk_word at_hand[3] = {{~0ull, 0}, {~0ull, 0}, {~0ull, 0}};
        memset(blind.runs, 0, sizeof blind.runs);
        blind.touched = NULL;
        blind.words = at_hand + 1;
        blind.hint = 0;
        for (size_t n = 2; n <= 64; n++) assert_null(chunk_alloc(&blind, n * CHUNK, 1));
        assert_null(chunk_alloc(&blind, count * CHUNK, 4096));
        assert_int_equal(take(1), 31);
    }
}

/* After one search for a long block has failed, the next one knows. */
static void out_of_memory_for_long_blocks(void **unused)
{
    (void)unused;
    start(COUNT, CHUNK_NEXT_FIT);
    assert_int_equal(take(200), 0);
    assert_int_equal(take(1), 200);
    assert_int_equal(take(COUNT - 201), 201);
    assert_int_equal(drop(0), OK);
    assert_int_equal(take(300), -1);
    assert_int_equal(a.longest_bound, 200);
    assert_int_equal(take(201), -1);
    assert_int_equal(drop(200), OK); /* 201 free now */
    assert_int_equal(take(202), -1);
    assert_int_equal(take(201), 0);
}

/* What a search has found out is kept: the second one through the same words skips them. */
static void searches_repair_the_book(void **unused)
{
    (void)unused;
    size_t count = sizeof memory / CHUNK;
    start(count, CHUNK_NEXT_FIT);
    assert_int_equal(take(count), 0);
    assert_int_equal(drop(0), OK);
    assert_true(a.touched[1] == UINT64_MAX);
    assert_int_equal(take(count + 1), -1); /* more than there is: no search */
    assert_true(a.touched[1] == UINT64_MAX);
    assert_int_equal(take(count), 0);      /* a search from one end to the other */
    assert_int_equal(drop(0), OK);
    assert_int_equal(take(1), 0);
    assert_int_equal(take(count), -1);
    assert_true(a.touched[1] == 0);

    /* A run that is gone leaves its length in the tree until somebody looks for it. */
    start(count, CHUNK_BEST_FIT);
    for (size_t i = 0; i < count; i++) assert_int_equal(take(1), i);
    for (size_t i = 0; i < 2; i++) assert_int_equal(drop(100 + i), OK);
    for (size_t i = 0; i < 2; i++) assert_int_equal(drop(9000 + i), OK);
    assert_int_equal(take(1), 100);
    assert_true(a.runs[0][100 / 64] & chunk_class_bit(2));
    assert_int_equal(take(2), 9000);
    assert_false(a.runs[0][100 / 64] & chunk_class_bit(2));
}

static void maps_and_lists(void **unused)
{
    (void)unused;
    start(200, CHUNK_NEXT_FIT);
    assert_null(chunk_next(&a, NULL));
    assert_int_equal(take(3), 0);
    assert_int_equal(take(100), 3);
    assert_int_equal(take(1), 103);
    assert_int_equal(drop(3), OK);
    assert_ptr_equal(chunk_next(&a, NULL), memory);
    assert_ptr_equal(chunk_next(&a, memory), memory + 103 * CHUNK);
    assert_null(chunk_next(&a, memory + 103 * CHUNK));
    assert_int_equal(chunk_used_in(&a, 0, 200), 4);
    assert_int_equal(chunk_used_in(&a, 1, 103), 3);
    assert_int_equal(chunk_used_in(&a, 103, SIZE_MAX), 1);
    assert_int_equal(chunk_used_in(&a, 200, 1), 0); /* beyond the end */
    assert_int_equal(chunk_used_in(&a, SIZE_MAX, SIZE_MAX), 0);
}

static void broken_contracts_assert(void **unused)
{
    (void)unused;
    void *moved = NULL;
    start(10, CHUNK_NEXT_FIT);
    expect_assert_failure(moved = chunk_alloc(&a, 1, 0));
    expect_assert_failure(moved = chunk_alloc(&a, 1, 24));
    expect_assert_failure((void)!chunk_realloc(&a, NULL, 1, 3, &moved));
    expect_assert_failure(chunk_next(&a, memory));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(setup_is_checked),
        cmocka_unit_test(macro_is_enough_for_every_count),
        cmocka_unit_test(exhaustion_is_null_and_ends),
        cmocka_unit_test(all_of_it_in_one_block),
        cmocka_unit_test(sizes_are_rounded_up),
        cmocka_unit_test(every_alignment_is_kept),
        cmocka_unit_test(next_fit_goes_on_and_wraps),
        cmocka_unit_test(best_fit_takes_the_shortest_run),
        cmocka_unit_test(what_is_not_a_block_is_refused),
        cmocka_unit_test(realloc_in_place),
        cmocka_unit_test(realloc_moves_or_leaves_alone),
        cmocka_unit_test(the_heap_grows),
        cmocka_unit_test(out_of_memory_is_one_test),
        cmocka_unit_test(out_of_memory_for_long_blocks),
        cmocka_unit_test(searches_repair_the_book),
        cmocka_unit_test(maps_and_lists),
        cmocka_unit_test(broken_contracts_assert),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
