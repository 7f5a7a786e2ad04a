/* SPDX-License-Identifier: MIT */
/*
 * CPUID: who the processor is and what it can do.
 *
 * Source   SDM 2 (CPUID); leaves 8000001Dh to 8000001Fh and INVLPGB: APM 3 appendix E.
 * Input    A struct cpuid_source answers for a leaf: the processor (cpuid_read.h), or a
 *          table in a test.  A virtual machine's answers are whatever its owner typed, so
 *          nothing is believed without bounds.
 * Limits   cpuid_get never asks for a leaf above the range's maximum, because Intel
 *          answers such a question with the highest leaf's data.
 * Memory   Everything is written to the caller's.
 * Errors   ERR_NOT_FOUND: the leaf or the fact is not there.  ERR_FORMAT: it is, and
 *          contradicts itself.  On any error the result is left as it was.
 * Calls    Any context.
 */
#ifndef X86_64_CPUID_H
#define X86_64_CPUID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bits.h"
#include "base/err.h"
#include "x86_64/cpuid_features.h"

struct cpuid_regs {
    uint32_t eax, ebx, ecx, edx;
};

struct cpuid_source {
    struct cpuid_regs (*leaf)(void *context, uint32_t leaf, uint32_t subleaf);
    void *context;
};

/* The highest leaf of the ranges that start at 0, at 40000000h (hypervisors; only when
 * one says it is there) and at 80000000h; `first` when the range is empty. */
uint32_t cpuid_max_leaf(const struct cpuid_source *s, uint32_t first);

/* One leaf; ERR_NOT_FOUND above its range's maximum. */
MUST_CHECK enum err cpuid_get(const struct cpuid_source *s, uint32_t leaf,
                              uint32_t subleaf, struct cpuid_regs *regs);

/* Whether the processor has the feature; false where its leaf or subleaf is not there. */
bool cpuid_has(const struct cpuid_source *s, enum cpuid_feature feature);

/* "sse4_2": lower case, as Linux prints them.  NULL for a value that is none. */
const char *cpuid_feature_name(enum cpuid_feature feature);

enum cpuid_vendor {
    CPUID_VENDOR_OTHER,
    CPUID_VENDOR_INTEL,
    CPUID_VENDOR_AMD,
    CPUID_VENDOR_HYGON,
    CPUID_VENDOR_ZHAOXIN
};

/* The 12 characters and NUL; anything unprintable becomes '?'. */
enum cpuid_vendor cpuid_vendor(const struct cpuid_source *s, char text[13]);

/* The processor's name, spaces at both ends gone. */
MUST_CHECK enum err cpuid_brand(const struct cpuid_source *s, char text[49]);

/* The hypervisor's 12 characters ("KVMKVMKVM", "TCGTCGTCGTCG"). */
MUST_CHECK enum err cpuid_hypervisor(const struct cpuid_source *s, char text[13]);

/* Leaf 1 EAX with the extended fields counted in: "family 6, model 158". */
struct cpuid_signature {
    unsigned family, model, stepping;
};
struct cpuid_signature cpuid_signature(const struct cpuid_source *s);
struct cpuid_signature cpuid_signature_decode(uint32_t eax);

/* Address widths in bits.  Without leaf 80000008h: 36 and 48, which every 64-bit
 * processor has.  ERR_FORMAT: outside 32 to 52 and 48 to 57. */
struct cpuid_widths {
    unsigned phys_bits, virt_bits;
};
MUST_CHECK enum err cpuid_widths(const struct cpuid_source *s,
                                 struct cpuid_widths *widths);

/* Where a processor stands: its APIC id is package, core and thread side by side. */
struct cpuid_topology {
    uint32_t apic_id;      /* of the processor that was asked */
    unsigned thread_bits;  /* low bits of the APIC id that number a core's threads */
    unsigned package_bits; /* low bits below the package's number; >= thread_bits */
    uint32_t threads_per_core, threads_per_package; /* in use or reserved; at least 1 */
};
/* From leaf 1Fh, 0Bh, 80000008h with 8000001Eh (AMD), or 1 with 4 (Intel), whichever is
 * there. */
MUST_CHECK enum err cpuid_topology(const struct cpuid_source *s,
                                   struct cpuid_topology *t);

static inline uint32_t cpuid_topology_package(const struct cpuid_topology *t,
                                              uint32_t apic_id)
{
    return t->package_bits >= 32 ? 0 : apic_id >> t->package_bits;
}
static inline uint32_t cpuid_topology_thread(const struct cpuid_topology *t,
                                             uint32_t apic_id)
{
    return apic_id & (uint32_t)((UINT64_C(1) << t->thread_bits) - 1);
}
static inline uint32_t cpuid_topology_core(const struct cpuid_topology *t,
                                           uint32_t apic_id)
{
    uint64_t in_package = apic_id & ((UINT64_C(1) << t->package_bits) - 1);
    return (uint32_t)(in_package >> t->thread_bits);
}

/* Cache `index`, 0 upwards, until ERR_NOT_FOUND.  Leaf 4, or 8000001Dh where AMD has
 * it. */
enum cpuid_cache_type {
    CPUID_CACHE_DATA = 1,
    CPUID_CACHE_CODE = 2,
    CPUID_CACHE_UNIFIED = 3
};
struct cpuid_cache {
    enum cpuid_cache_type type;
    unsigned level;
    uint32_t line_bytes, ways, sets;
    uint64_t size_bytes;
};
MUST_CHECK enum err cpuid_cache(const struct cpuid_source *s, unsigned index,
                                struct cpuid_cache *cache);

/* Bytes that clflush works on; ERR_NOT_FOUND without clflush, ERR_FORMAT when 0. */
MUST_CHECK enum err cpuid_clflush_bytes(const struct cpuid_source *s, uint32_t *bytes);

/* Ticks of the time-stamp counter in a second, from leaf 15h (with the base frequency of
 * 16h where the crystal's is missing) or a hypervisor's leaf 40000010h.  ERR_NOT_FOUND:
 * measure it.  The counter runs at this rate for ever only with CPUID_INVARIANT_TSC. */
MUST_CHECK enum err cpuid_tsc_hz(const struct cpuid_source *s, uint64_t *hz);

/* Base, maximum and bus frequency of leaf 16h; 0 where it does not say. */
struct cpuid_frequencies {
    uint32_t base_mhz, max_mhz, bus_mhz;
};
MUST_CHECK enum err cpuid_frequencies(const struct cpuid_source *s,
                                      struct cpuid_frequencies *f);

/* XSAVE, leaf 0Dh: which bits XCR0 and IA32_XSS may have, and bytes of the area. */
struct cpuid_xsave {
    uint64_t xcr0_supported, xss_supported;
    uint32_t area_bytes;     /* standard form, for XCR0 as it is now */
    uint32_t area_bytes_max; /* standard form, for everything supported */
};
MUST_CHECK enum err cpuid_xsave(const struct cpuid_source *s, struct cpuid_xsave *x);

/* Where component `n`, 2 to 62, lies in the standard form; offset 0 for a supervisor
 * one. */
struct cpuid_xsave_component {
    uint32_t offset, bytes;
    bool supervisor, aligned64;
};
MUST_CHECK enum err cpuid_xsave_component(const struct cpuid_source *s, unsigned n,
                                          struct cpuid_xsave_component *c);

/* Pages one invlpgb can invalidate, and address-space ids there are.  AMD. */
MUST_CHECK enum err cpuid_invlpgb(const struct cpuid_source *s, uint32_t *pages_max,
                                  uint32_t *asids);

/* AMD memory encryption: the page-entry bit that encrypts, and how many bits physical
 * addresses lose.  ERR_NOT_FOUND without leaf 8000001Fh or the feature. */
MUST_CHECK enum err cpuid_encryption_bit(const struct cpuid_source *s, unsigned *bit,
                                         unsigned *lost_bits);

#endif
