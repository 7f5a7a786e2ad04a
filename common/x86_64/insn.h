/* SPDX-License-Identifier: MIT */
/*
 * x86-64 instructions that C has no words for, one instruction a function.
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

#include <stdint.h>

/* Stops until the next interrupt.  With interrupts off only NMI, SMI or reset wakes it. */
static inline void insn_hlt(void) { __asm__ volatile("hlt" ::: "memory"); }

/* Interrupts off, interrupts on.  After sti the next instruction still runs undisturbed. */
static inline void insn_cli(void) { __asm__ volatile("cli" ::: "memory"); }
static inline void insn_sti(void) { __asm__ volatile("sti" ::: "memory"); }

/* Tells the processor that this is a spin loop.  Any ring. */
static inline void insn_pause(void) { __asm__ volatile("pause" ::: "memory"); }

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

#endif
