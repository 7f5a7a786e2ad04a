/* SPDX-License-Identifier: MIT */
#include "console/log.h"

#include <stdarg.h>
#include <stddef.h>

#include "console/console.h"
#include "devices/serial.h"
#include "text/format.h"
#include "text/string.h"

static enum log_level log_level = LOG_INFO;

/* snippet: table */
static const struct {
    const char *name;
    const char *prefix;
    enum console_colour colour;
} levels[] = {
    [LOG_ERROR] = {"error", "error: ", LIGHT_RED},
    [LOG_WARNING] = {"warning", "warning: ", YELLOW},
    [LOG_INFO] = {"info", "", LIGHT_GREY},
    [LOG_DEBUG] = {"debug", "debug: ", DARK_GREY},
};
/* end: table */

void log_set_level(enum log_level level)
{
    log_level = level;
}

enum log_level log_level_from(const char *command_line, enum log_level otherwise)
{
    static const char option[] = "log=";

    for (const char *word = command_line; word; word = strchr(word, ' ')) {
        while (*word == ' ') word++;
        if (strncmp(word, option, sizeof option - 1) != 0) continue;
        const char *value = word + sizeof option - 1;
        for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
            size_t len = strlen(levels[i].name);
            if (strncmp(value, levels[i].name, len) != 0) continue;
            if (value[len] == ' ' || value[len] == '\0') return (enum log_level)i;
        }
    }
    return otherwise;
}

/* snippet: line */
/* A line is put together first, so that both places are shown the same text. */
void log_line(enum log_level level, const char *format, ...)
{
    static char line[256];

    if (level > log_level) return;
    size_t len = format_string(line, sizeof line, "%s", levels[level].prefix);
    va_list args;
    va_start(args, format);
    format_string_va(line + len, sizeof line - len, format, args);
    va_end(args);
    len = strlen(line);

    console_set_colours(levels[level].colour, BLACK);
    console_write(line, len);
    console_write("\n", 1);
    serial_write(line, len);
    serial_write("\n", 1);
}
/* end: line */
