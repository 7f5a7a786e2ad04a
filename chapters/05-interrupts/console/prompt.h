/* SPDX-License-Identifier: MIT */
#ifndef CONSOLE_PROMPT_H
#define CONSOLE_PROMPT_H

/* What this kernel does from now on: shows the time since boot in the corner of the screen,
 * every second, and what is typed.  Sleeps in between.  Interrupts are on. */
_Noreturn void prompt_run(void);

#endif
