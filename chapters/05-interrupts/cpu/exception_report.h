/* SPDX-License-Identifier: MIT */
#ifndef CPU_EXCEPTION_REPORT_H
#define CPU_EXCEPTION_REPORT_H

#include "x86_64/trap_frame.h"

/* Logs what has happened in words, the decoded error code, the registers and who called
 * whom.  Any context, on any stack. */
void exception_report(const struct trap_frame *frame);

#endif
