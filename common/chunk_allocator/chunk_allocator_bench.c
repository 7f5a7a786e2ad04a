/* SPDX-License-Identifier: MIT */
/*
 * What a block costs, in ticks of the time-stamp counter, beside glibc's malloc and beside
 * a bitmap allocator that looks at one bit at a time.  Prints JSON.  Every figure is the
 * median of RUNS runs, and all allocators take turns within a run.
 *
 * Trace A  160 MiB in chunks of 256 bytes, touched before; blocks of 64 to 16,383 bytes
 *          aligned to 1 to 128; the seven oldest are freed now and then.  90 % of the heap
 *          is live after 60,000 operations; before 100,000 it is full, and one in ten
 *          fails.  glibc has no end and serves all of them.
 * Trace B  16 MiB in chunks of 64 bytes; blocks of 16 to 512 bytes, nine of ten freed
 *          again after 32 more, every tenth kept until one of 16,000 is drawn to go.
 * Full     Trace A's heap with one single chunk free in every 64, and a request for more.
 *
 * A call is timed between two rdtscp, whose own cost (the floor) is part of the figure;
 * the batches of 1,000 operations are timed as a whole and need no timer for a call.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chunk_allocator/chunk_peers_host.h"

#define RUNS       5
#define OPERATIONS 100000
#define BATCH      1000
#define KEPT       16000
#define PASSING    32

static inline uint64_t ticks(void)
{
    uint32_t low, high, cpu;
    __asm__ volatile("rdtscp" : "=a"(low), "=d"(high), "=c"(cpu)::"memory");
    return (uint64_t)high << 32 | low;
}

static uint64_t state;

static uint64_t splitmix64(void)
{
    uint64_t z = (state += 0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

/* ---- samples ------------------------------------------------------------------------- */

struct samples {
    uint32_t count, at[OPERATIONS * 2];
};

static void sample(struct samples *s, uint64_t value)
{
    s->at[s->count++] = value < UINT32_MAX ? (uint32_t)value : UINT32_MAX;
}

static int by_value(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static double percentile(struct samples *s, unsigned percent)
{
    if (!s->count) return 0;
    qsort(s->at, s->count, sizeof *s->at, by_value);
    return s->at[(uint64_t)(s->count - 1) * percent / 100];
}

struct result {
    double alloc, alloc_99, free, free_99, failed, failed_99, batch;
    double failures, peak, first_failure;
};

static struct samples on_alloc, on_free, on_failure, on_batch;

/* ---- traces -------------------------------------------------------------------------- */

/* Drawn beforehand, so that batches measure calls and not splitmix64. */
static struct operation {
    uint16_t size, align, kept;
    bool frees;
} trace[OPERATIONS];

static struct block {
    void *at;
    size_t size;
} live[OPERATIONS];
static size_t oldest, newest, live_bytes;

#define INLINE static inline __attribute__((always_inline))

INLINE void free_one(const struct allocator *a, struct block *b, bool timed)
{
    uint64_t start = timed ? ticks() : 0;
    a->free(b->at, b->size);
    if (timed) sample(&on_free, ticks() - start);
    live_bytes -= b->size;
}

INLINE bool alloc_one(const struct allocator *a, const struct operation *o, struct block *b,
                      bool timed)
{
    uint64_t start = timed ? ticks() : 0;
    b->at = a->alloc(o->size, o->align);
    if (timed) {
        uint64_t took = ticks() - start;
        sample(b->at ? &on_alloc : &on_failure, took);
    }
    b->size = o->size;
    if (b->at) live_bytes += o->size;
    return b->at;
}

static void draw_a(void)
{
    state = 42;
    for (size_t i = 0; i < OPERATIONS; i++) {
        trace[i].size = (uint16_t)(64 + splitmix64() % 16320);
        trace[i].align = (uint16_t)(1 << splitmix64() % 8);
        /* Drawn only when more than ten are live, which is so from the eleventh on. */
        trace[i].frees = i >= 10 && splitmix64() % 10 == 0;
    }
}

INLINE unsigned step_a(const struct allocator *a, size_t i, bool timed)
{
    unsigned calls = 1;
    newest += alloc_one(a, &trace[i], &live[newest], timed);
    if (newest - oldest > 10 && trace[i].frees)
        for (; calls <= 7; calls++) free_one(a, &live[oldest++], timed);
    return calls;
}

static void draw_b(void)
{
    state = 42;
    for (size_t i = 0; i < OPERATIONS; i++) {
        trace[i].size = (uint16_t)(16 + splitmix64() % 497);
        trace[i].align = 16;
        trace[i].frees = splitmix64() % 10 != 0;
        trace[i].kept = (uint16_t)(splitmix64() % KEPT);
    }
}

static struct block kept[KEPT], passing[PASSING];

INLINE unsigned step_b(const struct allocator *a, size_t i, bool timed)
{
    unsigned calls = 1;
    struct block *b = trace[i].frees ? &passing[i % PASSING] : &kept[trace[i].kept];
    if (b->at) {
        free_one(a, b, timed);
        calls++;
    }
    alloc_one(a, &trace[i], b, timed);
    return calls;
}

/* First with every call timed, then in batches, which one bit at a time does without where
 * it runs out of memory, because that takes minutes. */
INLINE struct result run(const struct allocator *a, bool trace_a, size_t operations,
                         size_t heap_bytes, size_t chunk_bytes)
{
    struct result r = {0};
    bool timed_only = false;
    for (int timed = 1; timed >= 0; timed--) {
        timed_only = a == &one_bit && on_failure.count;
        if (!timed && timed_only) break;
        a->reset(heap_bytes, chunk_bytes);
        memset(kept, 0, sizeof kept);
        memset(passing, 0, sizeof passing);
        on_batch.count = oldest = newest = live_bytes = 0;
        if (timed) on_alloc.count = on_free.count = on_failure.count = 0;
        for (size_t i = 0; i < operations;) {
            unsigned calls = 0;
            uint64_t start = ticks();
            for (size_t end = i + BATCH; i < end; i++) {
                calls += trace_a ? step_a(a, i, timed) : step_b(a, i, timed);
                if (!timed) continue;
                double percent = 100.0 * (double)live_bytes / (double)heap_bytes;
                if (percent > r.peak) r.peak = percent;
                if (!on_failure.count) r.first_failure = r.peak;
            }
            sample(&on_batch, (ticks() - start) * 100 / calls);
        }
        while (oldest < newest) free_one(a, &live[oldest++], false);
        for (size_t i = 0; i < KEPT; i++)
            if (kept[i].at) free_one(a, &kept[i], false);
        for (size_t i = 0; i < PASSING; i++)
            if (passing[i].at) free_one(a, &passing[i], false);
    }
    r.failures = on_failure.count;
    r.alloc = percentile(&on_alloc, 50);
    r.alloc_99 = percentile(&on_alloc, 99);
    r.free = percentile(&on_free, 50);
    r.free_99 = percentile(&on_free, 99);
    r.failed = percentile(&on_failure, 50);
    r.failed_99 = percentile(&on_failure, 99);
    if (!timed_only) r.batch = percentile(&on_batch, 50) / 100;
    return r;
}

/* A full heap but for one chunk in 64, and requests for 2 to 64 chunks. */
INLINE struct result run_full(const struct allocator *a, size_t requests)
{
    struct result r = {0};
    a->reset(HEAP_BYTES, 256);
    for (size_t i = 0; i < HEAP_BYTES / 256; i++)
        if (!a->alloc(256, 1)) abort();
    for (size_t i = 31; i < HEAP_BYTES / 256; i += 64) a->free(heap + i * 256, 256);
    on_failure.count = 0;
    for (size_t i = 0; i < requests; i++) {
        uint64_t start = ticks();
        void *block = a->alloc((2 + i % 63) * 256, 1);
        sample(&on_failure, ticks() - start);
        if (block) abort();
    }
    r.failed = percentile(&on_failure, 50);
    r.failed_99 = percentile(&on_failure, 99);
    return r;
}

static double floor_ticks(void)
{
    on_batch.count = 0;
    for (unsigned i = 0; i < OPERATIONS; i++) {
        uint64_t start = ticks();
        sample(&on_batch, ticks() - start);
    }
    return percentile(&on_batch, 50);
}

/* ---- what is printed ----------------------------------------------------------------- */

enum { OURS_NEXT, OURS_BEST, ONE_BIT, GLIBC, ALLOCATORS };
enum { A60, A100, B, FULL, TRACES };
static const char *const trace_names[] = {"A 60k", "A 100k", "B", "full"};
static struct result results[TRACES][ALLOCATORS][RUNS];
static double floors[RUNS];

static int by_double(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median_of(const struct result *runs, size_t offset)
{
    double values[RUNS];
    for (unsigned i = 0; i < RUNS; i++)
        memcpy(&values[i], (const char *)&runs[i] + offset, sizeof values[i]);
    qsort(values, RUNS, sizeof *values, by_double);
    return values[RUNS / 2];
}

static void say(unsigned trace_number, const char *what, size_t offset, const char *unit,
                unsigned ours, unsigned baseline)
{
    static const char *const names[] = {"next fit", "best fit", "one bit at a time",
                                        "glibc malloc"};
    double against = median_of(results[trace_number][baseline], offset);
    if (against <= 0) return; /* not measured */
    printf("{\"name\": \"%s %s, %s\", \"value\": %.2f, \"unit\": \"%s\", "
           "\"baseline\": %.2f, \"baseline_name\": \"%s\"},\n",
           trace_names[trace_number], what, names[ours],
           median_of(results[trace_number][ours], offset), unit,
           against, names[baseline]);
}

#define SAY(trace, what, member, unit, ours, baseline)                                     \
    say(trace, what, offsetof(struct result, member), unit, ours, baseline)

static void print_trace(unsigned t)
{
    for (unsigned baseline = ONE_BIT; baseline <= GLIBC; baseline++) {
        SAY(t, "alloc median", alloc, "ticks", OURS_NEXT, baseline);
        SAY(t, "alloc p99", alloc_99, "ticks", OURS_NEXT, baseline);
        SAY(t, "free median", free, "ticks", OURS_NEXT, baseline);
        SAY(t, "free p99", free_99, "ticks", OURS_NEXT, baseline);
        SAY(t, "a call in batches", batch, "ticks", OURS_NEXT, baseline);
    }
    SAY(t, "alloc median", alloc, "ticks", OURS_BEST, OURS_NEXT);
    SAY(t, "alloc p99", alloc_99, "ticks", OURS_BEST, OURS_NEXT);
    SAY(t, "free median", free, "ticks", OURS_BEST, OURS_NEXT);
    SAY(t, "a call in batches", batch, "ticks", OURS_BEST, OURS_NEXT);
}

static void print_failures(void)
{
    for (unsigned ours = OURS_NEXT; ours <= OURS_BEST; ours++) {
        SAY(A100, "out of memory median", failed, "ticks", ours, ONE_BIT);
        SAY(A100, "out of memory p99", failed_99, "ticks", ours, ONE_BIT);
        SAY(A100, "out of memory", failures, "times", ours, ONE_BIT);
        SAY(A100, "live at first failure", first_failure, "%", ours, ONE_BIT);
        SAY(A100, "live at most", peak, "%", ours, ONE_BIT);
        SAY(FULL, "out of memory median", failed, "ticks", ours, ONE_BIT);
        SAY(FULL, "out of memory p99", failed_99, "ticks", ours, ONE_BIT);
    }
}

static void one_run(unsigned i)
{
    floors[i] = floor_ticks();
    draw_a();
    for (unsigned t = A60; t <= A100; t++) {
        size_t operations = t == A60 ? 60000 : 100000;
        results[t][OURS_NEXT][i] = run(&next_fit, true, operations, HEAP_BYTES, 256);
        results[t][OURS_BEST][i] = run(&best_fit, true, operations, HEAP_BYTES, 256);
        results[t][GLIBC][i] = run(&glibc, true, operations, HEAP_BYTES, 256);
        results[t][ONE_BIT][i] = run(&one_bit, true, operations, HEAP_BYTES, 256);
    }
    draw_b();
    results[B][OURS_NEXT][i] = run(&next_fit, false, OPERATIONS, 16 << 20, 64);
    results[B][OURS_BEST][i] = run(&best_fit, false, OPERATIONS, 16 << 20, 64);
    results[B][GLIBC][i] = run(&glibc, false, OPERATIONS, 16 << 20, 64);
    results[B][ONE_BIT][i] = run(&one_bit, false, OPERATIONS, 16 << 20, 64);
    results[FULL][OURS_NEXT][i] = run_full(&next_fit, OPERATIONS);
    results[FULL][OURS_BEST][i] = run_full(&best_fit, OPERATIONS);
    results[FULL][ONE_BIT][i] = run_full(&one_bit, 21);
}

int main(void)
{
    heap = aligned_alloc(4096, HEAP_BYTES);
    if (!heap) return 1;
    memset(heap, 1, HEAP_BYTES);
    for (unsigned i = 0; i < RUNS; i++) one_run(i);

    qsort(floors, RUNS, sizeof *floors, by_double);
    printf("[\n{\"name\": \"timer floor\", \"value\": %.0f, \"unit\": \"ticks\"},\n",
           floors[RUNS / 2]);
    for (unsigned t = A60; t <= B; t++) print_trace(t);
    print_failures();
    printf("]\n");
    return 0;
}
