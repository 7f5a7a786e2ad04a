/* SPDX-License-Identifier: MIT */
/*
 * The kernel's own functions by address.  The table is made when the kernel is linked: once
 * without it to learn the addresses, then with it.  It lies behind the code, so that adding
 * it moves no function.
 */
#ifndef CPU_SYMBOLS_H
#define CPU_SYMBOLS_H

#include <stdint.h>

struct symbol {
    uint32_t address_offset; /* from the start of the code, in bytes */
    uint32_t name_offset;    /* into symbol_names */
};

/* Generated, in rising order of address; a last entry past the code ends the table. */
extern const struct symbol symbol_table[];
extern const uint32_t symbol_count;
extern const char symbol_names[];

/* The name of the function that holds `address`, and how far into it that is; "?" and 0 for
 * an address outside the kernel's code. */
const char *symbol_find(uint64_t address, uint64_t *offset_bytes);

#endif
