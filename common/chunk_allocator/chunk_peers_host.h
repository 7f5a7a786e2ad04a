/* SPDX-License-Identifier: MIT */
/* The allocators that the bench compares, behind one interface. */
#ifndef CHUNK_ALLOCATOR_CHUNK_PEERS_HOST_H
#define CHUNK_ALLOCATOR_CHUNK_PEERS_HOST_H

#include <malloc.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "chunk_allocator/chunk_allocator.h"

#define HEAP_BYTES ((size_t)160 << 20)

static uint8_t *heap;

struct allocator {
    void (*reset)(size_t heap_bytes, size_t chunk_bytes);
    void *(*alloc)(size_t size, size_t align);
    void (*free)(void *block, size_t size);
};

static struct chunk_allocator chunks;
static uint64_t book[CHUNK_BOOK_BYTES(HEAP_BYTES / 64) / 8];

static void chunks_reset(size_t heap_bytes, size_t chunk_bytes, enum chunk_fit fit)
{
    struct chunk_setup setup = {.memory = heap, .memory_bytes = heap_bytes,
                                .chunk_bytes = chunk_bytes, .book = book,
                                .book_bytes = sizeof book, .fit = fit};
    if (chunk_init(&chunks, &setup) != OK) abort();
}

static void next_reset(size_t bytes, size_t chunk)
{
    chunks_reset(bytes, chunk, CHUNK_NEXT_FIT);
}

static void best_reset(size_t bytes, size_t chunk)
{
    chunks_reset(bytes, chunk, CHUNK_BEST_FIT);
}

static void *chunks_alloc(size_t size, size_t align)
{
    return chunk_alloc(&chunks, size, align);
}

static void chunks_free(void *block, size_t size)
{
    (void)size;
    if (chunk_free(&chunks, block) != OK) abort();
}

/* One bit at a time: each chunk from the hint on is tried as the start of the block, and
 * each bit of the block is tested and set by itself.  The caller brings the size back. */
static uint8_t bits[HEAP_BYTES / 64 / 8];
static size_t bit_count, bit_hint, bit_shift;

static inline bool bit_get(size_t i) { return bits[i / 8] >> i % 8 & 1; }
static inline void bit_flip(size_t i) { bits[i / 8] ^= (uint8_t)(1 << i % 8); }

static void bits_reset(size_t heap_bytes, size_t chunk_bytes)
{
    memset(bits, 0, sizeof bits);
    bit_shift = (size_t)__builtin_ctzll(chunk_bytes);
    bit_count = heap_bytes >> bit_shift;
    bit_hint = 0;
}

static size_t bits_chunks(size_t size)
{
    return (size + ((size_t)1 << bit_shift) - 1) >> bit_shift;
}

static inline bool bits_fit(size_t i, size_t n, size_t align)
{
    if (bit_get(i) || i + n > bit_count) return false;
    if (((uintptr_t)heap + (i << bit_shift)) & (align - 1)) return false;
    for (size_t k = 1; k < n; k++)
        if (bit_get(i + k)) return false;
    return true;
}

static __attribute__((noinline)) void *bits_alloc(size_t size, size_t align)
{
    size_t n = bits_chunks(size), i = bit_hint;
    for (size_t tried = 0; tried < bit_count; tried++) {
        if (bits_fit(i, n, align)) {
            for (size_t k = 0; k < n; k++) bit_flip(i + k);
            if (bit_get(bit_hint)) bit_hint = i + 1 < bit_count ? i + 1 : 0;
            return heap + (i << bit_shift);
        }
        if (++i == bit_count) i = 0;
    }
    return NULL;
}

static __attribute__((noinline)) void bits_free(void *block, size_t size)
{
    size_t i = (size_t)((uint8_t *)block - heap) >> bit_shift;
    for (size_t n = bits_chunks(size); n; n--) bit_flip(i++);
}

/* glibc keeps the memory that was touched once, when told so.  The largest block that may
 * come from there is 32 MiB long, and what is to be kept is touched in pieces. */
static void glibc_reset(size_t heap_bytes, size_t chunk_bytes)
{
    enum { PIECE = 1 << 20, PIECES = 2 * HEAP_BYTES / PIECE };
    static void *pieces[PIECES];
    (void)chunk_bytes;
    if (!mallopt(M_MMAP_THRESHOLD, 32 << 20) || !mallopt(M_TRIM_THRESHOLD, -1)) abort();
    for (size_t i = 0; i < 2 * heap_bytes / PIECE; i++) {
        pieces[i] = malloc(PIECE);
        if (!pieces[i]) abort();
        memset(pieces[i], 1, PIECE);
    }
    for (size_t i = 0; i < 2 * heap_bytes / PIECE; i++) free(pieces[i]);
}

static void *glibc_alloc(size_t size, size_t align)
{
    return align <= 16 ? malloc(size) : memalign(align, size);
}

static void glibc_free(void *block, size_t size)
{
    (void)size;
    free(block);
}

static const struct allocator next_fit = {next_reset, chunks_alloc, chunks_free};
static const struct allocator best_fit = {best_reset, chunks_alloc, chunks_free};
static const struct allocator one_bit = {bits_reset, bits_alloc, bits_free};
static const struct allocator glibc = {glibc_reset, glibc_alloc, glibc_free};

#endif
