/* SPDX-License-Identifier: MIT */
/*
 * Tests that run inside the kernel and report in a format that programs read.
 *
 * Source   KTAP version 1 (Linux kernel documentation, dev-tools/ktap), without subtests: a
 *          test is called suite.name, and all suites share one plan.
 * Output   goes character by character to the caller's sink, each line ended by \n.  What the
 *          kernel prints meanwhile may stand between the lines, not inside one.
 * Form     KTAP version 1
 *          1..2
 *          ok 1 heap.alloc
 *          # memory/heap_test.c:31: expected used == 0
 *          not ok 2 heap.free
 * Writing  A case is a function without arguments; the arrays name it.  Nothing registers
 *          itself.
 *              static void free_gives_back(void)
 *              {
 *                  void *p = heap_alloc(64);
 *                  KTEST_REQUIRE(p != NULL);
 *                  heap_free(p);
 *                  KTEST_EXPECT_EQ(heap_used(), 0);
 *              }
 *              const struct ktest_case heap_tests[] = {{"free_gives_back", free_gives_back}};
 * Memory   Allocates nothing.  The arrays and names belong to the caller.
 * State    One run at a time: the running test is remembered here, since the macros and a panic
 *          have to find it.  It is the one library here that remembers anything.
 * Calls    Expectations only from the context that the test runs in, not from interrupts.
 */
#ifndef KTEST_H
#define KTEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text/format.h"

/* Names are letters, digits, '_', '-'; anything else is printed as '_'. */
struct ktest_case {
    const char *name;
    void (*run)(void);
};

struct ktest_suite {
    const char *name;
    const struct ktest_case *cases;
    size_t count;
};

/* A suite from an array of cases, for the array of suites. */
#define KTEST_SUITE(suite_name, array) \
    {.name = (suite_name), .cases = (array), .count = sizeof(array) / sizeof *(array)}

/* Runs every case in order and reports to `put`.  Returns how many failed; a skipped one did
 * not.  A run of no cases at all says 1..0 and counts as one failure: it proves nothing. */
size_t ktest_run(format_put put, void *context, const struct ktest_suite *suites,
                 size_t suite_count);

/* ---- in a test ------------------------------------------------------------------------ */

/* Notes a failure, with file and line, when the condition is false; the test goes on.  All
 * four are expressions that say whether it was true, and evaluate each operand once. */
#define KTEST_EXPECT(condition) ktest_expect((condition), __FILE__, __LINE__, #condition)

/* Integers, or pointers cast to uintptr_t: equal as 64-bit values.  Shows both. */
#define KTEST_EXPECT_EQ(a, b) \
    ktest_expect_eq((uint64_t)(a), (uint64_t)(b), __FILE__, __LINE__, #a, #b)

/* Strings.  NULL equals only NULL. */
#define KTEST_EXPECT_STR_EQ(a, b) ktest_expect_str_eq((a), (b), __FILE__, __LINE__, #a, #b)

/* A failure for certain, with a printf-like message; where the code should not have come. */
#define KTEST_FAIL(...) ktest_fail(__FILE__, __LINE__, __VA_ARGS__)

/* The two macros that RETURN from the function they stand in: what follows makes no sense
 * otherwise.  They belong into the case's own function.  A helper says so itself:
 *     if (!KTEST_EXPECT(p != NULL)) return false; */
#define KTEST_REQUIRE(condition)               \
    do {                                       \
        if (!KTEST_EXPECT(condition)) return;  \
    } while (0)
#define KTEST_SKIP(reason)    \
    do {                      \
        ktest_skip((reason)); \
        return;               \
    } while (0)

/* A remark in the report: "# " and the text, which should have no newline. */
__attribute__((format(printf, 1, 2))) void ktest_note(const char *format, ...);

/* ---- when the kernel panics in a test ---------------------------------------------------- */

/* The name of the case that runs now; NULL outside of ktest_run. */
const char *ktest_current(void);

/* For panic: reports `why` as the failure of the running test, ends the report with a "Bail
 * out!" line, and ends the emulator with a failure.  Returns when there is no emulator; the
 * caller halts.  A second call, from a panic in here, reports nothing more. */
void ktest_bail(const char *why);

/* Ends the emulator.  QEMU with -device isa-debug-exit,iobase=0xf4,iosize=4 exits with status 33
 * (passed) or 35.  Bochs exits with its port-8900h device, passed or not.  Returns where
 * neither is: the caller halts. */
void ktest_exit(bool passed);

/* ---- behind the macros ------------------------------------------------------------------- */

bool ktest_expect(bool condition, const char *file, int line, const char *text);
bool ktest_expect_eq(uint64_t a, uint64_t b, const char *file, int line, const char *a_text,
                     const char *b_text);
bool ktest_expect_str_eq(const char *a, const char *b, const char *file, int line,
                         const char *a_text, const char *b_text);
__attribute__((format(printf, 3, 4))) void ktest_fail(const char *file, int line,
                                                      const char *format, ...);
void ktest_skip(const char *reason);

#endif
