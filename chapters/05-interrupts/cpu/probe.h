/* SPDX-License-Identifier: MIT */
#ifndef CPU_PROBE_H
#define CPU_PROBE_H

#include <stdbool.h>
#include <stdint.h>

/* Reads one byte at an address that may fault.  True and the byte; or false, when a handler
 * has sent the faulting probe_read_access on to probe_read_failed. */
bool probe_read(uint64_t address, uint8_t *byte);

/* Not functions: the instruction that may fault, and where a handler lets it go on. */
extern const char probe_read_access[], probe_read_failed[];

#endif
