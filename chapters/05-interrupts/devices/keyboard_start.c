/* SPDX-License-Identifier: MIT */
#include "devices/keyboard_start.h"

#include "ps2/ps2_controller.h"

#define CONFIG_INTERRUPTS (PS2_CONFIG_FIRST_INTERRUPT | PS2_CONFIG_SECOND_INTERRUPT)

/* snippet: controller */
/* Both ports off and their output thrown away, so that every answer is to a question. */
static enum err test_controller(uint8_t *config)
{
    enum err e = ps2_flush();
    if (e == OK) e = ps2_port_enable(PS2_FIRST, false);
    if (e == OK) e = ps2_port_enable(PS2_SECOND, false);
    if (e == OK) e = ps2_flush();
    if (e == OK) e = ps2_config_read(config);
    if (e == OK) e = ps2_self_test();
    return e;
}

static enum err test_port(uint8_t config)
{
    uint8_t fault;
    /* The self test may have put the configuration back to its beginning. */
    enum err e = ps2_config_write((uint8_t)(config & ~CONFIG_INTERRUPTS));
    if (e == OK) e = ps2_port_test(PS2_FIRST, &fault);
    if (e == OK) e = ps2_port_enable(PS2_FIRST, true);
    return e;
}
/* end: controller */

/* snippet: keyboard */
/* Set 2 is what every keyboard has; some have no other. */
static enum err test_keyboard(void)
{
    enum err e = ps2_keyboard_reset();
    if (e == OK) e = ps2_keyboard_scanning(false);
    if (e == OK) e = ps2_keyboard_set_set(PS2_SET_2);
    if (e == OK) e = ps2_keyboard_leds(0);
    return e;
}

/* A controller that does not translate, or does nothing else, shows it when read back. */
static enum err start(uint8_t config, bool translate, enum ps2_set *set)
{
    config &= (uint8_t) ~(PS2_CONFIG_TRANSLATE | CONFIG_INTERRUPTS | PS2_CONFIG_FIRST_DISABLED);
    config |= PS2_CONFIG_FIRST_INTERRUPT | (translate ? PS2_CONFIG_TRANSLATE : 0);
    enum err e = ps2_config_write(config);
    if (e == OK) e = ps2_config_read(&config);
    if (e == OK) e = ps2_keyboard_scanning(true);
    *set = config & PS2_CONFIG_TRANSLATE ? PS2_SET_1 : PS2_SET_2;
    return e;
}
/* end: keyboard */

enum err keyboard_start(bool translate, enum ps2_set *set, const char **step)
{
    uint8_t config;

    *step = "controller";
    enum err e = test_controller(&config);
    if (e != OK) return e;
    *step = "first port";
    e = test_port(config);
    if (e != OK) return e;
    *step = "keyboard";
    e = test_keyboard();
    return e == OK ? start(config, translate, set) : e;
}
