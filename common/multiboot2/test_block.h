/* SPDX-License-Identifier: MIT */
/* Blocks of boot information, built byte by byte for the tests.  A block lives in heap
 * memory of exactly its length, so that the sanitizer sees a read past its end. */
#ifndef MULTIBOOT2_TEST_BLOCK_H
#define MULTIBOOT2_TEST_BLOCK_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "multiboot2/multiboot2.h"

struct block {
    uint8_t bytes[4096];
    uint32_t len;
    uint32_t tag_at; /* where the open tag starts */
};

static inline void put(struct block *b, size_t size, uint64_t value)
{
    for (size_t i = 0; i < size; i++) b->bytes[b->len++] = (uint8_t)(value >> (8 * i));
}

static inline void put8(struct block *b, uint64_t v) { put(b, 1, v); }
static inline void put16(struct block *b, uint64_t v) { put(b, 2, v); }
static inline void put32(struct block *b, uint64_t v) { put(b, 4, v); }
static inline void put64(struct block *b, uint64_t v) { put(b, 8, v); }

static inline void put_text(struct block *b, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) put8(b, (uint8_t)text[i]);
}

static inline void poke32(uint8_t *at, uint32_t value)
{
    for (int i = 0; i < 4; i++) at[i] = (uint8_t)(value >> (8 * i));
}

static inline uint64_t peek(const uint8_t *at, size_t size)
{
    uint64_t value = 0;
    for (size_t i = 0; i < size; i++) value += (uint64_t)at[i] << (8 * i);
    return value;
}

static inline void begin_block(struct block *b)
{
    memset(b, 0, sizeof *b);
    put64(b, 0);
}

static inline void begin_tag(struct block *b, uint32_t type)
{
    while (b->len % 8 != 0) put8(b, 0xcc);
    b->tag_at = b->len;
    put32(b, type);
    put32(b, 0);
}

static inline void end_tag(struct block *b)
{
    poke32(&b->bytes[b->tag_at + 4], b->len - b->tag_at);
}

/* Adds the end tag and fills in total_size. */
static inline void end_block(struct block *b)
{
    begin_tag(b, 0);
    end_tag(b);
    poke32(b->bytes, b->len);
}

/* A copy of exactly `len` bytes at a multiple of 16.  The caller frees it. */
static inline uint8_t *heap_copy(const void *from, size_t len)
{
    uint8_t *copy = malloc(len ? len : 1);
    if (!copy) abort();
    memcpy(copy, from, len);
    return copy;
}

/* The open tag, alone in memory of its length.  The caller frees it. */
static inline struct multiboot2_tag *only_tag(struct block *b)
{
    end_tag(b);
    return (void *)heap_copy(b->bytes + b->tag_at, b->len - b->tag_at);
}

static inline void open_tag(struct block *b, uint32_t type)
{
    begin_block(b);
    begin_tag(b, type);
}

#endif
