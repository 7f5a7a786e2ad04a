/* SPDX-License-Identifier: MIT */
#include "ktest/ktest.h"

#include "x86_64/insn.h"

/* QEMU exits with 2 * value + 1, so that no value can look like its own success, 0. */
enum { QEMU_EXIT_PORT = 0xf4, QEMU_PASSED = 0x10, QEMU_FAILED = 0x11 };
enum { BOCHS_EXIT_PORT = 0x8900 };

static struct {
    format_put put;      /* NULL outside of a run */
    void *context;
    const struct ktest_suite *suite;
    const struct ktest_case *test;
    size_t number;       /* of the running case, from 1 */
    bool failed;
    const char *skipped; /* the reason, or NULL */
    bool bailed;
} run;

/* ---- the report ----------------------------------------------------------------------------- */

static void put_newline(void) { run.put(run.context, '\n'); }

/* Text from elsewhere cannot start a line of its own. */
static void put_on_one_line(void *context, char c)
{
    (void)context;
    run.put(run.context, c == '\n' || c == '\r' ? ' ' : c);
}

static void put_name(const char *name)
{
    for (; *name; name++) {
        char c = *name;
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                     (c >= '0' && c <= '9') || c == '_' || c == '-';
        run.put(run.context, plain ? c : '_');
    }
}

static void begin_remark(const char *file, int line)
{
    format_print(run.put, run.context, "# ");
    if (file) format_print(run.put, run.context, "%s:%d: ", file, line);
}

static void report_result(void)
{
    format_print(run.put, run.context, "%s %zu ", run.failed ? "not ok" : "ok", run.number);
    put_name(run.suite->name);
    run.put(run.context, '.');
    put_name(run.test->name);
    if (run.skipped && !run.failed) {
        format_print(run.put, run.context, " # SKIP ");
        format_print(put_on_one_line, NULL, "%s", run.skipped);
    }
    put_newline();
}

/* ---- running ------------------------------------------------------------------------------ */

/* Whether it failed. */
static bool run_case(const struct ktest_suite *suite, const struct ktest_case *test)
{
    run.suite = suite;
    run.test = test;
    run.number++;
    run.failed = false;
    run.skipped = NULL;
    test->run();
    report_result();
    run.test = NULL;
    return run.failed;
}

size_t ktest_run(format_put put, void *context, const struct ktest_suite *suites,
                 size_t suite_count)
{
    size_t planned = 0, failed = 0;

    for (size_t s = 0; s < suite_count; s++) planned += suites[s].count;
    run.put = put;
    run.context = context;
    run.number = 0;
    run.bailed = false;
    format_print(put, context, "KTAP version 1\n1..%zu\n", planned);
    for (size_t s = 0; s < suite_count; s++)
        for (size_t c = 0; c < suites[s].count; c++)
            if (run_case(&suites[s], &suites[s].cases[c])) failed++;
    run.put = NULL;
    return planned == 0 ? 1 : failed;
}

const char *ktest_current(void) { return run.put && run.test ? run.test->name : NULL; }

/* ---- expectations --------------------------------------------------------------------------- */

bool ktest_expect(bool condition, const char *file, int line, const char *text)
{
    if (!condition) ktest_fail(file, line, "expected %s", text);
    return condition;
}

bool ktest_expect_eq(uint64_t a, uint64_t b, const char *file, int line, const char *a_text,
                     const char *b_text)
{
    if (a == b) return true;
    ktest_fail(file, line, "expected %s == %s, but %#llx (%lld) != %#llx (%lld)", a_text, b_text,
               (unsigned long long)a, (long long)a, (unsigned long long)b, (long long)b);
    return false;
}

static bool same_text(const char *a, const char *b)
{
    if (!a || !b) return a == b;
    while (*a && *a == *b) a++, b++;
    return *a == *b;
}

bool ktest_expect_str_eq(const char *a, const char *b, const char *file, int line,
                         const char *a_text, const char *b_text)
{
    if (same_text(a, b)) return true;
    ktest_fail(file, line, "expected %s == %s, but \"%s\" != \"%s\"", a_text, b_text, a, b);
    return false;
}

void ktest_fail(const char *file, int line, const char *format, ...)
{
    va_list args;

    run.failed = true;
    if (!run.put) return;
    begin_remark(file, line);
    va_start(args, format);
    format_to(put_on_one_line, NULL, format, args);
    va_end(args);
    put_newline();
}

void ktest_note(const char *format, ...)
{
    va_list args;

    if (!run.put) return;
    begin_remark(NULL, 0);
    va_start(args, format);
    format_to(put_on_one_line, NULL, format, args);
    va_end(args);
    put_newline();
}

void ktest_skip(const char *reason) { run.skipped = reason; }

/* ---- the end -------------------------------------------------------------------------------- */

/* snippet: bail */
void ktest_bail(const char *why)
{
    if (run.put && !run.bailed) {
        run.bailed = true;
        /* The panic may have come in the middle of a line. */
        put_newline();
        begin_remark(NULL, 0);
        format_print(put_on_one_line, NULL, "%s", why);
        put_newline();
        run.failed = true;
        if (run.test) report_result();
        format_print(run.put, run.context, "Bail out! ");
        format_print(put_on_one_line, NULL, "%s", why);
        put_newline();
    }
    ktest_exit(false);
}
/* end: bail */

/* snippet: exit */
void ktest_exit(bool passed)
{
    insn_out8(QEMU_EXIT_PORT, passed ? QEMU_PASSED : QEMU_FAILED);
    for (const char *c = "Shutdown"; *c; c++) insn_out8(BOCHS_EXIT_PORT, (uint8_t)*c);
}
/* end: exit */
