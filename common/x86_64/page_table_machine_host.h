/* SPDX-License-Identifier: MIT */
/*
 * For tests: physical memory, a frame allocator that can be told to fail, and a processor
 * that translates, typed from the manual a second time.
 *
 * Use      A check that fails is noted in machine.fault, the first one stays; tests assert
 *          that it is NULL, or, for a deliberate fault, that it is not.
 */
#ifndef X86_64_PAGE_TABLE_MACHINE_HOST_H
#define X86_64_PAGE_TABLE_MACHINE_HOST_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "x86_64/page_table.h"

#define MACHINE_FRAMES 4096
#define MACHINE_BASE   UINT64_C(0x4200000000) /* where the memory for tables begins */

struct machine {
    uint64_t (*memory)[512];
    bool live[MACHINE_FRAMES];
    unsigned free_frames[MACHINE_FRAMES], free_count;
    uint64_t allocs, fails_from, fails_until; /* the allocations that fail, by number */
    struct page_table table;
    unsigned levels, phys_bits;
    bool nx, has_1g;
    const char *fault;
};

static struct machine machine;

#define NOTE_(line)      #line
#define NOTE(line)       NOTE_(line)
#define CHECK(condition)                                                                 \
    do {                                                                                 \
        if (!(condition) && !machine.fault)                                              \
            machine.fault = __FILE__ ":" NOTE(__LINE__) ": " #condition;                 \
    } while (0)

static unsigned frame_number(uint64_t pa)
{
    return pa < MACHINE_BASE ? MACHINE_FRAMES : (unsigned)((pa - MACHINE_BASE) >> 12);
}

/* Frames come with rubbish in them. */
static enum err machine_alloc(void *context, phys_addr *frame)
{
    struct machine *m = context;
    uint64_t number = m->allocs++;
    if ((number >= m->fails_from && number < m->fails_until) || m->free_count == 0)
        return ERR_NOMEM;
    unsigned n = m->free_frames[--m->free_count];
    m->live[n] = true;
    memset(m->memory[n], 0xa7, 4096);
    *frame = MACHINE_BASE + ((uint64_t)n << 12);
    return OK;
}

static void machine_free(void *context, phys_addr frame)
{
    struct machine *m = context;
    unsigned n = frame_number(frame);
    CHECK((frame & 0xfff) == 0 && n < MACHINE_FRAMES && m->live[n]);
    if (n >= MACHINE_FRAMES || !m->live[n]) return;
    m->live[n] = false;
    memset(m->memory[n], 0xa5, 4096);
    m->free_frames[m->free_count++] = n;
}

static pte *machine_table_at(void *context, phys_addr frame)
{
    struct machine *m = context;
    unsigned n = frame_number(frame);
    return n < MACHINE_FRAMES && m->live[n] ? m->memory[n] : NULL;
}

static unsigned machine_live(void)
{
    unsigned count = 0;
    for (unsigned n = 0; n < MACHINE_FRAMES; n++) count += machine.live[n];
    return count;
}

/* All memory free, but for an empty top table in the first frame. */
static void machine_reset(unsigned levels, bool has_1g)
{
    void *memory = machine.memory;
    if (!memory) memory = aligned_alloc(4096, MACHINE_FRAMES * 4096);
    machine = (struct machine){.memory = memory,
                               .levels = levels,
                               .phys_bits = 46,
                               .nx = true,
                               .has_1g = has_1g,
                               .fails_from = UINT64_MAX,
                               .fails_until = UINT64_MAX};
    for (unsigned n = MACHINE_FRAMES; n-- > 1;) machine.free_frames[machine.free_count++] = n;
    machine.live[0] = true;
    memset(machine.memory[0], 0, 4096);
}

static void machine_start(unsigned levels, bool has_1g, enum pt_mapper mapper)
{
    machine_reset(levels, has_1g);
    const struct pt_machine m = {levels == 5 ? PAGING_5_LEVELS : PAGING_4_LEVELS, 46,
                                 has_1g ? PAGE_1G : PAGE_2M, true};
    const struct pt_frames frames = {&machine, machine_alloc, machine_free};
    if (mapper == PT_MAPPER_OFFSET)
        pt_init_offset(&machine.table, &m, frames, MACHINE_BASE,
                       (uintptr_t)machine.memory - MACHINE_BASE,
                       MACHINE_BASE + MACHINE_FRAMES * 4096);
    else
        pt_init_function(&machine.table, &m, frames, MACHINE_BASE, machine_table_at,
                         &machine);
}

/* What the processor does with an address: SDM 3A 4.5.4, 4.6 and 4.7, in plain numbers. */
enum mmu_answer { MMU_PAGE, MMU_ABSENT, MMU_RESERVED, MMU_NO_MEMORY };
struct mmu {
    enum mmu_answer answer;
    uint64_t pa, bytes, *entry;
    bool write, user, execute;
    uint64_t kind; /* everything else the entry says, in the places of a 4 KiB entry */
};

static struct mmu mmu_walk(uint64_t va)
{
    struct mmu r = {.answer = MMU_ABSENT, .write = true, .user = true, .execute = true};
    uint64_t table = MACHINE_BASE;
    for (unsigned shift = machine.levels == 5 ? 48 : 39;; shift -= 9) {
        unsigned n = frame_number(table);
        if (n >= MACHINE_FRAMES || !machine.live[n]) {
            r.answer = MMU_NO_MEMORY;
            return r;
        }
        r.entry = &machine.memory[n][va >> shift & 511];
        uint64_t e = *r.entry;
        if (!(e & 1)) return r;
        bool large = e >> 7 & 1 && shift != 12;
        bool bad = (e & 0x000fffffffffffff) >> machine.phys_bits != 0 ||
                   (!machine.nx && e >> 63) ||
                   (large && (shift >= 39 || (shift == 30 && !machine.has_1g))) ||
                   (large && shift == 30 && (e >> 13 & 0x1ffff)) ||
                   (large && shift == 21 && (e >> 13 & 0xff));
        if (bad) {
            r.answer = MMU_RESERVED;
            return r;
        }
        r.write = r.write && (e >> 1 & 1);
        r.user = r.user && (e >> 2 & 1);
        r.execute = r.execute && !(e >> 63);
        if (shift == 12 || large) {
            r.answer = MMU_PAGE;
            r.bytes = UINT64_C(1) << shift;
            r.pa = ((e & 0x000ffffffffff000) & ~(r.bytes - 1)) | (va & (r.bytes - 1));
            r.kind = (e & 0x7ff0000000000f18) | (large ? e >> 12 & 1 : e >> 7 & 1) << 7;
            return r;
        }
        table = e & 0x000ffffffffff000;
    }
}

/* How many frames the tables below `table` take, each link followed. */
static uint64_t mmu_tables(uint64_t table, unsigned level)
{
    uint64_t count = 1;
    unsigned n = frame_number(table);
    CHECK(n < MACHINE_FRAMES && machine.live[n]);
    if (n >= MACHINE_FRAMES || !machine.live[n]) return count;
    for (unsigned i = 0; level > 1 && i < 512; i++) {
        uint64_t e = machine.memory[n][i];
        if ((e & 1) && !(level <= 3 && e >> 7 & 1) && (e & 0x000ffffffffff000) != MACHINE_BASE)
            count += mmu_tables(e & 0x000ffffffffff000, level - 1);
    }
    return count;
}

#endif
