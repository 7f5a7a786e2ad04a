/* SPDX-License-Identifier: MIT */
/*
 * UTF-8, decoded from bytes that may be anything, and encoded.
 *
 * Source   Unicode 15.0 3.9, tables 3-6 to 3-8.
 * Errors   There are none to check for.  Each maximal part of an ill-formed sequence
 *          becomes one U+FFFD, as the Unicode Standard recommends and web browsers do: an
 *          overlong form, a surrogate, a value above U+10FFFF, a lone continuation byte,
 *          a sequence cut short.
 * Calls    No state but the caller's: any context.
 */
#ifndef TEXT_UTF8_H
#define TEXT_UTF8_H

#include <stddef.h>
#include <stdint.h>

#define UTF8_REPLACEMENT 0xfffdu
#define UTF8_MAX_BYTES   4 /* of one code point */

/* Decodes the first code point of `len_bytes` bytes into *code_point.  Returns how many
 * bytes it took: 1 to 4, never more than there are; 0, leaving *code_point as it was, for
 * none. */
size_t utf8_decode(const void *bytes, size_t len_bytes, uint32_t *code_point);

/* Writes the 1 to 4 bytes of `code_point` and returns their number.  What is no Unicode
 * scalar value (a surrogate, anything above U+10FFFF) is written as U+FFFD. */
size_t utf8_encode(uint32_t code_point, uint8_t bytes[UTF8_MAX_BYTES]);

/* The same decoder for bytes that arrive one at a time.  Starts as all zeros. */
struct utf8_stream {
    uint8_t pending[UTF8_MAX_BYTES];
    uint8_t count; /* of pending bytes: the beginning of a sequence well-formed so far */
};

/* Takes one byte.  Returns how many code points it completed, 0 to 2: a byte that breaks
 * off a sequence completes the U+FFFD for it and may be a character itself. */
size_t utf8_push(struct utf8_stream *stream, uint8_t byte, uint32_t code_points[2]);

/* Ends the text.  Returns 1 and a U+FFFD when a sequence was cut short, otherwise 0. */
size_t utf8_finish(struct utf8_stream *stream, uint32_t *code_point);

#endif
