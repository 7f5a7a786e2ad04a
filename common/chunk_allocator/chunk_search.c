/* SPDX-License-Identifier: MIT */
/*
 * Where a request fits.  The histogram has the first word: what it rules out costs one
 * test.  Then the tree is asked for words in which a run of the wanted classes starts, and
 * the bits of each such word and its neighbour decide.
 */
#include "chunk_allocator/chunk_private.h"

struct search {
    struct chunk_allocator *a;
    size_t n, align_mask;
    size_t longest; /* chunks in the longest run that turned out to be too short */
};

/* The number of the first entry at or after `i` of level 0 that has a bit of `wanted`, by
 * the tree: up where the sixteen have none, down where they should have one.  An entry
 * above whose sixteen have none after all is corrected. */
static size_t next_word(struct chunk_allocator *a, size_t i, uint64_t wanted)
{
    unsigned level = i ? 0 : a->levels - 1; /* from the first one on, from the top */
    while (i < a->runs_count[level]) {
        size_t first = i, parent = i >> CHUNK_FANOUT_LOG2;
        size_t end = (parent + 1) << CHUNK_FANOUT_LOG2;
        if (end > a->runs_count[level]) end = a->runs_count[level];
        while (i < end && !(a->runs[level][i] & wanted)) i++;
        if (i < end) {
            if (level == 0) return i;
            level--;
            i <<= CHUNK_FANOUT_LOG2;
        } else {
            level++;
            if (level == a->levels) break;
            if (first == parent << CHUNK_FANOUT_LOG2) a->runs[level][parent] &= ~wanted;
            i = parent + 1;
        }
    }
    return CHUNK_NONE;
}

/* The chunks of word w at which `n` free ones begin, as bits; n is at most 64.  Each step
 * makes every bit the conjunction of twice as many of its successors. */
static uint64_t places(const struct chunk_allocator *a, size_t w, size_t n)
{
    uint64_t low = ~a->words[w].used, high = ~a->words[w + 1].used;
    for (size_t have = 1, step; have < n; have += step) {
        step = have < n - have ? have : n - have;
        low &= low >> step | high << (64 - step);
        high &= high >> step;
    }
    return low;
}

/* The chunks of word w at which a run starts, as bits. */
static uint64_t starts(const struct chunk_allocator *a, size_t w)
{
    uint64_t unused = ~a->words[w].used;
    return unused & ~(unused << 1 | (uint64_t)!((a->words + w)[-1].used >> 63));
}

size_t chunk_run_length(struct chunk_allocator *a, size_t i, size_t limit)
{
    size_t w = i >> 6, length = 64 - (i & 63);
    uint64_t used = a->words[w].used >> (i & 63);
    if (used) return (size_t)__builtin_ctzll(used);
    for (w++; length < limit;) {
        uint64_t touched = a->touched[w >> 6] >> (w & 63);
        size_t skip = touched ? (size_t)__builtin_ctzll(touched) : 64 - (w & 63);
        length += skip * 64;
        w += skip;
        if (!touched) continue;
        if (a->words[w].used) return length + (size_t)__builtin_ctzll(a->words[w].used);
        a->touched[w >> 6] &= ~((uint64_t)1 << (w & 63));
        length += 64;
        w++;
    }
    return length;
}

/* The first place for the request in the run from `start` on, which has at least
 * min(n, 64) chunks; or CHUNK_NONE. */
static size_t place_in_run(struct search *s, size_t start)
{
    size_t skip = -(start + s->a->address_phase) & s->align_mask;
    size_t need = skip + s->n;
    if (skip == 0 && s->n <= 64) return start;
    size_t length = chunk_run_length(s->a, start, need);
    if (length >= need) return start + skip;
    if (length > s->longest) s->longest = length;
    return CHUNK_NONE;
}

/* The first place in a run that starts in one of the words from `first` to `end` - 1; in
 * the first of them only runs that start at a bit of `mask` count. */
static size_t first_in_words(struct search *s, size_t first, size_t end, uint64_t mask)
{
    size_t w = first;
    size_t class = s->n < 64 ? s->n : 64;
    uint64_t wanted = UINT64_MAX << (class - 1);

    while ((w = next_word(s->a, w, wanted)) < end) {
        uint64_t candidates = places(s->a, w, class) & starts(s->a, w);
        if (!candidates) s->a->runs[0][w] &= ~wanted;
        if (w == first) candidates &= mask;
        for (; candidates; candidates &= candidates - 1) {
            size_t at = place_in_run(s, w * 64 + (size_t)__builtin_ctzll(candidates));
            if (at != CHUNK_NONE) return at;
        }
        w++;
    }
    return CHUNK_NONE;
}

static size_t next_fit(struct search *s)
{
    struct chunk_allocator *a = s->a;
    size_t hint = a->hint, w = hint >> 6;
    size_t skip = -(hint + a->address_phase) & s->align_mask;

    /* The hint may point into the middle of a run. */
    if (chunk_run_length(a, hint, skip + s->n) >= skip + s->n) return hint + skip;

    uint64_t behind = (UINT64_MAX << 1) << (hint & 63);
    size_t at = first_in_words(s, w, a->runs_count[0], behind);
    return at != CHUNK_NONE ? at : first_in_words(s, 0, w + 1, UINT64_MAX);
}

/* The lowest place in a run of just `class` chunks, fewer than 64. */
static size_t place_in_class(struct search *s, size_t class)
{
    struct chunk_allocator *a = s->a;
    uint64_t wanted = chunk_class_bit(class);
    size_t w = 0;

    for (; (w = next_word(a, w, wanted)) != CHUNK_NONE; w++) {
        uint64_t runs = places(a, w, class) & ~places(a, w, class + 1) & starts(a, w);
        if (!runs) a->runs[0][w] &= ~wanted;
        for (; runs; runs &= runs - 1) {
            size_t at = place_in_run(s, w * 64 + (size_t)__builtin_ctzll(runs));
            if (at != CHUNK_NONE) return at;
        }
    }
    return CHUNK_NONE;
}

/* The lowest place in the shortest run of 64 chunks and more that will do.  A word has the
 * start of one such run at most, because the run goes on to the word's end. */
static size_t place_in_long_run(struct search *s)
{
    struct chunk_allocator *a = s->a;
    size_t best = CHUNK_NONE, best_length = SIZE_MAX, w = 0;
    bool only = a->histogram[64] == 1;

    for (; (w = next_word(a, w, chunk_class_bit(64))) != CHUNK_NONE; w++) {
        uint64_t run = places(a, w, 64) & starts(a, w);
        if (run) {
            size_t start = w * 64 + (size_t)__builtin_ctzll(run);
            if (only) return place_in_run(s, start);
            size_t length = chunk_run_length(a, start, best_length);
            size_t skip = -(start + a->address_phase) & s->align_mask;
            if (length > s->longest) s->longest = length;
            if (length < best_length && length >= skip + s->n) {
                best_length = length;
                best = start + skip;
            }
        } else {
            a->runs[0][w] &= ~chunk_class_bit(64);
        }
    }
    return best;
}

static size_t best_fit(struct search *s)
{
    for (size_t class = s->n; class < 64; class++) {
        uint64_t longer = s->a->lengths >> (class - 1);
        if (!longer) return CHUNK_NONE;
        class += (size_t)__builtin_ctzll(longer);
        if (class == 64) break;
        size_t at = place_in_class(s, class);
        if (at != CHUNK_NONE) return at;
    }
    return place_in_long_run(s);
}

size_t chunk_find(struct chunk_allocator *a, size_t n, size_t align_mask)
{
    struct search s = {.a = a, .n = n, .align_mask = align_mask};
    size_t class = n < 64 ? n : 64;
    if (!(a->lengths >> (class - 1)) || n > a->longest_bound) return CHUNK_NONE;
    size_t at = a->fit == CHUNK_BEST_FIT ? best_fit(&s) : next_fit(&s);
    /* All runs of 64 and more have been measured, and this is the longest of them. */
    if (at == CHUNK_NONE && n > 64) a->longest_bound = s.longest;
    return at;
}
