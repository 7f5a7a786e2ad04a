/* SPDX-License-Identifier: MIT */
/*
 * The first serial line (COM1), for the log: text goes out, nothing comes in.
 *
 * Bounds   Nothing here waits for ever.  A line that stops taking bytes is given up.
 * Calls    One caller at a time.
 */
#ifndef DEVICES_SERIAL_H
#define DEVICES_SERIAL_H

#include <stddef.h>

#include "base/err.h"

/* Finds the UART, tests it and sets it to 115200 baud, 8 data bits, no parity, 1 stop bit.
 * On any error the rest of this header may still be called and does nothing. */
MUST_CHECK enum err serial_init(void);

/* Sends text, \n as \r\n.  Without a working line the text is dropped. */
void serial_write(const char *text, size_t len_bytes);

/* Sends one character; `context` is not used.  The form that text/format.h asks for. */
void serial_put(void *context, char character);

#endif
