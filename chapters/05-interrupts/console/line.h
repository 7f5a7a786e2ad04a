/* SPDX-License-Identifier: MIT */
/*
 * A line that is being typed, shown on the console as it grows.
 *
 * Keys     What can be printed is added at the end; Backspace takes the last character back,
 *          Ctrl-U all of them, Enter ends the line.  Anything else is ignored.
 * Memory   The caller's.  All 0 is an empty line.
 * Calls    One caller at a time; between two calls nobody else moves the console's cursor.
 */
#ifndef CONSOLE_LINE_H
#define CONSOLE_LINE_H

#include <stdbool.h>
#include <stddef.h>

enum { LINE_MAX = 76 }; /* with a prompt it fits a row: \b does not go back to the one before */

struct line {
    char text[LINE_MAX + 1]; /* ends with a NUL */
    size_t len;
};

void line_start(struct line *line, const char *prompt);

/* Takes a typed character.  True when it has ended the line: read `text`, then start over. */
bool line_type(struct line *line, char character);

#endif
