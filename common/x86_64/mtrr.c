/* SPDX-License-Identifier: MIT */
#include "x86_64/mtrr.h"

/* UC- exists in the PAT only. */
static bool type_is_valid(unsigned type)
{
    return memory_type_is_valid(type) && type != MEMORY_UC_MINUS;
}

uint32_t mtrr_fixed_msr(unsigned i)
{
    ASSERT(i < MTRR_FIXED_COUNT);
    if (i == 0) return 0x250;
    return i <= 2 ? 0x257 + i : 0x265 + i;
}

/* Byte number in fixed[] (8 a register) of the range that holds `pa`, which is below 1
 * MiB: SDM 3A table 11-9. */
static unsigned fixed_range_of(phys_addr pa)
{
    if (pa < 0x80000) return (unsigned)(pa / 0x10000);
    if (pa < 0xc0000) return 8 + (unsigned)((pa - 0x80000) / 0x4000);
    return 24 + (unsigned)((pa - 0xc0000) / 0x1000);
}

static bool variable_covers(const struct mtrr_state *m, unsigned n, phys_addr pa)
{
    if (!(m->mask[n] & MTRR_MASK_VALID)) return false;
    uint64_t mask = m->mask[n] & MTRR_MASK_ADDR;
    return (pa & mask) == (m->base[n] & MTRR_BASE_ADDR & mask);
}

/* SDM 3A 11.11.4.1: the same twice is itself, UC wins, WT wins over WB, no more is
 * defined. */
static enum err overlap(unsigned a, unsigned b, unsigned *type)
{
    if (a == b)
        *type = a;
    else if (a == MEMORY_UC || b == MEMORY_UC)
        *type = MEMORY_UC;
    else if ((a == MEMORY_WT && b == MEMORY_WB) || (a == MEMORY_WB && b == MEMORY_WT))
        *type = MEMORY_WT;
    else
        return ERR_FORMAT;
    return OK;
}

static enum err variable_type_at(const struct mtrr_state *m, phys_addr pa, unsigned *type)
{
    bool covered = false, defined = true;
    unsigned found = 0;
    for (unsigned n = 0; n < m->variable_count; n++) {
        if (!variable_covers(m, n, pa)) continue;
        unsigned next = (unsigned)field_get64(MTRR_BASE_TYPE, m->base[n]);
        if (!type_is_valid(next)) return ERR_FORMAT;
        if (next == MEMORY_UC) {
            *type = MEMORY_UC;
            return OK;
        }
        if (!covered)
            found = next;
        else if (overlap(found, next, &found) != OK)
            defined = false;
        covered = true;
    }
    *type = covered ? found : (unsigned)field_get64(MTRR_DEF_TYPE_TYPE, m->def_type);
    return defined ? OK : ERR_FORMAT;
}

enum err mtrr_type_at(const struct mtrr_state *m, phys_addr pa, enum memory_type *type)
{
    ASSERT(m->variable_count <= MTRR_VARIABLE_MAX);
    ASSERT(m->phys_bits >= 32 && m->phys_bits <= PHYS_BITS_MAX);
    if (pa >> m->phys_bits != 0) return ERR_RANGE;
    unsigned raw = MEMORY_UC;
    if (m->def_type & MTRR_DEF_TYPE_E) {
        bool fixed = (m->cap & MTRRCAP_FIX) && (m->def_type & MTRR_DEF_TYPE_FE);
        if (fixed && pa < 0x100000) {
            unsigned range = fixed_range_of(pa);
            raw = (unsigned)(m->fixed[range / 8] >> (8 * (range % 8)) & 0xff);
        } else {
            enum err e = variable_type_at(m, pa, &raw);
            if (e != OK) return e;
        }
    }
    if (!type_is_valid(raw)) return ERR_FORMAT;
    *type = (enum memory_type)raw;
    return OK;
}

enum err mtrr_variable(const struct mtrr_state *m, unsigned n, phys_addr *start,
                       uint64_t *len_bytes, enum memory_type *type)
{
    ASSERT(m->phys_bits >= 32 && m->phys_bits <= PHYS_BITS_MAX);
    if (n >= m->variable_count || !(m->mask[n] & MTRR_MASK_VALID)) return ERR_NOT_FOUND;
    uint64_t width = UINT64_MAX >> (64 - m->phys_bits);
    uint64_t free_bits = ~(m->mask[n] & MTRR_MASK_ADDR) & width;
    unsigned raw = (unsigned)field_get64(MTRR_BASE_TYPE, m->base[n]);
    if (!type_is_valid(raw) || !is_power_of_two(free_bits + 1)) return ERR_FORMAT;
    *start = m->base[n] & MTRR_BASE_ADDR & width & ~free_bits;
    *len_bytes = free_bits + 1;
    *type = (enum memory_type)raw;
    return OK;
}

void mtrr_read(struct mtrr_state *m, unsigned phys_bits)
{
    *m = (struct mtrr_state){.phys_bits = phys_bits};
    m->cap = insn_rdmsr(MSR_MTRRCAP);
    m->def_type = insn_rdmsr(MSR_MTRR_DEF_TYPE);
    if (m->cap & MTRRCAP_FIX)
        for (unsigned i = 0; i < MTRR_FIXED_COUNT; i++)
            m->fixed[i] = insn_rdmsr(mtrr_fixed_msr(i));
    m->variable_count = (unsigned)field_get64(MTRRCAP_VCNT, m->cap);
    if (m->variable_count > MTRR_VARIABLE_MAX) m->variable_count = MTRR_VARIABLE_MAX;
    for (unsigned n = 0; n < m->variable_count; n++) {
        m->base[n] = insn_rdmsr(MSR_MTRR_BASE(n));
        m->mask[n] = insn_rdmsr(MSR_MTRR_MASK(n));
    }
}
