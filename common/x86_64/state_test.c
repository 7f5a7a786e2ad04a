/* SPDX-License-Identifier: MIT */
/* Vector state, random numbers, caches and the time-stamp counter on a processor that
 * tests/fake plays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "x86_64/cache.h"
#include "x86_64/insn.h"
#include "x86_64/random.h"
#include "x86_64/tsc.h"
#include "x86_64/xsave.h"

uint32_t fake_port_read(uint16_t port, unsigned width) { return port + width; }
void fake_port_write(uint16_t port, unsigned width, uint32_t value)
{
    (void)port, (void)width, (void)value;
}

static int reset(void **state)
{
    (void)state;
    memset(&fake_cpu, 0, sizeof fake_cpu);
    memset(&fake_user, 0, sizeof fake_user);
    memset(&fake_insn, 0, sizeof fake_insn);
    return 0;
}

/* The rules once more, one implication a line: the value is wrong if `has` is in it and
 * any of `needs` is not. */
static const struct {
    uint64_t has, needs;
} rules[] = {
    {0, 1}, {1 << 2, 1 << 1}, {1 << 5, 7 << 5 | 1 << 2}, {1 << 6, 7 << 5 | 1 << 2},
    {1 << 7, 7 << 5 | 1 << 2}, {1 << 3, 1 << 4}, {1 << 4, 1 << 3}, {1 << 17, 1 << 18},
    {1 << 18, 1 << 17},
};

static void which_components_go_together(void **state)
{
    (void)state;
    const uint64_t supported = 0x602ff;
    unsigned good = 0;
    /* Every subset of bits 0 to 7, 9, 17, 18. */
    for (unsigned n = 0; n < 1u << 11; n++) {
        uint64_t value = (n & 0xff) | (n >> 8 & 1) << 9 | (uint64_t)(n >> 9) << 17;
        bool right = true;
        for (unsigned i = 0; i < sizeof rules / sizeof rules[0]; i++)
            if ((value & rules[i].has) == rules[i].has &&
                (value & rules[i].needs) != rules[i].needs)
                right = false;
        assert_int_equal(xcr0_check(value, supported), right ? OK : ERR_RANGE);
        good += right;
    }
    assert_int_equal(good, 4 * 2 * 2 * 2); /* x87, SSE, AVX, AVX-512; MPX; PKRU; AMX */
    assert_int_equal(xcr0_check(0x7, 0x3), ERR_NOT_FOUND);
    assert_int_equal(xcr0_check(BIT64(63) | 1, supported), ERR_NOT_FOUND);
    assert_int_equal(
        xcr0_check(XCR0_X87 | XCR0_APX | XCR0_BNDREG | XCR0_BNDCSR, UINT64_MAX),
        ERR_RANGE);
    assert_int_equal(xcr0_check(XCR0_X87 | XCR0_APX, UINT64_MAX), OK);
}

static void nothing_is_written_on_an_error(void **state)
{
    (void)state;
    assert_int_equal(xcr0_write(0x7, 0x7), OK);
    assert_int_equal(fake_cpu.xcr[0], 7);
    assert_int_equal(xcr0_write(0x5, 0x7), ERR_RANGE);
    assert_int_equal(xcr0_write(0xe7, 0x7), ERR_NOT_FOUND);
    assert_int_equal(fake_cpu.xcr[0], 7);
    assert_int_equal(xss_write(XSS_CET_U, XSS_CET_U | XSS_CET_S), OK);
    assert_int_equal(insn_rdmsr(0xda0), 0x800);
    assert_int_equal(xss_write(XSS_PT, XSS_CET_U), ERR_NOT_FOUND);
    assert_int_equal(insn_rdmsr(0xda0), 0x800);
    fake_user.xcr0 = 7;
    assert_int_equal(xcr0_read(), 7);
}

static void a_fresh_area(void **state)
{
    (void)state;
    struct xsave_area a;
    memset(&a, 0xcc, sizeof a);
    xsave_area_init(&a);
    uint8_t bytes[576];
    memcpy(bytes, &a, sizeof bytes);
    for (unsigned at = 0; at < sizeof bytes; at++) {
        uint8_t expected = at == 0    ? 0x7f
                           : at == 1  ? 0x03
                           : at == 24 ? 0x80
                           : at == 25 ? 0x1f
                                      : 0;
        if (at == 512) expected = 3;
        assert_int_equal(bytes[at], expected);
    }
    assert_int_equal(xsave_header_check(&a.header, 7), OK);
    assert_int_equal(xsave_mxcsr_check(&a.legacy, 0xffff), OK);
}

static void areas_a_user_wrote(void **state)
{
    (void)state;
    struct xsave_area a;
    /* Each of the header's 512 bits, alone, on top of what is right. */
    for (unsigned bit = 0; bit < 512; bit++) {
        xsave_area_init(&a);
        uint8_t *raw = (uint8_t *)&a.header;
        raw[bit / 8] |= (uint8_t)(1u << bit % 8);
        assert_int_equal(xsave_header_check(&a.header, 0xe7),
                         bit <= 2 || (bit >= 5 && bit <= 7) ? OK : ERR_FORMAT);
    }
    xsave_area_init(&a);
    a.legacy.mxcsr = 0x10000;
    assert_int_equal(xsave_mxcsr_check(&a.legacy, 0xffff), ERR_FORMAT);
    a.legacy.mxcsr = 0x1fc0;
    assert_int_equal(xsave_mxcsr_check(&a.legacy, 0), ERR_FORMAT);
}

static void each_function_is_its_instruction(void **state)
{
    (void)state;
    struct xsave_area a;
    uint64_t mask = 0x123456789abcdef0;
    fxsave(&a.legacy);
    assert_int_equal(fake_user.how, 'f');
    fxrstor(&a.legacy);
    assert_int_equal(fake_user.how, 'F');
    xsave(&a, mask);
    assert_int_equal(fake_user.how, 'x');
    assert_int_equal(fake_user.mask, mask);
    assert_ptr_equal(fake_user.area, &a);
    xsave_optimized(&a, mask);
    assert_int_equal(fake_user.how, 'o');
    xsave_compact(&a, mask);
    assert_int_equal(fake_user.how, 'c');
    xsave_supervisor(&a, mask);
    assert_int_equal(fake_user.how, 's');
    xrstor(&a, mask);
    assert_int_equal(fake_user.how, 'r');
    xrstor_supervisor(&a, mask);
    assert_int_equal(fake_user.how, 'R');
    void *crooked = (uint8_t *)&a + 8;
    fake_user.how = 0;
    expect_assert_failure(fxsave(crooked));
    expect_assert_failure(xsave(crooked, 1));
    expect_assert_failure(xrstor(crooked, 1));
    assert_int_equal(fake_user.how, 0);
}

static struct cpuid_regs leaf_of(void *context, uint32_t leaf, uint32_t subleaf)
{
    struct cpuid_regs r = {0};
    (void)subleaf;
    if (leaf == 0) r.eax = 7;
    if (leaf == 1 && *(int *)context) r.ecx = BIT32(30);
    if (leaf == 7 && *(int *)context) r.ebx = BIT32(18);
    return r;
}

static void random_numbers_are_tried_for(void **state)
{
    (void)state;
    int there = 1;
    struct cpuid_source s = {leaf_of, &there};
    fake_user.random_value = 100, fake_user.random_step = 1;
    struct random r = random_init(&s);
    assert_true(r.has_rdrand && r.has_rdseed);
    uint64_t value = 42;
    fake_user.random_failures = RANDOM_TRIES - 1, fake_user.random_attempts = 0;
    fake_user.random_value = 0x1234567890;
    assert_int_equal(random_u64(&r, &value), OK);
    assert_int_equal(value, 0x1234567890);
    assert_int_equal(fake_user.random_attempts, RANDOM_TRIES);
    fake_user.random_failures = 1000, fake_user.random_attempts = 0;
    assert_int_equal(random_u64(&r, &value), ERR_EMPTY);
    assert_int_equal(fake_user.random_attempts, RANDOM_TRIES);
    fake_insn.pause_count = 0;
    assert_int_equal(random_seed_u64(&r, &value), ERR_EMPTY);
    assert_int_equal(fake_insn.pause_count, RANDOM_TRIES);
    uint32_t v32 = 7;
    uint16_t v16 = 7;
    assert_int_equal(random_u32(&r, &v32), ERR_EMPTY);
    assert_int_equal(random_u16(&r, &v16), ERR_EMPTY);
    assert_int_equal(v32 + v16, 14);
    assert_int_equal(value, 0x1234567890);
    fake_user.random_failures = 3;
    assert_int_equal(random_u32(&r, &v32), OK);
    assert_int_equal(random_u16(&r, &v16), OK);
    assert_int_equal(v32, 0x34567891);
    assert_int_equal(v16, 0x7892);
}

static void generators_that_are_none(void **state)
{
    (void)state;
    int there = 0;
    struct cpuid_source s = {leaf_of, &there};
    uint64_t value = 42;
    struct random r = random_init(&s);
    assert_int_equal(fake_user.random_attempts, 0);
    assert_int_equal(random_u64(&r, &value), ERR_NOT_FOUND);
    assert_int_equal(random_seed_u64(&r, &value), ERR_NOT_FOUND);
    there = 1;
    fake_user.random_value = UINT64_MAX,
    fake_user.random_step = 0; /* the same for ever */
    r = random_init(&s);
    assert_false(r.has_rdrand || r.has_rdseed);
    fake_user.random_failures = 1000000;
    r = random_init(&s);
    assert_false(r.has_rdrand || r.has_rdseed);
    assert_int_equal(value, 42);
}

static void every_line_once(void **state)
{
    (void)state;
    static const struct {
        uint64_t start;
        size_t len;
        unsigned lines;
    } cases[] = {{0x10000, 0, 0}, {0x10000, 1, 1}, {0x1003f, 1, 1}, {0x1003f, 2, 2},
                 {0x10000, 64, 1}, {0x10001, 64, 2}, {0x10020, 256, 5}};
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        memset(&fake_user, 0, sizeof fake_user);
        cache_flush(virt_to_ptr(cases[i].start), cases[i].len, 64, CACHE_CLFLUSHOPT);
        assert_int_equal(fake_user.flush_count, cases[i].lines);
        for (unsigned n = 0; n < cases[i].lines; n++)
            assert_int_equal(fake_user.flushed[n],
                             (cases[i].start & ~UINT64_C(63)) + 64 * n);
        assert_int_equal(fake_user.fence_count, cases[i].lines ? 2 : 0);
    }
    /* The last lines of the address space end the loop. */
    memset(&fake_user, 0, sizeof fake_user);
    cache_flush(virt_to_ptr(0xffffffffffffff80), 128, 64, CACHE_CLWB);
    assert_int_equal(fake_user.flush_count, 2);
    cache_write_back_all();
    assert_int_equal(fake_cpu.wbinvd_count, 1);
    expect_assert_failure(cache_flush(virt_to_ptr(0x1000), 1, 0, CACHE_CLFLUSH));
}

static void ticks_and_nanoseconds(void **state)
{
    (void)state;
    uint64_t seed = 99;
    for (unsigned i = 0; i < 20000; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        uint64_t ticks = seed >> (seed & 63), hz = 1 + (seed >> 3) % 18000000000u;
        unsigned __int128 ns = (unsigned __int128)ticks * 1000000000 / hz;
        assert_int_equal(tsc_to_ns(ticks, hz), ns >> 64 ? UINT64_MAX : (uint64_t)ns);
        unsigned __int128 up = ((unsigned __int128)ticks * hz + 999999999) / 1000000000;
        assert_int_equal(tsc_from_ns(ticks, hz), up >> 64 ? UINT64_MAX : (uint64_t)up);
    }
    assert_int_equal(tsc_to_ns(2596000000, 2596000000), 1000000000);
    assert_int_equal(tsc_to_ns(UINT64_MAX, 1), UINT64_MAX);
    assert_int_equal(tsc_from_ns(1, 1), 1); /* at least that long */
    expect_assert_failure(tsc_to_ns(1, 0));
    expect_assert_failure(tsc_to_ns(1, 18000000001));
    uint32_t aux;
    fake_user.tsc = 500, fake_user.tsc_aux = 3;
    assert_int_equal(tsc_read(), 500);
    assert_int_equal(fake_user.fence_count, 0);
    assert_int_equal(tsc_read_begin(), 501);
    assert_int_equal(fake_user.fence_count, 2);
    assert_int_equal(tsc_read_end_aux(&aux), 502);
    assert_int_equal(aux, 3);
    assert_int_equal(tsc_read_end(), 503);
}

/* The fault this suite must catch: AVX-512's upper halves without its masks. */
static void the_deliberate_fault_is_caught(void **state)
{
    (void)state;
    assert_int_not_equal(
        xcr0_check(XCR0_X87 | XCR0_SSE | XCR0_AVX | XCR0_ZMM_HI256, 0xe7), OK);
}

#define TEST(name) cmocka_unit_test_setup(name, reset)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(which_components_go_together),
        TEST(nothing_is_written_on_an_error),
        TEST(a_fresh_area),
        TEST(areas_a_user_wrote),
        TEST(each_function_is_its_instruction),
        TEST(random_numbers_are_tried_for),
        TEST(generators_that_are_none),
        TEST(every_line_once),
        TEST(ticks_and_nanoseconds),
        TEST(the_deliberate_fault_is_caught),
    };
    return cmocka_run_group_tests_name("x86_64/state", tests, NULL, NULL);
}
