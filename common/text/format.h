/* SPDX-License-Identifier: MIT */
/*
 * Formatted output, character by character, to anything that takes characters.
 *
 * Source   C11 7.21.6.1, without floating point, wide characters and %n.
 * Form     %[flags][width][.precision][length]conversion
 *          flags       - left, 0 zeros, + sign, space, # alternate form
 *          width       digits or *; a negative * means left and its absolute value
 *          precision   digits or *; a negative * means none
 *          length      hh h l ll z t j
 *          conversion  d i u x X o c s p %
 * Differs  %p is 0x and the digits, NULL included (0x0).  A NULL %s is "(null)".  Widths
 *          and the precisions of numbers stop at FORMAT_FIELD_MAX, so that a number from
 *          outside cannot make a log line take minutes.
 * Unknown  What is not listed above is printed as it stands and takes no argument.  The
 *          compiler warns about it first, as it does about arguments of the wrong type.
 * Memory   Allocates nothing, uses less than 512 bytes of stack, never recurses.
 * Calls    No state: any context that `put` may be called from.
 */
#ifndef TEXT_FORMAT_H
#define TEXT_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

/* C11 7.21.6.1p15 promises no more characters than this from one conversion. */
#define FORMAT_FIELD_MAX 4095

/* snippet: put */
/* Takes one character of the output. */
typedef void (*format_put)(void *context, char c);

/* Prints to `put`.  Returns the number of characters. */
size_t format_to(format_put put, void *context, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));
/* end: put */
size_t format_print(format_put put, void *context, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Prints into `buffer`, cutting off what does not fit; always ends it with a NUL when
 * `size` is not 0.  Returns the length without the NUL that the whole text has. */
size_t format_string(char *buffer, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
size_t format_string_va(char *buffer, size_t size, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));

#endif
