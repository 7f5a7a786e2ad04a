/* SPDX-License-Identifier: MIT */
#include <stdint.h>

#include "text/string.h"

#if defined(__x86_64__)
#include "x86_64/insn_string.h"
#endif

/* gcc can recognise a loop that copies, fills or measures and replace it by a call to
 * memcpy, memset or strlen.  Inside those very functions the call would be to
 * themselves.  Whether it does so in a freestanding program depends on its version and
 * options; here it must not. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("no-tree-loop-distribute-patterns")
#endif

/* Any bytes in memory, of any alignment and declared type, as one number. */
typedef uint16_t __attribute__((may_alias, aligned(1))) any16;
typedef uint32_t __attribute__((may_alias, aligned(1))) any32;
typedef uint64_t __attribute__((may_alias, aligned(1))) any64;

/* From this size on, one string instruction beats a loop of 8-byte moves (README.md). */
#define STRING_INSTRUCTION_MIN_BYTES 256

/* Up to 16 bytes: everything is loaded before anything is stored, in two halves that
 * overlap in the middle.  So the ranges may overlap as well. */
static inline void copy_small(uint8_t *to, const uint8_t *from, size_t n)
{
    if (n >= 8) {
        uint64_t first = *(const any64 *)from, last = *(const any64 *)(from + n - 8);
        *(any64 *)to = first;
        *(any64 *)(to + n - 8) = last;
    } else if (n >= 4) {
        uint32_t first = *(const any32 *)from, last = *(const any32 *)(from + n - 4);
        *(any32 *)to = first;
        *(any32 *)(to + n - 4) = last;
    } else if (n >= 2) {
        uint16_t first = *(const any16 *)from, last = *(const any16 *)(from + n - 2);
        *(any16 *)to = first;
        *(any16 *)(to + n - 2) = last;
    } else if (n == 1) {
        *to = *from;
    }
}

/* More than 16 bytes, from the lowest address up.  Right for overlapping ranges when `to`
 * is the lower one: the last bytes, which the words before may overwrite, are loaded
 * first. */
static inline void copy_up(uint8_t *to, const uint8_t *from, size_t n)
{
    uint64_t last = *(const any64 *)(from + n - 8);
    uint8_t *last_to = to + n - 8;
#if defined(__x86_64__)
    if (n >= STRING_INSTRUCTION_MIN_BYTES) {
        insn_rep_movsq(to, from, n / 8);
        *(any64 *)last_to = last;
        return;
    }
#endif
    for (; to < last_to; to += 8, from += 8) *(any64 *)to = *(const any64 *)from;
    *(any64 *)last_to = last;
}

/* The same from the highest address down, for `to` above `from`. */
static inline void copy_down(uint8_t *to, const uint8_t *from, size_t n)
{
    uint64_t first = *(const any64 *)from;
    for (size_t i = n; i > 8; i -= 8)
        *(any64 *)(to + i - 8) = *(const any64 *)(from + i - 8);
    *(any64 *)to = first;
}

void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
    if (n <= 16) {
        copy_small(to, from, n);
    } else {
        copy_up(to, from, n);
    }
    return to;
}

void *memmove(void *to, const void *from, size_t n)
{
    if (n <= 16) {
        copy_small(to, from, n);
    } else if ((uintptr_t)to - (uintptr_t)from >= n) {
        copy_up(to, from, n); /* `to` is lower, or beyond the end: the difference wraps */
    } else {
        copy_down(to, from, n);
    }
    return to;
}

void *memset(void *to, int value, size_t n)
{
    uint8_t *at = to;
    uint64_t fill = (uint8_t)value * UINT64_C(0x0101010101010101);

    if (n < 8) {
        if (n >= 4) {
            *(any32 *)at = (uint32_t)fill;
            *(any32 *)(at + n - 4) = (uint32_t)fill;
        } else if (n >= 2) {
            *(any16 *)at = (uint16_t)fill;
            *(any16 *)(at + n - 2) = (uint16_t)fill;
        } else if (n == 1) {
            *at = (uint8_t)fill;
        }
        return to;
    }
    uint8_t *last = at + n - 8;
#if defined(__x86_64__)
    if (n >= STRING_INSTRUCTION_MIN_BYTES) {
        insn_rep_stosq(at, fill, n / 8);
        at = last;
    }
#endif
    for (; at < last; at += 8) *(any64 *)at = fill;
    *(any64 *)last = fill;
    return to;
}

int memcmp(const void *a, const void *b, size_t n)
{
    const uint8_t *p = a, *q = b;
    while (n >= 8 && *(const any64 *)p == *(const any64 *)q) p += 8, q += 8, n -= 8;
    for (; n > 0; p++, q++, n--)
        if (*p != *q) return *p - *q;
    return 0;
}

size_t strlen(const char *s)
{
    const char *end = s;
    while (*end) end++;
    return (size_t)(end - s);
}

size_t strnlen(const char *s, size_t limit)
{
    size_t n = 0;
    while (n < limit && s[n]) n++;
    return n;
}

int strcmp(const char *a, const char *b)
{
    while (*a && *a == *b) a++, b++;
    return (uint8_t)*a - (uint8_t)*b;
}

int strncmp(const char *a, const char *b, size_t n)
{
    for (; n > 0; a++, b++, n--)
        if (*a != *b || !*a) return (uint8_t)*a - (uint8_t)*b;
    return 0;
}

char *strchr(const char *s, int c)
{
    for (;; s++) {
        if (*s == (char)c) return (char *)(uintptr_t)s;
        if (!*s) return NULL;
    }
}
