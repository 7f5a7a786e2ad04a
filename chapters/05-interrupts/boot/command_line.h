/* SPDX-License-Identifier: MIT */
#ifndef BOOT_COMMAND_LINE_H
#define BOOT_COMMAND_LINE_H

#include <stdbool.h>

/* Is `word` one of the words, between spaces, of a kernel command line? */
bool command_line_has(const char *command_line, const char *word);

#endif
