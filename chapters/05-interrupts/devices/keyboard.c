/* SPDX-License-Identifier: MIT */
#include "devices/keyboard.h"

#include "boot/command_line.h"
#include "console/log.h"
#include "cpu/irq.h"
#include "devices/key_ring.h"
#include "devices/keyboard_start.h"
#include "ps2/ps2_controller.h"
#include "ps2/ps2_scancode.h"
#include "x86_64/insn.h"
#include "x86_64/interrupts.h"

static struct key_ring ring;
static struct ps2_decoder decoder;
static struct ps2_keys keys;

/* snippet: handler */
/* Takes what there is and is done: turning bytes into keys can wait until someone asks. */
static void keyboard_arrived(void)
{
    uint8_t status;

    for (unsigned i = 0; i < KEY_RING_BYTES; i++) {
        status = insn_in8(PS2_PORT_STATUS);
        if (!(status & PS2_STATUS_OUTPUT_FULL)) return;
        uint8_t byte = insn_in8(PS2_PORT_DATA);
        if (!(status & PS2_STATUS_AUXILIARY)) key_ring_put(&ring, byte);
    }
}
/* end: handler */

/* An I/O APIC forgets an edge that comes while its input is masked, and the controller makes
 * no other until that byte has been read: one key pressed too early would silence the rest. */
enum err keyboard_listen(void)
{
    INTERRUPTS_OFF_HERE();
    enum err e = irq_enable(IRQ_KEYBOARD, "keyboard", keyboard_arrived);
    if (e == OK) keyboard_arrived();
    return e;
}

void keyboard_init(const char *command_line, const struct acpi_fadt *fadt)
{
    bool korean = command_line_has(command_line, "keys=kr106");
    bool translate = !command_line_has(command_line, "scancodes=2");
    enum ps2_set set;
    const char *step;

    if (fadt && !fadt->has_8042) {
        log_warning("keyboard: none: ACPI says that there is no PS/2 controller");
        return;
    }
    enum err e = keyboard_start(translate, &set, &step);
    if (e != OK) {
        log_warning("keyboard: none: PS/2 %s: %s", step, err_name(e));
        return;
    }
    ps2_decoder_init(&decoder, set);
    ps2_keys_init(&keys, korean ? PS2_LAYOUT_KOREAN : PS2_LAYOUT_US, 0);
    e = keyboard_listen();
    if (e != OK) log_warning("keyboard: its interrupt: %s", err_name(e));
    else log_info("keyboard: PS/2, scan codes of set %u, %s layout", (unsigned)set,
                  korean ? "Korean 106-key" : "US");
}

/* snippet: lamps */
/* Two bytes, each of which the keyboard acknowledges among its keys.  Nobody waits for that:
 * the acknowledgement of one byte sends the next. */
static enum { LAMPS_IDLE, LAMPS_COMMAND_SENT, LAMPS_VALUE_SENT } lamps;
static bool lamps_changed;

static void lamps_send(uint8_t byte)
{
    if (ps2_device_write(PS2_FIRST, byte) != OK) lamps = LAMPS_IDLE; /* they stay as they are */
}

static void lamps_show(void)
{
    lamps_changed = lamps != LAMPS_IDLE;
    if (lamps_changed) return; /* when the last change is done */
    lamps = LAMPS_COMMAND_SENT;
    lamps_send(PS2_KBD_LEDS);
}

static void lamps_acknowledged(bool accepted)
{
    bool go_on = accepted && lamps == LAMPS_COMMAND_SENT;

    lamps = go_on ? LAMPS_VALUE_SENT : LAMPS_IDLE;
    if (go_on) lamps_send(keys.leds);
    else if (lamps_changed) lamps_show();
}
/* end: lamps */

/* snippet: next */
static bool interpret(uint8_t byte, struct ps2_press *press)
{
    struct ps2_event event = ps2_decode(&decoder, byte);

    switch (event.kind) {
    case PS2_EVENT_KEY:
        *press = ps2_keys_apply(&keys, (enum key)event.key, event.make);
        if (press->leds_changed) lamps_show();
        return true;
    case PS2_EVENT_ACK: lamps_acknowledged(true); return false;
    case PS2_EVENT_RESEND: lamps_acknowledged(false); return false;
    case PS2_EVENT_SELF_TEST_PASSED: /* plugged in again: what was asked before is forgotten */
        lamps = LAMPS_IDLE;
        ps2_keys_release_all(&keys);
        return false;
    case PS2_EVENT_OVERRUN: ps2_keys_release_all(&keys); return false;
    default: return false;
    }
}

bool keyboard_next(struct ps2_press *press)
{
    uint8_t byte;

    while (key_ring_take(&ring, &byte))
        if (interpret(byte, press)) return true;
    return false;
}
/* end: next */

bool keyboard_has_bytes(void)
{
    return !key_ring_is_empty(&ring);
}
