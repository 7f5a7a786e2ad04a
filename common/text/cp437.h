/* SPDX-License-Identifier: MIT */
/*
 * Code page 437, the character set of the VGA text screen, to and from Unicode.
 *
 * Source   IBM code page 437 (registered 1984); its graphics for 01 to 1F and 7F as the
 *          IBM PC character generator shows them.
 * Meaning  All codes are the pictures on the screen: 0A is an inverse circle, not a new
 *          line. Control characters are their owner's business before anything gets here.
 * Calls    No state: any context.
 */
#ifndef TEXT_CP437_H
#define TEXT_CP437_H

#include <stdbool.h>
#include <stdint.h>

/* The character that the code shows.  00 and 20 are both blank and both give U+0020. */
uint32_t cp437_to_unicode(uint8_t code);

/* Finds the code that shows `code_point`.  False, leaving *code as it was, when the code
 * page has none, which is so for the control characters. */
bool cp437_from_unicode(uint32_t code_point, uint8_t *code);

#endif
