/* SPDX-License-Identifier: MIT */
#include "x86_64/page_table.h"

#include "x86_64/page_table_inside.h"
#include "x86_64/tlb.h"

static void init(struct page_table *t, const struct pt_machine *m, struct pt_frames frames,
                 phys_addr top_pa)
{
    ASSERT(m->levels == PAGING_4_LEVELS || m->levels == PAGING_5_LEVELS);
    ASSERT(m->phys_bits >= 32 && m->phys_bits <= PHYS_BITS_MAX);
    ASSERT(m->largest_page == PAGE_4K || m->largest_page == PAGE_2M ||
           m->largest_page == PAGE_1G);
    ASSERT(is_aligned(top_pa, PAGE_4K) && top_pa >> m->phys_bits == 0);
    *t = (struct page_table){.top_pa = top_pa,
                             .frames = frames,
                             .largest_page = m->largest_page,
                             .levels = m->levels,
                             .phys_bits = m->phys_bits,
                             .nx = m->nx};
    for (unsigned level = 1; level <= 5; level++) {
        t->reserved[0][level] = pte_reserved(level, false, m->phys_bits, m->nx);
        t->reserved[1][level] = pte_reserved(level, true, m->phys_bits, m->nx);
    }
    /* Where the processor has no pages of 1 GiB, their bit is reserved. */
    if (m->largest_page != PAGE_1G) t->reserved[1][3] |= PTE_LARGE;
}

void pt_init_offset(struct page_table *t, const struct pt_machine *m, struct pt_frames frames,
                    phys_addr top_pa, uint64_t offset, uint64_t limit_bytes)
{
    init(t, m, frames, top_pa);
    ASSERT(is_aligned(offset, PAGE_4K) && is_aligned(limit_bytes, PAGE_4K));
    ASSERT(top_pa < limit_bytes);
    t->mapper = PT_MAPPER_OFFSET;
    t->offset = offset;
    t->limit = limit_bytes;
}

void pt_init_function(struct page_table *t, const struct pt_machine *m,
                      struct pt_frames frames, phys_addr top_pa,
                      pte *(*table_at)(void *context, phys_addr frame), void *context)
{
    init(t, m, frames, top_pa);
    t->mapper = PT_MAPPER_FUNCTION;
    t->table_at = table_at;
    t->context = context;
    ASSERT(table_at(context, top_pa));
}

/* Each round through the recursive entry ends the walk one level higher: `level` rounds
 * end it at the table of that level, whose place among its like is what is left of va. */
virt_addr pt_recursive_address(enum paging_levels levels, unsigned index, unsigned level,
                               virt_addr va)
{
    unsigned indices[5] = {0};
    ASSERT(level >= 1 && level <= (unsigned)levels && index < PT_ENTRIES);
    for (unsigned i = 0; i < (unsigned)levels; i++)
        indices[i] = i + level < (unsigned)levels ? virt_table_index(va, i + 1 + level) : index;
    return virt_from_indices(indices, levels);
}

enum err pt_init_recursive(struct page_table *t, const struct pt_machine *m,
                           struct pt_frames frames, phys_addr top_pa, unsigned index,
                           virt_addr scratch)
{
    init(t, m, frames, top_pa);
    unsigned levels = (unsigned)m->levels;
    if (index >= PT_ENTRIES) return ERR_RANGE;
    if (!virt_is_canonical(scratch, m->levels) || !is_aligned(scratch, PAGE_4K) ||
        virt_table_index(scratch, levels) == index)
        return ERR_RANGE;
    t->mapper = PT_MAPPER_RECURSIVE;
    t->recursive_index = index;

    pte self = pte_load(&pt_top(t, 0)[index]);
    if (!(self & PTE_PRESENT) || !(self & PTE_WRITE) || !pt_is_valid(t, self, levels) ||
        pte_table_pa(self) != top_pa)
        return ERR_FORMAT;
    const pte *table = pt_top(t, scratch);
    for (unsigned level = levels; level > 1; level--) {
        pte e = pte_load(&table[virt_table_index(scratch, level)]);
        if (!(e & PTE_PRESENT)) return ERR_NOT_FOUND;
        if (!pt_is_valid(t, e, level)) return ERR_FORMAT;
        if (pte_is_page(e, level)) return ERR_EXISTS;
        table = pt_table_at(t, pte_table_pa(e), level - 1, scratch);
    }
    if (pte_load(&table[virt_table_index(scratch, 1)]) & PTE_PRESENT) return ERR_EXISTS;
    t->scratch = scratch;
    return OK;
}

pte *pt_table_elsewhere(const struct page_table *t, phys_addr pa, unsigned level,
                        virt_addr va)
{
    if (t->mapper == PT_MAPPER_FUNCTION) return t->table_at(t->context, pa);
    return virt_to_ptr(pt_recursive_address(t->levels, t->recursive_index, level, va));
}

struct pt_start pt_descend(const struct page_table *t, virt_addr va, virt_addr last,
                           pt_flags flags)
{
    struct pt_start start = {pt_top(t, va), (unsigned)t->levels};
    while (start.level > 1 && (va ^ last) < level_bytes(start.level) &&
           !pt_is_whole(va, last, start.level)) {
        pte e = pte_load(&start.table[level_index(va, start.level)]);
        if (!(e & PTE_PRESENT) || pte_is_page(e, start.level) || pt_is_narrow(e, flags))
            break;
        pte *child = pt_child(t, e, start.level, va);
        if (!child) break;
        start = (struct pt_start){child, start.level - 1};
    }
    return start;
}

static pte *scratch_entry(const struct page_table *t)
{
    return &pt_table_at(t, 0, 1, t->scratch)[virt_table_index(t->scratch, 1)];
}

pte *pt_open(const struct page_table *t, phys_addr pa)
{
    if (t->mapper != PT_MAPPER_RECURSIVE) return pt_table_at(t, pa, 1, 0);
    pte_store(scratch_entry(t), pte_page(1, pa, PTE_WRITE | (t->nx ? PTE_NX : 0)));
    return virt_to_ptr(t->scratch);
}

void pt_close(const struct page_table *t)
{
    if (t->mapper != PT_MAPPER_RECURSIVE) return;
    pte_store(scratch_entry(t), 0);
    tlb_flush_page(t->scratch);
}

enum err pt_range(const struct page_table *t, virt_addr va, uint64_t bytes, virt_addr *last)
{
    uint64_t end;
    if (!is_aligned(va | bytes, PAGE_4K)) return ERR_RANGE;
    if (__builtin_add_overflow(va, bytes - 1, &end)) return ERR_RANGE;
    if (!virt_is_canonical(va, t->levels) || !virt_is_canonical(end, t->levels) ||
        (va ^ end) >> 63)
        return ERR_RANGE;
    *last = end;
    return OK;
}

enum err pt_translate(const struct page_table *t, virt_addr va, struct pt_mapping *m)
{
    if (!virt_is_canonical(va, t->levels)) return ERR_RANGE;
    const pte *table = pt_top(t, va);
    pt_flags rights = PTE_WRITE | PTE_USER;
    for (unsigned level = (unsigned)t->levels;; level--) {
        pte e = pte_load(&table[level_index(va, level)]);
        bool page = pte_is_page(e, level);
        if (!(e & PTE_PRESENT)) return ERR_NOT_FOUND;
        if (e & t->reserved[page][level]) return ERR_FORMAT;
        if (page) {
            uint64_t bytes = level_bytes(level);
            *m = (struct pt_mapping){va & ~(bytes - 1), pte_page_pa(e, level), bytes, bytes,
                                     pt_flags_below(pte_flags(e, level), rights)};
            return OK;
        }
        rights = pt_flags_below(rights, e);
        table = pt_table_at(t, pte_table_pa(e), level - 1, va);
        if (!table) return ERR_FORMAT;
    }
}

const char *pt_flags_text(pt_flags flags, char text[PT_FLAGS_TEXT])
{
    text[0] = 'r';
    text[1] = flags & PTE_WRITE ? 'w' : '-';
    text[2] = flags & PTE_NX ? '-' : 'x';
    text[3] = flags & PTE_USER ? 'u' : '-';
    text[4] = flags & PTE_GLOBAL ? 'g' : '-';
    text[5] = flags & PTE_ACCESSED ? 'A' : '-';
    text[6] = flags & PTE_DIRTY ? 'D' : '-';
    text[7] = '\0';
    return text;
}
