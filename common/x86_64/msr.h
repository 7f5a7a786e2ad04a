/* SPDX-License-Identifier: MIT */
/*
 * Model-specific registers: their numbers, and the fields of the small ones.  The larger
 * ones have headers of their own: syscall_msr.h, pat.h, mtrr.h, apic_msr.h.
 *
 * Source   SDM 4 2.1 (architectural MSRs); EFER and SYSCFG also APM 2 3.1.7, 3.2.
 * Needs    Each comment names the CPUID bit; a register that is not there is #GP.
 * C        A number is a number: reading one register and writing another compiles.  The
 *          typed functions below and in the other headers are what avoids it.
 * Calls    Ring 0; the pure functions anywhere.
 */
#ifndef X86_64_MSR_H
#define X86_64_MSR_H

#include "x86_64/addr.h"
#include "x86_64/insn_system.h"

#define MSR_TSC           UINT32_C(0x10)  /* time-stamp counter */
#define MSR_APIC_BASE     UINT32_C(0x1b)  /* apic_msr.h */
#define MSR_TSC_ADJUST    UINT32_C(0x3b)  /* CPUID 7.0 EBX.1 */
#define MSR_SPEC_CTRL     UINT32_C(0x48)  /* CPUID 7.0 EDX.26 */
#define MSR_PRED_CMD      UINT32_C(0x49)  /* write only; CPUID 7.0 EDX.26 */
#define MSR_BIOS_SIGN_ID  UINT32_C(0x8b)  /* microcode revision in 63:32 */
#define MSR_MTRRCAP       UINT32_C(0xfe)  /* mtrr.h, and so are 200h to 20fh, 250h… */
#define MSR_ARCH_CAPS     UINT32_C(0x10a) /* CPUID 7.0 EDX.29 */
#define MSR_SYSENTER_CS   UINT32_C(0x174) /* CPUID 1 EDX.11 */
#define MSR_SYSENTER_ESP  UINT32_C(0x175) /* CPUID 1 EDX.11 */
#define MSR_SYSENTER_EIP  UINT32_C(0x176) /* CPUID 1 EDX.11 */
#define MSR_MCG_CAP       UINT32_C(0x179) /* CPUID 1 EDX.14 */
#define MSR_MCG_STATUS    UINT32_C(0x17a) /* CPUID 1 EDX.14 */
#define MSR_MISC_ENABLE   UINT32_C(0x1a0) /* Intel only */
#define MSR_DEBUGCTL      UINT32_C(0x1d9) /* last branch recording */
#define MSR_PAT           UINT32_C(0x277) /* pat.h */
#define MSR_MTRR_DEF_TYPE UINT32_C(0x2ff) /* mtrr.h */
#define MSR_MC_CTL(bank)                                                                 \
    (UINT32_C(0x400) + 4 * (uint32_t)(bank)) /* bank < MCG_CAP.COUNT */
#define MSR_MC_STATUS(bank) (UINT32_C(0x401) + 4 * (uint32_t)(bank))
#define MSR_MC_ADDR(bank)   (UINT32_C(0x402) + 4 * (uint32_t)(bank)) /* if STATUS.ADDRV */
#define MSR_MC_MISC(bank)   (UINT32_C(0x403) + 4 * (uint32_t)(bank)) /* if STATUS.MISCV */
#define MSR_U_CET           UINT32_C(0x6a0) /* CPUID 7.0 ECX.7 or EDX.20 */
#define MSR_S_CET           UINT32_C(0x6a2) /* CPUID 7.0 ECX.7 or EDX.20 */
#define MSR_PL_SSP(ring)    (UINT32_C(0x6a4) + (uint32_t)(ring)) /* shadow stack */
#define MSR_SSP_TABLE       UINT32_C(0x6a8) /* interrupt shadow-stack table */
#define MSR_TSC_DEADLINE    UINT32_C(0x6e0) /* CPUID 1 ECX.24 */
#define MSR_PKRS            UINT32_C(0x6e1) /* CPUID 7.0 ECX.31 */
#define MSR_X2APIC_FIRST    UINT32_C(0x800) /* apic_msr.h */
#define MSR_X2APIC_LAST     UINT32_C(0x8ff)
#define MSR_XSS             UINT32_C(0xda0) /* xsave.h */
#define MSR_EFER            UINT32_C(0xc0000080)
#define MSR_STAR            UINT32_C(0xc0000081) /* syscall_msr.h */
#define MSR_LSTAR           UINT32_C(0xc0000082)
#define MSR_CSTAR           UINT32_C(0xc0000083)
#define MSR_SFMASK          UINT32_C(0xc0000084)
#define MSR_FS_BASE         UINT32_C(0xc0000100)
#define MSR_GS_BASE         UINT32_C(0xc0000101)
#define MSR_KERNEL_GS_BASE  UINT32_C(0xc0000102) /* what swapgs exchanges with */
#define MSR_TSC_AUX         UINT32_C(0xc0000103) /* CPUID 80000001h EDX.27 */
#define MSR_SYSCFG          UINT32_C(0xc0010010) /* AMD only */

/* IA32_EFER, SDM 3A 2.2.1 and APM 2 3.1.7. */
#define EFER_SCE   BIT64(0)  /* RW syscall and sysret */
#define EFER_LME   BIT64(8)  /* RW long mode when paging comes on; fixed while it is on */
#define EFER_LMA   BIT64(10) /* RO long mode is active */
#define EFER_NXE   BIT64(11) /* RW no-execute pages */
#define EFER_SVME  BIT64(12) /* RW AMD: virtual machines */
#define EFER_LMSLE BIT64(13) /* RW AMD: segment limits in long mode */
#define EFER_FFXSR BIT64(14) /* RW AMD: fast fxsave without XMM */
#define EFER_TCE   BIT64(15) /* RW AMD: translation cache extension */
#define EFER_NAMED                                                                       \
    (EFER_SCE | EFER_LME | EFER_LMA | EFER_NXE | EFER_SVME | EFER_LMSLE | EFER_FFXSR |   \
     EFER_TCE)

/* IA32_U_CET and IA32_S_CET, SDM 1, chapter "Control-flow Enforcement Technology". */
#define CET_SH_STK_EN          BIT64(0)       /* RW shadow stacks */
#define CET_WR_SHSTK_EN        BIT64(1)       /* RW wrss */
#define CET_ENDBR_EN           BIT64(2)       /* RW indirect branch tracking */
#define CET_LEG_IW_EN          BIT64(3)       /* RW legacy code bitmap */
#define CET_NO_TRACK_EN        BIT64(4)       /* RW the no-track prefix */
#define CET_SUPPRESS_DIS       BIT64(5)       /* RW suppression is not allowed */
#define CET_SUPPRESS           BIT64(10)      /* RW tracking is suppressed */
#define CET_TRACKER            BIT64(11)      /* RW waiting for endbr */
#define CET_LEGACY_BITMAP_BASE BITS64(63, 12) /* RW page of the bitmap */

/* IA32_MISC_ENABLE, SDM 4 table 2-2.  Intel processors only. */
#define MISC_ENABLE_FAST_STRINGS     BIT64(0)  /* RW */
#define MISC_ENABLE_THERMAL_CONTROL  BIT64(3)  /* RW */
#define MISC_ENABLE_PERFMON          BIT64(7)  /* RO */
#define MISC_ENABLE_BTS_UNAVAILABLE  BIT64(11) /* RO */
#define MISC_ENABLE_PEBS_UNAVAILABLE BIT64(12) /* RO */
#define MISC_ENABLE_SPEEDSTEP        BIT64(16) /* RW */
#define MISC_ENABLE_MONITOR          BIT64(18) /* RW monitor and mwait exist */
#define MISC_ENABLE_LIMIT_CPUID      BIT64(22) /* RW CPUID stops at leaf 3: clear it */
#define MISC_ENABLE_XTPR_DISABLE     BIT64(23) /* RW */
#define MISC_ENABLE_XD_DISABLE       BIT64(34) /* RW EFER.NXE is refused: clear it */

#define SYSENTER_CS_SELECTOR BITS64(15, 0) /* RW 0: sysenter is #GP */

#define DEBUGCTL_LBR BIT64(0) /* RW record branches */
#define DEBUGCTL_BTF BIT64(1) /* RW RFLAGS.TF steps from branch to branch */

/* Machine check, SDM 3B 15.3. */
#define MCG_CAP_COUNT   BITS64(7, 0) /* RO banks */
#define MCG_CAP_CTL     BIT64(8)     /* RO IA32_MCG_CTL exists */
#define MCG_STATUS_RIPV BIT64(0)     /* RW execution can go on at the saved rip */
#define MCG_STATUS_EIPV BIT64(1)     /* RW the saved rip is the culprit */
#define MCG_STATUS_MCIP BIT64(2)     /* RW in progress: a second one is a shutdown */
#define MC_STATUS_CODE  BITS64(15, 0)
#define MC_STATUS_PCC   BIT64(57) /* processor state may be wrong */
#define MC_STATUS_ADDRV BIT64(58)
#define MC_STATUS_MISCV BIT64(59)
#define MC_STATUS_UC    BIT64(61) /* not corrected */
#define MC_STATUS_OVER  BIT64(62) /* one was lost before */
#define MC_STATUS_VAL   BIT64(63)

static inline uint64_t msr_read(uint32_t number) { return insn_rdmsr(number); }
static inline void msr_write(uint32_t number, uint64_t value)
{
    insn_wrmsr(number, value);
}

/* The value to write so that the named bits become `bits` and the others stay.  LMA
 * belongs to the processor and keeps its old value. */
static inline uint64_t efer_compose(uint64_t old, uint64_t bits)
{
    ASSERT((bits & ~EFER_NAMED) == 0);
    uint64_t kept = ~EFER_NAMED | EFER_LMA;
    return (old & kept) | (bits & ~EFER_LMA);
}

static inline uint64_t efer_read(void) { return insn_rdmsr(MSR_EFER); }

static inline void efer_write(uint64_t bits)
{
    uint64_t old = efer_read();
    ASSERT(!(old & EFER_LMA) ||
           (bits & EFER_LME)); /* long mode cannot be left this way */
    insn_wrmsr(MSR_EFER, efer_compose(old, bits));
}

static inline void efer_update(uint64_t set, uint64_t clear)
{
    ASSERT((set & clear) == 0 && (clear & ~EFER_NAMED) == 0);
    efer_write(((efer_read() & EFER_NAMED) | set) & ~clear);
}

/* A register that holds a linear address: one that is not canonical would be #GP, and is
 * ERR_RANGE. */
MUST_CHECK static inline enum err msr_write_address(uint32_t number, uint64_t address,
                                                    enum paging_levels levels)
{
    if (!virt_is_canonical(address, levels)) return ERR_RANGE;
    insn_wrmsr(number, address);
    return OK;
}

static inline uint64_t fs_base_read(void) { return insn_rdmsr(MSR_FS_BASE); }
static inline uint64_t gs_base_read(void) { return insn_rdmsr(MSR_GS_BASE); }
static inline uint64_t kernel_gs_base_read(void)
{
    return insn_rdmsr(MSR_KERNEL_GS_BASE);
}

MUST_CHECK static inline enum err fs_base_write(uint64_t address,
                                                enum paging_levels levels)
{
    return msr_write_address(MSR_FS_BASE, address, levels);
}

MUST_CHECK static inline enum err gs_base_write(uint64_t address,
                                                enum paging_levels levels)
{
    return msr_write_address(MSR_GS_BASE, address, levels);
}

MUST_CHECK static inline enum err kernel_gs_base_write(uint64_t address,
                                                       enum paging_levels levels)
{
    return msr_write_address(MSR_KERNEL_GS_BASE, address, levels);
}

/* What rdtscp and rdpid report: by convention the processor's number. */
static inline void tsc_aux_write(uint32_t value) { insn_wrmsr(MSR_TSC_AUX, value); }

/* A value for U_CET or S_CET: `bits` of the CET_ flags, and the page-aligned bitmap. */
static inline uint64_t cet_make(uint64_t bits, virt_addr legacy_bitmap)
{
    ASSERT((legacy_bitmap & ~CET_LEGACY_BITMAP_BASE) == 0);
    ASSERT((bits & ~(BITS64(5, 0) | CET_SUPPRESS | CET_TRACKER)) == 0);
    ASSERT((bits & (CET_SUPPRESS | CET_TRACKER)) != (CET_SUPPRESS | CET_TRACKER));
    return bits | legacy_bitmap;
}

static inline virt_addr cet_legacy_bitmap(uint64_t cet)
{
    return cet & CET_LEGACY_BITMAP_BASE;
}

#endif
