/* SPDX-License-Identifier: MIT */
#include "cpu/symbols.h"

extern const char __text_start[], __text_end[];

/* snippet: find */
const char *symbol_find(uint64_t address, uint64_t *offset_bytes)
{
    uint64_t start = (uint64_t)__text_start;

    *offset_bytes = 0;
    if (address < start || address >= (uint64_t)__text_end) return "?";
    uint32_t low = 0, high = symbol_count; /* the answer, if any, is in low..high-1 */
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (symbol_table[middle].address_offset <= address - start) low = middle + 1;
        else high = middle;
    }
    if (low == 0) return "?";
    const struct symbol *found = &symbol_table[low - 1];
    *offset_bytes = address - start - found->address_offset;
    return symbol_names + found->name_offset;
}
/* end: find */
