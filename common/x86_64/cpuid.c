/* SPDX-License-Identifier: MIT */
#include "x86_64/cpuid.h"

/* Ranges longer than this are nobody's: a hostile maximum must not make loops long. */
#define LEAVES_MAX 0x1000

static struct cpuid_regs ask(const struct cpuid_source *s, uint32_t leaf,
                             uint32_t subleaf)
{
    return s->leaf(s->context, leaf, subleaf);
}

static bool has_hypervisor(const struct cpuid_source *s)
{
    return (ask(s, 1, 0).ecx & BIT32(31)) != 0;
}

uint32_t cpuid_max_leaf(const struct cpuid_source *s, uint32_t first)
{
    if (first == 0x40000000 && !has_hypervisor(s)) return first;
    uint32_t max = ask(s, first, 0).eax;
    return max < first || max - first >= LEAVES_MAX ? first : max;
}

enum err cpuid_get(const struct cpuid_source *s, uint32_t leaf, uint32_t subleaf,
                   struct cpuid_regs *regs)
{
    uint32_t first = leaf & UINT32_C(0xc0000000);
    if (first == 0x40000000 && !has_hypervisor(s)) return ERR_NOT_FOUND;
    if (leaf != first && leaf > cpuid_max_leaf(s, first)) return ERR_NOT_FOUND;
    *regs = ask(s, leaf, subleaf);
    return OK;
}

enum reg { REG_EAX, REG_EBX, REG_ECX, REG_EDX };

struct feature {
    uint32_t leaf;
    uint8_t subleaf, reg, bit;
    const char *name;
};

#define ROW(name, leaf, subleaf, reg, bit, text) {leaf, subleaf, REG_##reg, bit, text},
static const struct feature features[CPUID_FEATURE_COUNT] = {CPUID_FEATURES(ROW)};

/* Subleaf 0 says in EAX how many subleaves leaf 7 has. */
static bool subleaf_is_there(const struct cpuid_source *s, uint32_t leaf,
                             uint32_t subleaf)
{
    return leaf != 7 || subleaf == 0 || subleaf <= ask(s, 7, 0).eax;
}

bool cpuid_has(const struct cpuid_source *s, enum cpuid_feature feature)
{
    ASSERT((unsigned)feature < CPUID_FEATURE_COUNT);
    const struct feature *f = &features[feature];
    struct cpuid_regs r;
    if (cpuid_get(s, f->leaf, f->subleaf, &r) != OK) return false;
    if (!subleaf_is_there(s, f->leaf, f->subleaf)) return false;
    const uint32_t values[] = {r.eax, r.ebx, r.ecx, r.edx};
    return values[f->reg] >> f->bit & 1;
}

const char *cpuid_feature_name(enum cpuid_feature feature)
{
    return (unsigned)feature < CPUID_FEATURE_COUNT ? features[feature].name : NULL;
}

/* Four characters of a register, the lowest byte first. */
static char *put_text(char *to, uint32_t reg)
{
    for (int i = 0; i < 4; i++, reg >>= 8) {
        char c = (char)(reg & 0xff);
        *to++ = c == 0 || (c >= ' ' && c <= '~') ? c : '?';
    }
    return to;
}

static bool text_is(const char *a, const char *b)
{
    while (*a && *a == *b) a++, b++;
    return *a == *b;
}

enum cpuid_vendor cpuid_vendor(const struct cpuid_source *s, char text[13])
{
    static const struct {
        const char *text;
        enum cpuid_vendor vendor;
    } known[] = {
        {"GenuineIntel", CPUID_VENDOR_INTEL},   {"AuthenticAMD", CPUID_VENDOR_AMD},
        {"HygonGenuine", CPUID_VENDOR_HYGON},   {"CentaurHauls", CPUID_VENDOR_ZHAOXIN},
        {"  Shanghai  ", CPUID_VENDOR_ZHAOXIN},
    };
    struct cpuid_regs r = ask(s, 0, 0);
    *put_text(put_text(put_text(text, r.ebx), r.edx), r.ecx) = '\0';
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (text_is(text, known[i].text)) return known[i].vendor;
    return CPUID_VENDOR_OTHER;
}

enum err cpuid_brand(const struct cpuid_source *s, char text[49])
{
    if (cpuid_max_leaf(s, 0x80000000) < 0x80000004) return ERR_NOT_FOUND;
    char raw[49];
    char *to = raw;
    for (uint32_t leaf = 0x80000002; leaf <= 0x80000004; leaf++) {
        struct cpuid_regs r = ask(s, leaf, 0);
        to = put_text(put_text(put_text(put_text(to, r.eax), r.ebx), r.ecx), r.edx);
    }
    *to = '\0';
    const char *from = raw;
    while (*from == ' ') from++;
    size_t len = 0;
    while (*from) text[len++] = *from++;
    while (len > 0 && text[len - 1] == ' ') len--;
    text[len] = '\0';
    return OK;
}

enum err cpuid_hypervisor(const struct cpuid_source *s, char text[13])
{
    struct cpuid_regs r;
    if (cpuid_get(s, 0x40000000, 0, &r) != OK) return ERR_NOT_FOUND;
    *put_text(put_text(put_text(text, r.ebx), r.ecx), r.edx) = '\0';
    return OK;
}

struct cpuid_signature cpuid_signature_decode(uint32_t eax)
{
    unsigned family = field_get32(BITS32(11, 8), eax);
    unsigned model = field_get32(BITS32(7, 4), eax);
    if (family == 6 || family == 15) model |= field_get32(BITS32(19, 16), eax) << 4;
    if (family == 15) family += field_get32(BITS32(27, 20), eax);
    return (struct cpuid_signature){
        .family = family, .model = model, .stepping = field_get32(BITS32(3, 0), eax)};
}

struct cpuid_signature cpuid_signature(const struct cpuid_source *s)
{
    return cpuid_signature_decode(ask(s, 1, 0).eax);
}

enum err cpuid_widths(const struct cpuid_source *s, struct cpuid_widths *widths)
{
    struct cpuid_regs r;
    struct cpuid_widths w = {.phys_bits = 36, .virt_bits = 48};
    if (cpuid_get(s, 0x80000008, 0, &r) == OK) {
        w.phys_bits = field_get32(BITS32(7, 0), r.eax);
        w.virt_bits = field_get32(BITS32(15, 8), r.eax);
    }
    if (w.phys_bits < 32 || w.phys_bits > 52) return ERR_FORMAT;
    if (w.virt_bits != 48 && w.virt_bits != 57) return ERR_FORMAT;
    *widths = w;
    return OK;
}
