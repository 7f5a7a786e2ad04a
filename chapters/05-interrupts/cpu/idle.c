/* SPDX-License-Identifier: MIT */
#include "cpu/idle.h"

void cpu_idle(bool (*pending)(void))
{
    cpu_wait_unless(pending);
}
