/* SPDX-License-Identifier: MIT */
/*
 * A heap made of equal chunks and a bitmap that says which of them are used.
 *
 * Memory   The caller's, all of it: the chunks, the book in which the allocator keeps its
 *          bitmaps, and struct chunk_allocator.  Chunks are never read or written, except
 *          that chunk_realloc() copies a block it has to move.
 * Sizes    Any power of two is a chunk size.  A request is rounded up to whole chunks, so
 *          a block wastes less than one chunk; a request of 0 bytes gets one chunk.
 * Policy   Next fit: the first place at or after the end of the last block, then from the
 *          start again.  Best fit: the shortest run of free chunks that will do, the
 *          lowest of equal ones.
 * Cost     Constant for blocks to 64 chunks where the next fit is at hand, and always for
 *          saying that there is none (README.md says how).  Nothing divides.
 *          Longer blocks: a step for every 64 chunks of theirs.  Searches go through a tree
 *          of sixteen children a node and repair what earlier calls left out of date; as
 *          each call leaves at most three runs to forget, that pays for itself, but a
 *          single search may have much to repair.  A request aligned beyond the chunk size,
 *          or longer than 64 chunks, may have to look at every run that seems long enough.
 * Errors   No memory is NULL or ERR_NOMEM, never a panic, and changes nothing.  A pointer
 *          that cannot be freed is ERR_NOT_FOUND where its chunk is free already (a
 *          double free), ERR_RANGE everywhere else (foreign, or inside a block); nothing
 *          is changed, and what to do about it is the caller's decision.  What is
 *          written into the book by somebody else is not detected.
 * Calls    No global state.  Any context, but one call at a time for one allocator: the
 *          lock is the caller's.
 */
#ifndef CHUNK_ALLOCATOR_CHUNK_ALLOCATOR_H
#define CHUNK_ALLOCATOR_CHUNK_ALLOCATOR_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define CHUNK_MAX_COUNT ((size_t)1 << 32) /* chunks in one heap */

enum chunk_fit { CHUNK_NEXT_FIT, CHUNK_BEST_FIT };

struct chunk_setup {
    void *memory;          /* aligned to chunk_bytes; its chunks must be usable from now on */
    size_t memory_bytes;   /* what is not a whole chunk is left over; may be 0 */
    size_t capacity_bytes; /* how far chunk_extend() may go, from `memory`; 0: nowhere */
    size_t chunk_bytes;    /* a power of two */
    void *book;            /* aligned to 8, and CHUNK_BOOK_BYTES long */
    size_t book_bytes;
    enum chunk_fit fit;
};

struct chunk_usage {
    size_t chunk_bytes;
    size_t chunk_count;
    size_t used_count;       /* chunks in blocks now */
    size_t peak_used_count;  /* the most there ever were */
    size_t block_count;      /* blocks now */
    size_t failed_count;     /* requests for which there was no room */
    size_t free_run_count;   /* maximal runs of free chunks; the more, the more fragmented */
    size_t longest_free_run; /* chunks; 64 stands for 64 or more */
};

/* The size of a book for `count` chunks, constant where `count` is: three bits for a
 * chunk and 15 % of that for summaries. */
#define CHUNK_BOOK_BYTES(count)                                                            \
    (16 * (CHUNK_WORDS_(count, 6) + 2) + 8 * (CHUNK_WORDS_(count, 12) + 1) +                \
     8 * (CHUNK_WORDS_(count, 6) + CHUNK_WORDS_(count, 10) + CHUNK_WORDS_(count, 14) +      \
          CHUNK_WORDS_(count, 18) + CHUNK_WORDS_(count, 22) + CHUNK_WORDS_(count, 26) +     \
          CHUNK_WORDS_(count, 30)))
#define CHUNK_WORDS_(count, shift) (((size_t)(count) >> (shift)) + 1)

/* The rest of the struct is the allocator's own; it lies here so that the caller can say
 * where.  chunk_private.h explains it. */
#define CHUNK_LEVELS 7
struct chunk_allocator {
    uint8_t *memory;
    size_t memory_bytes; /* in whole chunks */
    struct chunk_word *words;
    uint64_t *touched;
    uint64_t *runs[CHUNK_LEVELS];
    size_t hint; /* next fit: the chunk after the last block */
    size_t used_count, peak_used_count, block_count, failed_count;
    size_t address_phase; /* memory in units of chunks */
    uint64_t lengths;
    size_t longest_bound;
    size_t runs_count[CHUNK_LEVELS];
    size_t capacity; /* chunks */
    uint32_t chunk_shift;
    uint32_t levels;
    enum chunk_fit fit;
    uint32_t histogram[65];
};

/* ERR_RANGE: the chunk size is not a power of two, the memory or the book is not aligned,
 * the memory wraps around the end of the address space or is longer than its capacity or
 * CHUNK_MAX_COUNT chunks, or the book is too short.  `a` is then not to be used. */
MUST_CHECK enum err chunk_init(struct chunk_allocator *a, const struct chunk_setup *setup);

/* The heap now ends `memory_bytes` after its start; the new chunks must be usable.
 * ERR_RANGE: less than before, or more than the capacity; nothing has changed. */
MUST_CHECK enum err chunk_extend(struct chunk_allocator *a, size_t memory_bytes);

/* `align_bytes` is a power of two, of any size; 1 where it does not matter.  NULL: no run
 * of free chunks will do. */
MUST_CHECK void *chunk_alloc(struct chunk_allocator *a, size_t size_bytes,
                             size_t align_bytes);

/* Freeing NULL does nothing and is OK. */
MUST_CHECK enum err chunk_free(struct chunk_allocator *a, void *block);

/* The block with its size changed: in place where it shrinks (the chunks at its end are
 * given back) or the chunks behind it are free, else in a new place with the contents
 * copied and the old block freed.  NULL is allocated.  A place that is not aligned to
 * `align_bytes` is left for one that is.  Where the result is not OK, *moved is not
 * written and the old block is as it was; ERR_NOMEM, or as the introduction says. */
MUST_CHECK enum err chunk_realloc(struct chunk_allocator *a, void *block, size_t size_bytes,
                                  size_t align_bytes, void **moved);

/* How many bytes the block holds, which is what was asked for in whole chunks. */
MUST_CHECK enum err chunk_block_size(const struct chunk_allocator *a, const void *block,
                                     size_t *size_bytes);

/* The block after `block`, by address; the first after NULL; NULL after the last one.
 * `block` is a block or NULL.  For leak reports: proportional to the distance/64. */
void *chunk_next(const struct chunk_allocator *a, const void *block);

/* Used chunks among the `count` chunks from number `first` on; chunks that the heap does
 * not have count as free.  For maps of the heap. */
size_t chunk_used_in(const struct chunk_allocator *a, size_t first, size_t count);

/* All in constant time. */
struct chunk_usage chunk_usage(const struct chunk_allocator *a);

#endif
