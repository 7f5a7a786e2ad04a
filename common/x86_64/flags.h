/* SPDX-License-Identifier: MIT */
/*
 * RFLAGS and MXCSR.
 *
 * Source   SDM 1 3.4.3 (RFLAGS), SDM 1 10.2.3 (MXCSR).
 * Writing  rflags_write sets the named bits to exactly the value given and leaves the
 *          others.
 * C        The compiler does not know that writing RFLAGS can turn interrupts on, trap
 *          (TF) or make string operations run backwards (DF): DF must be clear again
 *          before any C code runs.  For the interrupt flag use interrupts.h.
 * Calls    Any ring; outside ring 0 changes of IF and IOPL are ignored by the processor.
 */
#ifndef X86_64_FLAGS_H
#define X86_64_FLAGS_H

#include <stdbool.h>

#include "base/bits.h"
#include "x86_64/insn_user.h"

#define RFLAGS_CF    BIT64(0)       /* carry */
#define RFLAGS_FIXED BIT64(1)       /* always 1 */
#define RFLAGS_PF    BIT64(2)       /* parity */
#define RFLAGS_AF    BIT64(4)       /* auxiliary carry */
#define RFLAGS_ZF    BIT64(6)       /* zero */
#define RFLAGS_SF    BIT64(7)       /* sign */
#define RFLAGS_TF    BIT64(8)       /* exception 1 after the next instruction */
#define RFLAGS_IF    BIT64(9)       /* interrupts on */
#define RFLAGS_DF    BIT64(10)      /* string operations go down */
#define RFLAGS_OF    BIT64(11)      /* overflow */
#define RFLAGS_IOPL  BITS64(13, 12) /* rings up to this one may use ports, cli, sti */
#define RFLAGS_NT    BIT64(14)      /* nested task: iret in 64-bit mode is #GP */
#define RFLAGS_RF    BIT64(16) /* no instruction breakpoint at the next instruction */
#define RFLAGS_VM    BIT64(17) /* virtual-8086 mode */
#define RFLAGS_AC    BIT64(18) /* alignment check; with SMAP, user access allowed */
#define RFLAGS_VIF   BIT64(19) /* virtual interrupt flag */
#define RFLAGS_VIP   BIT64(20) /* virtual interrupt pending */
#define RFLAGS_ID    BIT64(21) /* changeable: cpuid exists */
#define RFLAGS_NAMED                                                                     \
    (RFLAGS_CF | RFLAGS_PF | RFLAGS_AF | RFLAGS_ZF | RFLAGS_SF | RFLAGS_TF | RFLAGS_IF | \
     RFLAGS_DF | RFLAGS_OF | RFLAGS_IOPL | RFLAGS_NT | RFLAGS_RF | RFLAGS_VM |           \
     RFLAGS_AC | RFLAGS_VIF | RFLAGS_VIP | RFLAGS_ID)

#define MXCSR_IE  BIT32(0)       /* happened: invalid operation */
#define MXCSR_DE  BIT32(1)       /* happened: denormal operand */
#define MXCSR_ZE  BIT32(2)       /* happened: division by zero */
#define MXCSR_OE  BIT32(3)       /* happened: overflow */
#define MXCSR_UE  BIT32(4)       /* happened: underflow */
#define MXCSR_PE  BIT32(5)       /* happened: inexact result */
#define MXCSR_DAZ BIT32(6)       /* denormal operands count as zero */
#define MXCSR_IM  BIT32(7)       /* masked: invalid operation */
#define MXCSR_DM  BIT32(8)       /* masked: denormal operand */
#define MXCSR_ZM  BIT32(9)       /* masked: division by zero */
#define MXCSR_OM  BIT32(10)      /* masked: overflow */
#define MXCSR_UM  BIT32(11)      /* masked: underflow */
#define MXCSR_PM  BIT32(12)      /* masked: inexact result */
#define MXCSR_RC  BITS32(14, 13) /* enum mxcsr_rounding */
#define MXCSR_FZ  BIT32(15)      /* underflow gives zero */

#define MXCSR_FLAGS   BITS32(5, 0)
#define MXCSR_MASKS   BITS32(12, 7)
#define MXCSR_NAMED   BITS32(15, 0)
#define MXCSR_DEFAULT MXCSR_MASKS /* after reset: all masked, to nearest; SDM 1 10.2.3 */

enum mxcsr_rounding {
    MXCSR_TO_NEAREST = 0,
    MXCSR_DOWN = 1,
    MXCSR_UP = 2,
    MXCSR_TO_ZERO = 3,
};

/* The value to write so that the named bits become `bits` and the others stay. */
static inline uint64_t rflags_compose(uint64_t old, uint64_t bits)
{
    ASSERT((bits & ~(RFLAGS_NAMED | RFLAGS_FIXED)) == 0);
    return (old & ~RFLAGS_NAMED) | bits | RFLAGS_FIXED;
}

static inline uint64_t rflags_read(void) { return insn_read_rflags(); }

static inline void rflags_write(uint64_t bits)
{
    insn_write_rflags(rflags_compose(insn_read_rflags(), bits));
}

static inline void rflags_update(uint64_t set, uint64_t clear)
{
    ASSERT((set & clear) == 0 && (clear & ~RFLAGS_NAMED) == 0);
    rflags_write(((rflags_read() & RFLAGS_NAMED) | set) & ~clear);
}

/* Whether ldmxcsr takes `value`.  `allowed` is MXCSR_MASK from the fxsave area, where 0
 * stands for the original FFBFh: SDM 1 11.6.6. */
static inline bool mxcsr_is_allowed(uint32_t value, uint32_t allowed)
{
    return (value & ~(allowed ? allowed : UINT32_C(0xffbf))) == 0;
}

static inline uint32_t mxcsr_read(void) { return insn_read_mxcsr(); }

/* Bits above 15 are #GP and assert. */
static inline void mxcsr_write(uint32_t value)
{
    ASSERT((value & ~MXCSR_NAMED) == 0);
    insn_write_mxcsr(value);
}

static inline uint32_t mxcsr_with_rounding(uint32_t mxcsr, enum mxcsr_rounding rounding)
{
    return (mxcsr & ~MXCSR_RC) | field_put32(MXCSR_RC, (uint32_t)rounding);
}

#endif
