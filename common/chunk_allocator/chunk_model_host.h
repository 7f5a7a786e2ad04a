/* SPDX-License-Identifier: MIT */
/*
 * For tests: a heap beside its model, which is one number a chunk and looks for places in
 * the plainest way there is.  It knows where each block has to be, not only that it may be
 * there.  Every function returns NULL, or in words what is not as it should be.
 */
#ifndef CHUNK_ALLOCATOR_CHUNK_MODEL_HOST_H
#define CHUNK_ALLOCATOR_CHUNK_MODEL_HOST_H

#include <stdlib.h>
#include <string.h>

#include "chunk_allocator/chunk_private.h"

#define MODEL_BLOCKS 4096

struct model {
    struct chunk_allocator a;
    struct chunk_setup setup;
    uint8_t *buffer;
    size_t count, capacity, hint, used, peak, failed;
    uint32_t *owner; /* by chunk: 0 free, else the number of its block + 1 */
    size_t block_count;
    uint8_t marks;
    struct model_block {
        uint8_t *at;
        size_t first, chunks;
        uint8_t mark; /* in every byte of it */
    } blocks[MODEL_BLOCKS];
};

#define MODEL_CHECK(condition)                                                             \
    do {                                                                                  \
        if (!(condition)) return #condition;                                               \
    } while (0)

/* The heap begins `shift` chunks after an address aligned to 4096 and to the chunk. */
static inline const char *model_init(struct model *m, size_t count, size_t capacity,
                                     size_t chunk, size_t shift, enum chunk_fit fit)
{
    size_t align = chunk > 4096 ? chunk : 4096;
    memset(m, 0, offsetof(struct model, blocks));
    m->count = count;
    m->capacity = capacity;
    m->buffer = aligned_alloc(align, ((capacity + shift) * chunk + align) & -align);
    m->owner = calloc(capacity + 1, sizeof *m->owner);
    m->setup = (struct chunk_setup){.memory = m->buffer + shift * chunk,
                                    .memory_bytes = count * chunk + chunk / 2,
                                    .capacity_bytes = capacity * chunk + chunk / 2,
                                    .chunk_bytes = chunk,
                                    .book_bytes = CHUNK_BOOK_BYTES(capacity),
                                    .fit = fit};
    m->setup.book = malloc(m->setup.book_bytes);
    memset(m->setup.book, 0x5a, m->setup.book_bytes);
    MODEL_CHECK(m->buffer && m->owner && m->setup.book);
    MODEL_CHECK(chunk_init(&m->a, &m->setup) == OK);
    return NULL;
}

static inline void model_fini(struct model *m)
{
    free(m->setup.book);
    free(m->owner);
    free(m->buffer);
}

static inline uint8_t *model_chunk(const struct model *m, size_t i)
{
    return (uint8_t *)m->setup.memory + i * m->setup.chunk_bytes;
}

static inline size_t model_chunks_for(const struct model *m, size_t size)
{
    if (size == 0) return 1;
    return size / m->setup.chunk_bytes + (size % m->setup.chunk_bytes != 0);
}

static inline bool model_fits(const struct model *m, size_t i, size_t n, size_t align)
{
    if (n > m->count - i || (uintptr_t)model_chunk(m, i) % align) return false;
    for (size_t k = 0; k < n; k++)
        if (m->owner[i + k]) return false;
    return true;
}

static inline size_t model_next_fit(const struct model *m, size_t n, size_t align)
{
    for (size_t i = m->hint; i < m->count; i++)
        if (model_fits(m, i, n, align)) return i;
    for (size_t i = 0; i < m->hint; i++)
        if (model_fits(m, i, n, align)) return i;
    return CHUNK_NONE;
}

static inline size_t model_best_fit(const struct model *m, size_t n, size_t align)
{
    size_t best = CHUNK_NONE, best_length = SIZE_MAX;
    for (size_t i = 0, end; i < m->count; i = end + 1) {
        for (end = i; end < m->count && !m->owner[end]; end++) continue;
        if (end - i < n || end - i >= best_length) continue;
        for (size_t k = i; k + n <= end; k++)
            if ((uintptr_t)model_chunk(m, k) % align == 0) {
                best = k;
                best_length = end - i;
                break;
            }
    }
    return best;
}

static inline size_t model_place(const struct model *m, size_t n, size_t align)
{
    return m->setup.fit == CHUNK_BEST_FIT ? model_best_fit(m, n, align)
                                          : model_next_fit(m, n, align);
}

static inline void model_paint(struct model *m, struct model_block *b, uint32_t owner)
{
    for (size_t k = 0; k < b->chunks; k++) m->owner[b->first + k] = owner;
    m->used += owner ? b->chunks : -b->chunks;
    if (m->used > m->peak) m->peak = m->used;
}

static inline void model_mark(struct model *m, struct model_block *b)
{
    b->mark = m->marks++;
    memset(b->at, b->mark, b->chunks * m->setup.chunk_bytes);
}

static inline const char *model_marked(const struct model *m, const struct model_block *b,
                                       size_t chunks)
{
    MODEL_CHECK(b->at[0] == b->mark); /* and every byte is like the one before it */
    MODEL_CHECK(memcmp(b->at, b->at + 1, chunks * m->setup.chunk_bytes - 1) == 0);
    return NULL;
}

static inline const char *model_figures(const struct model *m)
{
    struct chunk_usage u = chunk_usage(&m->a);
    MODEL_CHECK(u.chunk_bytes == m->setup.chunk_bytes && u.chunk_count == m->count);
    MODEL_CHECK(u.used_count == m->used && u.peak_used_count == m->peak);
    MODEL_CHECK(u.block_count == m->block_count && u.failed_count == m->failed);
    return NULL;
}

static inline const char *model_alloc(struct model *m, size_t size, size_t align)
{
    size_t n = model_chunks_for(m, size), place = model_place(m, n, align);
    uint8_t *at = chunk_alloc(&m->a, size, align);
    if (place == CHUNK_NONE) {
        m->failed++;
        MODEL_CHECK(at == NULL);
        return model_figures(m);
    }
    MODEL_CHECK(at == model_chunk(m, place));
    struct model_block *b = &m->blocks[m->block_count++];
    *b = (struct model_block){.at = at, .first = place, .chunks = n};
    model_paint(m, b, (uint32_t)m->block_count);
    model_mark(m, b);
    m->hint = place + n;
    return model_figures(m);
}

static inline void model_forget(struct model *m, size_t number)
{
    struct model_block *b = &m->blocks[number];
    model_paint(m, b, 0);
    *b = m->blocks[--m->block_count];
    if (number == m->block_count) return; /* it was the last of the list */
    for (size_t k = 0; k < b->chunks; k++) m->owner[b->first + k] = (uint32_t)number + 1;
}

static inline const char *model_free(struct model *m, size_t number)
{
    struct model_block *b = &m->blocks[number];
    const char *wrong = model_marked(m, b, b->chunks);
    if (wrong) return wrong;
    MODEL_CHECK(chunk_free(&m->a, b->at) == OK);
    MODEL_CHECK(chunk_free(&m->a, b->at) == ERR_NOT_FOUND);
    model_forget(m, number);
    return model_figures(m);
}

static inline const char *model_realloc(struct model *m, size_t number, size_t size,
                                        size_t align)
{
    struct model_block *b = &m->blocks[number];
    size_t n = model_chunks_for(m, size), i = b->first, have = b->chunks;
    size_t kept = n < have ? n : have, place = i;
    bool stays = (uintptr_t)b->at % align == 0 &&
                 (n <= have ||
                  (n <= m->count - i && model_fits(m, i + have, n - have, 1)));
    if (!stays) {
        place = model_place(m, n, align);
        if (place == CHUNK_NONE) m->failed++;
    }
    void *at = NULL;
    enum err e = chunk_realloc(&m->a, b->at, size, align, &at);
    if (place == CHUNK_NONE) {
        MODEL_CHECK(e == ERR_NOMEM && at == NULL);
        return model_marked(m, b, have);
    }
    MODEL_CHECK(e == OK && at == model_chunk(m, place));
    if (!stays) {
        /* For a moment there are both. */
        m->hint = place + n;
        if (m->used + n > m->peak) m->peak = m->used + n;
    }
    model_paint(m, b, 0);
    b->at = at;
    b->first = place;
    b->chunks = n;
    model_paint(m, b, (uint32_t)number + 1);
    const char *wrong = model_marked(m, b, kept);
    model_mark(m, b);
    return wrong ? wrong : model_figures(m);
}

/* What is not a block cannot be freed, resized or measured, and nothing changes. */
static inline const char *model_foreign(struct model *m, size_t offset)
{
    void *at = (void *)((uintptr_t)m->setup.memory + offset);
    size_t i = offset / m->setup.chunk_bytes, size = 7;
    enum err expected = ERR_RANGE;
    void *moved = &size;
    if (i < m->count && offset % m->setup.chunk_bytes == 0) {
        if (m->owner[i] == 0) expected = ERR_NOT_FOUND;
        else if (i == 0 || m->owner[i - 1] != m->owner[i]) return NULL;
    }
    MODEL_CHECK(chunk_free(&m->a, at) == expected);
    MODEL_CHECK(chunk_realloc(&m->a, at, 1, 1, &moved) == expected && moved == &size);
    MODEL_CHECK(chunk_block_size(&m->a, at, &size) == expected && size == 7);
    return model_figures(m);
}

static inline const char *model_extend(struct model *m, size_t count)
{
    size_t bytes = count * m->setup.chunk_bytes;
    bool allowed = count >= m->count && count <= m->capacity;
    MODEL_CHECK(chunk_extend(&m->a, bytes) == (allowed ? OK : ERR_RANGE));
    if (allowed) m->count = count;
    return model_figures(m);
}

/* All of the book against the model: exact where it has to be, and where it may have bits
 * too many, none too few. */
static inline const char *model_tree(const struct model *m, size_t start, size_t class)
{
    for (unsigned level = 0; level < m->a.levels; level++) {
        size_t at = start >> (6 + level * CHUNK_FANOUT_LOG2);
        MODEL_CHECK(m->a.runs[level][at] & chunk_class_bit(class));
    }
    return NULL;
}

static inline const char *model_book(const struct model *m)
{
    const struct chunk_allocator *a = &m->a;
    uint32_t histogram[65] = {0};
    uint64_t lengths = 0;
    size_t runs = 0, free = 0;
    for (size_t i = 0; i < a->runs_count[0] * 64; i++) {
        bool used = i >= m->count || m->owner[i];
        bool last = i < m->count && m->owner[i] &&
                    (i + 1 == m->count || m->owner[i + 1] != m->owner[i]);
        MODEL_CHECK((a->words[i >> 6].used >> (i & 63) & 1) == used);
        MODEL_CHECK((a->words[i >> 6].last >> (i & 63) & 1) == last);
        MODEL_CHECK(!used || a->touched[i >> 12] >> (i >> 6 & 63) & 1);
        free = used ? 0 : free + 1;
        if (used || (i + 1 < m->count && !m->owner[i + 1])) continue;
        size_t class = free < 64 ? free : 64;
        histogram[class]++;
        runs++;
        lengths |= chunk_class_bit(class);
        const char *wrong = model_tree(m, i + 1 - free, class);
        if (wrong) return wrong;
        MODEL_CHECK(free <= 64 || a->longest_bound >= free);
    }
    MODEL_CHECK(memcmp(histogram + 1, a->histogram + 1, 64 * sizeof *histogram) == 0);
    MODEL_CHECK(lengths == a->lengths);
    struct chunk_usage u = chunk_usage(a);
    MODEL_CHECK(u.free_run_count == runs);
    MODEL_CHECK(u.longest_free_run == (lengths ? 64u - __builtin_clzll(lengths) : 0u));
    return NULL;
}

/* The blocks from outside: chunk_next() finds each once, in order, and its size. */
static inline const char *model_blocks(const struct model *m)
{
    uint8_t *at = NULL;
    size_t found = 0, size, i = 0;
    while ((at = chunk_next(&m->a, at)) != NULL) {
        while (i < m->count && !m->owner[i]) i++;
        MODEL_CHECK(i < m->count && at == model_chunk(m, i));
        const struct model_block *b = &m->blocks[m->owner[i] - 1];
        MODEL_CHECK(chunk_block_size(&m->a, at, &size) == OK);
        MODEL_CHECK(b->at == at && size == b->chunks * m->setup.chunk_bytes);
        i += b->chunks;
        found++;
    }
    MODEL_CHECK(found == m->block_count);
    MODEL_CHECK(chunk_used_in(&m->a, 0, SIZE_MAX) == m->used);
    return NULL;
}

static inline const char *model_used_in(const struct model *m, size_t first, size_t count)
{
    size_t used = 0;
    for (size_t i = first; i < m->count && i - first < count; i++) used += m->owner[i] != 0;
    MODEL_CHECK(chunk_used_in(&m->a, first, count) == used);
    return NULL;
}

#endif
