/* SPDX-License-Identifier: MIT */
/*
 * What the page_table_*.c files share.  Not for users of the library.
 *
 * Inside, a range is its first and its last address, so that the end of the address space
 * needs no care, and has been checked.
 */
#ifndef X86_64_PAGE_TABLE_INSIDE_H
#define X86_64_PAGE_TABLE_INSIDE_H

#include <stddef.h>

#include "x86_64/page_table.h"

/* A changing call under way. */
struct pt_op {
    const struct page_table *t;
    struct pt_change c;
    uint64_t need;      /* tables the plan asks for */
    uint64_t spare;     /* frames in hand, in a list, ... */
    phys_addr spare_pa; /*   that starts here */
};

/* pt_level_bytes of a level that was checked before. */
static inline uint64_t level_bytes(unsigned level) { return PAGE_4K << 9 * (level - 1); }

/* virt_table_index of a level that was checked before. */
static inline unsigned level_index(virt_addr va, unsigned level)
{
    return va >> (12 + 9 * (level - 1)) & (PT_ENTRIES - 1);
}

/* The last address of [va, last] that the same entry of `level` serves as `va`. */
static inline virt_addr pt_entry_last(virt_addr va, virt_addr last, unsigned level)
{
    virt_addr end = va | (level_bytes(level) - 1);
    return end < last ? end : last;
}

/* Whether [va, last] is all that an entry of `level` serves. */
static inline bool pt_is_whole(virt_addr va, virt_addr last, unsigned level)
{
    return last - va == level_bytes(level) - 1;
}

/* ---- page_table.c: reaching tables ---- */

/* pt_table_at for the mappers that need more than a sum. */
pte *pt_table_elsewhere(const struct page_table *t, phys_addr pa, unsigned level,
                        virt_addr va);

/* The table of `level` in frame `pa`, linked where `va` is looked up; NULL when there
 * cannot be one. */
static inline pte *pt_table_at(const struct page_table *t, phys_addr pa, unsigned level,
                               virt_addr va)
{
    if (t->mapper != PT_MAPPER_OFFSET) return pt_table_elsewhere(t, pa, level, va);
    return pa < t->limit ? virt_to_ptr(pa + t->offset) : NULL;
}
static inline pte *pt_top(const struct page_table *t, virt_addr va)
{
    return pt_table_at(t, t->top_pa, (unsigned)t->levels, va);
}

/* The table that the entry `e` of `level` leads to; NULL when the entry is malformed. */
static inline pte *pt_child(const struct page_table *t, pte e, unsigned level, virt_addr va)
{
    if (e & t->reserved[0][level]) return NULL;
    return pt_table_at(t, pte_table_pa(e), level - 1, va);
}

/* Where a call on a range starts: the lowest table that serves all of it.  Goes down as
 * long as an entry leads to a table, serves more than the range, and allows what pages of
 * `flags` need; whatever is in the way is left to the caller to find. */
struct pt_start {
    pte *table;
    unsigned level;
};
struct pt_start pt_descend(const struct page_table *t, virt_addr va, virt_addr last,
                           pt_flags flags);

/* Whether a present entry has none of the bits it must not have. */
static inline bool pt_is_valid(const struct page_table *t, pte e, unsigned level)
{
    return (e & t->reserved[pte_is_page(e, level)][level]) == 0;
}

/* A frame that is linked nowhere as memory, until pt_close; one at a time. */
pte *pt_open(const struct page_table *t, phys_addr pa);
void pt_close(const struct page_table *t);

/* The last address of the range; ERR_RANGE when it is not one.  bytes is not 0. */
enum err pt_range(const struct page_table *t, virt_addr va, uint64_t bytes, virt_addr *last);

/* ---- page_table_frames.c: frames in and out ---- */

/* Starts a call on [va, va + bytes).  False: c is the answer already. */
bool pt_begin(struct pt_op *op, const struct page_table *t, virt_addr va, uint64_t bytes,
              virt_addr *last);

/* Takes `need` frames into hand; on an error none, and c.err says why. */
bool pt_reserve(struct pt_op *op);

/* The next frame in hand. */
phys_addr pt_take(struct pt_op *op);

/* Points the entry of `level` for `va` at the new table in `pa`. */
void pt_link(struct pt_op *op, pte *entry, unsigned level, virt_addr va, pte value);

/* Adds a linked table to those taken out.  It must not be reached after; the caller then
 * stores over the entry that leads to it. */
void pt_take_out(struct pt_op *op, pte *table, phys_addr pa);

/* What the TLB knows of [va, va + bytes), pages of `page_bytes`, is no longer so.  A call
 * goes upwards: nothing before the first such range follows. */
void pt_stale(struct pt_change *c, virt_addr va, uint64_t bytes, uint64_t page_bytes);

/* The rights a new table entry gets above pages of these flags.  Writing always: seen
 * through recursion a table entry is a page's. */
static inline pt_flags pt_table_rights(pt_flags flags)
{
    return PTE_WRITE | (flags & PTE_USER);
}

/* Makes a table entry allow what pages of these flags below it need. */
void pt_widen(struct pt_op *op, pte *entry, pt_flags flags);

/* Whether a table entry allows less than pages of these flags below it need. */
static inline bool pt_is_narrow(pte entry, pt_flags flags)
{
    return (flags & (PTE_WRITE | PTE_USER) & ~entry) || (entry & PTE_NX & ~flags);
}

/* Whether no entry of the table is present. */
bool pt_is_empty(const pte *table);

/* How many of `count` entries of a table of level 1, the first of them present, lead to
 * adjoining frames below `end_pa` with the same flags, PTE_NOTED aside.  With `clear`, which
 * is then `entry`, they are cleared on the way.  Four at a time, with one branch for them:
 * this is what a call on a large range spends its time in. */
__attribute__((always_inline)) static inline uint64_t
pt_run_length(const pte *entry, pte *clear, uint64_t count, phys_addr end_pa)
{
    pte expected = pte_load(entry) & ~PTE_NOTED;
    uint64_t most = (end_pa - (expected & PTE_ADDR)) / PAGE_4K, i = 0;
    if (count < most) most = count;
    for (; i + 4 <= most; i += 4, expected += 4 * PAGE_4K) {
        pte differs = pte_load(&entry[i]) ^ expected;
        differs |= pte_load(&entry[i + 1]) ^ (expected + PAGE_4K);
        differs |= pte_load(&entry[i + 2]) ^ (expected + 2 * PAGE_4K);
        differs |= pte_load(&entry[i + 3]) ^ (expected + 3 * PAGE_4K);
        if (differs & ~PTE_NOTED) break;
        if (!clear) continue;
        pte_store(&clear[i], 0);
        pte_store(&clear[i + 1], 0);
        pte_store(&clear[i + 2], 0);
        pte_store(&clear[i + 3], 0);
    }
    for (; i < most; i++, expected += PAGE_4K) {
        if ((pte_load(&entry[i]) & ~PTE_NOTED) != expected) break;
        if (clear) pte_store(&clear[i], 0);
    }
    return i;
}

#endif
