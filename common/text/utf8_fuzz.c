/* SPDX-License-Identifier: MIT */
/* Any bytes: the decoder, the decoder fed byte by byte and the oracle agree, nothing
 * outside the input is read, and what was decoded and encoded again decodes to the
 * same. */
#include <stdint.h>
#include <stdlib.h>

#include "text/utf8.h"
#include "text/utf8_oracle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct utf8_stream stream = {0};
    uint32_t point, expected, again, streamed[2];
    size_t fed = 0, ready = 0, next = 0, used;

    for (size_t at = 0; at < size; at += used) {
        used = utf8_decode(data + at, size - at, &point);
        if (used != utf8_oracle(data + at, size - at, &expected) || point != expected)
            abort();

        while (next == ready && fed < size) {
            ready = utf8_push(&stream, data[fed++], streamed);
            next = 0;
        }
        if (next == ready) {
            ready = utf8_finish(&stream, streamed);
            next = 0;
        }
        if (next == ready || streamed[next++] != point) abort();

        uint8_t bytes[UTF8_MAX_BYTES];
        size_t n = utf8_encode(point, bytes);
        if (utf8_decode(bytes, n, &again) != n || again != point) abort();
    }
    if (next != ready || utf8_finish(&stream, streamed) != 0) abort();
    return 0;
}
