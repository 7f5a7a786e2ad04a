/* SPDX-License-Identifier: MIT */
/*
 * The stacks of the kernel: the one it boots on, and one each for the exceptions that must
 * work even when that one is spoilt.
 */
#ifndef CPU_STACK_H
#define CPU_STACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Interrupt-stack-table numbers, 1-based as in an IDT gate; SDM 3A 6.14.5. */
enum { IST_NONE, IST_DOUBLE_FAULT, IST_NMI, IST_MACHINE_CHECK, IST_LAST = IST_MACHINE_CHECK };

/* Makes the page below the boot stack inaccessible: running off the end then faults instead
 * of overwriting whatever lies there. */
void stack_guard_init(void);

/* The first address above the stack `ist`, IST_DOUBLE_FAULT to IST_LAST. */
uint64_t stack_top(unsigned ist);

/* Is all of [address, address + len_bytes) on one of the kernel's stacks? */
bool stack_holds(uint64_t address, size_t len_bytes);

/* Is this address in the guard page below the boot stack? */
bool stack_guard_holds(uint64_t address);

#endif
