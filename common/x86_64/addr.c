/* SPDX-License-Identifier: MIT */
#include "x86_64/addr.h"

/* Canonical addresses of both halves, counted without the hole between them. */
static uint64_t canonical_mask(enum paging_levels levels)
{
    return UINT64_MAX >> (64 - virt_bits(levels));
}

enum err virt_from_u64(uint64_t raw, enum paging_levels levels, virt_addr *va)
{
    if (!virt_is_canonical(raw, levels)) return ERR_RANGE;
    *va = raw;
    return OK;
}

virt_addr virt_truncate(uint64_t raw, enum paging_levels levels)
{
    uint64_t mask = canonical_mask(levels);
    bool upper_half = raw >> (virt_bits(levels) - 1) & 1;
    return upper_half ? raw | ~mask : raw & mask;
}

/* Sign bits differ: the two addresses are on different sides of the hole. */
static bool across_the_hole(virt_addr a, virt_addr b) { return (a ^ b) >> 63; }

enum err virt_add(virt_addr a, uint64_t n, enum paging_levels levels, virt_addr *sum)
{
    uint64_t result;
    if (__builtin_add_overflow(a, n, &result)) return ERR_RANGE;
    if (!virt_is_canonical(result, levels) || across_the_hole(a, result))
        return ERR_RANGE;
    *sum = result;
    return OK;
}

enum err virt_sub(virt_addr a, uint64_t n, enum paging_levels levels,
                  virt_addr *difference)
{
    uint64_t result;
    if (__builtin_sub_overflow(a, n, &result)) return ERR_RANGE;
    if (!virt_is_canonical(result, levels) || across_the_hole(a, result))
        return ERR_RANGE;
    *difference = result;
    return OK;
}

enum err virt_distance(virt_addr from, virt_addr to, enum paging_levels levels,
                       uint64_t *bytes)
{
    if (!virt_is_canonical(from, levels) || !virt_is_canonical(to, levels))
        return ERR_RANGE;
    if (to < from || across_the_hole(from, to)) return ERR_RANGE;
    *bytes = to - from;
    return OK;
}

enum err virt_step(virt_addr a, uint64_t n, enum paging_levels levels, virt_addr *next)
{
    uint64_t mask = canonical_mask(levels);
    if (!virt_is_canonical(a, levels) || n > mask - (a & mask)) return ERR_RANGE;
    *next = virt_truncate((a & mask) + n, levels);
    return OK;
}

enum err virt_step_back(virt_addr a, uint64_t n, enum paging_levels levels,
                        virt_addr *previous)
{
    uint64_t mask = canonical_mask(levels);
    if (!virt_is_canonical(a, levels) || n > (a & mask)) return ERR_RANGE;
    *previous = virt_truncate((a & mask) - n, levels);
    return OK;
}

enum err virt_steps_between(virt_addr from, virt_addr to, enum paging_levels levels,
                            uint64_t *steps)
{
    if (!virt_is_canonical(from, levels) || !virt_is_canonical(to, levels))
        return ERR_RANGE;
    if (to < from) return ERR_RANGE;
    *steps = (to & canonical_mask(levels)) - (from & canonical_mask(levels));
    return OK;
}

enum err align_up(uint64_t n, uint64_t align, uint64_t *aligned)
{
    ASSERT(is_power_of_two(align));
    uint64_t result;
    if (__builtin_add_overflow(n, align - 1, &result)) return ERR_RANGE;
    *aligned = result & ~(align - 1);
    return OK;
}

enum err virt_align_up(virt_addr a, uint64_t align, enum paging_levels levels,
                       virt_addr *aligned)
{
    uint64_t result;
    if (align_up(a, align, &result) != OK) return ERR_RANGE;
    if (!virt_is_canonical(result, levels) || across_the_hole(a, result))
        return ERR_RANGE;
    *aligned = result;
    return OK;
}

enum err phys_from_u64(uint64_t raw, unsigned bits, phys_addr *pa)
{
    ASSERT(bits >= 32 && bits <= PHYS_BITS_MAX);
    if (raw >> bits != 0) return ERR_RANGE;
    *pa = raw;
    return OK;
}

enum err phys_add(phys_addr a, uint64_t n, unsigned bits, phys_addr *sum)
{
    uint64_t result;
    if (__builtin_add_overflow(a, n, &result)) return ERR_RANGE;
    return phys_from_u64(result, bits, sum);
}

enum err phys_sub(phys_addr a, uint64_t n, phys_addr *difference)
{
    if (n > a) return ERR_RANGE;
    *difference = a - n;
    return OK;
}

enum err phys_align_up(phys_addr a, uint64_t align, unsigned bits, phys_addr *aligned)
{
    uint64_t result;
    if (align_up(a, align, &result) != OK) return ERR_RANGE;
    return phys_from_u64(result, bits, aligned);
}

virt_addr virt_from_indices(const unsigned index[5], enum paging_levels levels)
{
    uint64_t raw = 0;
    for (unsigned i = (unsigned)levels; i-- > 0;) {
        ASSERT(index[i] < 512);
        raw = raw << 9 | index[i];
    }
    return virt_truncate(raw << 12, levels);
}
