/* SPDX-License-Identifier: MIT */
/*
 * Page tables of 4 and 5 levels: map, unmap, protect, merge and clean up ranges, find what
 * is mapped.
 *
 * Source   SDM 3A 4.5 (translation), SDM 3A 4.10 (what the TLB remembers).
 * Ranges   Every call takes a range of bytes, one page or all of memory.  Pages are as
 *          large as alignment and `largest_page` allow; a large page that a range covers
 *          in part is split; pt_merge puts small ones together.  A range is page-aligned
 *          (4 KiB), canonical and does not cross the hole; its last byte may be the last
 *          there is.  An empty range is OK and does nothing.
 * Failure  A call first looks, then takes all table frames it needs, then stores; the
 *          storing cannot fail.  So after ERR_RANGE, ERR_EXISTS, ERR_FORMAT and ERR_NOMEM
 *          the tables are as before, to the bit, and every frame has been given back.
 *          ERR_NOT_FOUND is the one error of a call that did its work: a part of the range
 *          was not mapped, and all of the rest is done.
 * Flush    Each changing call returns a struct pt_change.  It says what the TLB may still
 *          believe and holds the tables that were taken out; the call's result is had by
 *          handing it to pt_flush or pt_flush_ignore, once.  Tables go back to the
 *          deallocator there, after the flush, so that no processor walks a freed one.
 *          Between the call and the flush nothing has to be allocated or locked.
 * Frames   Tables come from and return to the caller's struct pt_frames.  A new frame may
 *          hold anything.  A table is linked only when it is filled in or zeroed.
 * Reaching How a table in physical memory becomes a pointer, one of three: all memory at
 *          an offset; the table mapped into itself (recursive); a function of the caller.
 * Rights   A new table entry allows writing, never has PTE_NX, and allows ring 3 when a
 *          page below does: the page decides.  An existing one that allows less than a
 *          page needs is widened.
 * Input    Entries others wrote are checked as the processor does: ERR_FORMAT.  A present
 *          entry is a mapping; one that is not is free, whatever its other 63 bits say.
 *          Looking is safe on tables that lead in circles; changing them is not.
 * Memory   Allocates table frames only; no state outside the caller's structs.  The
 *          deepest call nests five times.
 * Calls    One changing call at a time for tables that share anything; readers beside it
 *          see each entry old or new.  What another processor notes in PTE_NOTED between
 *          the load and the store of an entry that is being changed may be lost: stop
 *          it first where that counts.
 * Left out Encryption bits of AMD and Intel; table sharing between address spaces (do not
 *          clean up a range whose tables are shared).
 */
#ifndef X86_64_PAGE_TABLE_H
#define X86_64_PAGE_TABLE_H

#include "base/err.h"
#include "x86_64/page_table_entry.h"

/* Where frames for tables come from and go to.  alloc's error is passed on as it is.  The
 * frame is page-aligned, within the physical address width and reachable: asserted. */
struct pt_frames {
    void *context;
    enum err (*alloc)(void *context, phys_addr *frame);
    void (*free)(void *context, phys_addr frame);
};

/* What the processor has and how it is set up. */
struct pt_machine {
    enum paging_levels levels; /* CR4.LA57 */
    unsigned phys_bits;        /* CPUID's width of physical addresses, 32 to 52 */
    uint64_t largest_page;     /* PAGE_2M; PAGE_1G where CPUID has it; PAGE_4K */
    bool nx;                   /* EFER.NXE is set */
};

enum pt_mapper { PT_MAPPER_OFFSET, PT_MAPPER_RECURSIVE, PT_MAPPER_FUNCTION };

/* Filled by one of the pt_init functions.  largest_page may be changed between calls: it
 * bounds what pt_map and pt_merge make, not what is understood. */
struct page_table {
    phys_addr top_pa; /* for CR3 */
    struct pt_frames frames;
    uint64_t largest_page;
    enum paging_levels levels;
    unsigned phys_bits;
    bool nx;
    enum pt_mapper mapper;
    uint64_t offset, limit;                         /* PT_MAPPER_OFFSET */
    unsigned recursive_index;                       /* PT_MAPPER_RECURSIVE */
    virt_addr scratch;                              /* PT_MAPPER_RECURSIVE */
    pte *(*table_at)(void *context, phys_addr frame); /* PT_MAPPER_FUNCTION */
    void *context;
    uint64_t reserved[2][6]; /* [is a page][level]: bits that must be 0 */
};

/* Physical address p is readable and writable at virtual address p + offset, for p below
 * `limit_bytes`; a table elsewhere is ERR_FORMAT.  top_pa: a zeroed or filled table. */
void pt_init_offset(struct page_table *t, const struct pt_machine *m, struct pt_frames frames,
                    phys_addr top_pa, uint64_t offset, uint64_t limit_bytes);

/* `table_at` gives the pointer to a frame, good until the next changing call, or NULL for a
 * frame that holds no table, which is ERR_FORMAT. */
void pt_init_function(struct page_table *t, const struct pt_machine *m,
                      struct pt_frames frames, phys_addr top_pa,
                      pte *(*table_at)(void *context, phys_addr frame), void *context);

/* Entry `index` of the top table points to the top table, which is the one in CR3.
 * `scratch` is a page of the caller whose level-1 table exists and whose entry is free: new
 * tables are seen there before they are linked.  Ranges that touch either are ERR_RANGE.
 * Only the processor that runs it sees tables this way: ring 0, not while moving between
 * processors; table entries that others made must allow writing.
 * ERR_RANGE: no such index, or scratch is in its part of the address space.  ERR_FORMAT:
 * the entry leads elsewhere or does not allow writing.  ERR_NOT_FOUND: scratch has no
 * level-1 table.  ERR_EXISTS: something is mapped at scratch. */
MUST_CHECK enum err pt_init_recursive(struct page_table *t, const struct pt_machine *m,
                                      struct pt_frames frames, phys_addr top_pa,
                                      unsigned index, virt_addr scratch);

/* Where recursion shows the table of `level` that `va` is looked up in. */
virt_addr pt_recursive_address(enum paging_levels levels, unsigned index, unsigned level,
                               virt_addr va);

/* ---- changing --------------------------------------------------------------------- */

/* What a call did, and what is left to do.  Reading it is free; the tables in it have one
 * owner: hand it to pt_flush or pt_flush_ignore exactly once. */
struct pt_change {
    enum err err;
    virt_addr at;         /* with an error: the first address it is about */
    uint64_t done_bytes;  /* mapped, unmapped, protected, or now in larger pages */
    uint64_t flush_bytes; /* translations to forget: this many, 0 for none, ... */
    virt_addr flush_from; /*   from here, ... */
    uint64_t flush_step;  /*   in pages of at least this size */
    bool flush_all;       /* all of them, of every PCID, global too */
    uint64_t tables;      /* taken out, in a list, ... */
    phys_addr first_table; /*   that starts here */
};

/* Makes this processor forget, gives the tables back, and returns c.err.  Ring 0, `t` in
 * CR3.  Other processors, and PCIDs other than the current one: the caller's. */
MUST_CHECK enum err pt_flush(const struct page_table *t, struct pt_change c);

/* The same without the flush: the tables are in no CR3, or the caller has done it, for
 * more processors or PCIDs than one. */
MUST_CHECK enum err pt_flush_ignore(const struct page_table *t, struct pt_change c);

/* Above so many pages pt_flush forgets everything instead of page by page. */
#define PT_FLUSH_PAGES_MAX 32

/* Maps [va, va + bytes) to [pa, pa + bytes) with `flags`, all of it or nothing.
 * ERR_RANGE: not a range, or pa beyond the physical width.  ERR_EXISTS: `at` is mapped.
 * Tables without any page that stand where a large page fits are taken out. */
MUST_CHECK struct pt_change pt_map(const struct page_table *t, virt_addr va, phys_addr pa,
                                   uint64_t bytes, pt_flags flags);

/* One run of frames that stopped being mapped: adjoining, with the same flags (PTE_NOTED
 * of the run's first page).  The processor may use them until the flush: neither write to
 * them nor give them to anybody before. */
typedef void pt_unmapped(void *context, phys_addr pa, uint64_t bytes, pt_flags flags);

/* Unmaps what is mapped of the range and reports its frames in ascending order of their
 * addresses in `va`; `unmapped` may be NULL and must not change the tables.  Emptied tables
 * stay, for pt_clean.  ERR_NOT_FOUND: not all of it was mapped, `at` was not. */
MUST_CHECK struct pt_change pt_unmap(const struct page_table *t, virt_addr va,
                                     uint64_t bytes, pt_unmapped *unmapped, void *context);

/* Sets and clears flags of what is mapped of the range; no flag may be in both.
 * ERR_NOT_FOUND as in pt_unmap. */
MUST_CHECK struct pt_change pt_protect(const struct page_table *t, virt_addr va,
                                       uint64_t bytes, pt_flags set, pt_flags clear);

/* Puts 512 adjoining pages with the same flags (PTE_NOTED aside: the large page has what
 * any of them had) into one page of the next size, up to largest_page, where that page lies
 * in the range. */
MUST_CHECK struct pt_change pt_merge(const struct page_table *t, virt_addr va,
                                     uint64_t bytes);

/* Takes out the tables without any present entry that serve an address of the range; the
 * top table always stays. */
MUST_CHECK struct pt_change pt_clean(const struct page_table *t, virt_addr va,
                                     uint64_t bytes);
/* The same for both halves of the address space, but for the recursive part. */
MUST_CHECK struct pt_change pt_clean_all(const struct page_table *t);

/* ---- looking ---------------------------------------------------------------------- */

/* Pages of one size, adjoining in both address spaces, with the same effective flags. */
struct pt_mapping {
    virt_addr va;
    phys_addr pa;
    uint64_t bytes;
    uint64_t page_bytes;
    pt_flags flags; /* rights: of the entry and all tables above it together */
};

/* The page that `va` lies in.  ERR_RANGE: not canonical.  ERR_NOT_FOUND: not mapped.
 * ERR_FORMAT: the processor would refuse an entry on the way, or a table lies where none
 * can.  With an error *m stays as it was. */
MUST_CHECK enum err pt_translate(const struct page_table *t, virt_addr va,
                                 struct pt_mapping *m);

/* Where `va`, which lies in the mapping, really is. */
static inline phys_addr pt_mapping_pa(const struct pt_mapping *m, virt_addr va)
{
    ASSERT(va - m->va < m->bytes);
    return m->pa + (va - m->va);
}

/* A walk over a range, which reports what is mapped in it, in order, each run as long as
 * possible; PTE_NOTED does not divide runs and is reported as found in their first page.
 * Runs are cut to the range. */
struct pt_walk {
    bool (*visit)(void *context, const struct pt_mapping *m); /* false ends the walk */
    void *context;
    uint64_t tables_max; /* read at most so many: tables that lead to themselves in a
                          * circle look like more tables than there is memory */
    uint64_t tables;     /* out: read */
    virt_addr at;        /* out, with an error: the address it is about */
};

/* ERR_FORMAT: as pt_translate, or more than tables_max; what lies before was reported.
 * A recursive entry is reported as what it is, a great many pages. */
MUST_CHECK enum err pt_walk(const struct page_table *t, struct pt_walk *w, virt_addr va,
                            uint64_t bytes);
/* Both halves, one after the other. */
MUST_CHECK enum err pt_walk_all(const struct page_table *t, struct pt_walk *w);

/* "rwxugAD": a letter for each, '-' for each that is missing; returns `text`. */
#define PT_FLAGS_TEXT 8
const char *pt_flags_text(pt_flags flags, char text[PT_FLAGS_TEXT]);

#endif
