/* SPDX-License-Identifier: MIT */
/*
 * Bytes on their way from an interrupt handler to the code that it interrupts.
 *
 * Idea     One side only writes `put`, the other only writes `taken`; both only ever grow.
 *          What lies between them is in the ring.  Neither side ever waits for the other:
 *          a lock would wait for ever, because the reader cannot give it back while the
 *          handler that waits for it runs.
 * Order    The byte is stored before `put` says so (release), and read after `put` was seen
 *          (acquire); in the same way a place is empty before `taken` says so.  On x86 this
 *          costs no instruction, but without it the compiler may swap the two.
 * Full     The new byte is refused and counted: the reader must not find its oldest bytes
 *          overwritten while it reads them.
 * Calls    key_ring_put from the handler, key_ring_take and key_ring_is_empty from one reader.
 */
#ifndef DEVICES_KEY_RING_H
#define DEVICES_KEY_RING_H

#include <stdbool.h>
#include <stdint.h>

/* snippet: ring */
enum { KEY_RING_BYTES = 64 }; /* a power of 2: `put` and `taken` may wrap around */
_Static_assert((KEY_RING_BYTES & (KEY_RING_BYTES - 1)) == 0, "2^32 is a multiple of it");

/* All 0 is an empty ring. */
struct key_ring {
    uint8_t bytes[KEY_RING_BYTES];
    uint32_t put;   /* bytes ever put; the handler writes it */
    uint32_t taken; /* bytes ever taken; the reader writes it */
    uint32_t lost;  /* bytes refused; the handler writes it */
};

/* False when the ring is full: the byte is lost. */
static inline bool key_ring_put(struct key_ring *r, uint8_t byte)
{
    uint32_t taken = __atomic_load_n(&r->taken, __ATOMIC_ACQUIRE);
    if (r->put - taken == KEY_RING_BYTES) {
        __atomic_store_n(&r->lost, r->lost + 1, __ATOMIC_RELAXED);
        return false;
    }
    r->bytes[r->put % KEY_RING_BYTES] = byte;
    __atomic_store_n(&r->put, r->put + 1, __ATOMIC_RELEASE);
    return true;
}

static inline bool key_ring_is_empty(const struct key_ring *r)
{
    return __atomic_load_n(&r->put, __ATOMIC_ACQUIRE) == r->taken;
}

/* False when the ring is empty. */
static inline bool key_ring_take(struct key_ring *r, uint8_t *byte)
{
    if (key_ring_is_empty(r)) return false;
    *byte = r->bytes[r->taken % KEY_RING_BYTES];
    __atomic_store_n(&r->taken, r->taken + 1, __ATOMIC_RELEASE);
    return true;
}
/* end: ring */

#endif
