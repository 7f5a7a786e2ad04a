/* SPDX-License-Identifier: MIT */
/* Every decoder on a processor whose answers are the input's bytes, leaf after leaf. */
#include <string.h>

#include "base/bytes.h"
#include "x86_64/cpuid.h"

#define CHECK(condition)                                                                 \
    do {                                                                                 \
        if (!(condition)) __builtin_trap();                                              \
    } while (0)

/* An assertion that answers alone can break is a finding. */
void panic_at(const char *file, int line, const char *format, ...)
{
    (void)file, (void)line, (void)format;
    __builtin_trap();
}

static struct cpuid_regs answer(void *context, uint32_t leaf, uint32_t subleaf)
{
    const struct bytes *input = context;
    struct cpuid_regs r = {0};
    /* The same question has the same answer: the input is a table with a hashed index. */
    size_t rows = input->left / sizeof r;
    if (rows == 0) return r;
    size_t row = (leaf * 31 + subleaf * 7 + (leaf >> 28)) % rows;
    memcpy(&r, input->at + row * sizeof r, sizeof r);
    if ((leaf & 0x3fffffff) == 0) r.eax = leaf + r.eax % 0x40;
    return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct bytes input = bytes_of(data, len);
    const struct cpuid_source s = {answer, &input};
    char text[49];
    struct cpuid_widths w;
    struct cpuid_topology t;
    struct cpuid_cache c;
    struct cpuid_xsave x;
    struct cpuid_xsave_component xc;
    uint64_t hz;
    uint32_t bytes, asids;
    unsigned bit, lost;

    cpuid_vendor(&s, text);
    CHECK(strlen(text) <= 12);
    if (cpuid_brand(&s, text) == OK) CHECK(strlen(text) <= 48);
    if (cpuid_hypervisor(&s, text) == OK) CHECK(strlen(text) <= 12);
    for (unsigned f = 0; f < CPUID_FEATURE_COUNT; f++)
        (void)cpuid_has(&s, (enum cpuid_feature)f);
    if (cpuid_widths(&s, &w) == OK) CHECK(w.phys_bits <= 52 && w.virt_bits <= 57);
    if (cpuid_topology(&s, &t) == OK) {
        CHECK(t.thread_bits <= t.package_bits && t.package_bits < 32);
        CHECK(t.threads_per_core >= 1 && t.threads_per_package >= 1);
        uint32_t id = t.apic_id;
        uint64_t again = (uint64_t)cpuid_topology_package(&t, id) << t.package_bits |
                         (uint64_t)cpuid_topology_core(&t, id) << t.thread_bits |
                         cpuid_topology_thread(&t, id);
        CHECK(again == id);
    }
    for (unsigned i = 0; i < 40; i++)
        if (cpuid_cache(&s, i, &c) == OK) CHECK(c.size_bytes >= c.line_bytes);
    if (cpuid_clflush_bytes(&s, &bytes) == OK)
        CHECK((bytes & (bytes - 1)) == 0 && bytes >= 8);
    if (cpuid_tsc_hz(&s, &hz) == OK) CHECK(hz >= 1000000);
    if (cpuid_xsave(&s, &x) == OK)
        for (unsigned n = 2; n <= 62; n++)
            if (cpuid_xsave_component(&s, n, &xc) == OK && !xc.supervisor)
                CHECK(xc.offset >= 576 && xc.offset + xc.bytes <= x.area_bytes_max);
    if (cpuid_invlpgb(&s, &bytes, &asids) == OK) CHECK(bytes >= 1);
    if (cpuid_encryption_bit(&s, &bit, &lost) == OK) CHECK(bit >= 32 && bit <= 51);
    return 0;
}
