/* SPDX-License-Identifier: MIT */
/* CPUID of older processors, of rarer ones, and answers nobody should give: what is
 * not there is never asked for, and what contradicts itself is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "x86_64/cpuid_dump.h"

/* Leaves 1 and 4, or 80000008h, when there is no list of levels. */
static void topology_of_older_processors(void **state)
{
    (void)state;
    struct row old_intel[] = {
        {0, 0, {4, 0x756e6547, 0x6c65746e, 0x49656e69}},
        {1, 0, {0x6fb, 0x05100000, 0, 1u << 28}}, /* 16 ids a package, APIC id 5 */
        {4, 0, {0x1c000121, 0, 0, 0}},            /* 8 ids of cores */
    };
    struct row old_amd[] = {
        {0, 0, {1, 0x68747541, 0x444d4163, 0x69746e65}},
        {1, 0, {0x100f43, 0x02040000, 0, 1u << 28}},
        {0x80000000, 0, {0x80000008, 0, 0, 0}},
        {0x80000008, 0, {0x3030, 0, 0x2003, 0}}, /* four cores, two bits of id */
    };
    struct dump di = {old_intel, 3}, da = {old_amd, 4};
    struct cpuid_source si = {from_dump, &di}, sa = {from_dump, &da};
    struct cpuid_topology t;
    assert_int_equal(cpuid_topology(&si, &t), OK);
    assert_int_equal(t.apic_id, 5);
    assert_int_equal(t.package_bits, 4);
    assert_int_equal(t.thread_bits, 1);
    assert_int_equal(t.threads_per_package, 16);
    assert_int_equal(cpuid_topology(&sa, &t), OK);
    assert_int_equal(t.package_bits, 2);
    assert_int_equal(t.thread_bits, 0);
    assert_int_equal(t.threads_per_package, 4);
    old_intel[1].regs.edx = 0; /* one thread, whatever EBX says */
    old_intel[2].regs.eax = 0;
    assert_int_equal(cpuid_topology(&si, &t), OK);
    assert_int_equal(t.package_bits, 0);
    assert_int_equal(t.threads_per_package, 1);
    old_intel[2].regs.eax = 0xfc000121; /* 64 cores in a package of one */
    assert_int_equal(cpuid_topology(&si, &t), ERR_FORMAT);
}

static struct cpuid_regs ones(void *context, uint32_t leaf, uint32_t subleaf)
{
    (void)context, (void)leaf, (void)subleaf;
    return (struct cpuid_regs){UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX};
}

static struct cpuid_regs zeros(void *context, uint32_t leaf, uint32_t subleaf)
{
    (void)context, (void)leaf, (void)subleaf;
    return (struct cpuid_regs){0};
}

static void answers_nobody_should_give(void **state)
{
    (void)state;
    const struct cpuid_source all = {ones, NULL}, none = {zeros, NULL};
    char text[49];
    struct cpuid_widths w = {1, 2};
    struct cpuid_topology t;
    uint64_t hz = 42;
    assert_int_equal(cpuid_vendor(&all, text), CPUID_VENDOR_OTHER);
    assert_string_equal(text, "????????????");
    assert_int_equal(cpuid_max_leaf(&all, 0), 0); /* an absurd maximum is none */
    assert_int_equal(cpuid_max_leaf(&none, 0x80000000), 0x80000000);
    assert_int_equal(cpuid_brand(&none, text), ERR_NOT_FOUND);
    assert_int_equal(cpuid_widths(&none, &w), OK); /* what every 64-bit processor has */
    assert_int_equal(w.phys_bits, 36);
    assert_int_equal(cpuid_tsc_hz(&none, &hz), ERR_NOT_FOUND);
    assert_int_equal(hz, 42);
    assert_int_equal(cpuid_topology(&none, &t), ERR_NOT_FOUND);
    for (unsigned f = 0; f < CPUID_FEATURE_COUNT; f++) {
        assert_false(cpuid_has(&none, (enum cpuid_feature)f));
        assert_false(cpuid_has(&all, (enum cpuid_feature)f));
    }
    struct row rows[] = {
        {0, 0, {0x1f, 0, 0, 0}},
        {0x80000000, 0, {0x80000008, 0, 0, 0}},
        {0x80000008, 0, {0x3040, 0, 0, 0}}, /* 64 physical bits */
        {0x1f, 0, {31, 2, 0x100, 0}},
        {0x1f, 1, {4, 8, 0x201, 0}}, /* a package smaller than its core */
        {0x15, 0, {1, 0xffffffff, 0xffffffff, 0}}};
    struct dump d = {rows, 6};
    struct cpuid_source s = {from_dump, &d};
    assert_int_equal(cpuid_widths(&s, &w), ERR_FORMAT);
    assert_int_equal(w.phys_bits, 36);
    assert_int_equal(cpuid_topology(&s, &t), ERR_FORMAT);
    assert_int_equal(cpuid_tsc_hz(&s, &hz), ERR_FORMAT);
    assert_int_equal(hz, 42);
}

static uint32_t highest_asked;

/* As Intel does: above the maximum, the data of the highest leaf. */
static struct cpuid_regs echoing(void *context, uint32_t leaf, uint32_t subleaf)
{
    if (leaf < 0x40000000 && leaf > highest_asked) highest_asked = leaf;
    return from_dump(context, leaf, subleaf);
}

static void no_leaf_above_the_maximum_is_asked(void **state)
{
    (void)state;
    struct row rows[] = {{0, 0, {1, 0x756e6547, 0x6c65746e, 0x49656e69}},
                         {1, 0, {0x6fb, 0, 0, 0}}};
    struct dump d = {rows, 2};
    struct cpuid_source s = {echoing, &d};
    struct cpuid_regs r = {42, 42, 42, 42};
    struct cpuid_topology t;
    struct cpuid_cache c;
    uint64_t hz;
    highest_asked = 0;
    assert_int_equal(cpuid_get(&s, 7, 0, &r), ERR_NOT_FOUND);
    assert_int_equal(r.eax, 42);
    assert_int_equal(cpuid_get(&s, 0x40000000, 0, &r), ERR_NOT_FOUND);
    assert_int_equal(cpuid_topology(&s, &t), OK);
    assert_int_equal(cpuid_cache(&s, 0, &c), ERR_NOT_FOUND);
    assert_int_equal(cpuid_tsc_hz(&s, &hz), ERR_NOT_FOUND);
    for (unsigned f = 0; f < CPUID_FEATURE_COUNT; f++)
        (void)cpuid_has(&s, (enum cpuid_feature)f);
    assert_int_equal(highest_asked, 1);
}

static void amd_extensions(void **state)
{
    (void)state;
    struct row rows[] = {{0, 0, {1, 0x68747541, 0x444d4163, 0x69746e65}},
                         {0x80000000, 0, {0x8000001f, 0, 0, 0}},
                         {0x80000001, 0, {0, 0, 4, 0}},
                         {0x80000008, 0, {0x3030, 8, 0, 7}},
                         {0x8000000a, 0, {1, 0x8000, 0, 0}},
                         {0x8000001f, 0, {3, 0x16f, 0, 0}}};
    struct dump d = {rows, 6};
    struct cpuid_source s = {from_dump, &d};
    uint32_t pages = 0, asids = 0;
    unsigned bit = 0, lost = 0;
    assert_int_equal(cpuid_invlpgb(&s, &pages, &asids), OK);
    assert_int_equal(pages, 8);
    assert_int_equal(asids, 0x8000);
    assert_int_equal(cpuid_encryption_bit(&s, &bit, &lost), OK);
    assert_int_equal(bit, 47);
    assert_int_equal(lost, 5);
    rows[5].regs.ebx = 12;
    assert_int_equal(cpuid_encryption_bit(&s, &bit, &lost), ERR_FORMAT);
    rows[1].regs.eax = 0x80000001;
    assert_int_equal(cpuid_encryption_bit(&s, &bit, &lost), ERR_NOT_FOUND);
    assert_int_equal(cpuid_invlpgb(&s, &pages, &asids), ERR_NOT_FOUND);
    assert_int_equal(bit, 47);
}

/* The fault this suite must catch: believing an absurd maximum. */
static void the_deliberate_fault_is_caught(void **state)
{
    (void)state;
    const struct cpuid_source all = {ones, NULL};
    assert_true(ones(NULL, 0, 0).eax >= 7);
    assert_false(cpuid_max_leaf(&all, 0) >= 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(topology_of_older_processors),
        cmocka_unit_test(answers_nobody_should_give),
        cmocka_unit_test(no_leaf_above_the_maximum_is_asked),
        cmocka_unit_test(amd_extensions),
        cmocka_unit_test(the_deliberate_fault_is_caught),
    };
    return cmocka_run_group_tests_name("x86_64/cpuid_hostile", tests, NULL, NULL);
}
