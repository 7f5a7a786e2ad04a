/* SPDX-License-Identifier: MIT */
#include "console/line.h"

#include "console/console.h"

enum { CTRL_U = 'U' & 0x1f };

void line_start(struct line *line, const char *prompt)
{
    line->len = 0;
    line->text[0] = '\0';
    console_set_colours(WHITE, BLACK);
    console_print("%s", prompt);
}

/* snippet: type */
static void take_back(struct line *line)
{
    if (line->len == 0) return;
    line->text[--line->len] = '\0';
    console_write("\b \b", 3);
}

static void add(struct line *line, char character)
{
    if (character < ' ' || character > '~' || line->len == LINE_MAX) return;
    line->text[line->len++] = character;
    line->text[line->len] = '\0';
    console_write(&character, 1);
}

bool line_type(struct line *line, char character)
{
    console_set_colours(WHITE, BLACK);
    switch (character) {
    case '\n': console_write("\n", 1); return true;
    case '\b': take_back(line); return false;
    case CTRL_U:
        while (line->len > 0) take_back(line);
        return false;
    default: add(line, character); return false;
    }
}
/* end: type */
