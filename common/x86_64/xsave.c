/* SPDX-License-Identifier: MIT */
#include "x86_64/xsave.h"

/* Bits that come all together or not at all. */
static bool all_or_none(uint64_t value, uint64_t group)
{
    return (value & group) == 0 || (value & group) == group;
}

enum err xcr0_check(uint64_t value, uint64_t supported)
{
    if (value & ~supported) return ERR_NOT_FOUND;
    if (!(value & XCR0_X87)) return ERR_RANGE;
    if ((value & XCR0_AVX) && !(value & XCR0_SSE)) return ERR_RANGE;
    if ((value & XCR0_AVX512) && !(value & XCR0_AVX)) return ERR_RANGE;
    if ((value & XCR0_APX) && (value & (XCR0_BNDREG | XCR0_BNDCSR))) return ERR_RANGE;
    if (!all_or_none(value, XCR0_AVX512)) return ERR_RANGE;
    if (!all_or_none(value, XCR0_BNDREG | XCR0_BNDCSR)) return ERR_RANGE;
    return all_or_none(value, XCR0_TILECFG | XCR0_TILEDATA) ? OK : ERR_RANGE;
}

enum err xcr0_write(uint64_t value, uint64_t supported)
{
    enum err e = xcr0_check(value, supported);
    if (e == OK) insn_xsetbv(0, value);
    return e;
}

enum err xss_write(uint64_t value, uint64_t supported)
{
    if (value & ~supported) return ERR_NOT_FOUND;
    insn_wrmsr(MSR_XSS, value);
    return OK;
}

void fxsave_area_init(struct fxsave_area *area)
{
    *area = (struct fxsave_area){.fcw = FCW_DEFAULT, .mxcsr = MXCSR_DEFAULT};
}

void xsave_area_init(struct xsave_area *area)
{
    fxsave_area_init(&area->legacy);
    area->header = (struct xsave_header){.xstate_bv = XCR0_X87 | XCR0_SSE};
}

enum err xsave_header_check(const struct xsave_header *header, uint64_t xcr0)
{
    if ((header->xstate_bv & ~xcr0) || header->xcomp_bv) return ERR_FORMAT;
    for (size_t i = 0; i < sizeof header->reserved / sizeof header->reserved[0]; i++)
        if (header->reserved[i]) return ERR_FORMAT;
    return OK;
}

enum err xsave_mxcsr_check(const struct fxsave_area *area, uint32_t mxcsr_mask)
{
    return mxcsr_is_allowed(area->mxcsr, mxcsr_mask) ? OK : ERR_FORMAT;
}

static void assert_aligned(const void *area, uint64_t align)
{
    ASSERT(is_aligned(virt_of(area), align));
}

void fxsave(struct fxsave_area *area)
{
    assert_aligned(area, 16);
    insn_fxsave(area);
}

void fxrstor(const struct fxsave_area *area)
{
    assert_aligned(area, 16);
    insn_fxrstor(area);
}

void xsave(struct xsave_area *area, uint64_t mask)
{
    assert_aligned(area, 64);
    insn_xsave(area, mask);
}

void xsave_optimized(struct xsave_area *area, uint64_t mask)
{
    assert_aligned(area, 64);
    insn_xsaveopt(area, mask);
}

void xsave_compact(struct xsave_area *area, uint64_t mask)
{
    assert_aligned(area, 64);
    insn_xsavec(area, mask);
}

void xsave_supervisor(struct xsave_area *area, uint64_t mask)
{
    assert_aligned(area, 64);
    insn_xsaves(area, mask);
}

void xrstor(const struct xsave_area *area, uint64_t mask)
{
    assert_aligned(area, 64);
    insn_xrstor(area, mask);
}

void xrstor_supervisor(const struct xsave_area *area, uint64_t mask)
{
    assert_aligned(area, 64);
    insn_xrstors(area, mask);
}
