/* SPDX-License-Identifier: MIT */
#include "console/prompt.h"

#include "console/console.h"
#include "console/line.h"
#include "console/log.h"
#include "cpu/idle.h"
#include "cpu/irq.h"
#include "devices/clock.h"
#include "devices/keyboard.h"
#include "devices/timer.h"
#include "text/format.h"

static const char prompt[] = "> ";
static struct line line;
static uint64_t next_second_ns;

/* snippet: clock */
static void show_time(void)
{
    char text[16];
    uint64_t seconds = clock_now_ns() / NS_PER_SECOND;

    format_string(text, sizeof text, " %02lu:%02lu:%02lu ", seconds / 3600, seconds / 60 % 60,
                  seconds % 60);
    console_set_corner(text);
    next_second_ns = (seconds + 1) * NS_PER_SECOND;
}
/* end: clock */

/* Logs something in the middle of what is being typed, which is then shown again. */
static void begin_aside(void)
{
    console_write("\n", 1);
}

static void end_aside(void)
{
    console_set_colours(WHITE, BLACK);
    console_print("%s%s", prompt, line.text);
}

/* snippet: key */
static void key_went_down(const struct ps2_press *press)
{
    switch (press->key) {
    case KEY_F1:
        begin_aside();
        irq_log_counters();
        end_aside();
        return;
    case KEY_HANGUL:
    case KEY_HANJA:
        begin_aside();
        log_info("key: %s", press->key == KEY_HANGUL ? "Hangul/English" : "Hanja");
        end_aside();
        return;
    }
    if (!press->has_character || !line_type(&line, press->character)) return;
    log_info("typed: %s", line.text);
    line_start(&line, prompt);
}
/* end: key */

/* snippet: run */
/* Interrupts are off.  The timer is asked again each time: it is not the clock, and may have
 * come a little early. */
static bool has_work(void)
{
    if (keyboard_has_bytes() || clock_now_ns() >= next_second_ns) return true;
    timer_wake_at(next_second_ns);
    return false;
}

_Noreturn void prompt_run(void)
{
    struct ps2_press press;

    line_start(&line, prompt);
    for (;;) {
        while (keyboard_next(&press))
            if (press.make) key_went_down(&press);
        if (clock_now_ns() >= next_second_ns) show_time();
        cpu_idle(has_work);
    }
}
/* end: run */
