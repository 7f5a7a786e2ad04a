/* SPDX-License-Identifier: MIT */
/*
 * x86-64 instructions that C has no words for, one instruction a function: waiting,
 * interrupts and ports.  The rest: insn_user.h (any ring), insn_system.h (ring 0
 * registers).
 *
 * Source   SDM 2 (instruction set reference).
 * Context  Ring 0 unless the comment says otherwise.
 * Ordering A "memory" clobber stands wherever the compiler must not move memory accesses
 *          across the instruction.
 * Host     Unit tests of drivers put tests/fake in front of the include path, whose
 *          x86_64/insn.h simulates the ports instead.
 */
#ifndef X86_64_INSN_H
#define X86_64_INSN_H

#include <stddef.h>
#include <stdint.h>

/* Stops until the next interrupt.  With interrupts off only NMI, SMI or reset wakes
 * it. */
static inline void insn_hlt(void) { __asm__ volatile("hlt" ::: "memory"); }

/* Interrupts off, interrupts on.  After sti the next instruction still runs
 * undisturbed. */
static inline void insn_cli(void) { __asm__ volatile("cli" ::: "memory"); }
static inline void insn_sti(void) { __asm__ volatile("sti" ::: "memory"); }

/* Interrupts on and stop, with nothing in between: two instructions in one function on
 * purpose.  sti holds interrupts back until hlt has begun, so one that is already pending
 * wakes the hlt instead of being served before it and waited for in vain. */
static inline void insn_sti_hlt(void) { __asm__ volatile("sti\n\thlt" ::: "memory"); }

/* Tells the processor that this is a spin loop.  Any ring. */
static inline void insn_pause(void) { __asm__ volatile("pause" ::: "memory"); }

/* Nothing, but the compiler keeps it: a place for a debugger to stop.  Any ring. */
static inline void insn_nop(void) { __asm__ volatile("nop" ::: "memory"); }

/* Bochs' magic breakpoint (bochsrc `magic_break: enabled=1`); elsewhere a no-op. */
static inline void insn_bochs_breakpoint(void)
{
    __asm__ volatile("xchgw %%bx, %%bx" ::: "memory");
}

/* Exception 3, a trap: the handler may return. */
static inline void insn_int3(void) { __asm__ volatile("int3" ::: "memory"); }

/* Exception 6 for certain (SDM 2, UD): for tests and for code that must never be
 * reached. */
static inline void insn_ud2(void) { __asm__ volatile("ud2" ::: "memory"); }

/* Interrupt `vector`.  A macro because the number is part of the instruction: it must be
 * a constant expression, 0 to 255; anything else does not assemble. */
#define insn_int(vector) __asm__ volatile("int %0" ::"i"(vector) : "memory", "cc")

/* snippet: ports8 */
/* Port I/O: one access of the width in the name. */
static inline uint8_t insn_in8(uint16_t port)
{
    uint8_t value;
    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port) : "memory");
    return value;
}

static inline void insn_out8(uint16_t port, uint8_t value)
{
    __asm__ volatile("outb %0, %1" ::"a"(value), "Nd"(port) : "memory");
}
/* end: ports8 */

static inline uint16_t insn_in16(uint16_t port)
{
    uint16_t value;
    __asm__ volatile("inw %1, %0" : "=a"(value) : "Nd"(port) : "memory");
    return value;
}

static inline void insn_out16(uint16_t port, uint16_t value)
{
    __asm__ volatile("outw %0, %1" ::"a"(value), "Nd"(port) : "memory");
}

static inline uint32_t insn_in32(uint16_t port)
{
    uint32_t value;
    __asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port) : "memory");
    return value;
}

static inline void insn_out32(uint16_t port, uint32_t value)
{
    __asm__ volatile("outl %0, %1" ::"a"(value), "Nd"(port) : "memory");
}

/* String port I/O: `count` accesses of the width in the name, all to the one port, memory
 * upwards.  The direction flag must be clear, as the ABI has it between functions. */
static inline void insn_rep_in8(uint16_t port, void *to, size_t count)
{
    __asm__ volatile("rep insb" : "+D"(to), "+c"(count) : "d"(port) : "memory");
}

static inline void insn_rep_in16(uint16_t port, void *to, size_t count)
{
    __asm__ volatile("rep insw" : "+D"(to), "+c"(count) : "d"(port) : "memory");
}

static inline void insn_rep_in32(uint16_t port, void *to, size_t count)
{
    __asm__ volatile("rep insl" : "+D"(to), "+c"(count) : "d"(port) : "memory");
}

static inline void insn_rep_out8(uint16_t port, const void *from, size_t count)
{
    __asm__ volatile("rep outsb" : "+S"(from), "+c"(count) : "d"(port) : "memory");
}

static inline void insn_rep_out16(uint16_t port, const void *from, size_t count)
{
    __asm__ volatile("rep outsw" : "+S"(from), "+c"(count) : "d"(port) : "memory");
}

static inline void insn_rep_out32(uint16_t port, const void *from, size_t count)
{
    __asm__ volatile("rep outsl" : "+S"(from), "+c"(count) : "d"(port) : "memory");
}

#endif
