/* SPDX-License-Identifier: MIT */
/* The walk.  The oracle is a second reader, written from 3.6.2 without the first: it knows
 * no structures and no pointers, only byte offsets in 64 bits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "multiboot2/header.h"
#include "multiboot2/multiboot2.h"
#include "multiboot2/test_block.h"

#define MAX_TAGS 600

/* Everything that can be seen of a walk. */
struct walk {
    enum multiboot2_status status;
    uint64_t stopped_at;
    size_t count;
    uint64_t offset[MAX_TAGS];
};

static void walk_by_the_book(const uint8_t *info, uint64_t limit, struct walk *w)
{
    memset(w, 0, sizeof *w);
    w->status = MULTIBOOT2_TRUNCATED;
    if (limit < 8) return;
    uint64_t total = peek(info, 4);
    if (total > limit) return;
    w->status = MULTIBOOT2_TOO_SHORT;
    if (total < 16) return;

    uint64_t at = 8;
    for (;;) {
        w->stopped_at = at < total ? at : total;
        w->status = MULTIBOOT2_NO_END;
        if (at + 8 > total) return;
        uint64_t type = peek(info + at, 4), size = peek(info + at + 4, 4);
        w->status = MULTIBOOT2_TAG_TOO_SHORT;
        if (size < 8) return;
        w->status = MULTIBOOT2_TAG_TOO_LONG;
        if (at + size > total) return;
        w->status = size == 8 ? MULTIBOOT2_COMPLETE : MULTIBOOT2_BAD_END;
        if (type == 0) return;
        w->offset[w->count++] = at;
        at += size;
        while (at % 8 != 0) at++;
    }
}

static void walk_with_the_library(const uint8_t *info, size_t limit, struct walk *w)
{
    struct multiboot2_reader r;
    const struct multiboot2_tag *tag;

    memset(w, 0, sizeof *w);
    multiboot2_init(&r, info, limit);
    while ((tag = multiboot2_next(&r))) w->offset[w->count++] = (const uint8_t *)tag - info;
    assert_null(multiboot2_next(&r));
    w->status = r.status;
    w->stopped_at = multiboot2_offset_bytes(&r);
}

static bool same_walk(const struct walk *a, const struct walk *b)
{
    return a->status == b->status && a->stopped_at == b->stopped_at && a->count == b->count &&
           memcmp(a->offset, b->offset, a->count * sizeof a->offset[0]) == 0;
}

/* Both walks of `len` bytes in a heap block of exactly that length. */
static enum multiboot2_status both_agree(const uint8_t *bytes, size_t len)
{
    static struct walk expected, got;
    uint8_t *info = heap_copy(bytes, len);

    walk_by_the_book(info, len, &expected);
    walk_with_the_library(info, len, &got);
    free(info);
    assert_true(same_walk(&expected, &got));
    return got.status;
}

/* Tags of every remainder of 8, so that every amount of padding occurs. */
static void make_good_block(struct block *b)
{
    begin_block(b);
    for (uint32_t extra = 0; extra <= 17; extra++) {
        begin_tag(b, 1 + extra);
        for (uint32_t i = 0; i < extra; i++) put8(b, 0xa0 + i);
        end_tag(b);
    }
    end_block(b);
}

static void a_good_block_is_walked_to_its_end(void **state)
{
    (void)state;
    static struct block b;
    make_good_block(&b);
    assert_int_equal(both_agree(b.bytes, b.len), MULTIBOOT2_COMPLETE);
    /* What lies behind total_size, or behind the end tag, does not matter. */
    assert_int_equal(both_agree(b.bytes, b.len + 100), MULTIBOOT2_COMPLETE);
    poke32(b.bytes, b.len + 100);
    assert_int_equal(both_agree(b.bytes, b.len + 100), MULTIBOOT2_COMPLETE);
}

static void every_cut_is_seen(void **state)
{
    (void)state;
    static struct block b;
    make_good_block(&b);
    for (uint32_t cut = 0; cut < b.len; cut++) /* the memory ends early */
        assert_int_equal(both_agree(b.bytes, cut), MULTIBOOT2_TRUNCATED);
    poke32(b.bytes, 4); /* even a total_size that claims to fit in less than itself */
    for (uint32_t cut = 0; cut < 8; cut++)
        assert_int_equal(both_agree(b.bytes, cut), MULTIBOOT2_TRUNCATED);
    for (uint32_t cut = 8; cut < b.len; cut++) { /* and total_size agrees with it */
        poke32(b.bytes, cut);
        enum multiboot2_status status = both_agree(b.bytes, cut);
        assert_true(status == MULTIBOOT2_TOO_SHORT || status == MULTIBOOT2_NO_END ||
                    status == MULTIBOOT2_TAG_TOO_LONG);
    }
}

static void each_fault_has_its_status(void **state)
{
    (void)state;
    static const struct {
        uint32_t total_size, type, size, next_type, next_size;
        enum multiboot2_status status;
        uint32_t stopped_at;
    } cases[] = {
        {24, 1, 8, 0, 8, MULTIBOOT2_COMPLETE, 16},
        {0, 1, 8, 0, 8, MULTIBOOT2_TOO_SHORT, 0},
        {15, 0, 8, 0, 8, MULTIBOOT2_TOO_SHORT, 0},
        {25, 1, 8, 0, 8, MULTIBOOT2_TRUNCATED, 0},
        {0xffffffff, 1, 8, 0, 8, MULTIBOOT2_TRUNCATED, 0},
        {24, 1, 0, 0, 8, MULTIBOOT2_TAG_TOO_SHORT, 8},
        {24, 1, 7, 0, 8, MULTIBOOT2_TAG_TOO_SHORT, 8},
        {24, 0, 0, 0, 8, MULTIBOOT2_TAG_TOO_SHORT, 8},
        {24, 1, 8, 0, 0, MULTIBOOT2_TAG_TOO_SHORT, 16},
        {24, 1, 17, 0, 8, MULTIBOOT2_TAG_TOO_LONG, 8},
        {24, 1, 0xfffffff9, 0, 8, MULTIBOOT2_TAG_TOO_LONG, 8},
        {24, 1, 0xffffffff, 0, 8, MULTIBOOT2_TAG_TOO_LONG, 8},
        {24, 0, 9, 0, 8, MULTIBOOT2_BAD_END, 8},
        {24, 0, 16, 0, 8, MULTIBOOT2_BAD_END, 8},
        {24, 1, 8, 2, 8, MULTIBOOT2_NO_END, 24},
        {24, 1, 16, 2, 8, MULTIBOOT2_NO_END, 24},
        {20, 1, 12, 2, 8, MULTIBOOT2_NO_END, 20},
        {23, 1, 8, 0, 8, MULTIBOOT2_NO_END, 16},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t bytes[24] = {0};
        struct walk got;
        poke32(bytes, cases[i].total_size);
        poke32(bytes + 8, cases[i].type);
        poke32(bytes + 12, cases[i].size);
        poke32(bytes + 16, cases[i].next_type);
        poke32(bytes + 20, cases[i].next_size);
        assert_int_equal(both_agree(bytes, sizeof bytes), cases[i].status);
        uint8_t *info = heap_copy(bytes, sizeof bytes);
        walk_with_the_library(info, sizeof bytes, &got);
        assert_int_equal(got.stopped_at, cases[i].stopped_at);
        free(info);
    }
}

static void no_block_and_a_misaligned_one_are_refused(void **state)
{
    (void)state;
    static struct block b;
    struct multiboot2_reader r;
    make_good_block(&b);
    multiboot2_init(&r, NULL, SIZE_MAX);
    assert_int_equal(r.status, MULTIBOOT2_NO_INFO);
    assert_null(multiboot2_next(&r));
    assert_null(multiboot2_find(&r, MULTIBOOT2_TAG_MODULE));
    assert_int_equal(multiboot2_size_bytes(&r), 0);
    for (size_t shift = 1; shift < 8; shift++) {
        uint8_t *memory = heap_copy(b.bytes, b.len + 8);
        memcpy(memory + shift, b.bytes, b.len);
        multiboot2_init(&r, memory + shift, b.len);
        assert_int_equal(r.status, MULTIBOOT2_MISALIGNED);
        assert_null(multiboot2_next(&r));
        free(memory);
    }
}

static uint32_t random_state = 1;

static uint32_t random_below(uint32_t n)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state % n;
}

/* Damage of the kinds that matter: a wild size, a small one, any byte, a cut. */
static void damage(uint8_t *bytes, uint32_t *len)
{
    uint32_t word = random_below(*len / 4) * 4;
    switch (random_below(5)) {
    case 0: poke32(bytes + word, random_state); break;
    case 1: poke32(bytes + word, random_below(64)); break;
    case 2: bytes[random_below(*len)] = (uint8_t)random_state; break;
    case 3: poke32(bytes, random_below(*len + 8)); break;
    default: *len -= random_below(*len / 8); break;
    }
}

static void damaged_blocks_are_walked_as_the_book_says(void **state)
{
    (void)state;
    static struct block good, bad;
    size_t seen[MULTIBOOT2_NO_END + 1] = {0};
    make_good_block(&good);
    for (int round = 0; round < 20000; round++) {
        bad = good;
        for (uint32_t n = 1 + random_below(4); n > 0; n--) damage(bad.bytes, &bad.len);
        seen[both_agree(bad.bytes, bad.len)]++;
    }
    /* The damage reaches every way to end that a block of its own can cause. */
    for (int s = MULTIBOOT2_TRUNCATED; s <= MULTIBOOT2_NO_END; s++) assert_true(seen[s] > 0);
    assert_true(seen[MULTIBOOT2_COMPLETE] > 0);
    assert_int_equal(seen[MULTIBOOT2_WALKING], 0);
}

static void tags_are_found_by_type(void **state)
{
    (void)state;
    static struct block b;
    struct multiboot2_reader r;
    begin_block(&b);
    for (uint32_t i = 0; i < 6; i++) {
        begin_tag(&b, i % 2 ? MULTIBOOT2_TAG_MODULE : MULTIBOOT2_TAG_NETWORK);
        end_tag(&b);
    }
    end_block(&b);
    uint8_t *info = heap_copy(b.bytes, b.len);
    multiboot2_init(&r, info, b.len);
    assert_int_equal(multiboot2_size_bytes(&r), b.len);
    for (uint32_t i = 1; i < 6; i += 2) {
        assert_ptr_equal(multiboot2_next_of(&r, MULTIBOOT2_TAG_MODULE), info + 8 + 8 * i);
        assert_ptr_equal(multiboot2_find(&r, MULTIBOOT2_TAG_NETWORK), info + 8);
        assert_ptr_equal(multiboot2_find(&r, MULTIBOOT2_TAG_MODULE), info + 16);
        assert_null(multiboot2_find(&r, MULTIBOOT2_TAG_APM));
        assert_null(multiboot2_find(&r, MULTIBOOT2_TAG_END));
    }
    assert_null(multiboot2_next_of(&r, MULTIBOOT2_TAG_MODULE));
    assert_int_equal(r.status, MULTIBOOT2_COMPLETE);
    assert_ptr_equal(multiboot2_find(&r, MULTIBOOT2_TAG_MODULE), info + 16);
    free(info);
}

static void every_status_has_its_own_words(void **state)
{
    (void)state;
    for (int a = MULTIBOOT2_WALKING; a <= MULTIBOOT2_NO_END + 1; a++)
        for (int b = MULTIBOOT2_WALKING; b < a; b++)
            assert_string_not_equal(multiboot2_status_text((enum multiboot2_status)a),
                                    multiboot2_status_text((enum multiboot2_status)b));
}

/* A kernel's header as 3.1 defines it: the four fields sum to 0. */
static void a_header_sums_to_zero(void **state)
{
    (void)state;
    struct multiboot2_header h = {MULTIBOOT2_HEADER_MAGIC, MULTIBOOT2_ARCHITECTURE_I386, 24,
                                  MULTIBOOT2_HEADER_CHECKSUM(MULTIBOOT2_ARCHITECTURE_I386, 24)};
    assert_int_equal((uint32_t)(h.magic + h.architecture + h.header_length + h.checksum), 0);
    assert_int_equal(h.checksum, 0x17adaf12); /* 2^32 - e85250d6h - 24, by hand */
}

/* The fault this suite must catch: a walk that forgets the padding, as is natural to write.
 * The comparison above has to tell it from the right one. */
static void the_deliberate_fault_is_caught(void **state)
{
    (void)state;
    static struct block b;
    static struct walk expected, wrong;
    make_good_block(&b);
    walk_by_the_book(b.bytes, b.len, &expected);
    wrong = (struct walk){.status = MULTIBOOT2_COMPLETE};
    for (uint64_t at = 8; at + 8 <= b.len && wrong.count < MAX_TAGS;) {
        wrong.stopped_at = at;
        if (peek(b.bytes + at, 4) == 0 || peek(b.bytes + at + 4, 4) < 8) break;
        wrong.offset[wrong.count++] = at;
        at += peek(b.bytes + at + 4, 4);
    }
    assert_false(same_walk(&expected, &wrong));
    assert_int_equal(expected.count, 18);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_block_is_walked_to_its_end),
        cmocka_unit_test(every_cut_is_seen),
        cmocka_unit_test(each_fault_has_its_status),
        cmocka_unit_test(no_block_and_a_misaligned_one_are_refused),
        cmocka_unit_test(damaged_blocks_are_walked_as_the_book_says),
        cmocka_unit_test(tags_are_found_by_type),
        cmocka_unit_test(every_status_has_its_own_words),
        cmocka_unit_test(a_header_sums_to_zero),
        cmocka_unit_test(the_deliberate_fault_is_caught),
    };
    return cmocka_run_group_tests_name("multiboot2/walk", tests, NULL, NULL);
}
