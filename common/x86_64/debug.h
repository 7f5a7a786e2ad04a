/* SPDX-License-Identifier: MIT */
/*
 * Debug registers: four hardware breakpoints on instructions, data or ports.
 *
 * Source   SDM 3B 17.2.  DR4 and DR5 are other names for DR6 and DR7 and not offered.
 * Use      Fill a struct debug_breakpoint, get the new DR7 from dr7_with, then write the
 *          address (dr_write_address) and DR7, in this order.
 * Errors   A breakpoint the processor cannot watch is ERR_RANGE.  Reserved bits are kept.
 * Calls    The decoders anywhere; _read and _write in ring 0.  With DR7.GD set every
 *          access to these registers is exception 1.
 */
#ifndef X86_64_DEBUG_H
#define X86_64_DEBUG_H

#include "x86_64/addr.h"
#include "x86_64/insn_system.h"

#define DR_BREAKPOINTS 4

/* DR6: why exception 1 came.  The processor sets bits (clears BLD and RTM) and never
 * takes them back: write DR6_NONE in the handler. */
#define DR6_HIT(n) BIT64(n) /* condition of breakpoint n was met, enabled or not */
#define DR6_HITS   BITS64(3, 0)
#define DR6_BLD    BIT64(11) /* 0 (!): a bus lock */
#define DR6_BD     BIT64(13) /* the next instruction touches a debug register */
#define DR6_BS     BIT64(14) /* single step, RFLAGS.TF */
#define DR6_BT     BIT64(15) /* task switch to a TSS with T set */
#define DR6_RTM    BIT64(16) /* 0 (!): inside a transaction */
#define DR6_NONE                                                                         \
    UINT64_C(0xffff0ff0) /* SDM 3B 17.2.3: nothing happened; also after reset */

#define DR7_LOCAL(n)     BIT64(2 * (n))     /* on; a hardware task switch turns it off */
#define DR7_GLOBAL(n)    BIT64(2 * (n) + 1) /* on */
#define DR7_LE           BIT64(8)           /* exact local, ignored since P6: set it */
#define DR7_GE           BIT64(9)           /* exact global, ignored since P6: set it */
#define DR7_FIXED        BIT64(10)          /* always 1 */
#define DR7_RTM          BIT64(11)          /* debugging of transactions */
#define DR7_GD           BIT64(13)          /* touching debug registers is exception 1 */
#define DR7_CONDITION(n) BITS64(17 + 4 * (n), 16 + 4 * (n)) /* enum debug_condition */
#define DR7_LENGTH(n)                                                                    \
    BITS64(19 + 4 * (n), 18 + 4 * (n)) /* 0, 1, 3, 2: 1, 2, 4, 8 bytes */
#define DR7_NONE DR7_FIXED             /* nothing on; also after reset */

enum debug_condition {
    DEBUG_EXECUTE = 0,
    DEBUG_WRITE = 1,
    DEBUG_PORT = 2,       /* a port is read or written: needs CR4.DE */
    DEBUG_READ_WRITE = 3, /* data, not fetches */
};

struct debug_breakpoint {
    virt_addr address; /* or a port number */
    enum debug_condition condition;
    uint8_t len_bytes; /* 1, 2, 4 or 8; 1 for DEBUG_EXECUTE */
    bool local, global;
};

/* DR7 with breakpoint `n` (0 to 3, asserted) added to `dr7`.  ERR_RANGE: the length is
 * none of 1, 2, 4, 8, is not 1 for DEBUG_EXECUTE or is 8 for a port; the address is not a
 * multiple of the length, not canonical, or not a port number. */
MUST_CHECK enum err dr7_with(uint64_t dr7, unsigned n, const struct debug_breakpoint *b,
                             enum paging_levels levels, uint64_t *result);

/* DR7 with breakpoint `n` off and its condition and length 0. */
uint64_t dr7_without(uint64_t dr7, unsigned n);

/* What DR7 says about breakpoint `n`; `address` is what its DRn holds. */
struct debug_breakpoint dr7_get(uint64_t dr7, unsigned n, virt_addr address);

/* The lowest breakpoint that is on in `dr7` and hit in `dr6`, or -1: DR6 also marks
 * conditions of breakpoints that are off. */
int dr6_breakpoint(uint64_t dr6, uint64_t dr7);

/* The two bits that mean something when they are 0, the right way round. */
static inline bool dr6_is_bus_lock(uint64_t dr6) { return !(dr6 & DR6_BLD); }
static inline bool dr6_is_transaction(uint64_t dr6) { return !(dr6 & DR6_RTM); }

static inline uint64_t dr6_read(void) { return insn_read_dr6(); }
static inline uint64_t dr7_read(void) { return insn_read_dr7(); }

/* Forgets what happened. */
static inline void dr6_clear(void) { insn_write_dr6(DR6_NONE); }

/* Bits 63:32 are #GP and assert. */
static inline void dr7_write(uint64_t dr7)
{
    ASSERT(dr7 >> 32 == 0);
    insn_write_dr7(dr7 | DR7_FIXED);
}

/* The address of breakpoint `n`, 0 to 3, asserted. */
uint64_t dr_read_address(unsigned n);
void dr_write_address(unsigned n, uint64_t address);

#endif
