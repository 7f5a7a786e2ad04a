/* SPDX-License-Identifier: MIT */
/* The part of cpuid.h about the machine around the instructions: topology, caches,
 * frequencies, areas. */
#include "x86_64/cpuid.h"

/* Levels of leaves 0Bh and 1Fh: the manual names 6 kinds, and a hostile list ends too. */
#define LEVELS_MAX 8

enum { LEVEL_NONE = 0, LEVEL_THREAD = 1 };

/* Leaf 0Bh or 1Fh, SDM 2: a list of levels, each with the bits below the next one. */
static enum err topology_from_levels(const struct cpuid_source *s, uint32_t leaf,
                                     struct cpuid_topology *t)
{
    struct cpuid_regs r;
    enum err e = cpuid_get(s, leaf, 0, &r);
    if (e != OK) return e;
    if (field_get32(BITS32(15, 8), r.ecx) == LEVEL_NONE || r.ebx == 0)
        return ERR_NOT_FOUND;
    struct cpuid_topology next = {.apic_id = r.edx, .threads_per_core = 1};
    for (uint32_t level = 0; level < LEVELS_MAX; level++) {
        if (level > 0) r = s->leaf(s->context, leaf, level);
        unsigned kind = field_get32(BITS32(15, 8), r.ecx);
        if (kind == LEVEL_NONE) break;
        unsigned bits = field_get32(BITS32(4, 0), r.eax);
        uint32_t threads = field_get32(BITS32(15, 0), r.ebx);
        if (bits < next.package_bits || threads > UINT64_C(1) << bits) return ERR_FORMAT;
        if (kind == LEVEL_THREAD) {
            next.thread_bits = bits;
            next.threads_per_core = threads ? threads : 1;
        }
        next.package_bits = bits;
        if (threads) next.threads_per_package = threads;
    }
    if (next.threads_per_package < next.threads_per_core) return ERR_FORMAT;
    *t = next;
    return OK;
}

/* Bits that number `count` things: 0 for 1, 3 for 5 to 8. */
static unsigned bits_for(uint32_t count)
{
    unsigned bits = 0;
    while (UINT64_C(1) << bits < count) bits++;
    return bits;
}

/* Before leaf 0Bh: how many APIC ids a package has, and how many of them a core. */
static enum err topology_from_counts(const struct cpuid_source *s,
                                     struct cpuid_topology *t)
{
    struct cpuid_regs one, r;
    char vendor[13];
    enum cpuid_vendor made_by = cpuid_vendor(s, vendor);
    bool amd = made_by == CPUID_VENDOR_AMD || made_by == CPUID_VENDOR_HYGON;
    enum err e = cpuid_get(s, 1, 0, &one);
    if (e != OK) return e;
    uint32_t ids = one.edx & BIT32(28) ? field_get32(BITS32(23, 16), one.ebx) : 1;
    unsigned package_bits = bits_for(ids ? ids : 1), core_bits = package_bits;
    if (amd && cpuid_get(s, 0x80000008, 0, &r) == OK) {
        uint32_t threads = field_get32(BITS32(7, 0), r.ecx) + 1;
        unsigned given = field_get32(BITS32(15, 12), r.ecx);
        ids = threads;
        package_bits = given ? given : bits_for(threads);
        uint32_t per_core = 1;
        if (cpuid_has(s, CPUID_TOPOEXT) && cpuid_get(s, 0x8000001e, 0, &r) == OK)
            per_core = field_get32(BITS32(15, 8), r.ebx) + 1;
        unsigned thread_bits = bits_for(per_core);
        core_bits = package_bits >= thread_bits ? package_bits - thread_bits : 0;
    } else if (!amd && cpuid_get(s, 4, 0, &r) == OK && (r.eax & BITS32(4, 0))) {
        core_bits = bits_for(field_get32(BITS32(31, 26), r.eax) + 1);
    }
    if (core_bits > package_bits) return ERR_FORMAT;
    *t = (struct cpuid_topology){
        .apic_id = field_get32(BITS32(31, 24), one.ebx),
        .thread_bits = package_bits - core_bits,
        .package_bits = package_bits,
        .threads_per_core = UINT32_C(1) << (package_bits - core_bits),
        .threads_per_package = ids ? ids : 1,
    };
    return OK;
}

enum err cpuid_topology(const struct cpuid_source *s, struct cpuid_topology *t)
{
    enum err e = topology_from_levels(s, 0x1f, t);
    if (e == ERR_NOT_FOUND) e = topology_from_levels(s, 0xb, t);
    if (e == ERR_NOT_FOUND) e = topology_from_counts(s, t);
    return e;
}

/* Leaves 4 and 8000001Dh have one form. */
enum err cpuid_cache(const struct cpuid_source *s, unsigned index,
                     struct cpuid_cache *cache)
{
    struct cpuid_regs r;
    uint32_t leaf = cpuid_has(s, CPUID_TOPOEXT) ? 0x8000001d : 4;
    enum err e = cpuid_get(s, leaf, index, &r);
    if (e != OK) return e;
    unsigned type = field_get32(BITS32(4, 0), r.eax);
    if (type == 0 || index >= 32) return ERR_NOT_FOUND;
    if (type > CPUID_CACHE_UNIFIED) return ERR_FORMAT;
    uint32_t partitions = field_get32(BITS32(21, 12), r.ebx) + 1;
    struct cpuid_cache c = {
        .type = (enum cpuid_cache_type)type,
        .level = field_get32(BITS32(7, 5), r.eax),
        .line_bytes = field_get32(BITS32(11, 0), r.ebx) + 1,
        .ways = field_get32(BITS32(31, 22), r.ebx) + 1,
        .sets = r.ecx + 1,
    };
    if (c.sets == 0) return ERR_FORMAT;
    /* At most 2^10 * 2^10 * 2^12 * 2^32: fits. */
    c.size_bytes = (uint64_t)c.ways * partitions * c.line_bytes;
    if (__builtin_mul_overflow(c.size_bytes, (uint64_t)c.sets, &c.size_bytes))
        return ERR_FORMAT;
    *cache = c;
    return OK;
}

enum err cpuid_clflush_bytes(const struct cpuid_source *s, uint32_t *bytes)
{
    struct cpuid_regs r;
    if (!cpuid_has(s, CPUID_CLFLUSH) || cpuid_get(s, 1, 0, &r) != OK)
        return ERR_NOT_FOUND;
    uint32_t line = field_get32(BITS32(15, 8), r.ebx) * 8;
    if (line == 0 || (line & (line - 1)) != 0) return ERR_FORMAT;
    *bytes = line;
    return OK;
}

enum err cpuid_frequencies(const struct cpuid_source *s, struct cpuid_frequencies *f)
{
    struct cpuid_regs r;
    enum err e = cpuid_get(s, 0x16, 0, &r);
    if (e != OK) return e;
    *f = (struct cpuid_frequencies){
        .base_mhz = r.eax & 0xffff, .max_mhz = r.ebx & 0xffff, .bus_mhz = r.ecx & 0xffff};
    return f->base_mhz ? OK : ERR_NOT_FOUND;
}

enum err cpuid_tsc_hz(const struct cpuid_source *s, uint64_t *hz)
{
    struct cpuid_regs r;
    struct cpuid_frequencies f;
    uint64_t found = 0;
    if (cpuid_get(s, 0x15, 0, &r) == OK && r.eax != 0 && r.ebx != 0) {
        if (r.ecx != 0)
            found = (uint64_t)r.ecx * r.ebx / r.eax;
        else if (cpuid_frequencies(s, &f) == OK)
            found = f.base_mhz * UINT64_C(1000000);
    }
    /* Agreed between hypervisors, not in the SDM: 40000010h EAX, in kHz. */
    if (found == 0 && cpuid_get(s, 0x40000010, 0, &r) == OK)
        found = r.eax * UINT64_C(1000);
    if (found == 0) return ERR_NOT_FOUND;
    if (found < 1000000 || found > UINT64_C(100000000000)) return ERR_FORMAT;
    *hz = found;
    return OK;
}

enum err cpuid_xsave(const struct cpuid_source *s, struct cpuid_xsave *x)
{
    struct cpuid_regs main, one = {0};
    if (!cpuid_has(s, CPUID_XSAVE)) return ERR_NOT_FOUND;
    enum err e = cpuid_get(s, 0xd, 0, &main);
    if (e != OK) return e;
    one = s->leaf(s->context, 0xd, 1);
    /* Legacy region 512, header 64: an area can never be smaller. */
    if (main.ebx < 576 || main.ecx < main.ebx || !(main.eax & 1)) return ERR_FORMAT;
    bool has_xss = (one.eax & BIT32(3)) != 0;
    *x = (struct cpuid_xsave){
        .xcr0_supported = (uint64_t)main.edx << 32 | main.eax,
        .xss_supported = has_xss ? (uint64_t)one.edx << 32 | one.ecx : 0,
        .area_bytes = main.ebx,
        .area_bytes_max = main.ecx,
    };
    return OK;
}

enum err cpuid_xsave_component(const struct cpuid_source *s, unsigned n,
                               struct cpuid_xsave_component *c)
{
    struct cpuid_xsave x;
    ASSERT(n >= 2 && n <= 62);
    enum err e = cpuid_xsave(s, &x);
    if (e != OK) return e;
    if (!((x.xcr0_supported | x.xss_supported) & BIT64(n))) return ERR_NOT_FOUND;
    struct cpuid_regs r = s->leaf(s->context, 0xd, n);
    bool supervisor = (r.ecx & BIT32(0)) != 0;
    uint64_t end = (uint64_t)r.ebx + r.eax;
    if (r.eax == 0) return ERR_FORMAT;
    if (!supervisor && (r.ebx < 576 || end > x.area_bytes_max)) return ERR_FORMAT;
    *c = (struct cpuid_xsave_component){.offset = supervisor ? 0 : r.ebx,
                                        .bytes = r.eax,
                                        .supervisor = supervisor,
                                        .aligned64 = (r.ecx & BIT32(1)) != 0};
    return OK;
}

enum err cpuid_invlpgb(const struct cpuid_source *s, uint32_t *pages_max, uint32_t *asids)
{
    struct cpuid_regs r;
    if (!cpuid_has(s, CPUID_INVLPGB)) return ERR_NOT_FOUND;
    if (cpuid_get(s, 0x80000008, 0, &r) != OK) return ERR_NOT_FOUND;
    *pages_max = field_get32(BITS32(15, 0), r.edx) + 1;
    *asids = cpuid_get(s, 0x8000000a, 0, &r) == OK && cpuid_has(s, CPUID_SVM) ? r.ebx : 0;
    return OK;
}

enum err cpuid_encryption_bit(const struct cpuid_source *s, unsigned *bit,
                              unsigned *lost_bits)
{
    struct cpuid_regs r;
    if (!cpuid_has(s, CPUID_SME) && !cpuid_has(s, CPUID_SEV)) return ERR_NOT_FOUND;
    if (cpuid_get(s, 0x8000001f, 0, &r) != OK) return ERR_NOT_FOUND;
    unsigned place = field_get32(BITS32(5, 0), r.ebx),
             lost = field_get32(BITS32(11, 6), r.ebx);
    if (place < 32 || place > 51 || lost > 20) return ERR_FORMAT;
    *bit = place;
    *lost_bits = lost;
    return OK;
}
