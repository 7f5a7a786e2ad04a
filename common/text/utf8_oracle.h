/* SPDX-License-Identifier: MIT */
/* A second decoder for the tests of utf8.h, slow and without byte ranges: what a prefix
 * can become is decided by the values it can still reach. */
#ifndef TEXT_UTF8_ORACLE_H
#define TEXT_UTF8_ORACLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Can these n bytes be followed so that a well-formed sequence of `total` bytes
 * results? */
static inline bool utf8_oracle_prefix(const uint8_t *bytes, size_t n, size_t total)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    static const uint8_t mark[] = {0, 0x00, 0xc0, 0xe0, 0xf0};
    static const uint8_t mark_mask[] = {0, 0x80, 0xe0, 0xf0, 0xf8};
    if ((bytes[0] & mark_mask[total]) != mark[total]) return false;
    uint32_t low = bytes[0] & (uint8_t)~mark_mask[total], high;
    for (size_t i = 1; i < n; i++) {
        if ((bytes[i] & 0xc0) != 0x80) return false;
        low = low * 64 + bytes[i] % 64;
    }
    high = low;
    for (size_t i = n; i < total; i++) {
        low *= 64;
        high = high * 64 + 63;
    }
    if (high < smallest[total] || low > 0x10ffff) return false;
    return !(low >= 0xd800 && high <= 0xdfff);
}

static inline size_t utf8_oracle(const uint8_t *bytes, size_t len, uint32_t *point)
{
    size_t longest = 1;
    for (size_t total = 1; total <= 4; total++)
        for (size_t n = 1; n <= total && n <= len; n++) {
            if (!utf8_oracle_prefix(bytes, n, total)) break;
            if (n > longest) longest = n;
            if (n < total) continue;
            uint32_t value = total == 1 ? bytes[0] : bytes[0] & (0x7fu >> total);
            for (size_t i = 1; i < total; i++) value = value * 64 + bytes[i] % 64;
            *point = value;
            return total;
        }
    *point = 0xfffd;
    return longest;
}

#endif
