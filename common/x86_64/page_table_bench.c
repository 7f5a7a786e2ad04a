/* SPDX-License-Identifier: MIT */
/* Ticks of the time-stamp counter for each page when 1 GiB is mapped, looked at, protected
 * and unmapped: as one range, beside the same work page by page through the same calls, and
 * beside plain stores of as many entries.  Prints JSON, a figure a line.
 *
 * Tables are in ordinary memory that was touched before, so neither the kernel's page
 * faults nor TLB flushes are in the figures.  Each is the median of RUNS in which the
 * scheduler did not take the processor away, or, where it always does, of the quickest. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "x86_64/page_table.h"
#include "x86_64/tsc.h"

#define RUNS    51
#define TRIES   300 /* for so many */
#define VA      UINT64_C(0xffff900000000000)
#define PA      UINT64_C(0x100000000)
#define BYTES   UINT64_C(0x40000000)
#define FRAMES  600 /* for tables: 512 + 1 + 1 + 1 */
#define FLAGS   (PTE_WRITE | PTE_NX | PTE_ACCESSED | PTE_DIRTY)

static _Alignas(4096) pte memory[FRAMES][PT_ENTRIES], plain[FRAMES][PT_ENTRIES];
static phys_addr free_frames[FRAMES];
static unsigned free_count;
static struct page_table table;
static volatile uint64_t sink;

static enum err alloc(void *context, phys_addr *frame)
{
    (void)context;
    if (free_count == 0) return ERR_NOMEM;
    *frame = free_frames[--free_count];
    return OK;
}

static void release(void *context, phys_addr frame)
{
    (void)context;
    free_frames[free_count++] = frame;
}

static void must(enum err err)
{
    if (err != OK) {
        fprintf(stderr, "page_table_bench: %s\n", err_name(err));
        exit(1);
    }
}

static void done(struct pt_change change) { must(pt_flush_ignore(&table, change)); }

/* Physical addresses of tables are offsets in `memory`; those of pages are never used. */
static void start(void)
{
    free_count = 0;
    for (phys_addr frame = FRAMES; frame-- > 1;) release(NULL, frame * PAGE_4K);
    memset(memory, 0, sizeof memory);
    const struct pt_machine machine = {PAGING_4_LEVELS, 46, PAGE_1G, true};
    pt_init_offset(&table, &machine, (struct pt_frames){NULL, alloc, release}, 0,
                   virt_of(memory), sizeof memory);
}

static uint64_t seen;
static bool look(void *context, const struct pt_mapping *m)
{
    (void)context;
    seen += m->bytes;
    sink = m->pa;
    return true;
}

static void count_unmapped(void *context, phys_addr pa, uint64_t bytes, pt_flags flags)
{
    (void)context, (void)flags;
    seen += bytes;
    sink = pa;
}

enum step { MAP, TRANSLATE, PROTECT, UNMAP, CLEAN, STEPS };

/* One step on `bytes` at a time until the GiB is done. */
static void do_step(enum step step, uint64_t bytes)
{
    struct pt_mapping m;
    struct pt_walk walk = {.visit = look, .tables_max = UINT64_MAX};
    seen = 0;
    for (uint64_t at = 0; at < BYTES; at += bytes) switch (step) {
        case MAP: done(pt_map(&table, VA + at, PA + at, bytes, FLAGS)); break;
        case TRANSLATE:
            if (bytes == BYTES) {
                must(pt_walk(&table, &walk, VA, BYTES));
            } else {
                must(pt_translate(&table, VA + at, &m));
                seen += m.bytes;
                sink = m.pa;
            }
            break;
        case PROTECT: done(pt_protect(&table, VA + at, bytes, 0, PTE_WRITE)); break;
        case UNMAP: done(pt_unmap(&table, VA + at, bytes, count_unmapped, NULL)); break;
        default: done(pt_clean(&table, VA + at, bytes)); break;
        }
    if ((step == TRANSLATE || step == UNMAP) && seen != BYTES) {
        fprintf(stderr, "page_table_bench: saw %llu bytes\n", (unsigned long long)seen);
        exit(1);
    }
}

/* As many entries stored one after the other, and nothing else. */
static void store_plain(uint64_t count)
{
    pte e = pte_page(1, PA, FLAGS), *entry = &plain[0][0];
    for (uint64_t i = 0; i < count; i++, e += PAGE_4K) pte_store(&entry[i], e);
}

static long switches(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_nivcsw + usage.ru_nvcsw;
}

/* What one thing took, run after run: the undisturbed runs first. */
struct runs {
    double clean[RUNS], disturbed[TRIES];
    unsigned clean_count, disturbed_count;
};
static uint64_t begun;
static long switches_before;

static void begin(void)
{
    switches_before = switches();
    begun = insn_rdtsc();
}

static void end(struct runs *r, uint64_t pages)
{
    double ticks = (double)(insn_rdtsc() - begun) / (double)pages;
    if (switches() != switches_before)
        r->disturbed[r->disturbed_count++] = ticks;
    else if (r->clean_count < RUNS)
        r->clean[r->clean_count++] = ticks;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(struct runs *r)
{
    qsort(r->disturbed, r->disturbed_count, sizeof *r->disturbed, by_value);
    for (unsigned i = 0; r->clean_count < RUNS; i++) r->clean[r->clean_count++] = r->disturbed[i];
    qsort(r->clean, RUNS, sizeof *r->clean, by_value);
    return r->clean[RUNS / 2];
}

static void figure(const char *name, const char *pages, double value, double baseline,
                   const char *baseline_name)
{
    printf("{\"name\": \"%s, %s\", \"value\": %.3f, \"unit\": \"ticks/page\", "
           "\"baseline\": %.3f, \"baseline_name\": \"%s\"},\n",
           name, pages, value, baseline, baseline_name);
}

static void measure(uint64_t page, const char *pages)
{
    static const char *const names[STEPS] = {
        "map 1 GiB, one range", "translate 1 GiB, one range", "protect 1 GiB, one range",
        "unmap 1 GiB, one range", "clean up the tables of 1 GiB"};
    static struct runs range[STEPS], single[STEPS], stores;
    uint64_t count = BYTES / page;
    memset(range, 0, sizeof range);
    memset(single, 0, sizeof single);
    memset(&stores, 0, sizeof stores);
    for (unsigned try = 0; try < TRIES; try++) {
        start();
        table.largest_page = page;
        for (enum step step = MAP; step < STEPS; step++) {
            begin();
            do_step(step, BYTES);
            end(&range[step], count);
        }
        begin();
        store_plain(count);
        end(&stores, count);
        if (try >= RUNS) continue; /* slow, and not what this is about */
        start();
        table.largest_page = page;
        for (enum step step = MAP; step < STEPS; step++) {
            begin();
            do_step(step, step == CLEAN ? PAGE_2M : page);
            end(&single[step], count);
        }
    }
    figure("map 1 GiB, one range", pages, median(&range[MAP]), median(&stores),
           "plain stores of as many entries");
    for (enum step step = MAP; step < STEPS; step++)
        figure(names[step], pages, median(&range[step]), median(&single[step]),
               step == CLEAN ? "2 MiB a call" : "page by page");
}

int main(void)
{
    memset(plain, 0xff, sizeof plain);
    measure(PAGE_4K, "4 KiB pages");
    measure(PAGE_2M, "2 MiB pages");
    return 0;
}
