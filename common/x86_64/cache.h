/* SPDX-License-Identifier: MIT */
/*
 * Caches: making memory what a device, or a processor with caches off, sees.
 *
 * Source   SDM 3A 11.5.5, SDM 2 (CLFLUSH, CLFLUSHOPT, CLWB).
 * Units    Bytes.  `line_bytes` is cpuid_clflush_bytes, a power of two, asserted.
 * Note     Devices on x86 snoop the caches: none of this is needed for ordinary DMA.
 * Calls    cache_write_back_all and cache_drop_all in ring 0; the others anywhere.
 */
#ifndef X86_64_CACHE_H
#define X86_64_CACHE_H

#include <stddef.h>

#include "x86_64/addr.h"
#include "x86_64/insn_system.h"
#include "x86_64/insn_user.h"

enum cache_flush {
    CACHE_CLFLUSH,    /* write back and drop; CPUID_CLFLUSH, every x86-64 processor */
    CACHE_CLFLUSHOPT, /* the same, lines in any order: CPUID_CLFLUSHOPT */
    CACHE_CLWB,       /* write back and maybe keep: CPUID_CLWB */
};

/* Every line that holds one of `len_bytes` bytes from `start`, ordered after the writes
 * before and before the writes after.  0 bytes are no line. */
static inline void cache_flush(const volatile void *start, size_t len_bytes,
                               uint32_t line_bytes, enum cache_flush how)
{
    if (len_bytes == 0) return;
    virt_addr line = align_down(virt_of(start), line_bytes);
    virt_addr last = align_down(virt_of(start) + (len_bytes - 1), line_bytes);
    ASSERT(last >= line);
    insn_mfence();
    for (;; line += line_bytes) {
        const volatile void *p = virt_to_ptr(line);
        if (how == CACHE_CLFLUSH)
            insn_clflush(p);
        else if (how == CACHE_CLFLUSHOPT)
            insn_clflushopt(p);
        else
            insn_clwb(p);
        if (line == last) break;
    }
    insn_mfence();
}

/* All caches of this processor.  Takes milliseconds, uninterruptible. */
static inline void cache_write_back_all(void) { insn_wbinvd(); }

/* Forgets what is in the caches without writing it: only before memory exists. */
static inline void cache_drop_all(void) { insn_invd(); }

#endif
