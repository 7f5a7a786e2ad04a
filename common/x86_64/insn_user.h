/* SPDX-License-Identifier: MIT */
/*
 * Instructions that run in any ring, one a function: identification, time, randomness,
 * caches and fences, flags, and the floating-point state.
 *
 * Source   SDM 2 (instruction set reference).
 * Needs    What is not in every x86-64 processor names its CPUID bit; without it #UD.
 * Ordering A "memory" clobber stands wherever the compiler must not move memory accesses
 *          across the instruction.
 * Kernel   Nothing here names a vector register: -mgeneral-regs-only compiles it.
 */
#ifndef X86_64_INSN_USER_H
#define X86_64_INSN_USER_H

#include <stdbool.h>
#include <stdint.h>

/* CPUID for leaf eax, subleaf ecx.  Serialising. */
static inline void insn_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t *eax,
                              uint32_t *ebx, uint32_t *ecx, uint32_t *edx)
{
    __asm__ volatile("cpuid"
                     : "=a"(*eax), "=b"(*ebx), "=c"(*ecx), "=d"(*edx)
                     : "a"(leaf), "c"(subleaf)
                     : "memory");
}

/* Time-stamp counter.  Not ordered against earlier instructions: see tsc.h.  CR4.TSD
 * makes it #GP outside ring 0. */
static inline uint64_t insn_rdtsc(void)
{
    uint32_t lo, hi;
    __asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi)::"memory");
    return (uint64_t)hi << 32 | lo;
}

/* The same after all earlier instructions have executed, and IA32_TSC_AUX with it.
 * CPUID 80000001h EDX.27. */
static inline uint64_t insn_rdtscp(uint32_t *aux)
{
    uint32_t lo, hi;
    __asm__ volatile("rdtscp" : "=a"(lo), "=d"(hi), "=c"(*aux)::"memory");
    return (uint64_t)hi << 32 | lo;
}

/* IA32_TSC_AUX alone.  CPUID 7.0 ECX.22. */
static inline uint64_t insn_rdpid(void)
{
    uint64_t aux;
    __asm__ volatile("rdpid %0" : "=r"(aux));
    return aux;
}

/* One attempt at random bits: false when the generator had none (the value is then 0).
 * rdrand: CPUID 1 ECX.30.  rdseed: CPUID 7.0 EBX.18. */
static inline bool insn_rdrand16(uint16_t *value)
{
    bool ok;
    __asm__ volatile("rdrand %0" : "=r"(*value), "=@ccc"(ok));
    return ok;
}

static inline bool insn_rdrand32(uint32_t *value)
{
    bool ok;
    __asm__ volatile("rdrand %0" : "=r"(*value), "=@ccc"(ok));
    return ok;
}

static inline bool insn_rdrand64(uint64_t *value)
{
    bool ok;
    __asm__ volatile("rdrand %0" : "=r"(*value), "=@ccc"(ok));
    return ok;
}

static inline bool insn_rdseed16(uint16_t *value)
{
    bool ok;
    __asm__ volatile("rdseed %0" : "=r"(*value), "=@ccc"(ok));
    return ok;
}

static inline bool insn_rdseed32(uint32_t *value)
{
    bool ok;
    __asm__ volatile("rdseed %0" : "=r"(*value), "=@ccc"(ok));
    return ok;
}

static inline bool insn_rdseed64(uint64_t *value)
{
    bool ok;
    __asm__ volatile("rdseed %0" : "=r"(*value), "=@ccc"(ok));
    return ok;
}

/* Fences, SDM 3A 8.2.5: loads, stores, both.  lfence also waits for earlier
 * instructions. */
static inline void insn_lfence(void) { __asm__ volatile("lfence" ::: "memory"); }
static inline void insn_sfence(void) { __asm__ volatile("sfence" ::: "memory"); }
static inline void insn_mfence(void) { __asm__ volatile("mfence" ::: "memory"); }

/* Writes back and drops the cache line that holds `address`, everywhere. */
static inline void insn_clflush(const volatile void *address)
{
    __asm__ volatile("clflush %0" ::"m"(*(const volatile char *)address) : "memory");
}

/* The same, ordered only by fences.  CPUID 7.0 EBX.23. */
static inline void insn_clflushopt(const volatile void *address)
{
    __asm__ volatile("clflushopt %0" ::"m"(*(const volatile char *)address) : "memory");
}

/* Writes the line back and may keep it.  CPUID 7.0 EBX.24. */
static inline void insn_clwb(const volatile void *address)
{
    __asm__ volatile("clwb %0" ::"m"(*(const volatile char *)address) : "memory");
}

/* The address of the instruction after this one. */
static inline uint64_t insn_read_rip(void)
{
    uint64_t rip;
    __asm__ volatile("leaq 0(%%rip), %0" : "=r"(rip));
    return rip;
}

/* RFLAGS.  Two instructions each, because no single one exists; they use
 * the stack below rsp, which is free in code compiled with -mno-red-zone. */
static inline uint64_t insn_read_rflags(void)
{
    uint64_t flags;
    __asm__ volatile("pushfq\n\tpopq %0" : "=r"(flags)::"memory");
    return flags;
}

static inline void insn_write_rflags(uint64_t flags)
{
    __asm__ volatile("pushq %0\n\tpopfq" ::"r"(flags) : "memory", "cc");
}

/* MXCSR: control and status of SSE. */
static inline uint32_t insn_read_mxcsr(void)
{
    uint32_t value;
    __asm__ volatile("stmxcsr %0" : "=m"(value));
    return value;
}

static inline void insn_write_mxcsr(uint32_t value)
{
    __asm__ volatile("ldmxcsr %0" ::"m"(value) : "memory");
}

/* x87 back to its initial state, without looking for pending exceptions. */
static inline void insn_fninit(void) { __asm__ volatile("fninit" ::: "memory"); }

/* x87 and SSE state to and from 512 bytes, 16-byte aligned. */
static inline void insn_fxsave(void *area)
{
    __asm__ volatile("fxsave64 (%0)" ::"r"(area) : "memory");
}

static inline void insn_fxrstor(const void *area)
{
    __asm__ volatile("fxrstor64 (%0)" ::"r"(area) : "memory");
}

/* The state components in `mask` to and from a 64-byte aligned area.  CPUID 1 ECX.26; the
 * variants: CPUID 0Dh.1 EAX.0 xsaveopt, EAX.1 xsavec, EAX.3 xsaves and xrstors (ring
 * 0). */
static inline void insn_xsave(void *area, uint64_t mask)
{
    __asm__ volatile("xsave64 (%0)" ::"r"(area), "a"((uint32_t)mask),
                     "d"((uint32_t)(mask >> 32))
                     : "memory");
}

static inline void insn_xsaveopt(void *area, uint64_t mask)
{
    __asm__ volatile("xsaveopt64 (%0)" ::"r"(area), "a"((uint32_t)mask),
                     "d"((uint32_t)(mask >> 32))
                     : "memory");
}

static inline void insn_xsavec(void *area, uint64_t mask)
{
    __asm__ volatile("xsavec64 (%0)" ::"r"(area), "a"((uint32_t)mask),
                     "d"((uint32_t)(mask >> 32))
                     : "memory");
}

static inline void insn_xsaves(void *area, uint64_t mask)
{
    __asm__ volatile("xsaves64 (%0)" ::"r"(area), "a"((uint32_t)mask),
                     "d"((uint32_t)(mask >> 32))
                     : "memory");
}

static inline void insn_xrstor(const void *area, uint64_t mask)
{
    __asm__ volatile("xrstor64 (%0)" ::"r"(area), "a"((uint32_t)mask),
                     "d"((uint32_t)(mask >> 32))
                     : "memory");
}

static inline void insn_xrstors(const void *area, uint64_t mask)
{
    __asm__ volatile("xrstors64 (%0)" ::"r"(area), "a"((uint32_t)mask),
                     "d"((uint32_t)(mask >> 32))
                     : "memory");
}

/* Extended control register `index`: XCR0 is 0.  CPUID 1 ECX.27 (set when CR4.OSXSAVE
 * is). */
static inline uint64_t insn_xgetbv(uint32_t index)
{
    uint32_t lo, hi;
    __asm__ volatile("xgetbv" : "=a"(lo), "=d"(hi) : "c"(index));
    return (uint64_t)hi << 32 | lo;
}

/* User protection-key rights.  CPUID 7.0 ECX.4 (set when CR4.PKE is). */
static inline uint32_t insn_rdpkru(void)
{
    uint32_t value, zero;
    __asm__ volatile("rdpkru" : "=a"(value), "=d"(zero) : "c"(0));
    return value;
}

static inline void insn_wrpkru(uint32_t value)
{
    __asm__ volatile("wrpkru" ::"a"(value), "c"(0), "d"(0) : "memory");
}

#endif
