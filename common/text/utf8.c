/* SPDX-License-Identifier: MIT */
#include <stdbool.h>

#include "text/utf8.h"

/* What a lead byte announces: the bytes of the sequence, 0 for a byte that cannot lead,
 * and the range of the second byte, which is narrower than 80..BF where the full range
 * would give overlong forms, surrogates or too large values (Unicode 15.0 table 3-7). */
struct lead {
    uint8_t bytes, low, high;
};

static struct lead lead_of(uint8_t byte)
{
    if (byte < 0x80) return (struct lead){1, 0, 0};
    if (byte < 0xc2) return (struct lead){0, 0, 0};
    if (byte < 0xe0) return (struct lead){2, 0x80, 0xbf};
    if (byte < 0xf0)
        return (struct lead){3, byte == 0xe0 ? 0xa0 : 0x80, byte == 0xed ? 0x9f : 0xbf};
    if (byte < 0xf5)
        return (struct lead){4, byte == 0xf0 ? 0x90 : 0x80, byte == 0xf4 ? 0x8f : 0xbf};
    return (struct lead){0, 0, 0};
}

/* Decodes at most `len` bytes.  *whole says whether more bytes would change nothing. */
static size_t decode(const uint8_t *at, size_t len, uint32_t *code_point, bool *whole)
{
    static const uint8_t value_bits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    struct lead lead = lead_of(at[0]);
    uint32_t value = at[0] & value_bits[lead.bytes];

    *whole = true;
    *code_point = UTF8_REPLACEMENT;
    if (lead.bytes == 0) return 1;
    for (size_t i = 1; i < lead.bytes; i++) {
        if (i == len) {
            *whole = false;
            return i;
        }
        if (at[i] < lead.low || at[i] > lead.high) return i;
        value = value << 6 | (at[i] & 0x3f);
        lead.low = 0x80;
        lead.high = 0xbf;
    }
    *code_point = value;
    return lead.bytes;
}

size_t utf8_decode(const void *bytes, size_t len_bytes, uint32_t *code_point)
{
    bool whole;
    return len_bytes ? decode(bytes, len_bytes, code_point, &whole) : 0;
}

size_t utf8_encode(uint32_t code_point, uint8_t bytes[UTF8_MAX_BYTES])
{
    if (code_point > 0x10ffff || (code_point >= 0xd800 && code_point <= 0xdfff))
        code_point = UTF8_REPLACEMENT;
    if (code_point < 0x80) {
        bytes[0] = (uint8_t)code_point;
        return 1;
    }
    size_t n = code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i > 0; i--, code_point >>= 6)
        bytes[i] = (uint8_t)(0x80 | (code_point & 0x3f));
    bytes[0] = (uint8_t)(0xf00 >> n | code_point); /* n ones, then a zero */
    return n;
}

size_t utf8_push(struct utf8_stream *stream, uint8_t byte, uint32_t code_points[2])
{
    size_t completed = 0;
    bool whole;

    stream->pending[stream->count++] = byte;
    while (stream->count > 0) {
        size_t used =
            decode(stream->pending, stream->count, &code_points[completed], &whole);
        if (!whole) break;
        completed++;
        stream->count = (uint8_t)(stream->count - used);
        stream->pending[0] = byte; /* all that can be left over */
    }
    return completed;
}

size_t utf8_finish(struct utf8_stream *stream, uint32_t *code_point)
{
    if (stream->count == 0) return 0;
    stream->count = 0;
    *code_point = UTF8_REPLACEMENT;
    return 1;
}
