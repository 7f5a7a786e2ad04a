/* SPDX-License-Identifier: MIT */
/*
 * Reporting what is mapped, as ranges.
 */
#include "x86_64/page_table.h"

#include "x86_64/page_table_inside.h"

struct walker {
    const struct page_table *t;
    struct pt_walk *w;
    struct pt_mapping run; /* not yet reported; 0 bytes: none */
    bool ended;            /* visit said so */
};

static void report_run(struct walker *walker)
{
    if (walker->run.bytes > 0 && !walker->ended)
        walker->ended = !walker->w->visit(walker->w->context, &walker->run);
    walker->run.bytes = 0;
}

static void add_to_run(struct walker *walker, const struct pt_mapping *m)
{
    struct pt_mapping *run = &walker->run;
    if (run->bytes > 0 && run->va + run->bytes == m->va && run->pa + run->bytes == m->pa &&
        run->page_bytes == m->page_bytes && ((run->flags ^ m->flags) & ~PTE_NOTED) == 0) {
        run->bytes += m->bytes;
        return;
    }
    report_run(walker);
    *run = *m;
}

/* `count` entries of a table of level 1, from `va` on. */
static enum err walk_small(struct walker *walker, const pte *entry, virt_addr va,
                           uint64_t count, pt_flags rights)
{
    const pte *const start = entry, *const end = entry + count;
    while (entry < end && !walker->ended) {
        pte e = pte_load(entry);
        virt_addr at = va + (uint64_t)(entry - start) * PAGE_4K;
        if (!(e & PTE_PRESENT)) {
            entry++;
            continue;
        }
        walker->w->at = at;
        if (!pt_is_valid(walker->t, e, 1)) return ERR_FORMAT;
        uint64_t run = pt_run_length(entry, NULL, (uint64_t)(end - entry),
                                     UINT64_C(1) << walker->t->phys_bits);
        add_to_run(walker, &(struct pt_mapping){at, pte_page_pa(e, 1), run * PAGE_4K, PAGE_4K,
                                                pt_flags_below(pte_flags(e, 1), rights)});
        entry += run;
    }
    return OK;
}

static enum err walk(struct walker *walker, const pte *table, unsigned level, virt_addr va,
                     virt_addr last, pt_flags rights)
{
    const struct page_table *t = walker->t;
    walker->w->at = va;
    if (walker->w->tables == walker->w->tables_max) return ERR_FORMAT;
    walker->w->tables++;
    const pte *entry = &table[level_index(va, level)];
    if (level == 1)
        return walk_small(walker, entry, va, (last - va) / PAGE_4K + 1, rights);
    for (virt_addr at = va, end; !walker->ended; at = end + 1, entry++) {
        end = pt_entry_last(at, last, level);
        pte e = pte_load(entry);
        if (e & PTE_PRESENT) {
            walker->w->at = at;
            if (!pt_is_valid(t, e, level)) return ERR_FORMAT;
            if (pte_is_page(e, level)) {
                uint64_t bytes = level_bytes(level);
                phys_addr pa = pte_page_pa(e, level) + (at & (bytes - 1));
                add_to_run(walker,
                           &(struct pt_mapping){at, pa, end - at + 1, bytes,
                                                pt_flags_below(pte_flags(e, level), rights)});
            } else {
                const pte *child = pt_child(t, e, level, at);
                enum err err = child ? walk(walker, child, level - 1, at, end,
                                            pt_flags_below(rights, e))
                                     : ERR_FORMAT;
                if (err != OK) return err;
            }
        }
        if (end == last) break;
    }
    return OK;
}

static enum err walk_range(struct walker *walker, virt_addr va, virt_addr last)
{
    enum err err = walk(walker, pt_top(walker->t, va), (unsigned)walker->t->levels, va, last,
                        PTE_WRITE | PTE_USER);
    report_run(walker);
    return err;
}

enum err pt_walk(const struct page_table *t, struct pt_walk *w, virt_addr va, uint64_t bytes)
{
    struct walker walker = {.t = t, .w = w};
    virt_addr last;
    w->tables = 0;
    w->at = va;
    if (bytes == 0) return OK;
    enum err err = pt_range(t, va, bytes, &last);
    return err == OK ? walk_range(&walker, va, last) : err;
}

enum err pt_walk_all(const struct page_table *t, struct pt_walk *w)
{
    struct walker walker = {.t = t, .w = w};
    uint64_t half = UINT64_C(1) << (virt_bits(t->levels) - 1);
    w->tables = 0;
    enum err err = walk_range(&walker, 0, half - 1);
    if (err != OK || walker.ended) return err;
    w->tables--; /* the top table serves both */
    return walk_range(&walker, 0 - half, UINT64_MAX);
}
