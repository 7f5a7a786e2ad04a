/* SPDX-License-Identifier: MIT */
/* Every mask of the headers against bit numbers typed from the manuals a second time,
 * and numbers of registers likewise.  The oracle builds a mask one bit at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "x86_64/apic_msr.h"
#include "x86_64/debug.h"
#include "x86_64/exception.h"
#include "x86_64/gdt.h"
#include "x86_64/idt.h"
#include "x86_64/mtrr.h"
#include "x86_64/syscall_msr.h"
#include "x86_64/tlb.h"
#include "x86_64/xsave.h"

struct field {
    const char *name;
    uint64_t mask;
    unsigned hi, lo;
};
#define F(mask, hi, lo) {#mask, mask, hi, lo}
#define B(mask, n)      {#mask, mask, n, n}

static const struct field control[] = {
    B(CR0_PE, 0), B(CR0_MP, 1), B(CR0_EM, 2), B(CR0_TS, 3), B(CR0_ET, 4), B(CR0_NE, 5),
    B(CR0_WP, 16), B(CR0_AM, 18), B(CR0_NW, 29), B(CR0_CD, 30), B(CR0_PG, 31),
    B(CR3_PWT, 3), B(CR3_PCD, 4), F(CR3_PCID, 11, 0), F(CR3_ADDR, 51, 12),
    B(CR3_LAM_U57, 61), B(CR3_LAM_U48, 62), B(CR3_NO_FLUSH, 63),
    B(CR4_VME, 0), B(CR4_PVI, 1), B(CR4_TSD, 2), B(CR4_DE, 3), B(CR4_PSE, 4), B(CR4_PAE, 5),
    B(CR4_MCE, 6), B(CR4_PGE, 7), B(CR4_PCE, 8), B(CR4_OSFXSR, 9), B(CR4_OSXMMEXCPT, 10),
    B(CR4_UMIP, 11), B(CR4_LA57, 12), B(CR4_VMXE, 13), B(CR4_SMXE, 14), B(CR4_FSGSBASE, 16),
    B(CR4_PCIDE, 17), B(CR4_OSXSAVE, 18), B(CR4_KL, 19), B(CR4_SMEP, 20), B(CR4_SMAP, 21),
    B(CR4_PKE, 22), B(CR4_CET, 23), B(CR4_PKS, 24), B(CR4_UINTR, 25), B(CR4_LAM_SUP, 28),
    F(CR8_TPR, 3, 0),
};

static const struct field flags[] = {
    B(RFLAGS_CF, 0), B(RFLAGS_FIXED, 1), B(RFLAGS_PF, 2), B(RFLAGS_AF, 4), B(RFLAGS_ZF, 6),
    B(RFLAGS_SF, 7), B(RFLAGS_TF, 8), B(RFLAGS_IF, 9), B(RFLAGS_DF, 10), B(RFLAGS_OF, 11),
    F(RFLAGS_IOPL, 13, 12), B(RFLAGS_NT, 14), B(RFLAGS_RF, 16), B(RFLAGS_VM, 17),
    B(RFLAGS_AC, 18), B(RFLAGS_VIF, 19), B(RFLAGS_VIP, 20), B(RFLAGS_ID, 21),
    B(MXCSR_IE, 0), B(MXCSR_DE, 1), B(MXCSR_ZE, 2), B(MXCSR_OE, 3), B(MXCSR_UE, 4),
    B(MXCSR_PE, 5), B(MXCSR_DAZ, 6), B(MXCSR_IM, 7), B(MXCSR_DM, 8), B(MXCSR_ZM, 9),
    B(MXCSR_OM, 10), B(MXCSR_UM, 11), B(MXCSR_PM, 12), F(MXCSR_RC, 14, 13), B(MXCSR_FZ, 15),
};

static const struct field debug[] = {
    B(DR6_HIT(0), 0), B(DR6_HIT(1), 1), B(DR6_HIT(2), 2), B(DR6_HIT(3), 3),
    F(DR6_HITS, 3, 0), B(DR6_BLD, 11), B(DR6_BD, 13), B(DR6_BS, 14), B(DR6_BT, 15),
    B(DR6_RTM, 16), B(DR7_LOCAL(0), 0), B(DR7_GLOBAL(0), 1), B(DR7_LOCAL(1), 2),
    B(DR7_GLOBAL(1), 3), B(DR7_LOCAL(2), 4), B(DR7_GLOBAL(2), 5), B(DR7_LOCAL(3), 6),
    B(DR7_GLOBAL(3), 7), B(DR7_LE, 8), B(DR7_GE, 9), B(DR7_FIXED, 10), B(DR7_RTM, 11),
    B(DR7_GD, 13), F(DR7_CONDITION(0), 17, 16), F(DR7_LENGTH(0), 19, 18),
    F(DR7_CONDITION(1), 21, 20), F(DR7_LENGTH(1), 23, 22), F(DR7_CONDITION(2), 25, 24),
    F(DR7_LENGTH(2), 27, 26), F(DR7_CONDITION(3), 29, 28), F(DR7_LENGTH(3), 31, 30),
};

static const struct field msrs[] = {
    B(EFER_SCE, 0), B(EFER_LME, 8), B(EFER_LMA, 10), B(EFER_NXE, 11), B(EFER_SVME, 12),
    B(EFER_LMSLE, 13), B(EFER_FFXSR, 14), B(EFER_TCE, 15),
    B(CET_SH_STK_EN, 0), B(CET_WR_SHSTK_EN, 1), B(CET_ENDBR_EN, 2), B(CET_LEG_IW_EN, 3),
    B(CET_NO_TRACK_EN, 4), B(CET_SUPPRESS_DIS, 5), B(CET_SUPPRESS, 10), B(CET_TRACKER, 11),
    F(CET_LEGACY_BITMAP_BASE, 63, 12),
    B(MISC_ENABLE_FAST_STRINGS, 0), B(MISC_ENABLE_THERMAL_CONTROL, 3),
    B(MISC_ENABLE_PERFMON, 7), B(MISC_ENABLE_BTS_UNAVAILABLE, 11),
    B(MISC_ENABLE_PEBS_UNAVAILABLE, 12), B(MISC_ENABLE_SPEEDSTEP, 16),
    B(MISC_ENABLE_MONITOR, 18), B(MISC_ENABLE_LIMIT_CPUID, 22),
    B(MISC_ENABLE_XTPR_DISABLE, 23), B(MISC_ENABLE_XD_DISABLE, 34),
    F(SYSENTER_CS_SELECTOR, 15, 0), B(DEBUGCTL_LBR, 0), B(DEBUGCTL_BTF, 1),
    F(MCG_CAP_COUNT, 7, 0), B(MCG_CAP_CTL, 8), B(MCG_STATUS_RIPV, 0), B(MCG_STATUS_EIPV, 1),
    B(MCG_STATUS_MCIP, 2), F(MC_STATUS_CODE, 15, 0), B(MC_STATUS_PCC, 57),
    B(MC_STATUS_ADDRV, 58), B(MC_STATUS_MISCV, 59), B(MC_STATUS_UC, 61),
    B(MC_STATUS_OVER, 62), B(MC_STATUS_VAL, 63),
    F(STAR_SYSCALL_BASE, 47, 32), F(STAR_SYSRET_BASE, 63, 48),
    B(APIC_BASE_BSP, 8), B(APIC_BASE_X2APIC, 10), B(APIC_BASE_ENABLE, 11),
    F(APIC_BASE_ADDR, 51, 12),
    F(PAT_TYPE(0), 2, 0), F(PAT_TYPE(1), 10, 8), F(PAT_TYPE(2), 18, 16),
    F(PAT_TYPE(3), 26, 24), F(PAT_TYPE(4), 34, 32), F(PAT_TYPE(5), 42, 40),
    F(PAT_TYPE(6), 50, 48), F(PAT_TYPE(7), 58, 56),
    F(MTRRCAP_VCNT, 7, 0), B(MTRRCAP_FIX, 8), B(MTRRCAP_WC, 10), B(MTRRCAP_SMRR, 11),
    F(MTRR_DEF_TYPE_TYPE, 7, 0), B(MTRR_DEF_TYPE_FE, 10), B(MTRR_DEF_TYPE_E, 11),
    F(MTRR_BASE_TYPE, 7, 0), F(MTRR_BASE_ADDR, 51, 12), B(MTRR_MASK_VALID, 11),
    F(MTRR_MASK_ADDR, 51, 12),
};

static const struct field structures[] = {
    F(SELECTOR_RPL, 1, 0), B(SELECTOR_TI, 2), F(SELECTOR_INDEX, 15, 3),
    F(GDT_LIMIT_15_0, 15, 0), F(GDT_BASE_23_0, 39, 16), B(GDT_ACCESSED, 40),
    B(GDT_WRITABLE, 41), B(GDT_CONFORMING, 42), B(GDT_CODE, 43), B(GDT_SEGMENT, 44),
    F(GDT_DPL, 46, 45), B(GDT_PRESENT, 47), F(GDT_LIMIT_19_16, 51, 48),
    B(GDT_AVAILABLE, 52), B(GDT_LONG, 53), B(GDT_DEFAULT_32, 54), B(GDT_PAGES, 55),
    F(GDT_BASE_31_24, 63, 56), F(GDT_SYSTEM_TYPE, 43, 40),
    F(IDT_OFFSET_15_0, 15, 0), F(IDT_SELECTOR, 31, 16), F(IDT_IST, 34, 32),
    F(IDT_TYPE, 43, 40), F(IDT_DPL, 46, 45), B(IDT_PRESENT, 47), F(IDT_OFFSET_31_16, 63, 48),
    B(PAGE_FAULT_PRESENT, 0), B(PAGE_FAULT_WRITE, 1), B(PAGE_FAULT_USER, 2),
    B(PAGE_FAULT_RESERVED, 3), B(PAGE_FAULT_FETCH, 4), B(PAGE_FAULT_KEY, 5),
    B(PAGE_FAULT_SHADOW, 6), B(PAGE_FAULT_HLAT, 7), B(PAGE_FAULT_SGX, 15),
    B(PAGE_FAULT_RMP, 31), B(SELECTOR_ERROR_EXTERNAL, 0), F(SELECTOR_ERROR_TABLE, 2, 1),
    F(SELECTOR_ERROR_INDEX, 15, 3), F(CONTROL_PROTECTION_CAUSE, 14, 0),
    B(CONTROL_PROTECTION_ENCLAVE, 15),
    B(XCR0_X87, 0), B(XCR0_SSE, 1), B(XCR0_AVX, 2), B(XCR0_BNDREG, 3), B(XCR0_BNDCSR, 4),
    B(XCR0_OPMASK, 5), B(XCR0_ZMM_HI256, 6), B(XCR0_HI16_ZMM, 7), B(XCR0_PKRU, 9),
    B(XCR0_TILECFG, 17), B(XCR0_TILEDATA, 18), B(XCR0_APX, 19), B(XCR0_LWP, 62),
    B(XSS_PT, 8), B(XSS_PASID, 10), B(XSS_CET_U, 11), B(XSS_CET_S, 12), B(XSS_HDC, 13),
    B(XSS_UINTR, 14), B(XSS_LBR, 15), B(XSS_HWP, 16), B(XCOMP_COMPACT, 63),
    B(INVLPGB_ADDRESS_VALID, 0), B(INVLPGB_PCID_VALID, 1), B(INVLPGB_ASID_VALID, 2),
    B(INVLPGB_GLOBAL, 3), B(INVLPGB_FINAL_ONLY, 4), B(INVLPGB_NESTED, 5),
    F(INVLPGB_ADDRESS, 63, 12), F(INVLPGB_ECX_COUNT, 15, 0), B(INVLPGB_ECX_2M, 31),
    F(INVLPGB_EDX_ASID, 15, 0), F(INVLPGB_EDX_PCID, 27, 16),
};

static uint64_t mask_by_definition(unsigned hi, unsigned lo)
{
    uint64_t mask = 0;
    for (unsigned i = lo; i <= hi; i++) mask += (uint64_t)1 << i;
    return mask;
}

static unsigned wrong_fields(const struct field *table, size_t count)
{
    unsigned wrong = 0;
    for (size_t i = 0; i < count; i++) {
        if (table[i].mask == mask_by_definition(table[i].hi, table[i].lo)) continue;
        print_message("%s is not %u:%u\n", table[i].name, table[i].hi, table[i].lo);
        wrong++;
    }
    return wrong;
}
#define WRONG(table) wrong_fields(table, sizeof(table) / sizeof((table)[0]))

static void every_field_is_where_the_manual_has_it(void **state)
{
    (void)state;
    assert_int_equal(WRONG(control), 0);
    assert_int_equal(WRONG(flags), 0);
    assert_int_equal(WRONG(debug), 0);
    assert_int_equal(WRONG(msrs), 0);
    assert_int_equal(WRONG(structures), 0);
}

/* No bit of one register has two names, and …_NAMED is all of them. */
static void names_of_a_register_do_not_overlap(void **state)
{
    (void)state;
    uint64_t cr0 = 0, cr4 = 0, rflags = 0, efer = 0;
    for (unsigned i = 0; i < 11; i++) cr0 += control[i].mask;
    for (unsigned i = 18; i < 44; i++) cr4 += control[i].mask;
    for (unsigned i = 0; i < 18; i++) rflags += flags[i].mask;
    for (unsigned i = 0; i < 8; i++) efer += msrs[i].mask;
    assert_int_equal(cr0, CR0_NAMED);
    assert_int_equal(cr4, CR4_NAMED);
    assert_int_equal(rflags, RFLAGS_NAMED | RFLAGS_FIXED);
    assert_int_equal(efer, EFER_NAMED);
    assert_int_equal(PAT_RESERVED, ~(PAT_TYPE(0) | PAT_TYPE(1) | PAT_TYPE(2) | PAT_TYPE(3) |
                                     PAT_TYPE(4) | PAT_TYPE(5) | PAT_TYPE(6) | PAT_TYPE(7)));
}

static void registers_have_their_numbers(void **state)
{
    (void)state;
    static const struct {
        uint32_t name, number;
    } numbers[] = {
        {MSR_TSC, 0x10}, {MSR_APIC_BASE, 0x1b}, {MSR_TSC_ADJUST, 0x3b}, {MSR_SPEC_CTRL, 0x48},
        {MSR_PRED_CMD, 0x49}, {MSR_BIOS_SIGN_ID, 0x8b}, {MSR_MTRRCAP, 0xfe},
        {MSR_ARCH_CAPS, 0x10a}, {MSR_SYSENTER_CS, 0x174}, {MSR_SYSENTER_ESP, 0x175},
        {MSR_SYSENTER_EIP, 0x176}, {MSR_MCG_CAP, 0x179}, {MSR_MCG_STATUS, 0x17a},
        {MSR_MISC_ENABLE, 0x1a0}, {MSR_DEBUGCTL, 0x1d9}, {MSR_MTRR_BASE(0), 0x200},
        {MSR_MTRR_MASK(0), 0x201}, {MSR_MTRR_BASE(7), 0x20e}, {MSR_MTRR_MASK(7), 0x20f},
        {MSR_PAT, 0x277}, {MSR_MTRR_DEF_TYPE, 0x2ff}, {MSR_MC_CTL(0), 0x400},
        {MSR_MC_STATUS(0), 0x401}, {MSR_MC_ADDR(0), 0x402}, {MSR_MC_MISC(0), 0x403},
        {MSR_MC_STATUS(3), 0x40d}, {MSR_U_CET, 0x6a0}, {MSR_S_CET, 0x6a2},
        {MSR_PL_SSP(0), 0x6a4}, {MSR_PL_SSP(3), 0x6a7}, {MSR_SSP_TABLE, 0x6a8},
        {MSR_TSC_DEADLINE, 0x6e0}, {MSR_PKRS, 0x6e1}, {MSR_X2APIC_FIRST, 0x800},
        {MSR_X2APIC_LAST, 0x8ff}, {MSR_XSS, 0xda0}, {MSR_EFER, 0xc0000080},
        {MSR_STAR, 0xc0000081}, {MSR_LSTAR, 0xc0000082}, {MSR_CSTAR, 0xc0000083},
        {MSR_SFMASK, 0xc0000084}, {MSR_FS_BASE, 0xc0000100}, {MSR_GS_BASE, 0xc0000101},
        {MSR_KERNEL_GS_BASE, 0xc0000102}, {MSR_TSC_AUX, 0xc0000103},
        {MSR_SYSCFG, 0xc0010010},
    };
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        assert_int_equal(numbers[i].name, numbers[i].number);
}

/* The fault this suite must catch: two EFER flags on one bit, as LK has them. */
static void the_deliberate_fault_is_caught(void **state)
{
    (void)state;
    const struct field wrong[] = {{"EFER_LMA, wrong on purpose", BIT64(11), 10, 10}};
    assert_int_equal(WRONG(wrong), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_is_where_the_manual_has_it),
        cmocka_unit_test(names_of_a_register_do_not_overlap),
        cmocka_unit_test(registers_have_their_numbers),
        cmocka_unit_test(the_deliberate_fault_is_caught),
    };
    return cmocka_run_group_tests_name("x86_64/fields", tests, NULL, NULL);
}
