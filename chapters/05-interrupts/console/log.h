/* SPDX-License-Identifier: MIT */
/*
 * The log: one line at a time, to the screen in colour and to the serial line as text.
 *
 * Errors   None: where a line cannot be shown it is dropped, and nothing waits for ever.
 * Calls    One caller at a time.
 */
#ifndef CONSOLE_LOG_H
#define CONSOLE_LOG_H

/* snippet: levels */
enum log_level {
    LOG_ERROR,   /* something is broken and the reader should act */
    LOG_WARNING, /* something is missing or odd, and we go on without it */
    LOG_INFO,    /* what a reader of the boot log wants to see */
    LOG_DEBUG,   /* what the person debugging this very line wants to see */
};
/* end: levels */

/* Lines above this level are dropped.  LOG_INFO until it is called. */
void log_set_level(enum log_level level);

/* The level that a kernel command line asks for with log=error|warning|info|debug, or
 * `otherwise` when it does not. */
enum log_level log_level_from(const char *command_line, enum log_level otherwise);

/* Prints one line; the newline is added.  Conversions: text/format.h. */
__attribute__((format(printf, 2, 3))) void log_line(enum log_level level, const char *format, ...);

#define log_error(...)   log_line(LOG_ERROR, __VA_ARGS__)
#define log_warning(...) log_line(LOG_WARNING, __VA_ARGS__)
#define log_info(...)    log_line(LOG_INFO, __VA_ARGS__)
#define log_debug(...)   log_line(LOG_DEBUG, __VA_ARGS__)

#endif
