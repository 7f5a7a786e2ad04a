/* SPDX-License-Identifier: MIT */
/* CPUID decoded from a dump of a real machine and from one composed after the manuals.
 * The oracle for the dump is what Linux printed on that machine (/proc/cpuinfo,
 * lscpu), typed from there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "x86_64/cpuid_dump.h"

static const struct row epyc[] = {
#include "x86_64/cpuid_epyc.inc"
};

/* Four cores of two threads, leaf 15h without the crystal, 5-level paging, no
 * hypervisor. */
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

static struct dump epyc_dump = {epyc, sizeof epyc / sizeof epyc[0]};
static struct dump intel_dump = {intel, sizeof intel / sizeof intel[0]};
static const struct cpuid_source on_epyc = {from_dump, &epyc_dump};
static const struct cpuid_source on_intel = {from_dump, &intel_dump};

/* The words of /proc/cpuinfo there, those this library has names for and Linux shows. */
static const char epyc_flags[] =
    " fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush "
    "mmx fxsr "
    "sse sse2 ht syscall nx fxsr_opt pdpe1gb rdtscp lm nonstop_tsc pni pclmulqdq ssse3 "
    "fma cx16 "
    "pcid sse4_1 sse4_2 x2apic movbe popcnt tsc_deadline_timer aes xsave avx f16c rdrand "
    "hypervisor lahf_lm abm topoext fsgsbase tsc_adjust bmi1 avx2 smep bmi2 erms invpcid "
    "avx512f "
    "avx512dq rdseed adx smap clflushopt clwb sha_ni avx512bw avx512vl xsaveopt xsavec "
    "xgetbv1 "
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
static const struct {
    enum cpuid_feature f;
    uint32_t leaf, subleaf;
    unsigned reg, bit;
} places[] = {
    {CPUID_SSE3, 1, 0, 2, 0},
    {CPUID_MONITOR, 1, 0, 2, 3},
    {CPUID_PCID, 1, 0, 2, 17},
    {CPUID_X2APIC, 1, 0, 2, 21},
    {CPUID_TSC_DEADLINE, 1, 0, 2, 24},
    {CPUID_XSAVE, 1, 0, 2, 26},
    {CPUID_OSXSAVE, 1, 0, 2, 27},
    {CPUID_RDRAND, 1, 0, 2, 30},
    {CPUID_HYPERVISOR, 1, 0, 2, 31},
    {CPUID_APIC, 1, 0, 3, 9},
    {CPUID_MTRR, 1, 0, 3, 12},
    {CPUID_PAT, 1, 0, 3, 16},
    {CPUID_CLFLUSH, 1, 0, 3, 19},
    {CPUID_FXSR, 1, 0, 3, 24},
    {CPUID_HTT, 1, 0, 3, 28},
    {CPUID_FSGSBASE, 7, 0, 1, 0},
    {CPUID_SMEP, 7, 0, 1, 7},
    {CPUID_INVPCID, 7, 0, 1, 10},
    {CPUID_RDSEED, 7, 0, 1, 18},
    {CPUID_SMAP, 7, 0, 1, 20},
    {CPUID_CLFLUSHOPT, 7, 0, 1, 23},
    {CPUID_CLWB, 7, 0, 1, 24},
    {CPUID_UMIP, 7, 0, 2, 2},
    {CPUID_PKU, 7, 0, 2, 3},
    {CPUID_CET_SS, 7, 0, 2, 7},
    {CPUID_LA57, 7, 0, 2, 16},
    {CPUID_RDPID, 7, 0, 2, 22},
    {CPUID_PKS, 7, 0, 2, 31},
    {CPUID_CET_IBT, 7, 0, 3, 20},
    {CPUID_LAM, 7, 1, 0, 26},
    {CPUID_FRED, 7, 1, 0, 17},
    {CPUID_XSAVEOPT, 13, 1, 0, 0},
    {CPUID_XSAVES, 13, 1, 0, 3},
    {CPUID_SYSCALL, 0x80000001, 0, 3, 11},
    {CPUID_NX, 0x80000001, 0, 3, 20},
    {CPUID_PAGE_1G, 0x80000001, 0, 3, 26},
    {CPUID_RDTSCP, 0x80000001, 0, 3, 27},
    {CPUID_LONG_MODE, 0x80000001, 0, 3, 29},
    {CPUID_TOPOEXT, 0x80000001, 0, 2, 22},
    {CPUID_INVARIANT_TSC, 0x80000007, 0, 3, 8},
    {CPUID_INVLPGB, 0x80000008, 0, 1, 3},
    {CPUID_SME, 0x8000001f, 0, 0, 0},
};

static void features_have_their_places(void **state)
{
    (void)state;
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
    assert_string_equal(text,
                        "Coratm) ????i7 6700K"); /* spaces trimmed, controls shown */
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
        {0x0ff006f0, {6, 15, 0}}, /* the extended family is for 15 only */
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct cpuid_signature s = cpuid_signature_decode(cases[i].eax);
        assert_memory_equal(&s, &cases[i].s, sizeof s);
    }
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
        cmocka_unit_test(the_deliberate_fault_is_caught),
    };
    return cmocka_run_group_tests_name("x86_64/cpuid", tests, NULL, NULL);
}
