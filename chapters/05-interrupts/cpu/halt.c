/* SPDX-License-Identifier: MIT */
#include "cpu/halt.h"

#include "x86_64/insn.h"

/* snippet: halt */
void cpu_halt_forever(void)
{
    insn_cli();
    /* A non-maskable interrupt ends one hlt; the loop goes back to sleep. */
    for (;;) insn_hlt();
}
/* end: halt */
