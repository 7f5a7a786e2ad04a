/* SPDX-License-Identifier: MIT */
/* What a heap looks like from outside: figures, maps and lists of it. */
#include "chunk_allocator/chunk_private.h"

#include "base/assert.h"

struct chunk_usage chunk_usage(const struct chunk_allocator *a)
{
    struct chunk_usage u = {
        .chunk_bytes = (size_t)1 << a->chunk_shift,
        .chunk_count = a->memory_bytes >> a->chunk_shift,
        .used_count = a->used_count,
        .peak_used_count = a->peak_used_count,
        .block_count = a->block_count,
        .failed_count = a->failed_count,
    };
    for (size_t class = 1; class <= 64; class++) u.free_run_count += a->histogram[class];
    if (a->lengths) u.longest_free_run = 64 - (size_t)__builtin_clzll(a->lengths);
    return u;
}

/* The kernel has no popcnt instruction to rely on, and no compiler library to replace it:
 * each step adds neighbouring fields of twice as many bits. */
static size_t ones(uint64_t x)
{
    x -= x >> 1 & 0x5555555555555555;
    x = (x & 0x3333333333333333) + (x >> 2 & 0x3333333333333333);
    x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0f;
    return (size_t)(x * 0x0101010101010101 >> 56);
}

size_t chunk_used_in(const struct chunk_allocator *a, size_t first, size_t count)
{
    size_t all = a->memory_bytes >> a->chunk_shift, used = 0;
    if (first >= all) return 0;
    if (count > all - first) count = all - first;
    for (size_t here; count; first += here, count -= here) {
        here = count < 64 - (first & 63) ? count : 64 - (first & 63);
        used += ones(a->words[first >> 6].used >> (first & 63) << (64 - here));
    }
    return used;
}

void *chunk_next(const struct chunk_allocator *a, const void *block)
{
    size_t i = 0, all = a->memory_bytes >> a->chunk_shift;
    if (block) {
        size_t size_bytes;
        enum err e = chunk_block_size(a, block, &size_bytes);
        ASSERT(e == OK);
        i = ((uintptr_t)block - (uintptr_t)a->memory + size_bytes) >> a->chunk_shift;
    }
    while (i < all) {
        uint64_t used = a->words[i >> 6].used >> (i & 63);
        if (used) {
            i += (size_t)__builtin_ctzll(used);
            break;
        }
        i = (i | 63) + 1;
    }
    return i < all ? a->memory + (i << a->chunk_shift) : NULL;
}
