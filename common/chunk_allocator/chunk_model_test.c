/* SPDX-License-Identifier: MIT */
/* Random programs against the model, and deliberate faults that it has to find. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "chunk_allocator/chunk_model_host.h"

static uint64_t state;

static size_t draw(size_t below)
{
    uint64_t z = (state += 0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return (size_t)((z ^ z >> 31) % below);
}

/* How a program behaves: mostly small blocks, or up to the whole heap, or long ones. */
struct habit {
    size_t largest, align_log2, free_of_8;
};

static size_t draw_size(const struct model *m, const struct habit *h)
{
    size_t chunk = m->setup.chunk_bytes, all = m->count * chunk;
    switch (draw(40)) {
    case 0: return draw(2 * all + 2);
    case 1: return SIZE_MAX - draw(2 * chunk);
    case 2: return draw(3) * 64 * chunk + draw(3);
    default: return draw(h->largest * chunk + 1);
    }
}

static const char *one_step(struct model *m, const struct habit *h)
{
    size_t align = (size_t)1 << (draw(8) ? 0 : draw(h->align_log2 + 1));
    size_t what = draw(32), blocks = m->block_count, chunk = m->setup.chunk_bytes;
    size_t any = draw(m->capacity + 70), size = draw_size(m, h);
    if (what == 0) return model_foreign(m, draw((m->capacity + 2) * chunk) - chunk);
    if (what == 1) return model_foreign(m, draw(m->count + 1) * chunk);
    if (what == 2) return model_used_in(m, any, draw(m->capacity + 70));
    if (what == 3 && any % 50 == 0) return model_extend(m, m->count - 2 + draw(20));
    if (blocks == MODEL_BLOCKS || (blocks && (what & 7) < h->free_of_8))
        return model_free(m, draw(blocks));
    if (blocks && what >= 26) return model_realloc(m, draw(blocks), size, align);
    return model_alloc(m, size, align);
}

enum fault { NO_FAULT, FAULT_USED, FAULT_LAST, FAULT_LOST_RUN, FAULT_HISTOGRAM, FAULTS };

/* Something is done to the book that the library must never do. */
static void break_book(struct model *m, enum fault fault)
{
    struct chunk_allocator *a = &m->a;
    size_t i = m->count / 2;
    if (fault == FAULT_USED) a->words[i >> 6].used ^= (uint64_t)1 << (i & 63);
    if (fault == FAULT_LAST) a->words[i >> 6].last ^= (uint64_t)1 << (i & 63);
    if (fault == FAULT_HISTOGRAM) a->lengths = 0;
    if (fault == FAULT_LOST_RUN)
        for (size_t w = 0; w < a->runs_count[0]; w++) a->runs[0][w] = 0;
}

/* What went wrong, or NULL.  The book is looked at after every `every` steps, if any. */
static const char *program(struct model *m, const struct habit *h, size_t steps,
                           size_t every, enum fault fault)
{
    for (size_t i = 1; i <= steps; i++) {
        const char *wrong = one_step(m, h);
        if (!wrong && every && i % every == 0) wrong = model_book(m);
        if (!wrong && every && i % every == 0) wrong = model_blocks(m);
        if (wrong) return wrong;
        if (i == steps / 2) break_book(m, fault);
    }
    return NULL;
}

static struct model model;

static void run(size_t count, size_t chunk, size_t shift, enum chunk_fit fit,
                const struct habit *h, size_t steps)
{
    const char *wrong = model_init(&model, count, count + count / 4, chunk, shift, fit);
    state = count * 1000 + shift + fit;
    if (!wrong) wrong = program(&model, h, steps, steps / 50 + 1, NO_FAULT);
    if (wrong)
        fail_msg("%zu chunks of %zu, shift %zu, fit %d: %s", count, chunk, shift, fit,
                 wrong);
    while (model.block_count) assert_null(model_free(&model, model.block_count - 1));
    assert_null(model_book(&model));
    model_fini(&model);
}

static const struct habit small = {4, 8, 3}, middle = {20, 13, 3}, large = {150, 14, 3},
                          full = {3, 6, 2};

/* Every length of the last word, and of none. */
static void edges_of_the_bitmap(void **unused)
{
    (void)unused;
    for (size_t count = 1; count <= 200; count++)
        for (int fit = CHUNK_NEXT_FIT; fit <= CHUNK_BEST_FIT; fit++) {
            run(count, 4, count % 7, fit, &small, 1200);
            run(count, 2, count % 5, fit, &full, 1200);
        }
}

static void small_heaps(void **unused)
{
    static const size_t counts[] = {63, 64, 65, 100, 127, 128, 129, 191, 192, 256, 300};
    (void)unused;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        for (int fit = CHUNK_NEXT_FIT; fit <= CHUNK_BEST_FIT; fit++) {
            run(counts[i], 8, i, fit, &small, 25000);
            run(counts[i], 1, i, fit, &middle, 25000);
            run(counts[i], 16, i, fit, &large, 10000);
            run(counts[i], 1, 3 * i, fit, &full, 25000);
        }
}

/* More than one level, and blocks far longer than a word. */
static void large_heaps(void **unused)
{
    (void)unused;
    for (int fit = CHUNK_NEXT_FIT; fit <= CHUNK_BEST_FIT; fit++) {
        run(5000, 1, 1, fit, &large, 6000);
        run(1024 * 64, 1, 3, fit, &(struct habit){3000, 15, 3}, 1500);
        run(20000, 1, 0, fit, &(struct habit){64, 6, 1}, 3000);
        run(4096, 4, 77, fit, &(struct habit){300, 14, 3}, 4000);
    }
}

static void faults_are_found(void **unused)
{
    (void)unused;
    for (int fault = NO_FAULT; fault < FAULTS; fault++)
        for (int fit = CHUNK_NEXT_FIT; fit <= CHUNK_BEST_FIT; fit++) {
            state = 7;
            assert_null(model_init(&model, 200, 200, 4, 0, fit));
            /* By what the calls return alone: nobody looks into the book. */
            const char *wrong = program(&model, &small, 20000, 0, fault);
            assert_true((wrong != NULL) == (fault != NO_FAULT));
            model_fini(&model);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(edges_of_the_bitmap),
        cmocka_unit_test(small_heaps),
        cmocka_unit_test(large_heaps),
        cmocka_unit_test(faults_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
