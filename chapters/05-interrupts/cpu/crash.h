/* SPDX-License-Identifier: MIT */
#ifndef CPU_CRASH_H
#define CPU_CRASH_H

/* Raises, in order, the exceptions that a kernel command line asks for with
 * crash=NAME[,NAME...]; nothing when it does not.  Returns unless one of them is not handled.
 * Needs trap_init. */
void crash_as_asked(const char *command_line);

#endif
