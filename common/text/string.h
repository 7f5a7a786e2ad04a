/* SPDX-License-Identifier: MIT */
/*
 * Memory and strings, under the names of the C library.
 *
 * Source   C11 7.24, and strnlen of POSIX.1-2017.
 * Names    gcc and clang emit calls to memcpy, memmove, memset and memcmp on their own,
 *          even for a freestanding program: a structure assignment is enough.  A kernel
 *          therefore has to link this file whether it calls these functions or not.
 * Bounds   None is checked: lengths are the caller's promise.  Pointers are never NULL,
 *          not even for a length of 0.
 * Memory   Not for device registers: the number and the width of the accesses is not
 *          defined, and a byte may be written twice.
 * Host     Declares what <string.h> declares, so code using this header links with libc
 *          too.
 * Calls    No state: any context.
 */
#ifndef TEXT_STRING_H
#define TEXT_STRING_H

#include <stddef.h>

/* Copies n bytes.  The ranges must not overlap.  Returns `to`. */
void *memcpy(void *restrict to, const void *restrict from, size_t n);

/* Copies n bytes as if through a third place, so the ranges may overlap.  Returns
 * `to`. */
void *memmove(void *to, const void *from, size_t n);

/* Sets n bytes to the low eight bits of `value`.  Returns `to`. */
void *memset(void *to, int value, size_t n);

/* Less than, equal to or greater than 0: the first difference, as unsigned bytes. */
int memcmp(const void *a, const void *b, size_t n);

/* The number of bytes before the NUL. */
size_t strlen(const char *s);

/* The same, but at most `limit`, and never looking at more than `limit` bytes. */
size_t strnlen(const char *s, size_t limit);

/* Less than, equal to or greater than 0, as memcmp.  strncmp stops after n bytes. */
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);

/* The first `c` in s, which may be the NUL itself; NULL when there is none. */
char *strchr(const char *s, int c);

#endif
