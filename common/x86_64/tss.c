/* SPDX-License-Identifier: MIT */
#include "x86_64/tss.h"

#define TSS_IOMAP_BASE_MAX 0xdfff

void tss_init(struct tss *t) { *t = (struct tss){.iomap_base = sizeof *t}; }

void tss_set_rsp(struct tss *t, unsigned ring, virt_addr top)
{
    ASSERT(ring <= 2);
    t->rsp[ring] = top;
}

void tss_set_ist(struct tss *t, unsigned ist, virt_addr top)
{
    ASSERT(ist >= 1 && ist <= 7);
    t->ist[ist - 1] = top;
}

virt_addr tss_rsp(const struct tss *t, unsigned ring)
{
    ASSERT(ring <= 2);
    return t->rsp[ring];
}

virt_addr tss_ist(const struct tss *t, unsigned ist)
{
    ASSERT(ist >= 1 && ist <= 7);
    return t->ist[ist - 1];
}

void tss_with_ports_init(struct tss_with_ports *t)
{
    tss_init(&t->tss);
    for (size_t i = 0; i < sizeof t->denied; i++) t->denied[i] = 0xff;
    t->end = 0xff;
}

static enum err set_ports(struct tss_with_ports *t, uint32_t first, uint32_t count,
                          bool deny)
{
    if (first > TSS_PORTS || count > TSS_PORTS - first) return ERR_RANGE;
    for (uint32_t port = first; port < first + count; port++) {
        uint8_t bit = (uint8_t)(1u << port % 8);
        if (deny)
            t->denied[port / 8] |= bit;
        else
            t->denied[port / 8] &= (uint8_t)~bit;
    }
    return OK;
}

enum err tss_allow_ports(struct tss_with_ports *t, uint32_t first, uint32_t count)
{
    return set_ports(t, first, count, false);
}

enum err tss_deny_ports(struct tss_with_ports *t, uint32_t first, uint32_t count)
{
    return set_ports(t, first, count, true);
}

bool tss_port_is_allowed(const struct tss *t, uint32_t len_bytes, uint16_t port,
                         unsigned width)
{
    ASSERT(width == 1 || width == 2 || width == 4);
    /* Two bytes are always read, whatever the width: the second may hold the rest. */
    uint32_t at = (uint32_t)t->iomap_base + port / 8u;
    if (t->iomap_base < sizeof *t || at + 1 >= len_bytes) return false;
    const uint8_t *bytes = (const uint8_t *)t + at;
    unsigned bits = (unsigned)(bytes[0] | bytes[1] << 8) >> port % 8;
    return (bits & ((1u << width) - 1)) == 0;
}

enum tss_iomap tss_check_iomap(const struct tss *t, uint32_t len_bytes)
{
    ASSERT(len_bytes >= sizeof *t);
    uint32_t base = t->iomap_base;
    if (base < sizeof *t) return TSS_IOMAP_IN_TSS;
    if (base >= len_bytes) return TSS_IOMAP_NONE;
    if (base > TSS_IOMAP_BASE_MAX) return TSS_IOMAP_TOO_FAR;
    if (len_bytes - base > TSS_PORTS / 8 + 1) return TSS_IOMAP_TOO_LONG;
    const uint8_t *bytes = (const uint8_t *)t;
    return bytes[len_bytes - 1] == 0xff ? TSS_IOMAP_OK : TSS_IOMAP_NO_END;
}
