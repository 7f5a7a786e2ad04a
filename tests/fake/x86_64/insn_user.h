/* SPDX-License-Identifier: MIT */
/*
 * The instructions of any ring, for unit tests on the host that want to choose their
 * results.
 *
 * Use      Put -I tests/fake in front of -I common; set and look at fake_user.
 */
#ifndef X86_64_INSN_USER_H
#define X86_64_INSN_USER_H

#include <stdbool.h>
#include <stdint.h>

struct fake_user {
    uint64_t rflags, tsc, xcr0;
    uint32_t mxcsr, tsc_aux;
    unsigned random_failures;    /* so many attempts fail first */
    unsigned random_attempts;
    uint64_t random_value, random_step; /* the next number, and what it grows by */
    uint64_t flushed[16];
    unsigned flush_count, fence_count;
    const void *area; /* of the last save or restore */
    uint64_t mask;
    char how; /* f F x o c s r R */
};
__attribute__((weak)) struct fake_user fake_user;

static inline uint64_t insn_read_rflags(void) { return fake_user.rflags; }
static inline void insn_write_rflags(uint64_t flags) { fake_user.rflags = flags; }
static inline uint32_t insn_read_mxcsr(void) { return fake_user.mxcsr; }
static inline void insn_write_mxcsr(uint32_t value) { fake_user.mxcsr = value; }
static inline uint64_t insn_rdtsc(void) { return fake_user.tsc++; }
static inline uint64_t insn_rdtscp(uint32_t *aux)
{
    *aux = fake_user.tsc_aux;
    return fake_user.tsc++;
}
static inline void insn_lfence(void) { fake_user.fence_count++; }
static inline void insn_sfence(void) { fake_user.fence_count++; }
static inline void insn_mfence(void) { fake_user.fence_count++; }
static inline uint64_t insn_xgetbv(uint32_t index)
{
    return index == 0 ? fake_user.xcr0 : 0;
}

static inline bool fake_random(uint64_t *value)
{
    fake_user.random_attempts++;
    *value = 0;
    if (fake_user.random_failures > 0) {
        fake_user.random_failures--;
        return false;
    }
    *value = fake_user.random_value;
    fake_user.random_value += fake_user.random_step;
    return true;
}

#define FAKE_RANDOM(name, type)                                                          \
    static inline bool name(type *value)                                                 \
    {                                                                                    \
        uint64_t wide;                                                                   \
        bool ok = fake_random(&wide);                                                    \
        *value = (type)wide;                                                             \
        return ok;                                                                       \
    }
FAKE_RANDOM(insn_rdrand16, uint16_t)
FAKE_RANDOM(insn_rdrand32, uint32_t)
FAKE_RANDOM(insn_rdrand64, uint64_t)
FAKE_RANDOM(insn_rdseed64, uint64_t)

static inline void fake_flush(const volatile void *address)
{
    fake_user.flushed[fake_user.flush_count++ % 16] = (uintptr_t)address;
}
static inline void insn_clflush(const volatile void *address) { fake_flush(address); }
static inline void insn_clflushopt(const volatile void *address) { fake_flush(address); }
static inline void insn_clwb(const volatile void *address) { fake_flush(address); }

static inline void fake_state(const void *area, uint64_t mask, char how)
{
    fake_user.area = area;
    fake_user.mask = mask;
    fake_user.how = how;
}
static inline void insn_fxsave(void *a) { fake_state(a, 0, 'f'); }
static inline void insn_fxrstor(const void *a) { fake_state(a, 0, 'F'); }
static inline void insn_xsave(void *a, uint64_t mask) { fake_state(a, mask, 'x'); }
static inline void insn_xsaveopt(void *a, uint64_t mask) { fake_state(a, mask, 'o'); }
static inline void insn_xsavec(void *a, uint64_t mask) { fake_state(a, mask, 'c'); }
static inline void insn_xsaves(void *a, uint64_t mask) { fake_state(a, mask, 's'); }
static inline void insn_xrstor(const void *a, uint64_t mask) { fake_state(a, mask, 'r'); }
static inline void insn_xrstors(const void *a, uint64_t mask)
{
    fake_state(a, mask, 'R');
}

#endif
