/* SPDX-License-Identifier: MIT */
/*
 * Floating-point and vector state: XCR0, and saving and restoring it.
 *
 * Source   SDM 1 13 (XSAVE), SDM 1 10.5.1 (FXSAVE area), SDM 2 (XSETBV).
 * Needs    fxsave: CR4.OSFXSR.  Everything with an x: CPUID_XSAVE and CR4.OSXSAVE.
 * Memory   Areas are the caller's: 512 bytes aligned to 16 for fxsave, cpuid_xsave's
 *          area_bytes aligned to 64 for xsave.  Alignment asserts, instead of #GP.
 * Input    An area that user code could write is untrusted: xsave_header_check and
 *          xsave_mxcsr_check first, or xrstor is #GP in the kernel.
 * Kernel   Kernel code itself is compiled with -mgeneral-regs-only and touches none of
 *          this state; nothing here names a vector type.
 * Calls    Checks anywhere; xcr0_write, xss_write, xsave_supervisor and its pair in ring
 *          0.
 */
#ifndef X86_64_XSAVE_H
#define X86_64_XSAVE_H

#include <stddef.h>

#include "x86_64/cpuid.h"
#include "x86_64/flags.h"
#include "x86_64/msr.h"

/* State components: bits of XCR0, of masks and of XSTATE_BV.  SDM 1 13.1. */
#define XCR0_X87       BIT64(0) /* must be 1 */
#define XCR0_SSE       BIT64(1)
#define XCR0_AVX       BIT64(2) /* needs SSE */
#define XCR0_BNDREG    BIT64(3) /* MPX; both or neither */
#define XCR0_BNDCSR    BIT64(4)
#define XCR0_OPMASK    BIT64(5) /* AVX-512; all three or none, needs AVX */
#define XCR0_ZMM_HI256 BIT64(6)
#define XCR0_HI16_ZMM  BIT64(7)
#define XCR0_PKRU      BIT64(9)
#define XCR0_TILECFG   BIT64(17) /* AMX; both or neither */
#define XCR0_TILEDATA  BIT64(18)
#define XCR0_APX       BIT64(19) /* R16 to R31; excludes MPX */
#define XCR0_LWP       BIT64(62) /* AMD, lightweight profiling */
#define XCR0_AVX512    (XCR0_OPMASK | XCR0_ZMM_HI256 | XCR0_HI16_ZMM)
#define XCR0_NAMED                                                                       \
    (BITS64(7, 0) | XCR0_PKRU | XCR0_TILECFG | XCR0_TILEDATA | XCR0_APX | XCR0_LWP)

/* Supervisor components: bits of IA32_XSS, saved by xsaves only. */
#define XSS_PT    BIT64(8)
#define XSS_PASID BIT64(10)
#define XSS_CET_U BIT64(11)
#define XSS_CET_S BIT64(12)
#define XSS_HDC   BIT64(13)
#define XSS_UINTR BIT64(14)
#define XSS_LBR   BIT64(15)
#define XSS_HWP   BIT64(16)

/* The first 512 bytes of every area, SDM 1 table 10-2 with REX.W. */
struct __attribute__((aligned(16))) fxsave_area {
    uint16_t fcw, fsw;
    uint8_t ftw, reserved0; /* abridged tag word: a bit set is a register in use */
    uint16_t fop;
    uint64_t fip, fdp;
    uint32_t mxcsr, mxcsr_mask;
    uint8_t st[8][16]; /* ST0 to ST7, 10 bytes each */
    uint8_t xmm[16][16];
    uint8_t reserved1[96];
};
_Static_assert(sizeof(struct fxsave_area) == 512, "SDM 1 10.5.1");
_Static_assert(offsetof(struct fxsave_area, mxcsr) == 24, "SDM 1 table 10-2");
_Static_assert(offsetof(struct fxsave_area, st) == 32, "SDM 1 table 10-2");
_Static_assert(offsetof(struct fxsave_area, xmm) == 160, "SDM 1 table 10-2");

/* The next 64, SDM 1 13.4.2. */
struct xsave_header {
    uint64_t xstate_bv; /* components that are not in their initial state */
    uint64_t xcomp_bv;  /* bit 63: compacted form, by xsavec and xsaves */
    uint64_t reserved[6];
};
struct __attribute__((aligned(64))) xsave_area {
    struct fxsave_area legacy;
    struct xsave_header header;
    /* components 2 and up where CPUID leaf 0Dh says */
};
_Static_assert(sizeof(struct xsave_area) == 576, "SDM 1 13.4");

#define XCOMP_COMPACT BIT64(63)
#define FCW_DEFAULT   UINT16_C(0x37f) /* as after fninit: all masked, 64-bit precision */

/* Whether xsetbv takes `value` for XCR0 on a processor that supports `supported` (CPUID
 * leaf 0Dh): ERR_NOT_FOUND for a bit it does not have, ERR_RANGE for a bit without the
 * ones it needs.  SDM 2, XSETBV; SDM 1 13.3. */
MUST_CHECK enum err xcr0_check(uint64_t value, uint64_t supported);

/* Checks, then writes.  Nothing is written on an error. */
MUST_CHECK enum err xcr0_write(uint64_t value, uint64_t supported);
static inline uint64_t xcr0_read(void) { return insn_xgetbv(0); }

/* IA32_XSS; `supported` from CPUID leaf 0Dh.1. */
MUST_CHECK enum err xss_write(uint64_t value, uint64_t supported);

/* The state a new thread starts with: x87 and SSE as after fninit and reset, nothing else
 * in use.  The first 576 bytes are written; xrstor needs no more. */
void xsave_area_init(struct xsave_area *area);
void fxsave_area_init(struct fxsave_area *area);

/* Whether xrstor would take this header: ERR_FORMAT for bits outside `xcr0`, the
 * compacted form, or anything reserved that is not 0.  SDM 1 13.8.1. */
MUST_CHECK enum err xsave_header_check(const struct xsave_header *header, uint64_t xcr0);

/* Whether MXCSR in the area may be loaded; `mxcsr_mask` from an fxsave made by the
 * kernel. */
MUST_CHECK enum err xsave_mxcsr_check(const struct fxsave_area *area,
                                      uint32_t mxcsr_mask);

/* The instructions.  `mask` chooses components; the processor takes only those in
 * XCR0. */
void fxsave(struct fxsave_area *area);
void fxrstor(const struct fxsave_area *area);
void xsave(struct xsave_area *area, uint64_t mask);
void xsave_optimized(struct xsave_area *area, uint64_t mask);  /* CPUID_XSAVEOPT */
void xsave_compact(struct xsave_area *area, uint64_t mask);    /* CPUID_XSAVEC */
void xsave_supervisor(struct xsave_area *area, uint64_t mask); /* CPUID_XSAVES */
void xrstor(const struct xsave_area *area, uint64_t mask);
void xrstor_supervisor(const struct xsave_area *area, uint64_t mask); /* CPUID_XSAVES */

#endif
