/* SPDX-License-Identifier: MIT */
#include "x86_64/random.h"

#include "x86_64/insn.h"
#include "x86_64/insn_user.h"

static enum err try_rdrand(uint64_t *value)
{
    uint64_t found;
    for (unsigned i = 0; i < RANDOM_TRIES; i++)
        if (insn_rdrand64(&found)) {
            *value = found;
            return OK;
        }
    return ERR_EMPTY;
}

static enum err try_rdseed(uint64_t *value)
{
    uint64_t found;
    for (unsigned i = 0; i < RANDOM_TRIES; i++) {
        if (insn_rdseed64(&found)) {
            *value = found;
            return OK;
        }
        insn_pause();
    }
    return ERR_EMPTY;
}

/* Whether four numbers in a row are not all the same. */
static bool varies(enum err (*next)(uint64_t *))
{
    uint64_t first, other;
    if (next(&first) != OK) return false;
    for (unsigned i = 0; i < 3; i++)
        if (next(&other) == OK && other != first) return true;
    return false;
}

struct random random_init(const struct cpuid_source *s)
{
    return (struct random){
        .has_rdrand = cpuid_has(s, CPUID_RDRAND) && varies(try_rdrand),
        .has_rdseed = cpuid_has(s, CPUID_RDSEED) && varies(try_rdseed),
    };
}

enum err random_u64(const struct random *r, uint64_t *value)
{
    return r->has_rdrand ? try_rdrand(value) : ERR_NOT_FOUND;
}

enum err random_u32(const struct random *r, uint32_t *value)
{
    if (!r->has_rdrand) return ERR_NOT_FOUND;
    uint32_t found;
    for (unsigned i = 0; i < RANDOM_TRIES; i++)
        if (insn_rdrand32(&found)) {
            *value = found;
            return OK;
        }
    return ERR_EMPTY;
}

enum err random_u16(const struct random *r, uint16_t *value)
{
    if (!r->has_rdrand) return ERR_NOT_FOUND;
    uint16_t found;
    for (unsigned i = 0; i < RANDOM_TRIES; i++)
        if (insn_rdrand16(&found)) {
            *value = found;
            return OK;
        }
    return ERR_EMPTY;
}

enum err random_seed_u64(const struct random *r, uint64_t *value)
{
    return r->has_rdseed ? try_rdseed(value) : ERR_NOT_FOUND;
}
