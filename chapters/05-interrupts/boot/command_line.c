/* SPDX-License-Identifier: MIT */
#include "boot/command_line.h"

#include <stddef.h>

#include "text/string.h"

bool command_line_has(const char *command_line, const char *word)
{
    size_t len = strlen(word);

    for (const char *at = command_line; at; at = strchr(at, ' ')) {
        while (*at == ' ') at++;
        if (strncmp(at, word, len) == 0 && (at[len] == ' ' || at[len] == '\0')) return true;
    }
    return false;
}
