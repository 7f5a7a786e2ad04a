/* SPDX-License-Identifier: MIT */
/*
 * Frames on their way into tables and out of them.
 *
 * Both ways they form a list without memory of its own: the address of the next frame
 * (bits 51:12) is kept in PTE_SOFT_HI of the first entries, seven bits in each, which the
 * processor ignores.  So a table that was taken out stays what it was for a processor that
 * still walks it, until the flush.
 */
#include "x86_64/page_table.h"

#include "x86_64/page_table_inside.h"
#include "x86_64/tlb.h"

#define LINK_BITS    7 /* of PTE_SOFT_HI */
#define LINK_ENTRIES 6 /* for the 40 bits of a frame's number */

static void list_put_next(pte *table, phys_addr next)
{
    uint64_t number = next / PAGE_4K;
    for (unsigned i = 0; i < LINK_ENTRIES; i++, number >>= LINK_BITS)
        pte_store(&table[i],
                  (pte_load(&table[i]) & ~PTE_SOFT_HI) |
                      field_put64(PTE_SOFT_HI, number & (BIT64(LINK_BITS) - 1)));
}

static phys_addr list_next(const pte *table)
{
    uint64_t number = 0;
    for (unsigned i = LINK_ENTRIES; i-- > 0;)
        number = number << LINK_BITS | field_get64(PTE_SOFT_HI, pte_load(&table[i]));
    return number * PAGE_4K;
}

static void free_list(const struct page_table *t, phys_addr first, uint64_t count)
{
    while (count-- > 0) {
        phys_addr next = list_next(pt_open(t, first));
        pt_close(t);
        t->frames.free(t->frames.context, first);
        first = next;
    }
}

/* Whether the range touches what the recursive mapper uses itself. */
static bool is_in_use(const struct page_table *t, virt_addr va, virt_addr last)
{
    unsigned top = (unsigned)t->levels;
    if (t->mapper != PT_MAPPER_RECURSIVE) return false;
    if (va <= t->scratch && t->scratch <= last) return true;
    return virt_table_index(va, top) <= t->recursive_index &&
           t->recursive_index <= virt_table_index(last, top);
}

bool pt_begin(struct pt_op *op, const struct page_table *t, virt_addr va, uint64_t bytes,
              virt_addr *last)
{
    *op = (struct pt_op){.t = t, .c = {.at = va, .flush_step = PAGE_4K}};
    if (bytes == 0) return false;
    op->c.err = pt_range(t, va, bytes, last);
    if (op->c.err == OK && is_in_use(t, va, *last)) op->c.err = ERR_RANGE;
    return op->c.err == OK;
}

bool pt_reserve(struct pt_op *op)
{
    const struct page_table *t = op->t;
    for (; op->spare < op->need; op->spare++) {
        phys_addr frame;
        op->c.err = t->frames.alloc(t->frames.context, &frame);
        if (op->c.err != OK) {
            free_list(t, op->spare_pa, op->spare);
            return false;
        }
        ASSERT(is_aligned(frame, PAGE_4K) && frame >> t->phys_bits == 0);
        pte *table = pt_open(t, frame);
        ASSERT(table);
        list_put_next(table, op->spare_pa);
        pt_close(t);
        op->spare_pa = frame;
    }
    return true;
}

phys_addr pt_take(struct pt_op *op)
{
    phys_addr frame = op->spare_pa;
    ASSERT(op->spare > 0);
    op->spare--;
    op->spare_pa = list_next(pt_open(op->t, frame));
    pt_close(op->t);
    return frame;
}

void pt_link(struct pt_op *op, pte *entry, unsigned level, virt_addr va, pte value)
{
    const struct page_table *t = op->t;
    pte_store(entry, value);
    /* What was seen there through recursion before was not this table. */
    if (t->mapper == PT_MAPPER_RECURSIVE)
        tlb_flush_page(pt_recursive_address(t->levels, t->recursive_index, level - 1, va));
}

void pt_take_out(struct pt_op *op, pte *table, phys_addr pa)
{
    list_put_next(table, op->c.first_table);
    op->c.first_table = pa;
    op->c.tables++;
    /* Any PCID's walks may have remembered the way to it, SDM 3A 4.10.3. */
    op->c.flush_all = true;
}

void pt_stale(struct pt_change *c, virt_addr va, uint64_t bytes, uint64_t page_bytes)
{
    if (c->flush_bytes == 0) {
        c->flush_from = va;
        c->flush_step = page_bytes;
    }
    if (page_bytes < c->flush_step) c->flush_step = page_bytes;
    uint64_t until = va + bytes - c->flush_from;
    if (until > c->flush_bytes) c->flush_bytes = until;
}

void pt_widen(struct pt_op *op, pte *entry, pt_flags flags)
{
    pte old = pte_load(entry);
    if (!pt_is_narrow(old, flags)) return;
    pte_store(entry, (old | (flags & (PTE_WRITE | PTE_USER))) & ~(flags & PTE_NX ? 0 : PTE_NX));
    /* More rights fault once too often at worst, but in every PCID, SDM 3A 4.10.4.3. */
    op->c.flush_all = true;
}

bool pt_is_empty(const pte *table)
{
    for (unsigned i = 0; i < PT_ENTRIES; i += 8) {
        pte any = 0;
        for (unsigned k = 0; k < 8; k++) any |= pte_load(&table[i + k]);
        if (any & PTE_PRESENT) return false;
    }
    return true;
}

enum err pt_flush(const struct page_table *t, struct pt_change c)
{
    if (c.flush_all || c.flush_bytes / c.flush_step > PT_FLUSH_PAGES_MAX)
        tlb_flush_all();
    else
        for (uint64_t done = 0; done < c.flush_bytes; done += c.flush_step)
            tlb_flush_page(c.flush_from + done);
    return pt_flush_ignore(t, c);
}

enum err pt_flush_ignore(const struct page_table *t, struct pt_change c)
{
    free_list(t, c.first_table, c.tables);
    return c.err;
}
