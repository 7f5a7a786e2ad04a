/* SPDX-License-Identifier: MIT */
/* Tables put together byte by byte, for the tests on the host. */
#ifndef ACPI_TABLE_HOST_H
#define ACPI_TABLE_HOST_H

#include <stdlib.h>
#include <string.h>

#include "acpi/acpi.h"

#define HEADER_LEN 36

/* A body that is being written. */
struct body {
    uint8_t at[512];
    size_t len;
};

static inline void put(struct body *b, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++, value >>= 8) b->at[b->len++] = (uint8_t)value;
}

static inline void put_text(struct body *b, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) put(b, (uint8_t)text[i], 1);
}

/* A table of that body in a block of exactly its size, already checked. */
struct acpi_table_block {
    uint8_t *block;
    struct acpi_table table;
};

static inline struct acpi_table_block table_of(const char *signature, uint8_t revision,
                                               const struct body *b)
{
    struct acpi_table_block t = {.block = malloc(b->len ? b->len : 1)};
    memcpy(t.block, b->at, b->len);
    memcpy(t.table.signature, signature, 4);
    t.table.revision = revision;
    t.table.len_bytes = (uint32_t)(HEADER_LEN + b->len);
    t.table.body = bytes_of(t.block, b->len);
    return t;
}

#endif
