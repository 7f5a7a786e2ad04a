/* SPDX-License-Identifier: MIT */
/* CPUID decoded from a dump of a real machine, from processors composed after the manuals,
 * and from answers nobody should give.  The oracle for the dump is what Linux printed on that
 * machine (/proc/cpuinfo, lscpu), typed from there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "x86_64/cpuid.h"

struct row {
    uint32_t leaf, subleaf;
    struct cpuid_regs regs;
};

static const struct row epyc[] = {
#include "x86_64/cpuid_epyc.inc"
};

/* Four cores of two threads, leaf 15h without the crystal, 5-level paging, no hypervisor. */
static const struct row intel[] = {
    {0, 0, {0x16, 0x756e6547, 0x6c65746e, 0x49656e69}},
    {1, 0, {0x000506e3, 0x03100800, 0x7ffafbff, 0xbfebfbff}},
    {4, 0, {0x1c004121, 0x01c0003f, 0x3f, 0}},
    {4, 1, {0x1c004122, 0x01c0003f, 0x3f, 0}},
    {4, 2, {0x1c004143, 0x00c0003f, 0x3ff, 0}},
    {4, 3, {0x1c03c163, 0x03c0003f, 0x1fff, 6}},
    {7, 0, {0x1, 0x029c6fbf, 0x00010000, 0}},
    {7, 1, {0x04000000, 0, 0, 0}},
    {0xb, 0, {1, 2, 0x100, 3}},
    {0xb, 1, {4, 8, 0x201, 3}},
    {0xb, 2, {0, 0, 2, 3}},
    {0x15, 0, {2, 334, 0, 0}},
    {0x16, 0, {4000, 4200, 100, 0}},
    {0x80000000, 0, {0x80000008, 0, 0, 0}},
    {0x80000001, 0, {0, 0, 0x121, 0x2c100800}},
    {0x80000002, 0, {0x20202020, 0x61726f43, 0x20296d74, 0x01020304}},
    {0x80000003, 0, {0x36203769, 0x4b303037, 0x20202020, 0x20202020}},
    {0x80000004, 0, {0x20202020, 0x20202020, 0x20202020, 0x00202020}},
    {0x80000007, 0, {0, 0, 0, 0x100}},
    {0x80000008, 0, {0x3927, 0, 0, 0}},
};

struct dump {
    const struct row *rows;
    size_t count;
};

/* Answers like hardware: zeros for what the dump leaves out. */
static struct cpuid_regs from_dump(void *context, uint32_t leaf, uint32_t subleaf)
{
    const struct dump *d = context;
    for (size_t i = 0; i < d->count; i++)
        if (d->rows[i].leaf == leaf && d->rows[i].subleaf == subleaf) return d->rows[i].regs;
    return (struct cpuid_regs){0};
}

static struct dump epyc_dump = {epyc, sizeof epyc / sizeof epyc[0]};
static struct dump intel_dump = {intel, sizeof intel / sizeof intel[0]};
static const struct cpuid_source on_epyc = {from_dump, &epyc_dump};
static const struct cpuid_source on_intel = {from_dump, &intel_dump};

/* The words of /proc/cpuinfo there, those this library has names for and Linux shows. */
static const char epyc_flags[] =
    " fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr "
    "sse sse2 ht syscall nx fxsr_opt pdpe1gb rdtscp lm nonstop_tsc pni pclmulqdq ssse3 fma cx16 "
    "pcid sse4_1 sse4_2 x2apic movbe popcnt tsc_deadline_timer aes xsave avx f16c rdrand "
    "hypervisor lahf_lm abm topoext fsgsbase tsc_adjust bmi1 avx2 smep bmi2 erms invpcid avx512f "
    "avx512dq rdseed adx smap clflushopt clwb sha_ni avx512bw avx512vl xsaveopt xsavec xgetbv1 "
    "xsaves clzero arat umip gfni vaes rdpid fsrm ";

/* Linux does not print these, or prints them only when it uses them. */
static const char unshown[] = " shstk osxsave pku ospke spec_ctrl svm wbnoinvd ";

static bool has_word(const char *text, const char *word)
{
    char padded[40];
    snprintf(padded, sizeof padded, " %s ", word);
    return strstr(text, padded) != NULL;
}

static void features_agree_with_linux(void **state)
{
    (void)state;
    unsigned compared = 0;
    for (unsigned f = 0; f < CPUID_FEATURE_COUNT; f++) {
        const char *name = cpuid_feature_name((enum cpuid_feature)f);
        if (has_word(unshown, name)) continue;
        if (cpuid_has(&on_epyc, (enum cpuid_feature)f) != has_word(epyc_flags, name))
            fail_msg("%s", name);
        compared++;
    }
    assert_true(compared > 100);
    assert_null(cpuid_feature_name(CPUID_FEATURE_COUNT));
    expect_assert_failure(cpuid_has(&on_epyc, CPUID_FEATURE_COUNT));
}

/* Each feature's place, typed from the manuals a second time. */
static void features_have_their_places(void **state)
{
    (void)state;
    static const struct {
        enum cpuid_feature f;
        uint32_t leaf, subleaf;
        unsigned reg, bit;
    } places[] = {
        {CPUID_SSE3, 1, 0, 2, 0}, {CPUID_MONITOR, 1, 0, 2, 3}, {CPUID_PCID, 1, 0, 2, 17},
        {CPUID_X2APIC, 1, 0, 2, 21}, {CPUID_TSC_DEADLINE, 1, 0, 2, 24},
        {CPUID_XSAVE, 1, 0, 2, 26}, {CPUID_OSXSAVE, 1, 0, 2, 27}, {CPUID_RDRAND, 1, 0, 2, 30},
        {CPUID_HYPERVISOR, 1, 0, 2, 31}, {CPUID_APIC, 1, 0, 3, 9}, {CPUID_MTRR, 1, 0, 3, 12},
        {CPUID_PAT, 1, 0, 3, 16}, {CPUID_CLFLUSH, 1, 0, 3, 19}, {CPUID_FXSR, 1, 0, 3, 24},
        {CPUID_HTT, 1, 0, 3, 28}, {CPUID_FSGSBASE, 7, 0, 1, 0}, {CPUID_SMEP, 7, 0, 1, 7},
        {CPUID_INVPCID, 7, 0, 1, 10}, {CPUID_RDSEED, 7, 0, 1, 18}, {CPUID_SMAP, 7, 0, 1, 20},
        {CPUID_CLFLUSHOPT, 7, 0, 1, 23}, {CPUID_CLWB, 7, 0, 1, 24}, {CPUID_UMIP, 7, 0, 2, 2},
        {CPUID_PKU, 7, 0, 2, 3}, {CPUID_CET_SS, 7, 0, 2, 7}, {CPUID_LA57, 7, 0, 2, 16},
        {CPUID_RDPID, 7, 0, 2, 22}, {CPUID_PKS, 7, 0, 2, 31}, {CPUID_CET_IBT, 7, 0, 3, 20},
        {CPUID_LAM, 7, 1, 0, 26}, {CPUID_FRED, 7, 1, 0, 17}, {CPUID_XSAVEOPT, 13, 1, 0, 0},
        {CPUID_XSAVES, 13, 1, 0, 3}, {CPUID_SYSCALL, 0x80000001, 0, 3, 11},
        {CPUID_NX, 0x80000001, 0, 3, 20}, {CPUID_PAGE_1G, 0x80000001, 0, 3, 26},
        {CPUID_RDTSCP, 0x80000001, 0, 3, 27}, {CPUID_LONG_MODE, 0x80000001, 0, 3, 29},
        {CPUID_TOPOEXT, 0x80000001, 0, 2, 22}, {CPUID_INVARIANT_TSC, 0x80000007, 0, 3, 8},
        {CPUID_INVLPGB, 0x80000008, 0, 1, 3}, {CPUID_SME, 0x8000001f, 0, 0, 0},
    };
    for (unsigned i = 0; i < sizeof places / sizeof places[0]; i++) {
        struct row rows[] = {{0, 0, {0x20, 0, 0, 0}},
                             {0x80000000, 0, {0x80000020, 0, 0, 0}},
                             {places[i].leaf, places[i].subleaf, {0}},
                             {7, 0, {1, 0, 0, 0}}};
        uint32_t *regs[4] = {&rows[2].regs.eax, &rows[2].regs.ebx, &rows[2].regs.ecx,
                             &rows[2].regs.edx};
        *regs[places[i].reg] = BIT32(places[i].bit);
        struct dump d = {rows, 4};
        struct cpuid_source s = {from_dump, &d};
        assert_true(cpuid_has(&s, places[i].f));
        unsigned all = 0;
        for (unsigned f = 0; f < CPUID_FEATURE_COUNT; f++)
            all += cpuid_has(&s, (enum cpuid_feature)f);
        assert_int_equal(all, 1); /* no two features on one bit */
    }
}

static void a_real_machine(void **state)
{
    (void)state;
    char text[49];
    assert_int_equal(cpuid_vendor(&on_epyc, text), CPUID_VENDOR_AMD);
    assert_string_equal(text, "AuthenticAMD");
    assert_int_equal(cpuid_brand(&on_epyc, text), OK);
    assert_string_equal(text, "AMD EPYC");
    assert_int_equal(cpuid_hypervisor(&on_epyc, text), OK);
    assert_string_equal(text, "KVMKVMKVM");
    struct cpuid_signature sig = cpuid_signature(&on_epyc);
    assert_int_equal(sig.family, 25);
    assert_int_equal(sig.model, 17);
    assert_int_equal(sig.stepping, 1);
    struct cpuid_widths w;
    assert_int_equal(cpuid_widths(&on_epyc, &w), OK);
    assert_int_equal(w.phys_bits, 48);
    assert_int_equal(w.virt_bits, 48);
    struct cpuid_topology t;
    assert_int_equal(cpuid_topology(&on_epyc, &t), OK);
    assert_int_equal(t.apic_id, 1);
    assert_int_equal(t.thread_bits, 0);
    assert_int_equal(t.package_bits, 5);
    assert_int_equal(t.threads_per_core, 1);
    assert_int_equal(t.threads_per_package, 2);
    assert_int_equal(cpuid_topology_core(&t, 33), 1);
    assert_int_equal(cpuid_topology_package(&t, 33), 1);
    struct cpuid_cache c;
    static const uint64_t sizes[] = {32 << 10, 32 << 10, 1 << 20, 32 << 20};
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(cpuid_cache(&on_epyc, i, &c), OK);
        assert_int_equal(c.size_bytes, sizes[i]);
        assert_int_equal(c.line_bytes, 64);
    }
    assert_int_equal(c.level, 3);
    assert_int_equal(c.type, CPUID_CACHE_UNIFIED);
    assert_int_equal(cpuid_cache(&on_epyc, 4, &c), ERR_NOT_FOUND);
    uint32_t line;
    assert_int_equal(cpuid_clflush_bytes(&on_epyc, &line), OK);
    assert_int_equal(line, 64);
    uint64_t hz;
    assert_int_equal(cpuid_tsc_hz(&on_epyc, &hz), ERR_NOT_FOUND);
}

static void its_xsave_area(void **state)
{
    (void)state;
    struct cpuid_xsave x;
    struct cpuid_xsave_component c;
    assert_int_equal(cpuid_xsave(&on_epyc, &x), OK);
    assert_int_equal(x.xcr0_supported, 0xe7);
    assert_int_equal(x.xss_supported, 0x1800);
    assert_int_equal(x.area_bytes_max, 0x980);
    assert_int_equal(cpuid_xsave_component(&on_epyc, 2, &c), OK);
    assert_int_equal(c.offset, 576); /* AVX follows the header */
    assert_int_equal(c.bytes, 256);
    assert_int_equal(cpuid_xsave_component(&on_epyc, 7, &c), OK);
    assert_int_equal(c.offset + c.bytes, 0x980);
    assert_int_equal(cpuid_xsave_component(&on_epyc, 11, &c), OK);
    assert_true(c.supervisor);
    assert_int_equal(c.offset, 0);
    assert_int_equal(cpuid_xsave_component(&on_epyc, 3, &c), ERR_NOT_FOUND);
    assert_int_equal(cpuid_xsave(&on_intel, &x), ERR_FORMAT); /* bit set, leaf empty */
}

static void a_composed_machine(void **state)
{
    (void)state;
    char text[49];
    assert_int_equal(cpuid_vendor(&on_intel, text), CPUID_VENDOR_INTEL);
    assert_int_equal(cpuid_brand(&on_intel, text), OK);
    assert_string_equal(text, "Coratm) ????i7 6700K"); /* spaces trimmed, controls shown */
    assert_int_equal(cpuid_hypervisor(&on_intel, text), ERR_NOT_FOUND);
    struct cpuid_signature sig = cpuid_signature(&on_intel);
    assert_int_equal(sig.family, 6);
    assert_int_equal(sig.model, 94);
    struct cpuid_widths w;
    assert_int_equal(cpuid_widths(&on_intel, &w), OK);
    assert_int_equal(w.phys_bits, 39);
    assert_int_equal(w.virt_bits, 57);
    struct cpuid_topology t;
    assert_int_equal(cpuid_topology(&on_intel, &t), OK);
    assert_int_equal(t.thread_bits, 1);
    assert_int_equal(t.package_bits, 4);
    assert_int_equal(t.threads_per_core, 2);
    assert_int_equal(t.threads_per_package, 8);
    assert_int_equal(cpuid_topology_thread(&t, 0x37), 1);
    assert_int_equal(cpuid_topology_core(&t, 0x37), 3);
    assert_int_equal(cpuid_topology_package(&t, 0x37), 3);
    uint64_t hz;
    struct cpuid_frequencies f;
    assert_int_equal(cpuid_tsc_hz(&on_intel, &hz), OK);
    assert_int_equal(hz, 4000000000);
    assert_int_equal(cpuid_frequencies(&on_intel, &f), OK);
    assert_int_equal(f.max_mhz, 4200);
    assert_true(cpuid_has(&on_intel, CPUID_LAM));
    struct cpuid_cache c;
    assert_int_equal(cpuid_cache(&on_intel, 3, &c), OK);
    assert_int_equal(c.size_bytes, 8 << 20);
}

static void families_and_models(void **state)
{
    (void)state;
    static const struct {
        uint32_t eax;
        struct cpuid_signature s;
    } cases[] = {
        {0x000506e3, {6, 94, 3}},   {0x00000f29, {15, 2, 9}},  {0x00800f12, {23, 1, 2}},
        {0x00a20f10, {25, 33, 0}},  {0x00000543, {5, 4, 3}},   {0x000b0671, {6, 183, 1}},
        {0x00060fb1, {15, 107, 1}}, {0xffffffff, {270, 255, 15}},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct cpuid_signature s = cpuid_signature_decode(cases[i].eax);
        assert_memory_equal(&s, &cases[i].s, sizeof s);
    }
}

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
    struct row rows[] = {{0, 0, {0x1f, 0, 0, 0}},
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
    for (unsigned f = 0; f < CPUID_FEATURE_COUNT; f++) (void)cpuid_has(&s, (enum cpuid_feature)f);
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
    assert_int_equal(cpuid_encryption_bit(&on_epyc, &bit, &lost), ERR_NOT_FOUND);
    assert_int_equal(cpuid_invlpgb(&on_epyc, &pages, &asids), ERR_NOT_FOUND);
}

/* The fault this suite must catch: the extended model of family 6 left out. */
static void the_deliberate_fault_is_caught(void **state)
{
    (void)state;
    unsigned wrong_model = field_get32(BITS32(7, 4), 0x000506e3);
    assert_int_not_equal(wrong_model, cpuid_signature(&on_intel).model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(features_agree_with_linux),
        cmocka_unit_test(features_have_their_places),
        cmocka_unit_test(a_real_machine),
        cmocka_unit_test(its_xsave_area),
        cmocka_unit_test(a_composed_machine),
        cmocka_unit_test(families_and_models),
        cmocka_unit_test(topology_of_older_processors),
        cmocka_unit_test(answers_nobody_should_give),
        cmocka_unit_test(no_leaf_above_the_maximum_is_asked),
        cmocka_unit_test(amd_extensions),
        cmocka_unit_test(the_deliberate_fault_is_caught),
    };
    return cmocka_run_group_tests_name("x86_64/cpuid", tests, NULL, NULL);
}
