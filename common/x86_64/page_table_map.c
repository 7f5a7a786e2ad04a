/* SPDX-License-Identifier: MIT */
/*
 * Mapping: look whether the range is free and how many tables it lacks, take them all,
 * then store what can no longer fail.
 */
#include "x86_64/page_table.h"

#include "x86_64/page_table_inside.h"

/* Whether [va, last], which one entry of `level` serves, becomes one page. */
static bool fits(const struct pt_op *op, unsigned level, virt_addr va, virt_addr last,
                 phys_addr pa)
{
    return level <= 3 && level_bytes(level) <= op->t->largest_page &&
           pt_is_whole(va, last, level) && (pa & (level_bytes(level) - 1)) == 0;
}

/* Tables to add below an entry of `level` that leads nowhere. */
static uint64_t tables_missing(const struct pt_op *op, unsigned level, virt_addr va,
                               virt_addr last, phys_addr pa)
{
    if (fits(op, level, va, last, pa)) return 0;
    if (level == 2) return 1;
    uint64_t count = 1;
    for (virt_addr at = va, end;; at = end + 1) {
        end = pt_entry_last(at, last, level - 1);
        count += tables_missing(op, level - 1, at, end, pa + (at - va));
        if (end == last) return count;
    }
}

/* ERR_EXISTS with c.at at the first page below `table`, a table of `level` that serves
 * `va` first. */
static enum err find_page(struct pt_op *op, const pte *table, unsigned level, virt_addr va)
{
    for (unsigned i = 0; i < PT_ENTRIES; i++) {
        pte e = pte_load(&table[i]);
        virt_addr at = va + i * level_bytes(level);
        if (!(e & PTE_PRESENT)) continue;
        op->c.at = at;
        if (pte_is_page(e, level)) return ERR_EXISTS;
        const pte *child = pt_child(op->t, e, level, at);
        if (!child) return ERR_FORMAT;
        enum err err = find_page(op, child, level - 1, at);
        if (err != OK) return err;
    }
    return OK;
}

static enum err plan_small(struct pt_op *op, const pte *entry, virt_addr va, virt_addr last)
{
    for (virt_addr at = va;; at += PAGE_4K, entry++) {
        if (pte_load(entry) & PTE_PRESENT) {
            op->c.at = at;
            return ERR_EXISTS;
        }
        if (last - at < PAGE_4K) return OK;
    }
}

static enum err plan(struct pt_op *op, const pte *table, unsigned level, virt_addr va,
                     virt_addr last, phys_addr pa)
{
    if (level == 1) return plan_small(op, &table[level_index(va, 1)], va, last);
    for (virt_addr at = va, end;; at = end + 1) {
        end = pt_entry_last(at, last, level);
        phys_addr to = pa + (at - va);
        pte e = pte_load(&table[level_index(at, level)]);
        if (!(e & PTE_PRESENT)) {
            op->need += tables_missing(op, level, at, end, to);
        } else {
            op->c.at = at;
            if (pte_is_page(e, level)) return ERR_EXISTS;
            const pte *child = pt_child(op->t, e, level, at);
            if (!child) return ERR_FORMAT;
            enum err err = fits(op, level, at, end, to)
                               ? find_page(op, child, level - 1, at)
                               : plan(op, child, level - 1, at, end, to);
            if (err != OK) return err;
        }
        if (end == last) return OK;
    }
}

/* Takes out a table below which there is no page, and what hangs below it. */
static void take_out_all(struct pt_op *op, pte *table, phys_addr pa, unsigned level,
                         virt_addr va)
{
    for (unsigned i = 0; level > 1 && i < PT_ENTRIES; i++) {
        pte e = pte_load(&table[i]);
        virt_addr at = va + i * level_bytes(level);
        if (e & PTE_PRESENT)
            take_out_all(op, pt_child(op->t, e, level, at), pte_table_pa(e), level - 1, at);
    }
    pt_take_out(op, table, pa);
}

/* A table of level 1 for [va, last], filled in before it is linked. */
static void link_filled(struct pt_op *op, pte *entry, virt_addr va, virt_addr last,
                        phys_addr pa, pt_flags flags)
{
    phys_addr frame = pt_take(op);
    pte *table = pt_open(op->t, frame);
    unsigned first = level_index(va, 1), end = level_index(last, 1) + 1;
    pte e = pte_page(1, pa, flags);
    for (unsigned i = 0; i < first; i++) table[i] = 0;
    for (unsigned i = first; i < end; i++, e += PAGE_4K) table[i] = e;
    for (unsigned i = end; i < PT_ENTRIES; i++) table[i] = 0;
    pt_close(op->t);
    pt_link(op, entry, 2, va, pte_table(frame, pt_table_rights(flags)));
}

static void link_zeroed(struct pt_op *op, pte *entry, unsigned level, virt_addr va,
                        pt_flags flags)
{
    phys_addr frame = pt_take(op);
    pte *table = pt_open(op->t, frame);
    for (unsigned i = 0; i < PT_ENTRIES; i++) table[i] = 0;
    pt_close(op->t);
    pt_link(op, entry, level, va, pte_table(frame, pt_table_rights(flags)));
}

static void put_large(struct pt_op *op, pte *entry, unsigned level, virt_addr va,
                      phys_addr pa, pt_flags flags)
{
    pte old = pte_load(entry);
    if (old & PTE_PRESENT)
        take_out_all(op, pt_child(op->t, old, level, va), pte_table_pa(old), level - 1, va);
    pte_store(entry, pte_page(level, pa, flags));
}

static void commit(struct pt_op *op, pte *table, unsigned level, virt_addr va, virt_addr last,
                   phys_addr pa, pt_flags flags)
{
    pte *entry = &table[level_index(va, level)];
    if (level == 1) {
        pte e = pte_page(1, pa, flags);
        for (uint64_t left = (last - va) / PAGE_4K + 1; left > 0; left--, e += PAGE_4K)
            pte_store(entry++, e);
        return;
    }
    for (virt_addr at = va, end;; at = end + 1, entry++) {
        end = pt_entry_last(at, last, level);
        phys_addr to = pa + (at - va);
        bool is_linked = pte_load(entry) & PTE_PRESENT;
        if (fits(op, level, at, end, to)) {
            put_large(op, entry, level, at, to, flags);
        } else if (!is_linked && level == 2) {
            link_filled(op, entry, at, end, to, flags);
        } else {
            if (is_linked)
                pt_widen(op, entry, flags);
            else
                link_zeroed(op, entry, level, at, flags);
            commit(op, pt_child(op->t, pte_load(entry), level, at), level - 1, at, end, to,
                   flags);
        }
        if (end == last) return;
    }
}

struct pt_change pt_map(const struct page_table *t, virt_addr va, phys_addr pa,
                        uint64_t bytes, pt_flags flags)
{
    struct pt_op op;
    virt_addr last;
    phys_addr pa_last;
    ASSERT((flags & ~PT_FLAGS_ALL) == 0 && (t->nx || !(flags & PTE_NX)));
    if (!pt_begin(&op, t, va, bytes, &last)) return op.c;
    if (!is_aligned(pa, PAGE_4K) || __builtin_add_overflow(pa, bytes - 1, &pa_last) ||
        pa_last >> t->phys_bits != 0) {
        op.c.err = ERR_RANGE;
        return op.c;
    }
    struct pt_start start = pt_descend(t, va, last, flags);
    op.c.err = plan(&op, start.table, start.level, va, last, pa);
    if (op.c.err != OK) return op.c;
    op.c.at = va;
    if (!pt_reserve(&op)) return op.c;
    commit(&op, start.table, start.level, va, last, pa, flags);
    ASSERT(op.spare == 0);
    op.c.done_bytes = bytes;
    return op.c;
}
