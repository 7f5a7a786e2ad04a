/* SPDX-License-Identifier: MIT */
/*
 * Who called whom, with names: walks saved frame pointers and looks each return address up
 * in the kernel's own table of functions.
 *
 * Source   SysV AMD64 1.0 3.4.1: rbp points at the caller's rbp, the return address above it.
 * Needs    -fno-omit-frame-pointer; rbp is 0 in the outermost frame.
 * Input    Untrusted: after a bug the chain may hold anything.  Every frame must lie on a
 *          kernel stack, above the one before it, or the walk ends.
 * Calls    Any context; also while another report is being made.
 */
#ifndef CPU_BACKTRACE_H
#define CPU_BACKTRACE_H

#include <stdint.h>

/* Logs the functions on the stack: the one at `rip`, then its callers from `rbp` on. */
void backtrace_log(uint64_t rip, uint64_t rbp);

#endif
