/* SPDX-License-Identifier: MIT */
#include "x86_64/gdt.h"

#define GDT_WORDS_MAX 8192

uint64_t gdt_segment(uint32_t base, uint32_t limit, uint64_t flags)
{
    const uint64_t addressing =
        GDT_LIMIT_15_0 | GDT_LIMIT_19_16 | GDT_BASE_23_0 | GDT_BASE_31_24;
    ASSERT((flags & addressing) == 0 && (flags & GDT_SEGMENT));
    ASSERT(!(flags & GDT_LONG) || ((flags & GDT_CODE) && !(flags & GDT_DEFAULT_32)));
    ASSERT(limit <= 0xfffff);
    return flags | field_put64(GDT_LIMIT_15_0, limit & 0xffff) |
           field_put64(GDT_LIMIT_19_16, limit >> 16) |
           field_put64(GDT_BASE_23_0, base & 0xffffff) |
           field_put64(GDT_BASE_31_24, base >> 24);
}

uint32_t gdt_base(uint64_t word)
{
    return (uint32_t)(field_get64(GDT_BASE_31_24, word) << 24 |
                      field_get64(GDT_BASE_23_0, word));
}

uint32_t gdt_limit(uint64_t word)
{
    uint32_t limit = (uint32_t)(field_get64(GDT_LIMIT_19_16, word) << 16 |
                                field_get64(GDT_LIMIT_15_0, word));
    return word & GDT_PAGES ? limit << 12 | 0xfff : limit;
}

unsigned gdt_dpl(uint64_t word) { return (unsigned)field_get64(GDT_DPL, word); }

bool gdt_is_system(uint64_t word) { return word != GDT_NULL && !(word & GDT_SEGMENT); }

struct gdt_system gdt_system_make(enum gdt_system_type type, virt_addr base,
                                  uint32_t limit_bytes, unsigned dpl)
{
    ASSERT(limit_bytes <= 0xfffff);
    return (struct gdt_system){
        .lo = GDT_PRESENT | field_put64(GDT_SYSTEM_TYPE, (uint64_t)type) |
              field_put64(GDT_DPL, dpl) |
              field_put64(GDT_LIMIT_15_0, limit_bytes & 0xffff) |
              field_put64(GDT_LIMIT_19_16, limit_bytes >> 16) |
              field_put64(GDT_BASE_23_0, base & 0xffffff) |
              field_put64(GDT_BASE_31_24, base >> 24 & 0xff),
        .hi = base >> 32,
    };
}

virt_addr gdt_system_base(struct gdt_system d)
{
    return (d.hi & UINT32_MAX) << 32 | gdt_base(d.lo);
}

void gdt_init(struct gdt *g, uint64_t *words, unsigned capacity)
{
    ASSERT(capacity >= 1 && capacity <= GDT_WORDS_MAX);
    *g = (struct gdt){.words = words, .capacity = (uint16_t)capacity, .count = 1};
    words[0] = GDT_NULL;
}

enum err gdt_append(struct gdt *g, uint64_t word, selector *s)
{
    ASSERT(!gdt_is_system(word)); /* would leave its second word to whatever comes next */
    if (g->count == g->capacity) return ERR_FULL;
    g->words[g->count] = word;
    *s = selector_make(g->count++, gdt_dpl(word));
    return OK;
}

enum err gdt_append_system(struct gdt *g, struct gdt_system d, selector *s)
{
    ASSERT(gdt_is_system(d.lo));
    if (g->capacity - g->count < 2) return ERR_FULL;
    g->words[g->count] = d.lo;
    g->words[g->count + 1] = d.hi;
    *s = selector_make(g->count, gdt_dpl(d.lo));
    g->count = (uint16_t)(g->count + 2);
    return OK;
}

uint64_t gdt_word(const struct gdt *g, unsigned index)
{
    ASSERT(index < g->count);
    return g->words[index];
}

struct table_pointer gdt_pointer(const struct gdt *g)
{
    return (struct table_pointer){.limit = (uint16_t)(g->count * 8u - 1),
                                  .base = virt_of(g->words)};
}

void gdt_load(const struct gdt *g)
{
    struct table_pointer pointer = gdt_pointer(g);
    insn_lgdt(&pointer);
}
