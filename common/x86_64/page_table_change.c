/* SPDX-License-Identifier: MIT */
/*
 * Unmapping and protecting: count the tables that split large pages need, take them, then
 * store what can no longer fail.
 */
#include "x86_64/page_table.h"

#include "x86_64/page_table_inside.h"

struct edit {
    struct pt_op op;
    bool unmap;
    pt_flags set, clear, needs; /* needs: of the tables above; PTE_NX: not to execute */
    pt_unmapped *unmapped;
    void *context;
    struct { /* frames to report */
        phys_addr pa;
        uint64_t bytes;
        pt_flags flags;
    } run;
};

static void report_run(struct edit *edit)
{
    if (edit->run.bytes > 0 && edit->unmapped)
        edit->unmapped(edit->context, edit->run.pa, edit->run.bytes, edit->run.flags);
    edit->run.bytes = 0;
}

static void add_to_run(struct edit *edit, phys_addr pa, uint64_t bytes, pt_flags flags)
{
    if (edit->run.bytes > 0 && edit->run.pa + edit->run.bytes == pa &&
        ((edit->run.flags ^ flags) & ~PTE_NOTED) == 0) {
        edit->run.bytes += bytes;
        return;
    }
    report_run(edit);
    edit->run.pa = pa;
    edit->run.bytes = bytes;
    edit->run.flags = flags;
}

static void hole(struct edit *edit, virt_addr at)
{
    if (edit->op.c.err == OK) {
        edit->op.c.err = ERR_NOT_FOUND;
        edit->op.c.at = at;
    }
}

static void changed(struct edit *edit, virt_addr va, uint64_t bytes, unsigned level)
{
    edit->op.c.done_bytes += bytes;
    pt_stale(&edit->op.c, va, bytes, level_bytes(level));
}

/* ---- plan ---- */

/* Tables that splitting a page of `level`, of which only [va, last] is in the range,
 * takes; the pages at both ends may have to be split again. */
static uint64_t tables_to_split(unsigned level, virt_addr va, virt_addr last)
{
    if (pt_is_whole(va, last, level)) return 0;
    if (level == 2) return 1;
    virt_addr first_end = pt_entry_last(va, last, level - 1);
    uint64_t count = 1 + tables_to_split(level - 1, va, first_end);
    virt_addr last_start = align_down(last, level_bytes(level - 1));
    return first_end == last ? count : count + tables_to_split(level - 1, last_start, last);
}

static enum err plan(struct pt_op *op, const pte *table, unsigned level, virt_addr va,
                     virt_addr last)
{
    if (level == 1) return OK;
    for (virt_addr at = va, end;; at = end + 1) {
        end = pt_entry_last(at, last, level);
        pte e = pte_load(&table[level_index(at, level)]);
        if ((e & PTE_PRESENT) && pte_is_page(e, level)) {
            op->need += tables_to_split(level, at, end);
        } else if (e & PTE_PRESENT) {
            const pte *child = pt_child(op->t, e, level, at);
            op->c.at = at;
            if (!child) return ERR_FORMAT;
            enum err err = plan(op, child, level - 1, at, end);
            if (err != OK) return err;
        }
        if (end == last) return OK;
    }
}

/* ---- commit ---- */

/* The page of `level` in *entry, which serves `va`, as a table of 512 smaller ones. */
static void split(struct pt_op *op, pte *entry, unsigned level, virt_addr va)
{
    pte old = pte_load(entry);
    pt_flags flags = pte_flags(old, level);
    phys_addr frame = pt_take(op);
    pte *table = pt_open(op->t, frame);
    pte e = pte_page(level - 1, pte_page_pa(old, level), flags);
    for (unsigned i = 0; i < PT_ENTRIES; i++, e += level_bytes(level - 1)) table[i] = e;
    pt_close(op->t);
    pt_link(op, entry, level, va, pte_table(frame, pt_table_rights(flags)));
    /* No address may be known by both sizes, SDM 3A 4.10.2.3. */
    pt_stale(&op->c, align_down(va, level_bytes(level)), level_bytes(level),
             level_bytes(level - 1));
}

static void unmap_small(struct edit *edit, pte *entry, virt_addr va, uint64_t count)
{
    pte *const start = entry, *const end = entry + count;
    while (entry < end) {
        pte e = pte_load(entry);
        virt_addr at = va + (uint64_t)(entry - start) * PAGE_4K;
        if (!(e & PTE_PRESENT)) {
            hole(edit, at);
            entry++;
            continue;
        }
        uint64_t run =
            pt_run_length(entry, entry, (uint64_t)(end - entry), PTE_ADDR + PAGE_4K);
        uint64_t bytes = run * PAGE_4K;
        entry += run;
        add_to_run(edit, pte_page_pa(e, 1), bytes, pte_flags(e, 1));
        changed(edit, at, bytes, 1);
    }
}

static void protect_small(struct edit *edit, pte *entry, virt_addr va, uint64_t count)
{
    uint64_t present = 0, first_hole = count;
    for (uint64_t i = 0; i < count; i++) {
        pte e = pte_load(&entry[i]);
        if (e & PTE_PRESENT) {
            pte_store(&entry[i], (e | edit->set) & ~edit->clear);
            present++;
        } else if (first_hole == count) {
            first_hole = i;
        }
    }
    if (first_hole < count) hole(edit, va + first_hole * PAGE_4K);
    if (present == 0) return;
    edit->op.c.done_bytes += present * PAGE_4K;
    pt_stale(&edit->op.c, va, count * PAGE_4K, PAGE_4K);
}

static void edit_page(struct edit *edit, pte *entry, unsigned level, virt_addr va)
{
    pte e = pte_load(entry);
    pt_flags flags = pte_flags(e, level);
    if (edit->unmap) {
        pte_store(entry, 0);
        add_to_run(edit, pte_page_pa(e, level), level_bytes(level), flags);
    } else {
        flags = (flags | edit->set) & ~edit->clear;
        pte_store(entry, pte_page(level, pte_page_pa(e, level), flags));
    }
    changed(edit, va, level_bytes(level), level);
}

static void commit(struct edit *edit, pte *table, unsigned level, virt_addr va,
                   virt_addr last)
{
    struct pt_op *op = &edit->op;
    pte *entry = &table[level_index(va, level)];
    if (level == 1) {
        uint64_t count = (last - va) / PAGE_4K + 1;
        if (edit->unmap)
            unmap_small(edit, entry, va, count);
        else
            protect_small(edit, entry, va, count);
        return;
    }
    for (virt_addr at = va, end;; at = end + 1, entry++) {
        end = pt_entry_last(at, last, level);
        pte e = pte_load(entry);
        if (!(e & PTE_PRESENT)) {
            hole(edit, at);
        } else if (pte_is_page(e, level) && pt_is_whole(at, end, level)) {
            edit_page(edit, entry, level, at);
        } else {
            if (pte_is_page(e, level)) split(op, entry, level, at);
            pt_widen(op, entry, edit->needs);
            commit(edit, pt_child(op->t, pte_load(entry), level, at), level - 1, at, end);
        }
        if (end == last) return;
    }
}

static struct pt_change run(struct edit *edit, const struct page_table *t, virt_addr va,
                            uint64_t bytes)
{
    struct pt_op *op = &edit->op;
    virt_addr last;
    if (!pt_begin(op, t, va, bytes, &last)) return op->c;
    struct pt_start start = pt_descend(t, va, last, edit->needs);
    op->c.err = plan(op, start.table, start.level, va, last);
    if (op->c.err != OK) return op->c;
    op->c.at = va;
    if (!pt_reserve(op)) return op->c;
    commit(edit, start.table, start.level, va, last);
    report_run(edit);
    ASSERT(op->spare == 0);
    return op->c;
}

struct pt_change pt_unmap(const struct page_table *t, virt_addr va, uint64_t bytes,
                          pt_unmapped *unmapped, void *context)
{
    struct edit edit = {
        .unmap = true, .needs = PTE_NX, .unmapped = unmapped, .context = context};
    return run(&edit, t, va, bytes);
}

struct pt_change pt_protect(const struct page_table *t, virt_addr va, uint64_t bytes,
                            pt_flags set, pt_flags clear)
{
    ASSERT((set & clear) == 0 && ((set | clear) & ~PT_FLAGS_ALL) == 0);
    ASSERT(t->nx || !(set & PTE_NX));
    pt_flags needs = (set & (PTE_WRITE | PTE_USER)) | (clear & PTE_NX ? 0 : PTE_NX);
    struct edit edit = {.set = set, .clear = clear, .needs = needs};
    return run(&edit, t, va, bytes);
}
