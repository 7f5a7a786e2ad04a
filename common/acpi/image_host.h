/* SPDX-License-Identifier: MIT */
/*
 * Physical memory as a file of dumped regions, for the tests on the host.
 *
 * Format   Regions one after the other: physical address (8 bytes), length (4 bytes),
 *          bytes. Numbers are little-endian.  A region that does not fit ends the file.
 * Memory   Each map() hands out a block of exactly the length asked for and takes the one
 *          before it back, so that the sanitizer sees a read past the end as well as a
 *          pointer kept too long.
 */
#ifndef ACPI_IMAGE_HOST_H
#define ACPI_IMAGE_HOST_H

#include <stdlib.h>
#include <string.h>

#include "acpi/acpi.h"

struct image {
    uint8_t *file;
    size_t len_bytes;
    void *window;
};

/* The next region in `b`, its place in the file included; false at the end. */
static inline bool image_next(struct bytes *b, uint64_t *pa, struct bytes *region)
{
    uint32_t len;
    return bytes_read_u64(b, pa) && bytes_read_u32(b, &len) &&
           bytes_slice(b, len, region);
}

static inline const void *image_map(void *context, uint64_t pa, size_t len_bytes)
{
    struct image *image = context;
    struct bytes file = bytes_of(image->file, image->len_bytes), region;
    uint64_t start;

    if (len_bytes == 0 || pa > UINT64_MAX - (len_bytes - 1))
        abort(); /* never asked for */
    free(image->window);
    image->window = NULL;
    while (image_next(&file, &start, &region)) {
        if (pa < start || pa - start > region.left) continue;
        bytes_take(&region, pa - start);
        if (len_bytes > region.left) continue;
        image->window = malloc(len_bytes);
        if (!image->window) abort();
        return memcpy(image->window, region.at, len_bytes);
    }
    return NULL;
}

static inline struct acpi_memory image_memory(struct image *image)
{
    return (struct acpi_memory){.map = image_map, .context = image};
}

static inline void image_free(struct image *image)
{
    free(image->window);
    free(image->file);
    *image = (struct image){0};
}

/* Makes the byte at `at` such that all `len_bytes` bytes add up to 0. */
static inline void image_seal(uint8_t *start, size_t len_bytes, size_t at)
{
    uint8_t sum = 0;
    start[at] = 0;
    for (size_t i = 0; i < len_bytes; i++) sum = (uint8_t)(sum + start[i]);
    start[at] = (uint8_t)-sum;
}

#endif
