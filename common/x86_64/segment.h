/* SPDX-License-Identifier: MIT */
/*
 * Segment selectors and the six segment registers.
 *
 * Source   SDM 3A 3.4.2 (selectors), SDM 3A 3.4.4 (segment registers in 64-bit mode).
 * Note     64-bit mode ignores base and limit of CS, DS, ES and SS; what remains is the
 *          privilege level.  FS and GS have bases: msr.h, or insn_rdfsbase and its kin.
 * Calls    Reading in any ring.  Loading a selector whose descriptor does not fit is #GP.
 */
#ifndef X86_64_SEGMENT_H
#define X86_64_SEGMENT_H

#include <stdbool.h>

#include "base/bits.h"
#include "x86_64/insn_system.h"

typedef uint16_t selector;

#define SELECTOR_NULL  UINT16_C(0)
#define SELECTOR_RPL   BITS32(1, 0)  /* requested privilege level */
#define SELECTOR_TI    BIT32(2)      /* the local table, not the global one */
#define SELECTOR_INDEX BITS32(15, 3) /* which 8-byte entry */

/* The selector of entry `index` (below 8192) of the GDT, for `ring` 0 to 3: asserted. */
static inline selector selector_make(unsigned index, unsigned ring)
{
    return (selector)(field_put32(SELECTOR_INDEX, index) |
                      field_put32(SELECTOR_RPL, ring));
}

static inline unsigned selector_index(selector s)
{
    return field_get32(SELECTOR_INDEX, s);
}
static inline unsigned selector_rpl(selector s) { return field_get32(SELECTOR_RPL, s); }
static inline bool selector_is_local(selector s) { return (s & SELECTOR_TI) != 0; }

static inline selector segment_read_cs(void) { return insn_read_cs(); }
static inline selector segment_read_ss(void) { return insn_read_ss(); }
static inline selector segment_read_ds(void) { return insn_read_ds(); }
static inline selector segment_read_es(void) { return insn_read_es(); }
static inline selector segment_read_fs(void) { return insn_read_fs(); }
static inline selector segment_read_gs(void) { return insn_read_gs(); }

/* CS by a far return, the others by mov.  FS and GS lose their bases. */
static inline void segment_write_cs(selector s) { insn_write_cs(s); }
static inline void segment_write_ss(selector s) { insn_write_ss(s); }
static inline void segment_write_ds(selector s) { insn_write_ds(s); }
static inline void segment_write_es(selector s) { insn_write_es(s); }
static inline void segment_write_fs(selector s) { insn_write_fs(s); }
static inline void segment_write_gs(selector s) { insn_write_gs(s); }

/* The ring this code runs in. */
static inline unsigned segment_current_ring(void) { return selector_rpl(insn_read_cs()); }

#endif
