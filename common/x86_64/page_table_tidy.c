/* SPDX-License-Identifier: MIT */
/*
 * Taking tables out again: full ones whose pages one larger page replaces, and empty ones.
 */
#include "x86_64/page_table.h"

#include "x86_64/page_table_inside.h"

/* The part of the tables that the recursive mapper itself lives in. */
static bool is_recursion(const struct page_table *t, unsigned level, virt_addr va)
{
    return t->mapper == PT_MAPPER_RECURSIVE && level == (unsigned)t->levels &&
           level_index(va, level) == t->recursive_index;
}

static bool serves_scratch(const struct page_table *t, unsigned level, virt_addr va)
{
    return t->mapper == PT_MAPPER_RECURSIVE &&
           align_down(va ^ t->scratch, level_bytes(level)) == 0;
}

/* Whether every table of the range can be reached.  For tables of level 2 and above. */
static enum err check(struct pt_op *op, const pte *table, unsigned level, virt_addr va,
                      virt_addr last)
{
    for (virt_addr at = va, end;; at = end + 1) {
        end = pt_entry_last(at, last, level);
        pte e = pte_load(&table[level_index(at, level)]);
        if ((e & PTE_PRESENT) && !pte_is_page(e, level) && !is_recursion(op->t, level, at)) {
            const pte *child = pt_child(op->t, e, level, at);
            op->c.at = at;
            if (!child) return ERR_FORMAT;
            enum err err = level > 2 ? check(op, child, level - 1, at, end) : OK;
            if (err != OK) return err;
        }
        if (end == last) return OK;
    }
}

/* ---- merging ---- */

/* Whether the 512 entries of a table of `level` are one page of the level above; *noted is
 * what the processor noted in any of them. */
static bool is_one_page(const pte *table, unsigned level, pte *noted)
{
    pte expected = pte_load(&table[0]) & ~PTE_NOTED;
    if (!(expected & PTE_PRESENT) || !pte_is_page(expected, level)) return false;
    if (!is_aligned(pte_page_pa(expected, level), level_bytes(level + 1))) return false;
    *noted = 0;
    for (unsigned i = 0; i < PT_ENTRIES; i++, expected += level_bytes(level)) {
        pte e = pte_load(&table[i]);
        if ((e & ~PTE_NOTED) != expected) return false;
        *noted |= e & PTE_NOTED;
    }
    return true;
}

static void merge(struct pt_op *op, pte *table, unsigned level, virt_addr va, virt_addr last)
{
    pte *entry = &table[level_index(va, level)];
    uint64_t bytes = level_bytes(level);
    for (virt_addr at = va, end;; at = end + 1, entry++) {
        end = pt_entry_last(at, last, level);
        pte e = pte_load(entry), noted;
        if ((e & PTE_PRESENT) && !pte_is_page(e, level)) {
            pte *child = pt_child(op->t, e, level, at);
            if (level > 2) merge(op, child, level - 1, at, end);
            if (level <= 3 && bytes <= op->t->largest_page && pt_is_whole(at, end, level) &&
                is_one_page(child, level - 1, &noted)) {
                pte first = pte_load(&child[0]);
                pt_flags flags = pt_flags_below(pte_flags(first, level - 1), e) | noted;
                pte large = pte_page(level, pte_page_pa(first, level - 1), flags);
                pt_take_out(op, child, pte_table_pa(e));
                pte_store(entry, large);
                pt_stale(&op->c, at, bytes, level_bytes(level - 1));
                op->c.done_bytes += bytes;
            }
        }
        if (end == last) return;
    }
}

struct pt_change pt_merge(const struct page_table *t, virt_addr va, uint64_t bytes)
{
    struct pt_op op;
    virt_addr last;
    unsigned top = (unsigned)t->levels;
    if (!pt_begin(&op, t, va, bytes, &last)) return op.c;
    op.c.err = check(&op, pt_top(t, va), top, va, last);
    if (op.c.err == OK) merge(&op, pt_top(t, va), top, va, last);
    return op.c;
}

/* ---- cleaning up ---- */

static void clean(struct pt_op *op, pte *table, unsigned level, virt_addr va, virt_addr last)
{
    pte *entry = &table[level_index(va, level)];
    for (virt_addr at = va, end;; at = end + 1, entry++) {
        end = pt_entry_last(at, last, level);
        pte e = pte_load(entry);
        if ((e & PTE_PRESENT) && !pte_is_page(e, level) && !is_recursion(op->t, level, at)) {
            pte *child = pt_child(op->t, e, level, at);
            if (level > 2) clean(op, child, level - 1, at, end);
            if (pt_is_empty(child) && !serves_scratch(op->t, level, at)) {
                pt_take_out(op, child, pte_table_pa(e));
                pte_store(entry, 0);
            }
        }
        if (end == last) return;
    }
}

static bool clean_range(struct pt_op *op, virt_addr va, virt_addr last)
{
    const struct page_table *t = op->t;
    op->c.err = check(op, pt_top(t, va), (unsigned)t->levels, va, last);
    if (op->c.err == OK) clean(op, pt_top(t, va), (unsigned)t->levels, va, last);
    return op->c.err == OK;
}

struct pt_change pt_clean(const struct page_table *t, virt_addr va, uint64_t bytes)
{
    struct pt_op op = {.t = t, .c = {.at = va, .flush_step = PAGE_4K}};
    virt_addr last;
    if (bytes == 0) return op.c;
    op.c.err = pt_range(t, va, bytes, &last);
    if (op.c.err == OK) clean_range(&op, va, last);
    return op.c;
}

struct pt_change pt_clean_all(const struct page_table *t)
{
    struct pt_op op = {.t = t, .c = {.flush_step = PAGE_4K}};
    uint64_t half = UINT64_C(1) << (virt_bits(t->levels) - 1);
    if (clean_range(&op, 0, half - 1)) clean_range(&op, 0 - half, UINT64_MAX);
    return op.c;
}
