/* SPDX-License-Identifier: MIT */
#ifndef DEVICES_CALIBRATE_H
#define DEVICES_CALIBRATE_H

#include <stdint.h>

#include "base/err.h"

/* Measures how fast a 32-bit or wider counter counts up, against the PIT or, where that is
 * dead, the HPET: `*hz` counts a second, and which it was measured against.  Takes 50 ms.
 * ERR_NOT_FOUND: the machine has neither.  Interrupts should be off. */
MUST_CHECK enum err calibrate(uint64_t (*counter)(void), uint64_t *hz, const char **against);

#endif
