/* SPDX-License-Identifier: MIT */
#ifndef CPU_HALT_H
#define CPU_HALT_H

/* Stops this processor for good: interrupts off, asleep, so that the host of an emulator
 * is not kept busy.  Any context. */
_Noreturn void cpu_halt_forever(void);

#endif
