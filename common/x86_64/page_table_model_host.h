/* SPDX-License-Identifier: MIT */
/*
 * For tests: what should be mapped, as a plain array with a number for each page, and every
 * call made on it and on the tables at once.
 *
 * Windows  A few parts of the address space where something can go wrong are modelled:
 *          around the end of a table of each level, at both sides of the hole, and at the
 *          very end.  The first is large enough for a page of 1 GiB.
 * Flush    MODEL_FLUSH, where a test has something to forget: what ends a call instead of
 *          pt_flush_ignore.
 */
#ifndef X86_64_PAGE_TABLE_MODEL_HOST_H
#define X86_64_PAGE_TABLE_MODEL_HOST_H

#include "x86_64/page_table_machine_host.h"

#define WINDOWS     5
#define SMALL_PAGES 2048 /* 8 MiB */
#ifndef LARGE_PAGES
#define LARGE_PAGES (262144 + 2 * 1024) /* 1 GiB, and 4 MiB on either side */
#endif

/* A page is its frame's address and its flags, 1 in bit 0; 0 is no page. */
struct window {
    uint64_t va, pages, *page;
    uint64_t used_from, used_to; /* outside no page was ever mapped */
};
static struct window windows[WINDOWS];
static uint64_t model_pages[LARGE_PAGES + 4 * SMALL_PAGES];

static void model_start(unsigned levels)
{
    uint64_t half = UINT64_C(1) << (levels == 5 ? 56 : 47), *page = model_pages;
    uint64_t top_entry = UINT64_C(1) << (levels == 5 ? 48 : 39);
    const uint64_t starts[WINDOWS] = {0x3fc00000, top_entry - 0x400000, half - 0x800000,
                                      0 - half, UINT64_C(0) - 0x800000};
    for (unsigned i = 0; i < WINDOWS; i++) {
        struct window *w = &windows[i];
        for (uint64_t k = w->used_from; k < w->used_to; k++) w->page[k] = 0;
        uint64_t pages = i == 0 ? LARGE_PAGES : SMALL_PAGES;
        *w = (struct window){starts[i], pages, page, pages, 0};
        page += pages;
    }
}

/* The operation under way: a part of a window. */
struct part {
    struct window *w;
    uint64_t first, count, va;
};

static struct part part_of(unsigned window, uint64_t first, uint64_t count)
{
    struct window *w = &windows[window];
    if (first < w->used_from) w->used_from = first;
    if (first + count > w->used_to) w->used_to = first + count;
    return (struct part){w, first, count, w->va + first * 4096};
}

/* Whether the tables say of page `i` what the model says; as the library translates, and
 * as a processor does. */
static void check_page(const struct window *w, uint64_t i)
{
    const uint64_t noted = 0x60, flags = 0xfff0000000000ffe & ~noted;
    uint64_t expected = w->page[i], va = w->va + i * 4096 + (i * 37 & 0xfff);
    struct pt_mapping m;
    enum err err = pt_translate(&machine.table, va, &m);
    struct mmu hw = mmu_walk(va);
    CHECK(err == (expected ? OK : ERR_NOT_FOUND));
    CHECK(hw.answer == (expected ? MMU_PAGE : MMU_ABSENT));
    if (err != OK || hw.answer != MMU_PAGE || !expected) return;
    CHECK(pt_mapping_pa(&m, va) == (expected & 0x000ffffffffff000) + (va & 0xfff));
    CHECK((m.flags & ~noted) == (expected & flags));
    CHECK(hw.pa == pt_mapping_pa(&m, va) && hw.bytes == m.bytes && m.page_bytes == m.bytes);
    CHECK(hw.write == (expected >> 1 & 1) && hw.user == (expected >> 2 & 1));
    CHECK(hw.execute == !(expected >> 63));
    CHECK(hw.kind == (expected & 0x7ff0000000000f98));
}

/* What a TLB could hold of some pages before a call. */
#define SAMPLES 4
struct sample {
    uint64_t i[SAMPLES];
    struct mmu before[SAMPLES];
};

static void sample_before(struct sample *s, const struct part *p, uint64_t random)
{
    for (unsigned k = 0; k < SAMPLES; k++) {
        uint64_t i = k == 0   ? p->first
                     : k == 1 ? p->first + p->count - 1
                     : k == 2 ? p->first + random % p->count
                              : p->first + p->count; /* behind: not to be touched */
        s->i[k] = i < p->w->pages ? i : p->w->pages - 1;
        s->before[k] = mmu_walk(p->w->va + s->i[k] * 4096);
    }
}

/* Whether flushing as `c` says makes a TLB forget the page it knew. */
static bool is_flushed(const struct pt_change *c, uint64_t va, uint64_t page_bytes)
{
    uint64_t start = va & ~(page_bytes - 1);
    if (c->flush_all) return true;
    for (uint64_t done = 0; done < c->flush_bytes; done += c->flush_step)
        if (c->flush_from + done - start < page_bytes) return true;
    return false;
}

static void check_samples(const struct sample *s, const struct part *p,
                          const struct pt_change *c)
{
    for (unsigned k = 0; k < SAMPLES; k++) {
        uint64_t va = p->w->va + s->i[k] * 4096;
        struct mmu old = s->before[k], now = mmu_walk(va);
        bool same = now.answer == MMU_PAGE && now.pa == old.pa && now.write == old.write &&
                    now.user == old.user && now.execute == old.execute &&
                    now.kind == old.kind && now.bytes == old.bytes;
        if (old.answer == MMU_PAGE && !same) CHECK(is_flushed(c, va, old.bytes));
        check_page(p->w, s->i[k]);
    }
}

#ifndef MODEL_FLUSH
#define MODEL_FLUSH pt_flush_ignore
#endif

/* After each call: what it returned; frees what it took out. */
static void check_result(struct pt_change c, enum err err, uint64_t at, uint64_t done)
{
    CHECK(c.err == err);
    CHECK(c.done_bytes == done);
    if (err != OK && err != ERR_NOMEM) CHECK(c.at == at);
    CHECK(MODEL_FLUSH(&machine.table, c) == c.err);
}

static void model_map(const struct part *p, uint64_t pa, uint64_t flags, uint64_t random)
{
    struct sample s;
    uint64_t taken = p->count;
    for (uint64_t i = 0; i < p->count && taken == p->count; i++)
        if (p->w->page[p->first + i]) taken = i;
    sample_before(&s, p, random);
    unsigned live = MACHINE_FRAMES - machine.free_count;
    struct pt_change c = pt_map(&machine.table, p->va, pa, p->count * 4096, flags);
    enum err expected = taken < p->count ? ERR_EXISTS : c.err == ERR_NOMEM ? ERR_NOMEM : OK;
    if (expected == OK)
        for (uint64_t i = 0; i < p->count; i++)
            p->w->page[p->first + i] = (pa + i * 4096) | flags | 1;
    else
        CHECK(MACHINE_FRAMES - machine.free_count == live && c.tables == 0);
    check_samples(&s, p, &c);
    check_result(c, expected, p->va + taken * 4096, expected == OK ? p->count * 4096 : 0);
}

/* Checks the frames that pt_unmap reports against the pages of the model, in order. */
struct reported {
    const struct part *p;
    uint64_t next;
};

static void check_reported(void *context, phys_addr pa, uint64_t bytes, pt_flags flags)
{
    struct reported *r = context;
    for (; bytes > 0; bytes -= 4096, pa += 4096, r->next++) {
        while (r->next < r->p->count && !r->p->w->page[r->p->first + r->next]) r->next++;
        CHECK(r->next < r->p->count);
        if (r->next == r->p->count) return;
        uint64_t page = r->p->w->page[r->p->first + r->next];
        CHECK((page & ~UINT64_C(0x60)) == ((pa | flags | 1) & ~UINT64_C(0x60)));
    }
}

/* Unmaps, or sets and clears flags. */
static void model_edit(const struct part *p, bool unmap, uint64_t set, uint64_t clear,
                       uint64_t random)
{
    struct sample s;
    uint64_t mapped = 0, hole = p->count, *page = p->w->page + p->first;
    for (uint64_t i = 0; i < p->count; i++) {
        mapped += page[i] != 0;
        if (!page[i] && hole == p->count) hole = i;
    }
    sample_before(&s, p, random);
    unsigned live = MACHINE_FRAMES - machine.free_count;
    struct reported r = {.p = p};
    struct pt_change c =
        unmap ? pt_unmap(&machine.table, p->va, p->count * 4096, check_reported, &r)
              : pt_protect(&machine.table, p->va, p->count * 4096, set, clear);
    bool failed = c.err == ERR_NOMEM;
    for (; unmap && !failed && r.next < p->count; r.next++) CHECK(!page[r.next]);
    for (uint64_t i = 0; i < p->count && !failed; i++)
        if (page[i]) page[i] = unmap ? 0 : (page[i] | set) & ~clear;
    if (failed) CHECK(MACHINE_FRAMES - machine.free_count == live && c.tables == 0);
    check_samples(&s, p, &c);
    check_result(c, failed ? ERR_NOMEM : hole < p->count ? ERR_NOT_FOUND : OK,
                 p->va + hole * 4096, failed ? 0 : mapped * 4096);
}

/* Merges or cleans up: nothing that is mapped changes. */
static void model_tidy(const struct part *p, bool merge, uint64_t random)
{
    struct sample s;
    sample_before(&s, p, random);
    struct pt_change c = merge ? pt_merge(&machine.table, p->va, p->count * 4096)
                               : pt_clean(&machine.table, p->va, p->count * 4096);
    check_samples(&s, p, &c);
    check_result(c, OK, 0, c.done_bytes);
}

/* All that is mapped, compared run by run. */
struct compared {
    unsigned window;
    uint64_t next, pages;
    struct pt_mapping last;
};

static bool compare_run(void *context, const struct pt_mapping *m)
{
    struct compared *c = context;
    /* Runs are as long as they can be. */
    CHECK(!(c->last.va + c->last.bytes == m->va && c->last.pa + c->last.bytes == m->pa &&
            c->last.page_bytes == m->page_bytes && c->last.bytes > 0 && m->va != 0 &&
            ((c->last.flags ^ m->flags) & ~UINT64_C(0x60)) == 0));
    c->last = *m;
    CHECK(mmu_walk(m->va).bytes == m->page_bytes);
    CHECK(mmu_walk(m->va + m->bytes - 1).bytes == m->page_bytes);
    for (uint64_t i = 0; i < m->bytes / 4096; i++) {
        uint64_t va = m->va + i * 4096, pa = m->pa + i * 4096;
        while (c->window < WINDOWS - 1 &&
               va - windows[c->window].va >= windows[c->window].pages * 4096)
            c->window++;
        const struct window *w = &windows[c->window];
        CHECK(va - w->va < w->pages * 4096);
        if (machine.fault) return false;
        CHECK(((w->page[(va - w->va) / 4096] ^ (pa | m->flags | 1)) & ~UINT64_C(0x60)) == 0);
        c->pages++;
    }
    return true;
}

static void check_everything(void)
{
    struct compared c = {0};
    struct pt_walk walk = {.visit = compare_run, .context = &c, .tables_max = MACHINE_FRAMES};
    uint64_t expected = 0, tables = mmu_tables(MACHINE_BASE, machine.levels);
    if (machine.table.mapper == PT_MAPPER_RECURSIVE) { /* its own part is in no window */
        for (unsigned i = 0; i < WINDOWS; i++)
            CHECK(pt_walk(&machine.table, &walk, windows[i].va, windows[i].pages * 4096) ==
                  OK);
    } else {
        CHECK(pt_walk_all(&machine.table, &walk) == OK);
        CHECK(tables == walk.tables);
    }
    for (unsigned i = 0; i < WINDOWS; i++)
        for (uint64_t k = windows[i].used_from; k < windows[i].used_to; k++)
            expected += windows[i].page[k] != 0;
    CHECK(c.pages == expected);
    CHECK(tables == machine_live()); /* nothing leaked, nothing lost */
}

/* One operation out of 64 random bits and four more numbers. */
static void model_step(uint64_t r, uint64_t where, uint64_t pa)
{
    static const uint64_t kinds[8] = {0,
                                      0x2,
                                      0x4,
                                      0x8000000000000002,
                                      0x8000000000000006,
                                      0x8000000000000100,
                                      0x1a | 0x80,
                                      0x7810000000000e06};
    unsigned window = where % 16 < 8 ? 0 : where % 16 % WINDOWS;
    uint64_t pages = windows[window].pages, grain = 1, most = 6;
    if (r % 4 == 1) most = 700;
    if (r % 16 == 2) grain = 512, most = 4;
    if (r % 64 == 6) grain = 16, most = 200;
    uint64_t first = (where >> 8) % pages / grain * grain;
    /* Mostly where large pages begin and end. */
    if (where >> 4 & 1) first = (where >> 8) % (pages / 512) * 512 + (where >> 40) % 16 - 8;
    if (first >= pages) first = 0;
    uint64_t count = (1 + (r >> 8) % most) * grain;
    /* Now and then the whole GiB, often after it was made free. */
    bool huge = pages > 262144 && r % 8192 >= 8189;
    if (huge) first = r % 8192 == 8189 ? 512 : 1024, count = 262144 + 2 * (1024 - first);
    if (huge && r >> 19 & 1) {
        struct part all = part_of(0, 0, pages);
        model_edit(&all, true, 0, 0, r >> 40);
        r &= ~(UINT64_C(15) << 33 | UINT64_C(1) << 22); /* so map */
    }
    if (count > pages - first) count = pages - first;
    struct part p = part_of(window, first, count);
    pa = (pa & 0x3ffffffff000) % (UINT64_C(0x3f0000000000));
    if (r >> 20 & 3) pa = (pa & ~UINT64_C(0x1fffff)) | (p.va & 0x1fffff);
    if (r >> 20 & 2) pa = (pa & ~UINT64_C(0x3fffffff)) | (p.va & 0x3fffffff);
    /* Often one that adjoins what is mapped before, so that there is something to merge. */
    if (first > 0 && r >> 22 & 1 && p.w->page[first - 1])
        pa = ((p.w->page[first - 1] & 0x000ffffffffff000) + 4096) & 0x3ffffffff000;
    if (pa + count * 4096 > UINT64_C(1) << 46) pa = 0;
    uint64_t kind = kinds[r >> 24 & (r >> 27 & 1 ? 7 : 1)], other = kinds[r >> 28 & 7] & ~kind;
    const uint64_t largest[4] = {PAGE_4K, PAGE_2M, PAGE_1G, PAGE_1G};
    machine.table.largest_page = largest[r >> 31 & 3];
    if (!machine.has_1g && machine.table.largest_page == PAGE_1G)
        machine.table.largest_page = PAGE_2M;
    switch (r >> 33 & 15) {
    case 0: case 1: case 2: case 3: case 4: model_map(&p, pa, kind, r >> 40); break;
    case 5: case 6: case 7: case 8: model_edit(&p, true, 0, 0, r >> 40); break;
    case 9: case 10: case 11: model_edit(&p, false, kind, other, r >> 40); break;
    case 12: model_tidy(&p, true, r >> 40); break;
    case 13: model_tidy(&p, false, r >> 40); break;
    default: { /* the processor uses a page */
        struct mmu hw = mmu_walk(p.va);
        if (hw.answer == MMU_PAGE) *hw.entry |= r >> 40 & 1 ? 0x60 : 0x20;
    }
    }
}

#endif
