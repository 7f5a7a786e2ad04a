/* SPDX-License-Identifier: MIT */
/*
 * Touching user memory from ring 0 while CR4.SMAP forbids it, for as short as possible.
 *
 *     uint64_t saved = smap_allow(&smap);
 *     ... copy ...
 *     smap_restore(&smap, saved);
 *
 * or, ended on every way out of the block:
 *
 *     SMAP_ALLOWED_HERE(&smap);
 *
 * Source   SDM 3A 4.6.1, SDM 2 (STAC, CLAC).
 * Nesting  An inner pair gives back what the outer one had: access stays allowed.
 * C        What happens in between is not checked: call nothing there that can sleep or
 *          that takes a pointer from the user further than the copy.
 * Calls    Ring 0.  Interrupt entry clears AC itself only where the stub says clac.
 */
#ifndef X86_64_SMAP_H
#define X86_64_SMAP_H

#include "x86_64/cpuid.h"
#include "x86_64/flags.h"
#include "x86_64/insn_system.h"

/* Whether stac and clac exist: without SMAP they are #UD, and nothing needs to be
 * done. */
struct smap {
    bool present;
};

static inline struct smap smap_init(const struct cpuid_source *s)
{
    return (struct smap){.present = cpuid_has(s, CPUID_SMAP)};
}

static inline bool smap_is_allowed(const struct smap *smap)
{
    return !smap->present || (rflags_read() & RFLAGS_AC) != 0;
}

/* Allows access; returns what smap_restore wants. */
MUST_CHECK static inline uint64_t smap_allow(const struct smap *smap)
{
    if (!smap->present) return 0;
    uint64_t saved = rflags_read() & RFLAGS_AC;
    insn_stac();
    return saved;
}

static inline void smap_restore(const struct smap *smap, uint64_t saved)
{
    if (smap->present && !(saved & RFLAGS_AC)) insn_clac();
}

/* Forbids access whatever was allowed before: for entries into the kernel. */
static inline void smap_forbid(const struct smap *smap)
{
    if (smap->present) insn_clac();
}

struct smap_scope {
    const struct smap *smap;
    uint64_t saved;
};

static inline struct smap_scope smap_scope_begin(const struct smap *smap)
{
    return (struct smap_scope){.smap = smap, .saved = smap_allow(smap)};
}
static inline void smap_scope_end(const struct smap_scope *s)
{
    smap_restore(s->smap, s->saved);
}

/* Allowed until the end of the enclosing block.  Once per block. */
#define SMAP_ALLOWED_HERE(smap)                                                          \
    const struct smap_scope smap_scope_                                                  \
        __attribute__((unused, cleanup(smap_scope_end))) = smap_scope_begin(smap)

#endif
