/* SPDX-License-Identifier: MIT */
/*
 * Random numbers from the processor.
 *
 * Source   SDM 1 7.3.17, SDM 2 (RDRAND, RDSEED).
 * Use      random_init asks CPUID and tries; the other calls want what it filled in, so
 *          that an instruction the processor lacks is never reached.
 * Waits    Bounded: RANDOM_TRIES attempts, with a pause between them for rdseed.
 * Note     Some AMD processors answer FFFFFFFFh for ever after a suspend, with success:
 *          such a generator is refused by random_init, as one that repeats itself is.
 * Calls    Any ring, any context.
 */
#ifndef X86_64_RANDOM_H
#define X86_64_RANDOM_H

#include "x86_64/cpuid.h"

#define RANDOM_TRIES                                                                     \
    10 /* Intel's own recommendation for rdrand; plenty at 1 in 2^64 luck */

struct random {
    bool has_rdrand, has_rdseed; /* there, and seen to give different numbers */
};

/* What can be used on this processor. */
struct random random_init(const struct cpuid_source *s);

/* Numbers of a generator the processor reseeds itself.  ERR_NOT_FOUND: not there.
 * ERR_EMPTY: all tries failed; *value is as it was. */
MUST_CHECK enum err random_u16(const struct random *r, uint16_t *value);
MUST_CHECK enum err random_u32(const struct random *r, uint32_t *value);
MUST_CHECK enum err random_u64(const struct random *r, uint64_t *value);

/* Entropy to seed a generator of one's own.  May run dry under load: ERR_EMPTY. */
MUST_CHECK enum err random_seed_u64(const struct random *r, uint64_t *value);

#endif
