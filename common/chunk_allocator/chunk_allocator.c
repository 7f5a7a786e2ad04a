/* SPDX-License-Identifier: MIT */
/*
 * Blocks are taken and given back here, and the book kept; chunk_search.c finds places.
 * What every call goes through is written without branches that depend on how the heap
 * happens to be filled, because a branch predicted wrongly costs more than all the rest.
 */
#include "chunk_allocator/chunk_private.h"

#include "base/assert.h"

/* Although it is long: most of it falls away or is shared with what is around the call. */
#define INLINE static inline __attribute__((always_inline))

/* ---- the book ------------------------------------------------------------------------ */

static inline void forget_run(struct chunk_allocator *a, size_t class)
{
    a->histogram[class]--;
    a->lengths &= ~(a->histogram[class] ? 0 : chunk_class_bit(class));
}

static inline void note_run(struct chunk_allocator *a, size_t class)
{
    a->histogram[class]++;
    a->lengths |= chunk_class_bit(class);
}

/* A run of this class, or none for class 0, starts at i. */
static inline void point_at_run(struct chunk_allocator *a, size_t i, size_t class)
{
    uint64_t bit = chunk_class_bit(class);
    size_t at = i >> 6;
    a->runs[0][at] |= bit;
    for (unsigned level = 1; level < a->levels; level++) {
        at >>= CHUNK_FANOUT_LOG2;
        if ((a->runs[level][at] & bit) == bit) break;
        a->runs[level][at] |= bit;
    }
}

static inline uint64_t low_bits(size_t n) { return UINT64_MAX >> (64 - n); }

/* n is more than 64. */
static void set_used(struct chunk_allocator *a, size_t i, size_t n)
{
    while (n) {
        size_t w = i >> 6, b = i & 63, here = n < 64 - b ? n : 64 - b;
        a->words[w].used |= low_bits(here) << b;
        a->touched[w >> 6] |= (uint64_t)1 << (w & 63);
        i += here;
        n -= here;
    }
}

static void clear_used(struct chunk_allocator *a, size_t i, size_t n)
{
    while (n) {
        size_t b = i & 63, here = n < 64 - b ? n : 64 - b;
        a->words[i >> 6].used &= ~(low_bits(here) << b);
        i += here;
        n -= here;
    }
}

/* Makes n free chunks from i on used. */
INLINE void take(struct chunk_allocator *a, size_t i, size_t n)
{
    size_t before = chunk_class_before(a, i), after = chunk_class_after(a, i + n);
    size_t whole = before + n + after;

    if (before || after < 64) { /* else a long run has become shorter and is still long */
        forget_run(a, whole < 64 ? whole : 64);
        note_run(a, before);
        note_run(a, after);
        point_at_run(a, i - (before & 63), before & 63);
    }
    point_at_run(a, i + n, after);

    if (n > 64) {
        set_used(a, i, n);
        return;
    }
    size_t w = i >> 6, b = i & 63;
    uint64_t bits = low_bits(n), next = bits >> 1 >> (63 - b);
    a->words[w].used |= bits << b;
    a->words[w + 1].used |= next;
    a->touched[w >> 6] |= (uint64_t)1 << (w & 63);
    w++;
    a->touched[w >> 6] |= (uint64_t)(next != 0) << (w & 63);
}

/* Makes n used chunks from i on free. */
INLINE void give(struct chunk_allocator *a, size_t i, size_t n)
{
    size_t before = chunk_class_before(a, i), after = chunk_class_after(a, i + n);
    size_t whole = before + n + after;

    if (whole >= 64) {
        whole = 64;
        a->longest_bound = a->capacity;
    }
    if ((before ^ after) != 64) { /* else a long run alone has become longer */
        forget_run(a, before);
        forget_run(a, after);
        note_run(a, whole);
    }
    if (before < 64) point_at_run(a, i - before, whole);

    if (n > 64) {
        clear_used(a, i, n);
        return;
    }
    size_t w = i >> 6, b = i & 63;
    uint64_t bits = low_bits(n);
    a->words[w].used &= ~(bits << b);
    a->words[w + 1].used &= ~(bits >> 1 >> (63 - b));
}

static inline void set_last(struct chunk_allocator *a, size_t i)
{
    a->words[i >> 6].last |= (uint64_t)1 << (i & 63);
}

static inline void clear_last(struct chunk_allocator *a, size_t i)
{
    a->words[i >> 6].last &= ~((uint64_t)1 << (i & 63));
}

/* The number of chunks of the block that starts at i. */
static inline size_t block_chunks(const struct chunk_allocator *a, size_t i)
{
    const struct chunk_word *w = a->words + (i >> 6);
    unsigned b = i & 63;
    uint64_t last = w[0].last >> b | (w[1].last << 1) << (63 - b);
    if (last) return (size_t)__builtin_ctzll(last) + 1;
    size_t n = 64 - b;
    for (w++; !w->last; w++) n += 64;
    return n + (size_t)__builtin_ctzll(w->last) + 1;
}

/* The number of the first chunk of a block and how many it has, if it is one. */
static inline enum err locate(const struct chunk_allocator *a, const void *block, size_t *i,
                              size_t *n)
{
    size_t offset = (uintptr_t)block - (uintptr_t)a->memory;
    if (offset >= a->memory_bytes) return ERR_RANGE;
    size_t at = offset >> a->chunk_shift;
    if (at << a->chunk_shift != offset) return ERR_RANGE;
    const struct chunk_word *w = a->words + (at >> 6);
    if (!(w->used >> (at & 63) & 1)) return ERR_NOT_FOUND;
    /* The chunk before it is free or the last of its own block. */
    const struct chunk_word *p = a->words + (((ptrdiff_t)at - 1) >> 6);
    if (!((~p->used | p->last) >> ((at - 1) & 63) & 1)) return ERR_RANGE;
    *i = at;
    *n = block_chunks(a, at);
    return OK;
}

/* ---- setting up ---------------------------------------------------------------------- */

static bool is_power_of_two(size_t n) { return n != 0 && (n & (n - 1)) == 0; }

/* Lays the parts of the book out one behind the other; how many bytes it takes. */
static size_t lay_out(struct chunk_allocator *a, uint8_t *book)
{
    size_t words = (a->capacity >> 6) + 1, at = (words + 2) * sizeof *a->words;
    a->words = (struct chunk_word *)book + 1;
    a->touched = (uint64_t *)(book + at);
    at += ((words + 64) >> 6) * 8;
    for (size_t level = 0, count = words; level < CHUNK_LEVELS; level++) {
        a->runs[level] = (uint64_t *)(book + at);
        a->runs_count[level] = count;
        at += count * 8;
        a->levels = (uint32_t)level + 1;
        if (level && count <= 1u << CHUNK_FANOUT_LOG2) break;
        count = (count + (1u << CHUNK_FANOUT_LOG2) - 1) >> CHUNK_FANOUT_LOG2;
    }
    return at;
}

enum err chunk_init(struct chunk_allocator *a, const struct chunk_setup *setup)
{
    size_t chunk = setup->chunk_bytes, memory = (uintptr_t)setup->memory;
    size_t capacity = setup->capacity_bytes ? setup->capacity_bytes : setup->memory_bytes;

    if (!is_power_of_two(chunk) || !memory || memory & (chunk - 1)) return ERR_RANGE;
    if (setup->memory_bytes > capacity || capacity > -memory) return ERR_RANGE;
    *a = (struct chunk_allocator){
        .memory = setup->memory,
        .fit = setup->fit,
        .chunk_shift = (uint32_t)__builtin_ctzll(chunk),
    };
    a->capacity = capacity >> a->chunk_shift;
    a->longest_bound = a->capacity;
    a->address_phase = memory >> a->chunk_shift;
    if (a->capacity > CHUNK_MAX_COUNT) return ERR_RANGE;
    if (!setup->book || (uintptr_t)setup->book & 7) return ERR_RANGE;
    if (lay_out(a, setup->book) > setup->book_bytes) return ERR_RANGE;

    /* All chunks are used, and belong to no block, until the heap is extended over them. */
    size_t words = a->runs_count[0];
    for (size_t i = 0; i < words + 2; i++)
        a->words[(ptrdiff_t)i - 1] = (struct chunk_word){UINT64_MAX, i ? 0 : UINT64_MAX};
    for (size_t i = 0; i < (words + 64) >> 6; i++) a->touched[i] = UINT64_MAX;
    for (unsigned level = 0; level < a->levels; level++)
        for (size_t i = 0; i < a->runs_count[level]; i++) a->runs[level][i] = 0;
    return chunk_extend(a, setup->memory_bytes);
}

enum err chunk_extend(struct chunk_allocator *a, size_t memory_bytes)
{
    size_t count = memory_bytes >> a->chunk_shift;
    size_t now = a->memory_bytes >> a->chunk_shift;
    if (count < now || count > a->capacity) return ERR_RANGE;
    a->memory_bytes = count << a->chunk_shift;
    if (count > now) give(a, now, count - now);
    return OK;
}

/* ---- blocks -------------------------------------------------------------------------- */

static inline size_t chunks_for(const struct chunk_allocator *a, size_t size_bytes)
{
    return ((size_bytes - (size_bytes != 0)) >> a->chunk_shift) + 1;
}

static inline void count_used(struct chunk_allocator *a, size_t n)
{
    a->used_count += n;
    if (a->used_count > a->peak_used_count) a->peak_used_count = a->used_count;
}

void *chunk_alloc(struct chunk_allocator *a, size_t size_bytes, size_t align_bytes)
{
    ASSERT(is_power_of_two(align_bytes));
    size_t n = chunks_for(a, size_bytes), align_mask = (align_bytes - 1) >> a->chunk_shift;
    size_t at = a->hint;

    if (a->fit != CHUNK_NEXT_FIT || n > 64 || (at + a->address_phase) & align_mask ||
        chunk_used_from(a, at) << (64 - n)) {
        at = chunk_find(a, n, align_mask);
        if (at == CHUNK_NONE) {
            a->failed_count++;
            return NULL;
        }
    }
    take(a, at, n);
    set_last(a, at + n - 1);
    a->hint = at + n;
    a->block_count++;
    count_used(a, n);
    return a->memory + (at << a->chunk_shift);
}

static inline void release(struct chunk_allocator *a, size_t i, size_t n)
{
    give(a, i, n);
    clear_last(a, i + n - 1);
    a->used_count -= n;
    a->block_count--;
}

enum err chunk_free(struct chunk_allocator *a, void *block)
{
    size_t i, n;
    enum err e = locate(a, block, &i, &n);
    if (e != OK) return block ? e : OK;
    release(a, i, n);
    return OK;
}

/* The block of n chunks at i gets `wanted` chunks without moving, if it can. */
static bool resize(struct chunk_allocator *a, size_t i, size_t n, size_t wanted)
{
    if (wanted < n) {
        give(a, i + wanted, n - wanted);
        a->used_count -= n - wanted;
    } else if (wanted > n) {
        if (chunk_run_length(a, i + n, wanted - n) < wanted - n) return false;
        take(a, i + n, wanted - n);
        count_used(a, wanted - n);
    }
    clear_last(a, i + n - 1);
    set_last(a, i + wanted - 1);
    return true;
}

enum err chunk_realloc(struct chunk_allocator *a, void *block, size_t size_bytes,
                       size_t align_bytes, void **moved)
{
    ASSERT(is_power_of_two(align_bytes));
    size_t i = 0, n = 0, wanted = chunks_for(a, size_bytes);
    if (block) {
        enum err e = locate(a, block, &i, &n);
        if (e != OK) return e;
        if (!((uintptr_t)block & (align_bytes - 1)) && resize(a, i, n, wanted)) {
            *moved = block;
            return OK;
        }
    }
    void *other = chunk_alloc(a, size_bytes, align_bytes);
    if (!other) return ERR_NOMEM;
    if (block) {
        __builtin_memcpy(other, block, (n < wanted ? n : wanted) << a->chunk_shift);
        release(a, i, n);
    }
    *moved = other;
    return OK;
}

enum err chunk_block_size(const struct chunk_allocator *a, const void *block,
                          size_t *size_bytes)
{
    size_t i, n;
    enum err e = locate(a, block, &i, &n);
    if (e == OK) *size_bytes = n << a->chunk_shift;
    return e;
}
