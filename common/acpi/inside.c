/* SPDX-License-Identifier: MIT */
#include "acpi/inside.h"

enum err acpi_fault_err(enum acpi_fault fault)
{
    switch (fault) {
    case ACPI_FAULT_NONE: return OK;
    case ACPI_FAULT_ABSENT: return ERR_NOT_FOUND;
    case ACPI_FAULT_UNREACHABLE:
    case ACPI_FAULT_TOO_LONG: return ERR_RANGE;
    default: return ERR_FORMAT;
    }
}

const char *acpi_fault_name(enum acpi_fault fault)
{
    switch (fault) {
    case ACPI_FAULT_NONE: return "no fault";
    case ACPI_FAULT_ABSENT: return "not there";
    case ACPI_FAULT_UNREACHABLE: return "memory cannot be reached";
    case ACPI_FAULT_SIGNATURE: return "wrong signature";
    case ACPI_FAULT_CHECKSUM: return "wrong checksum";
    case ACPI_FAULT_EXTENDED_CHECKSUM: return "wrong extended checksum";
    case ACPI_FAULT_TOO_SHORT: return "too short";
    case ACPI_FAULT_TOO_LONG: return "too long";
    case ACPI_FAULT_RAGGED: return "length is not a whole number of entries";
    case ACPI_FAULT_ENTRY_LEN_ZERO: return "entry of length zero";
    case ACPI_FAULT_ENTRY_TOO_SHORT: return "entry too short for its type";
    case ACPI_FAULT_ENTRY_TOO_LONG: return "entry runs past the end of its table";
    case ACPI_FAULT_VALUE: return "field holds an impossible value";
    case ACPI_FAULT_CHANGED: return "table changed while it was read";
    }
    return "unknown fault";
}

uint8_t acpi_sum(const void *start, size_t len_bytes)
{
    const uint8_t *p = start;
    uint8_t sum = 0;
    for (size_t i = 0; i < len_bytes; i++) sum = (uint8_t)(sum + p[i]);
    return sum;
}

void acpi_copy_text(char *to, const uint8_t *from, size_t n)
{
    for (size_t i = 0; i < n; i++) to[i] = (char)from[i];
    to[n] = '\0';
}

const void *acpi_map(const struct acpi_memory *memory, uint64_t physical,
                     size_t len_bytes)
{
    if (physical == 0 || len_bytes == 0 || physical > UINT64_MAX - (len_bytes - 1))
        return NULL;
    return memory->map(memory->context, physical, len_bytes);
}

bool acpi_gas_read(struct bytes *b, struct acpi_gas *gas)
{
    struct bytes raw;
    if (!bytes_slice(b, 12, &raw)) return false;
    return bytes_read_u8(&raw, &gas->space) && bytes_read_u8(&raw, &gas->width_bits) &&
           bytes_read_u8(&raw, &gas->offset_bits) &&
           bytes_read_u8(&raw, &gas->access_log2_plus1) &&
           bytes_read_u64(&raw, &gas->address);
}

bool acpi_is(const char *signature, const char *expected)
{
    for (size_t i = 0; i < 4; i++)
        if (signature[i] != expected[i]) return false;
    return true;
}
