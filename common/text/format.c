/* SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <stdint.h>

#include "text/format.h"
#include "text/string.h"

#define DIGITS_MAX 22 /* 64 bits in octal */

enum flags { LEFT = 1, ZERO = 2, PLUS = 4, SPACE = 8, ALTERNATE = 16 };
enum length { INT, CHAR, SHORT, LONG, LONG_LONG, SIZE, PTRDIFF, INTMAX };

/* A conversion specification as written, no argument looked at yet. */
struct spec {
    unsigned flags;
    bool star_width, star_precision;
    int width;
    int precision; /* -1 for none */
    enum length length;
    char conversion;
};

/* Where characters go, and how many went there. */
struct sink {
    format_put put;
    void *context;
    size_t count;
};

/* va_list may be an array, which a function cannot take by address; in a struct it
 * can. */
struct args {
    va_list list;
};

static void emit(struct sink *out, char c)
{
    out->put(out->context, c);
    out->count++;
}

static void emit_times(struct sink *out, char c, size_t n)
{
    while (n-- > 0) emit(out, c);
}

static void emit_bytes(struct sink *out, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) emit(out, bytes[i]);
}

static void emit_padded(struct sink *out, const struct spec *s, const char *text,
                        size_t n)
{
    size_t pad = (size_t)s->width > n ? (size_t)s->width - n : 0;
    if (!(s->flags & LEFT)) emit_times(out, ' ', pad);
    emit_bytes(out, text, n);
    if (s->flags & LEFT) emit_times(out, ' ', pad);
}

/* Writes the digits of `value` so that they end just before `end`; none for 0.  Returns
 * where they begin.  Each base is a constant of its own: no division instruction is
 * left. */
static char *digits_before(char *end, uint64_t value, char conversion)
{
    switch (conversion) {
    case 'o':
        for (; value; value >>= 3) *--end = (char)('0' + (value & 7));
        break;
    case 'x':
    case 'p':
        for (; value; value >>= 4) *--end = "0123456789abcdef"[value & 15];
        break;
    case 'X':
        for (; value; value >>= 4) *--end = "0123456789ABCDEF"[value & 15];
        break;
    default:
        for (; value > UINT32_MAX; value /= 10) *--end = (char)('0' + value % 10);
        for (uint32_t low = (uint32_t)value; low; low /= 10)
            *--end = (char)('0' + low % 10);
    }
    return end;
}

/* Spaces, prefix, zeros, digits, spaces: C11 7.21.6.1p6 and p8. */
static void emit_number(struct sink *out, const struct spec *s, uint64_t value,
                        bool negative)
{
    char digits[DIGITS_MAX];
    char *end = digits + sizeof digits, *start = digits_before(end, value, s->conversion);
    size_t n = (size_t)(end - start), width = (size_t)s->width;
    size_t least = s->precision < 0 ? 1 : (size_t)s->precision;
    const char *prefix = "";

    if (s->conversion == 'p') {
        prefix = "0x";
    } else if (s->conversion == 'd') {
        prefix = negative ? "-" : s->flags & PLUS ? "+" : s->flags & SPACE ? " " : "";
    } else if (s->flags & ALTERNATE && s->conversion == 'o') {
        if (least <= n) least = n + 1;
    } else if (s->flags & ALTERNATE && value != 0 && s->conversion != 'u') {
        prefix = s->conversion == 'x' ? "0x" : "0X";
    }

    size_t prefix_len = strlen(prefix), zeros = least > n ? least - n : 0;
    size_t used = prefix_len + zeros + n, pad = width > used ? width - used : 0;
    if (s->flags & ZERO && !(s->flags & LEFT) && s->precision < 0) {
        zeros += pad;
        pad = 0;
    }
    if (!(s->flags & LEFT)) emit_times(out, ' ', pad);
    emit_bytes(out, prefix, prefix_len);
    emit_times(out, '0', zeros);
    emit_bytes(out, start, n);
    if (s->flags & LEFT) emit_times(out, ' ', pad);
}

static int64_t signed_argument(struct args *args, enum length length)
{
    switch (length) {
    case CHAR: return (signed char)va_arg(args->list, int);
    case SHORT: return (short)va_arg(args->list, int);
    case LONG: return va_arg(args->list, long);
    case LONG_LONG: return va_arg(args->list, long long);
    case SIZE:
    case PTRDIFF: return va_arg(args->list, ptrdiff_t);
    case INTMAX: return va_arg(args->list, intmax_t);
    case INT: break;
    }
    return va_arg(args->list, int);
}

static uint64_t unsigned_argument(struct args *args, enum length length)
{
    switch (length) {
    case CHAR: return (unsigned char)va_arg(args->list, unsigned);
    case SHORT: return (unsigned short)va_arg(args->list, unsigned);
    case LONG: return va_arg(args->list, unsigned long);
    case LONG_LONG: return va_arg(args->list, unsigned long long);
    case SIZE:
    case PTRDIFF: return va_arg(args->list, size_t);
    case INTMAX: return va_arg(args->list, uintmax_t);
    case INT: break;
    }
    return va_arg(args->list, unsigned);
}

static int limited(int n)
{
    return n > FORMAT_FIELD_MAX ? FORMAT_FIELD_MAX : n;
}

/* Takes the arguments of `s` in the order C11 7.21.6.1p5 gives them: *, .*, the value. */
static void convert(struct sink *out, struct spec *s, struct args *args)
{
    if (s->star_width) s->width = va_arg(args->list, int);
    if (s->width < 0) {
        s->flags |= LEFT;
        s->width = s->width < -FORMAT_FIELD_MAX ? FORMAT_FIELD_MAX : -s->width;
    }
    s->width = limited(s->width);
    if (s->star_precision) s->precision = va_arg(args->list, int);

    switch (s->conversion) {
    case 'c': {
        char c = (char)va_arg(args->list, int);
        emit_padded(out, s, &c, 1);
        return;
    }
    case 's': {
        const char *text = va_arg(args->list, const char *);
        if (!text) text = "(null)";
        emit_padded(out, s, text,
                    s->precision < 0 ? strlen(text)
                                     : strnlen(text, (size_t)s->precision));
        return;
    }
    }

    s->precision = limited(s->precision);
    if (s->conversion == 'd') {
        int64_t value = signed_argument(args, s->length);
        emit_number(out, s, value < 0 ? -(uint64_t)value : (uint64_t)value, value < 0);
    } else if (s->conversion == 'p') {
        emit_number(out, s, (uintptr_t)va_arg(args->list, void *), false);
    } else {
        emit_number(out, s, unsigned_argument(args, s->length), false);
    }
}

/* Reads digits, or a star.  Numbers beyond FORMAT_FIELD_MAX stay just beyond it. */
static const char *parse_field(const char *at, int *value, bool *star)
{
    *star = *at == '*';
    if (*star) return at + 1;
    for (*value = 0; *at >= '0' && *at <= '9'; at++)
        if (*value <= FORMAT_FIELD_MAX) *value = *value * 10 + (*at - '0');
    return at;
}

static const char *parse_length(const char *at, enum length *length)
{
    switch (*at) {
    case 'h':
        *length = at[1] == 'h' ? CHAR : SHORT;
        return at + (at[1] == 'h' ? 2 : 1);
    case 'l':
        *length = at[1] == 'l' ? LONG_LONG : LONG;
        return at + (at[1] == 'l' ? 2 : 1);
    case 'z': *length = SIZE; return at + 1;
    case 't': *length = PTRDIFF; return at + 1;
    case 'j': *length = INTMAX; return at + 1;
    }
    *length = INT;
    return at;
}

/* Reads the specification after a '%'.  Returns where the text goes on, or NULL when this
 * is none that format.h lists. */
static const char *parse(const char *at, struct spec *s)
{
    static const char flags[] = "-0+ #"; /* in the order of enum flags */

    *s = (struct spec){.precision = -1};
    for (const char *flag; *at && (flag = strchr(flags, *at)); at++)
        s->flags |= 1u << (flag - flags);
    at = parse_field(at, &s->width, &s->star_width);
    if (*at == '.') at = parse_field(at + 1, &s->precision, &s->star_precision);
    at = parse_length(at, &s->length);
    s->conversion = *at == 'i' ? 'd' : *at;
    if (!*at || !strchr("duxXocsp", s->conversion)) return NULL;
    if (s->length != INT && strchr("csp", s->conversion)) return NULL;
    return at + 1;
}

size_t format_to(format_put put, void *context, const char *format, va_list list)
{
    struct sink out = {.put = put, .context = context};
    struct args args;
    struct spec s;

    va_copy(args.list, list);
    while (*format) {
        if (*format != '%') {
            emit(&out, *format++);
            continue;
        }
        if (format[1] == '%') {
            emit(&out, '%');
            format += 2;
            continue;
        }
        const char *after = parse(format + 1, &s);
        if (after) {
            convert(&out, &s, &args);
            format = after;
        } else {
            emit(&out, *format++);
        }
    }
    va_end(args.list);
    return out.count;
}

size_t format_print(format_put put, void *context, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    size_t count = format_to(put, context, format, args);
    va_end(args);
    return count;
}

/* What is left of a buffer; the last byte is for the NUL. */
struct room {
    char *at, *last;
};

static void put_in_room(void *context, char c)
{
    struct room *room = context;
    if (room->at < room->last) *room->at++ = c;
}

size_t format_string_va(char *buffer, size_t size, const char *format, va_list args)
{
    struct room room = {.at = buffer, .last = size ? buffer + size - 1 : buffer};
    size_t count = format_to(put_in_room, &room, format, args);
    if (size) *room.at = '\0';
    return count;
}

size_t format_string(char *buffer, size_t size, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    size_t count = format_string_va(buffer, size, format, args);
    va_end(args);
    return count;
}
