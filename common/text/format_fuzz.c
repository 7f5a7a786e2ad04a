/* SPDX-License-Identifier: MIT */
/* Two things from one input.  Conversions put together from its bytes, with arguments
 * from its bytes, against the host's snprintf.  And its bytes as a format of their own,
 * which may be anything: no outcome to compare with, but nothing may be read or written
 * outside, and the length must be that of the text. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text/format.h"

#pragma GCC diagnostic ignored "-Wformat-nonliteral"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
    const uint8_t *at;
    size_t left;
};

static unsigned take(struct input *in, unsigned below)
{
    if (in->left == 0) return 0;
    in->left--;
    return *in->at++ % below;
}

static uint64_t take64(struct input *in)
{
    uint64_t value = 0;
    for (unsigned bytes = take(in, 9); bytes > 0; bytes--)
        value = value << 8 | take(in, 256);
    return take(in, 2) ? -value : value;
}

/* Defined conversions only: C leaves the flag 0 open for %s and %c. */
static void build(struct input *in, char *format, char *conversion)
{
    static const char *const lengths[] = {"", "hh", "h", "l", "ll", "z", "t", "j"};
    unsigned flags = take(in, 32);
    *conversion = "diuxXosc"[take(in, 8)];
    int number = *conversion != 's' && *conversion != 'c';
    *format++ = '<';
    *format++ = '%';
    for (unsigned i = 0; i < (number ? 5u : 1u); i++)
        if (flags >> i & 1) *format++ = "-0+ #"[i];
    *format++ = '*';
    if (*conversion != 'c') {
        *format++ = '.';
        *format++ = '*';
    }
    format += sprintf(format, "%s%c>", number ? lengths[take(in, 8)] : "", *conversion);
    *format = '\0';
}

static void compare(struct input *in)
{
    char format[32], conversion, ours[600], host[600], text[17];
    int width = (int)take(in, 256) - 128, precision = (int)take(in, 256) - 32;
    build(in, format, &conversion);
    uint64_t value = take64(in);
    size_t n, room = take(in, 4) ? sizeof ours : take(in, 40);
    int m;

    memset(ours, '~', sizeof ours);
    if (conversion == 's') {
        memcpy(text, &value, 8);
        memcpy(text + 8, &value, 8);
        text[16] = '\0';
        n = format_string(ours, room, format, width, precision, text);
        m = snprintf(host, sizeof host, format, width, precision, text);
    } else if (conversion == 'c') {
        n = format_string(ours, room, format, width, (int)value);
        m = snprintf(host, sizeof host, format, width, (int)value);
    } else {
        n = format_string(ours, room, format, width, precision, value);
        m = snprintf(host, sizeof host, format, width, precision, value);
    }
    if (n != (size_t)m) abort();
    size_t kept = n < room ? n : room ? room - 1 : 0;
    if (memcmp(ours, host, kept) != 0 || (room && ours[kept] != '\0')) abort();
    for (size_t i = room ? kept + 1 : 0; i < sizeof ours; i++)
        if (ours[i] != '~') abort();
}

static void anything(const uint8_t *data, size_t size)
{
    char format[24], text[64], *whole;
    if (size >= sizeof format) size = sizeof format - 1;
    for (size_t i = 0; i < size; i++) format[i] = data[i] == 's' ? 'd' : (char)data[i];
    format[size] = '\0';
    size_t n = format_string(text, sizeof text, format, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
                             12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24);
    whole = malloc(n + 1);
    if (format_string(whole, n + 1, format, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
                      15, 16, 17, 18, 19, 20, 21, 22, 23, 24) != n)
        abort();
    if (memcmp(whole, text, n < sizeof text ? n + 1 : sizeof text - 1) != 0) abort();
    free(whole);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {.at = data, .left = size};
    while (in.left > 0) compare(&in);
    anything(data, size);
    return 0;
}
