/* SPDX-License-Identifier: MIT */
/* The oracle is the report typed out by hand from the KTAP specification. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ktest/ktest.h"
#include "x86_64/insn.h"

/* ---- where reports and port writes go ----------------------------------------------------- */

static char report[8192];
static size_t report_len;
static struct { uint16_t port; unsigned width; uint32_t value; } ports[64];
static size_t port_count;

static void put(void *context, char c)
{
    assert_ptr_equal(context, report);
    assert_true(report_len + 1 < sizeof report);
    report[report_len++] = c;
    report[report_len] = '\0';
}

uint32_t fake_port_read(uint16_t port, unsigned width)
{
    fail_msg("port %x read, %u bits", port, width);
    return 0;
}

void fake_port_write(uint16_t port, unsigned width, uint32_t value)
{
    assert_true(port_count < sizeof ports / sizeof *ports);
    ports[port_count].port = port;
    ports[port_count].width = width;
    ports[port_count++].value = value;
}

static int fresh(void **state)
{
    (void)state;
    report_len = port_count = 0;
    report[0] = '\0';
    return 0;
}

/* Line numbers are the one thing that may not be typed twice: '@' stands for one. */
static bool report_is(const char *expected)
{
    const char *got = report;
    for (; *expected; expected++) {
        if (*expected != '@') {
            if (*got++ != *expected) return false;
            continue;
        }
        if (*got < '1' || *got > '9') return false;
        while (*got >= '0' && *got <= '9') got++;
    }
    return *got == '\0';
}

/* ---- cases to run --------------------------------------------------------------------------- */

static int reached, evaluated;
static jmp_buf halted;
static const char *current_seen;

static void passes(void)
{
    KTEST_EXPECT(1 + 1 == 2);
    KTEST_EXPECT_EQ(UINT64_MAX, -1);
    KTEST_EXPECT_STR_EQ("same", "same");
    current_seen = ktest_current();
}

static void fails_and_goes_on(void)
{
    KTEST_EXPECT(1 > 2);
    KTEST_EXPECT_EQ(-1, 255);
    KTEST_EXPECT_STR_EQ("abc", "abd");
    const char *none = NULL;
    KTEST_EXPECT_STR_EQ(none, "");
    KTEST_FAIL("%d of %s\nok 9 forged", 3, "many");
    reached++;
}

static void requires(void)
{
    KTEST_REQUIRE(true);
    reached++;
    KTEST_REQUIRE(reached == 0);
    reached += 100;
}

static void skips(void)
{
    KTEST_SKIP("no UART\nhere");
    reached += 1000;
}

static void skips_after_failing(void)
{
    KTEST_EXPECT(false);
    ktest_skip("too late");
}

static void remarks(void) { ktest_note("%u cells", 80u); }

static void counts_evaluations(void)
{
    KTEST_EXPECT(++evaluated == 1);
    KTEST_EXPECT_EQ(++evaluated, 2);
    if (!KTEST_EXPECT(evaluated == 2)) reached = -1;
}

static void panics(void)
{
    put(report, 'h'); /* in the middle of a line of its own */
    ktest_bail("page fault at 0x0\nok 1 forged");
    ktest_bail("panic in panic");
    longjmp(halted, 1); /* what the chapter does: it does not come back */
}

static size_t run_one(void (*run)(void))
{
    const struct ktest_case cases[] = {{"case", run}};
    const struct ktest_suite suites[] = {KTEST_SUITE("s", cases)};
    reached = 0;
    return ktest_run(put, report, suites, 1);
}

/* ---- the tests ------------------------------------------------------------------------------ */

static void suites_share_one_plan(void **state)
{
    (void)state;
    const struct ktest_case first[] = {{"one", passes}, {"two", requires}};
    const struct ktest_case second[] = {{"a b#c", passes}};
    const struct ktest_suite suites[] = {KTEST_SUITE("x", first), KTEST_SUITE("y", second)};
    reached = 0;
    assert_int_equal(ktest_run(put, report, suites, 2), 1);
    assert_true(report_is("KTAP version 1\n1..3\nok 1 x.one\n"
                          "# " __FILE__ ":@: expected reached == 0\nnot ok 2 x.two\n"
                          "ok 3 y.a_b_c\n"));
    assert_int_equal(reached, 1);
    assert_string_equal(current_seen, "a b#c");
    assert_null(ktest_current());
}

static void a_failure_shows_what_was_wrong(void **state)
{
    (void)state;
    assert_int_equal(run_one(fails_and_goes_on), 1);
    assert_true(report_is(
        "KTAP version 1\n1..1\n"
        "# " __FILE__ ":@: expected 1 > 2\n"
        "# " __FILE__ ":@: expected -1 == 255, but 0xffffffffffffffff (-1) != 0xff (255)\n"
        "# " __FILE__ ":@: expected \"abc\" == \"abd\", but \"abc\" != \"abd\"\n"
        "# " __FILE__ ":@: expected none == \"\", but \"(null)\" != \"\"\n"
        "# " __FILE__ ":@: 3 of many ok 9 forged\n"
        "not ok 1 s.case\n"));
    assert_int_equal(reached, 1);
}

static void a_requirement_ends_the_test(void **state)
{
    (void)state;
    assert_int_equal(run_one(requires), 1);
    assert_int_equal(reached, 1);
}

static void a_skip_is_no_failure(void **state)
{
    (void)state;
    assert_int_equal(run_one(skips), 0);
    assert_true(report_is("KTAP version 1\n1..1\nok 1 s.case # SKIP no UART here\n"));
    assert_int_equal(reached, 0);
    fresh(NULL);
    assert_int_equal(run_one(skips_after_failing), 1);
    assert_non_null(strstr(report, "\nnot ok 1 s.case\n"));
}

static void remarks_are_remarks(void **state)
{
    (void)state;
    assert_int_equal(run_one(remarks), 0);
    assert_true(report_is("KTAP version 1\n1..1\n# 80 cells\nok 1 s.case\n"));
}

static void operands_are_evaluated_once(void **state)
{
    (void)state;
    evaluated = 0;
    assert_int_equal(run_one(counts_evaluations), 0);
    assert_int_equal(evaluated, 2);
    assert_int_equal(reached, 0);
}

static void no_tests_are_no_success(void **state)
{
    (void)state;
    assert_int_equal(ktest_run(put, report, NULL, 0), 1);
    assert_true(report_is("KTAP version 1\n1..0\n"));
}

static void a_panic_ends_the_report(void **state)
{
    (void)state;
    if (setjmp(halted) == 0) {
        (void)run_one(panics);
        fail();
    }
    assert_true(report_is("KTAP version 1\n1..1\nh\n# page fault at 0x0 ok 1 forged\n"
                          "not ok 1 s.case\nBail out! page fault at 0x0 ok 1 forged\n"));
    assert_int_equal(ports[0].port, 0xf4);
    assert_int_equal(ports[0].value, 0x11);
}

static void exits_of_both_emulators(void **state)
{
    (void)state;
    for (int passed = 0; passed < 2; passed++) {
        fresh(NULL);
        ktest_exit(passed);
        assert_int_equal(port_count, 1 + 8);
        assert_int_equal(ports[0].port, 0xf4);
        assert_int_equal(ports[0].width, 8);
        /* What QEMU makes of it. */
        assert_int_equal(ports[0].value << 1 | 1, passed ? 33 : 35);
        for (size_t i = 0; i < 8; i++) {
            assert_int_equal(ports[1 + i].port, 0x8900);
            assert_int_equal(ports[1 + i].width, 8);
            assert_int_equal(ports[1 + i].value, "Shutdown"[i]);
        }
    }
}

/* The fault this suite must catch: a failed test that is reported as passed. */
static void the_deliberate_fault_is_caught(void **state)
{
    (void)state;
    assert_int_equal(run_one(skips_after_failing), 1);
    assert_false(report_is("KTAP version 1\n1..1\nok 1 s.case\n"));
    assert_false(report_is("KTAP version 1\n1..1\nok 1 s.case # SKIP too late\n"));
    strcpy(report, "# f:x\n");
    assert_false(report_is("# f:@\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(suites_share_one_plan, fresh),
        cmocka_unit_test_setup(a_failure_shows_what_was_wrong, fresh),
        cmocka_unit_test_setup(a_requirement_ends_the_test, fresh),
        cmocka_unit_test_setup(a_skip_is_no_failure, fresh),
        cmocka_unit_test_setup(remarks_are_remarks, fresh),
        cmocka_unit_test_setup(operands_are_evaluated_once, fresh),
        cmocka_unit_test_setup(no_tests_are_no_success, fresh),
        cmocka_unit_test_setup(a_panic_ends_the_report, fresh),
        cmocka_unit_test_setup(exits_of_both_emulators, fresh),
        cmocka_unit_test_setup(the_deliberate_fault_is_caught, fresh),
    };
    return cmocka_run_group_tests_name("ktest", tests, NULL, NULL);
}
