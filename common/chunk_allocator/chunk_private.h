/* SPDX-License-Identifier: MIT */
/*
 * What the book says, and how it is kept: for the files of this library and its tests.
 *
 * used     A bit per chunk: set where it belongs to a block.  Chunks beyond the end, and
 *          the words before the first and after the last, are set, so that no loop here
 *          asks whether it has come to an edge.
 * last     A bit per chunk: set where it is the last of a block.  With `used` it says
 *          where blocks begin and end, so that chunk_free() needs no size and knows a
 *          pointer that is not the start of a block.
 * run      A maximal row of free chunks.  Its class is its length, 64 for 64 and more, so
 *          that two words either side of a block tell the classes of its neighbours.
 * histogram, lengths
 *          How many runs there are of each class, and bit class-1 where there are any.
 *          Exact at all times: "no run that long" is one test.
 * runs     A tree over the words of `used` that says where the runs are.  Level 0 has an
 *          entry per word: bit class-1 for each run that *starts* in it.  An entry of the
 *          level above is the union of sixteen.  May have bits too many, never too few:
 *          taking or joining a run leaves its old bit behind, and the search that is led
 *          astray clears it.
 * longest_bound
 *          No run is longer.  As far off as `capacity` after a run of 64 chunks and more
 *          has been made; exact after a search for a longer one has failed.
 * touched  A bit per word of `used`: clear where all of it is free.  May have bits too
 *          many, never too few, and is repaired in the same way.
 */
#ifndef CHUNK_ALLOCATOR_CHUNK_PRIVATE_H
#define CHUNK_ALLOCATOR_CHUNK_PRIVATE_H

#include <stdbool.h>

#include "chunk_allocator/chunk_allocator.h"

#define CHUNK_NONE SIZE_MAX
#define CHUNK_FANOUT_LOG2 4

/* Together, because whoever asks for one needs the other. */
struct chunk_word {
    uint64_t used, last;
};

/* The first place for `n` chunks whose number, counted from address 0, has none of the
 * bits of `align_mask`; by the policy of `a`.  CHUNK_NONE: there is none. */
size_t chunk_find(struct chunk_allocator *a, size_t n, size_t align_mask);

/* How many free chunks there are from i on, or some number not less than `limit` where
 * there are at least that many. */
size_t chunk_run_length(struct chunk_allocator *a, size_t i, size_t limit);

/* Bit class-1, none for class 0. */
static inline uint64_t chunk_class_bit(size_t class)
{
    return (uint64_t)(class != 0) << ((class - 1) & 63);
}

/* `used` of the 64 chunks from i on, the first in bit 0. */
static inline uint64_t chunk_used_from(const struct chunk_allocator *a, size_t i)
{
    const struct chunk_word *w = a->words + (i >> 6);
    unsigned b = i & 63;
    return w[0].used >> b | (w[1].used << 1) << (63 - b);
}

/* `used` of the 64 chunks before i, the nearest in bit 63. */
static inline uint64_t chunk_used_before(const struct chunk_allocator *a, size_t i)
{
    const struct chunk_word *w = a->words + (i >> 6);
    unsigned b = i & 63;
    return w[-1].used >> b | (w[0].used << 1) << (63 - b);
}

/* The class of the run that begins at i, and of the one that ends before it; or 0. */
static inline size_t chunk_class_after(const struct chunk_allocator *a, size_t i)
{
    uint64_t used = chunk_used_from(a, i);
    return used ? (size_t)__builtin_ctzll(used) : 64;
}

static inline size_t chunk_class_before(const struct chunk_allocator *a, size_t i)
{
    uint64_t used = chunk_used_before(a, i);
    return used ? (size_t)__builtin_clzll(used) : 64;
}

#endif
