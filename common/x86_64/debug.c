/* SPDX-License-Identifier: MIT */
#include "x86_64/debug.h"

/* The length field counts 1, 2, 8, 4: SDM 3B 17.2.4. */
static const uint8_t length_of_code[4] = {1, 2, 8, 4};

static bool length_is_allowed(const struct debug_breakpoint *b)
{
    switch (b->condition) {
    case DEBUG_EXECUTE: return b->len_bytes == 1;
    case DEBUG_PORT: return b->len_bytes == 1 || b->len_bytes == 2 || b->len_bytes == 4;
    case DEBUG_WRITE:
    case DEBUG_READ_WRITE: return b->len_bytes <= 8 && is_power_of_two(b->len_bytes);
    }
    return false;
}

static bool address_is_allowed(const struct debug_breakpoint *b,
                               enum paging_levels levels)
{
    if (!is_aligned(b->address, b->len_bytes)) return false;
    if (b->condition == DEBUG_PORT) return b->address <= UINT16_MAX;
    return virt_is_canonical(b->address, levels);
}

uint64_t dr7_without(uint64_t dr7, unsigned n)
{
    ASSERT(n < DR_BREAKPOINTS);
    return dr7 & ~(DR7_LOCAL(n) | DR7_GLOBAL(n) | DR7_CONDITION(n) | DR7_LENGTH(n));
}

enum err dr7_with(uint64_t dr7, unsigned n, const struct debug_breakpoint *b,
                  enum paging_levels levels, uint64_t *result)
{
    ASSERT(n < DR_BREAKPOINTS);
    if (!length_is_allowed(b) || !address_is_allowed(b, levels)) return ERR_RANGE;
    uint64_t code = 0;
    while (length_of_code[code] != b->len_bytes) code++;
    *result = dr7_without(dr7, n) | DR7_FIXED | (b->local ? DR7_LOCAL(n) : 0) |
              (b->global ? DR7_GLOBAL(n) : 0) |
              field_put64(DR7_CONDITION(n), (uint64_t)b->condition) |
              field_put64(DR7_LENGTH(n), code);
    return OK;
}

struct debug_breakpoint dr7_get(uint64_t dr7, unsigned n, virt_addr address)
{
    ASSERT(n < DR_BREAKPOINTS);
    return (struct debug_breakpoint){
        .address = address,
        .condition = (enum debug_condition)field_get64(DR7_CONDITION(n), dr7),
        .len_bytes = length_of_code[field_get64(DR7_LENGTH(n), dr7)],
        .local = (dr7 & DR7_LOCAL(n)) != 0,
        .global = (dr7 & DR7_GLOBAL(n)) != 0,
    };
}

int dr6_breakpoint(uint64_t dr6, uint64_t dr7)
{
    for (int n = 0; n < DR_BREAKPOINTS; n++)
        if ((dr6 & DR6_HIT(n)) && (dr7 & (DR7_LOCAL(n) | DR7_GLOBAL(n)))) return n;
    return -1;
}

uint64_t dr_read_address(unsigned n)
{
    ASSERT(n < DR_BREAKPOINTS);
    switch (n) {
    case 0: return insn_read_dr0();
    case 1: return insn_read_dr1();
    case 2: return insn_read_dr2();
    default: return insn_read_dr3();
    }
}

void dr_write_address(unsigned n, uint64_t address)
{
    ASSERT(n < DR_BREAKPOINTS);
    switch (n) {
    case 0: insn_write_dr0(address); break;
    case 1: insn_write_dr1(address); break;
    case 2: insn_write_dr2(address); break;
    default: insn_write_dr3(address); break;
    }
}
