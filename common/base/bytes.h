/* SPDX-License-Identifier: MIT */
/*
 * A bounded reader over bytes we did not write ourselves: boot information, firmware
 * tables, descriptors, program files.
 *
 * Memory   Borrows the bytes: they must outlive the reader.  Nothing is copied but values.
 * Bounds   A read that does not fit consumes nothing and says so.  A length of 0 cannot
 *          loop and a length too large cannot run off the end.
 * Units    Lengths are in bytes.  Multi-byte values are little-endian and may be unaligned.
 * Calls    No state but the reader's own: any context.
 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is left to read. */
struct bytes {
    const uint8_t *at;
    size_t left;
};

static inline struct bytes bytes_of(const void *start, size_t len_bytes)
{
    return (struct bytes){.at = start, .left = len_bytes};
}

/* snippet: take */
/* The next `n` bytes, which are then consumed; NULL, consuming nothing, when fewer than
 * `n` are left. */
static inline const void *bytes_take(struct bytes *b, size_t n)
{
    if (n > b->left) return NULL;
    const uint8_t *p = b->at;
    b->at += n;
    b->left -= n;
    return p;
}
/* end: take */

/* Takes `n` bytes as a reader of their own, which cannot see past them.  False, consuming
 * nothing, when fewer than `n` are left. */
static inline bool bytes_slice(struct bytes *b, size_t n, struct bytes *slice)
{
    const uint8_t *p = bytes_take(b, n);
    if (!p) return false;
    *slice = bytes_of(p, n);
    return true;
}

/* Reads an unsigned little-endian value of `size` bytes, 1 to 8.  False, consuming nothing
 * and leaving *value as it was, when fewer are left. */
static inline bool bytes_read_le(struct bytes *b, size_t size, uint64_t *value)
{
    const uint8_t *p = bytes_take(b, size);
    if (!p) return false;
    uint64_t v = 0;
    for (size_t i = size; i-- > 0;) v = v << 8 | p[i];
    *value = v;
    return true;
}

static inline bool bytes_read_u8(struct bytes *b, uint8_t *value)
{
    uint64_t v;
    if (!bytes_read_le(b, sizeof *value, &v)) return false;
    *value = (uint8_t)v;
    return true;
}

static inline bool bytes_read_u16(struct bytes *b, uint16_t *value)
{
    uint64_t v;
    if (!bytes_read_le(b, sizeof *value, &v)) return false;
    *value = (uint16_t)v;
    return true;
}

static inline bool bytes_read_u32(struct bytes *b, uint32_t *value)
{
    uint64_t v;
    if (!bytes_read_le(b, sizeof *value, &v)) return false;
    *value = (uint32_t)v;
    return true;
}

static inline bool bytes_read_u64(struct bytes *b, uint64_t *value)
{
    return bytes_read_le(b, sizeof *value, value);
}

#endif
