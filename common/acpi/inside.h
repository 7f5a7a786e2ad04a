/* SPDX-License-Identifier: MIT */
/* Shared by the sources of this library; not for its users. */
#ifndef ACPI_INSIDE_H
#define ACPI_INSIDE_H

#include "acpi/acpi.h"

/* The error code that goes with a fault. */
enum err acpi_fault_err(enum acpi_fault fault);

/* The sum of all bytes, modulo 256: 0 where a checksum byte is right. */
uint8_t acpi_sum(const void *start, size_t len_bytes);

/* Copies `n` characters and closes them with a NUL: `to` has room for n + 1. */
void acpi_copy_text(char *to, const uint8_t *from, size_t n);

/* map(), with the addresses that wrap or are 0 already sorted out. */
const void *acpi_map(const struct acpi_memory *memory, uint64_t physical,
                     size_t len_bytes);

/* False, with *gas as it was, when fewer than 12 bytes are left. */
bool acpi_gas_read(struct bytes *b, struct acpi_gas *gas);

/* The signature is the four characters expected. */
bool acpi_is(const char *signature, const char *expected);

#endif
