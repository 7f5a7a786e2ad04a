/* SPDX-License-Identifier: MIT */
/*
 * The features CPUID has bits for, each with its place.
 *
 * Source   SDM 2 (CPUID); leaf 80000001h ECX and leaf 80000008h EBX: APM 3 appendix E.
 * Form     X(name, leaf, subleaf, register, bit, text).  A row is one bit of the manual.
 */
#ifndef X86_64_CPUID_FEATURES_H
#define X86_64_CPUID_FEATURES_H

#define CPUID_FEATURES(X)                             \
    X(SSE3, 1, 0, ECX, 0, "pni")                      \
    X(PCLMULQDQ, 1, 0, ECX, 1, "pclmulqdq")           \
    X(DTES64, 1, 0, ECX, 2, "dtes64")                 \
    X(MONITOR, 1, 0, ECX, 3, "monitor")               \
    X(VMX, 1, 0, ECX, 5, "vmx")                       \
    X(SMX, 1, 0, ECX, 6, "smx")                       \
    X(SSSE3, 1, 0, ECX, 9, "ssse3")                   \
    X(FMA, 1, 0, ECX, 12, "fma")                      \
    X(CX16, 1, 0, ECX, 13, "cx16")                    \
    X(PDCM, 1, 0, ECX, 15, "pdcm")                    \
    X(PCID, 1, 0, ECX, 17, "pcid")                    \
    X(SSE4_1, 1, 0, ECX, 19, "sse4_1")                \
    X(SSE4_2, 1, 0, ECX, 20, "sse4_2")                \
    X(X2APIC, 1, 0, ECX, 21, "x2apic")                \
    X(MOVBE, 1, 0, ECX, 22, "movbe")                  \
    X(POPCNT, 1, 0, ECX, 23, "popcnt")                \
    X(TSC_DEADLINE, 1, 0, ECX, 24, "tsc_deadline_timer") \
    X(AES, 1, 0, ECX, 25, "aes")                      \
    X(XSAVE, 1, 0, ECX, 26, "xsave")                  \
    X(OSXSAVE, 1, 0, ECX, 27, "osxsave")              \
    X(AVX, 1, 0, ECX, 28, "avx")                      \
    X(F16C, 1, 0, ECX, 29, "f16c")                    \
    X(RDRAND, 1, 0, ECX, 30, "rdrand")                \
    X(HYPERVISOR, 1, 0, ECX, 31, "hypervisor")        \
    X(FPU, 1, 0, EDX, 0, "fpu")                       \
    X(VME, 1, 0, EDX, 1, "vme")                       \
    X(DE, 1, 0, EDX, 2, "de")                         \
    X(PSE, 1, 0, EDX, 3, "pse")                       \
    X(TSC, 1, 0, EDX, 4, "tsc")                       \
    X(MSR, 1, 0, EDX, 5, "msr")                       \
    X(PAE, 1, 0, EDX, 6, "pae")                       \
    X(MCE, 1, 0, EDX, 7, "mce")                       \
    X(CX8, 1, 0, EDX, 8, "cx8")                       \
    X(APIC, 1, 0, EDX, 9, "apic")                     \
    X(SEP, 1, 0, EDX, 11, "sep")                      \
    X(MTRR, 1, 0, EDX, 12, "mtrr")                    \
    X(PGE, 1, 0, EDX, 13, "pge")                      \
    X(MCA, 1, 0, EDX, 14, "mca")                      \
    X(CMOV, 1, 0, EDX, 15, "cmov")                    \
    X(PAT, 1, 0, EDX, 16, "pat")                      \
    X(PSE36, 1, 0, EDX, 17, "pse36")                  \
    X(CLFLUSH, 1, 0, EDX, 19, "clflush")              \
    X(MMX, 1, 0, EDX, 23, "mmx")                      \
    X(FXSR, 1, 0, EDX, 24, "fxsr")                    \
    X(SSE, 1, 0, EDX, 25, "sse")                      \
    X(SSE2, 1, 0, EDX, 26, "sse2")                    \
    X(HTT, 1, 0, EDX, 28, "ht")                       \
    X(ARAT, 6, 0, EAX, 2, "arat")                     \
    X(FSGSBASE, 7, 0, EBX, 0, "fsgsbase")             \
    X(TSC_ADJUST, 7, 0, EBX, 1, "tsc_adjust")         \
    X(BMI1, 7, 0, EBX, 3, "bmi1")                     \
    X(AVX2, 7, 0, EBX, 5, "avx2")                     \
    X(SMEP, 7, 0, EBX, 7, "smep")                     \
    X(BMI2, 7, 0, EBX, 8, "bmi2")                     \
    X(ERMS, 7, 0, EBX, 9, "erms")                     \
    X(INVPCID, 7, 0, EBX, 10, "invpcid")              \
    X(AVX512F, 7, 0, EBX, 16, "avx512f")              \
    X(AVX512DQ, 7, 0, EBX, 17, "avx512dq")            \
    X(RDSEED, 7, 0, EBX, 18, "rdseed")                \
    X(ADX, 7, 0, EBX, 19, "adx")                      \
    X(SMAP, 7, 0, EBX, 20, "smap")                    \
    X(CLFLUSHOPT, 7, 0, EBX, 23, "clflushopt")        \
    X(CLWB, 7, 0, EBX, 24, "clwb")                    \
    X(SHA, 7, 0, EBX, 29, "sha_ni")                   \
    X(AVX512BW, 7, 0, EBX, 30, "avx512bw")            \
    X(AVX512VL, 7, 0, EBX, 31, "avx512vl")            \
    X(UMIP, 7, 0, ECX, 2, "umip")                     \
    X(PKU, 7, 0, ECX, 3, "pku")                       \
    X(OSPKE, 7, 0, ECX, 4, "ospke")                   \
    X(WAITPKG, 7, 0, ECX, 5, "waitpkg")               \
    X(CET_SS, 7, 0, ECX, 7, "shstk")                  \
    X(GFNI, 7, 0, ECX, 8, "gfni")                     \
    X(VAES, 7, 0, ECX, 9, "vaes")                     \
    X(LA57, 7, 0, ECX, 16, "la57")                    \
    X(RDPID, 7, 0, ECX, 22, "rdpid")                  \
    X(KEYLOCKER, 7, 0, ECX, 23, "keylocker")          \
    X(BUS_LOCK_DETECT, 7, 0, ECX, 24, "bus_lock_detect") \
    X(PKS, 7, 0, ECX, 31, "pks")                      \
    X(UINTR, 7, 0, EDX, 5, "uintr")                   \
    X(FSRM, 7, 0, EDX, 4, "fsrm")                     \
    X(MD_CLEAR, 7, 0, EDX, 10, "md_clear")            \
    X(HYBRID, 7, 0, EDX, 15, "hybrid")                \
    X(CET_IBT, 7, 0, EDX, 20, "ibt")                  \
    X(AMX_TILE, 7, 0, EDX, 24, "amx_tile")            \
    X(SPEC_CTRL, 7, 0, EDX, 26, "spec_ctrl")          \
    X(ARCH_CAPABILITIES, 7, 0, EDX, 29, "arch_capabilities") \
    X(LAM, 7, 1, EAX, 26, "lam")                      \
    X(FRED, 7, 1, EAX, 17, "fred")                    \
    X(XSAVEOPT, 0xd, 1, EAX, 0, "xsaveopt")           \
    X(XSAVEC, 0xd, 1, EAX, 1, "xsavec")               \
    X(XGETBV1, 0xd, 1, EAX, 2, "xgetbv1")             \
    X(XSAVES, 0xd, 1, EAX, 3, "xsaves")               \
    X(LAHF, 0x80000001, 0, ECX, 0, "lahf_lm")         \
    X(SVM, 0x80000001, 0, ECX, 2, "svm")              \
    X(LZCNT, 0x80000001, 0, ECX, 5, "abm")            \
    X(TOPOEXT, 0x80000001, 0, ECX, 22, "topoext")     \
    X(MWAITX, 0x80000001, 0, ECX, 29, "mwaitx")       \
    X(SYSCALL, 0x80000001, 0, EDX, 11, "syscall")     \
    X(NX, 0x80000001, 0, EDX, 20, "nx")               \
    X(FXSR_OPT, 0x80000001, 0, EDX, 25, "fxsr_opt")   \
    X(PAGE_1G, 0x80000001, 0, EDX, 26, "pdpe1gb")     \
    X(RDTSCP, 0x80000001, 0, EDX, 27, "rdtscp")       \
    X(LONG_MODE, 0x80000001, 0, EDX, 29, "lm")        \
    X(INVARIANT_TSC, 0x80000007, 0, EDX, 8, "nonstop_tsc") \
    X(CLZERO, 0x80000008, 0, EBX, 0, "clzero")        \
    X(INVLPGB, 0x80000008, 0, EBX, 3, "invlpgb")      \
    X(WBNOINVD, 0x80000008, 0, EBX, 9, "wbnoinvd")    \
    X(SME, 0x8000001f, 0, EAX, 0, "sme")              \
    X(SEV, 0x8000001f, 0, EAX, 1, "sev")

#define CPUID_FEATURE_ENUM_(name, leaf, subleaf, reg, bit, text) CPUID_##name,
enum cpuid_feature { CPUID_FEATURES(CPUID_FEATURE_ENUM_) CPUID_FEATURE_COUNT };

#endif
