/* SPDX-License-Identifier: MIT */
#include "console/screen.h"

#include <stddef.h>

#include "console/pixel_screen.h"
#include "console/vga_text.h"

#define MAPPED_END (UINT64_C(4) << 30) /* boot/start.asm maps the first 4 GiB */

/* snippet: framebuffer */
static const struct screen *paint_on(const struct multiboot2_tag_framebuffer *tag,
                                     const struct multiboot2_framebuffer_rgb *rgb,
                                     const char **description)
{
    const struct pixel_text_framebuffer framebuffer = {
        .address = tag->framebuffer_addr,
        .pitch_bytes = tag->framebuffer_pitch,
        .width_px = tag->framebuffer_width,
        .height_px = tag->framebuffer_height,
        .bits_per_pixel = tag->framebuffer_bpp,
        .red = {rgb->framebuffer_red_field_position, rgb->framebuffer_red_mask_size},
        .green = {rgb->framebuffer_green_field_position, rgb->framebuffer_green_mask_size},
        .blue = {rgb->framebuffer_blue_field_position, rgb->framebuffer_blue_mask_size},
    };
    const struct screen *screen;
    uint64_t size_bytes = pixel_text_size_bytes(&framebuffer);

    *description = "none: the framebuffer lies above 4 GiB, where nothing is mapped yet";
    if (framebuffer.address >= MAPPED_END || size_bytes > MAPPED_END - framebuffer.address)
        return NULL;
    *description = "none: the framebuffer has a form we cannot paint on";
    if (pixel_screen_init(&framebuffer, &screen) != OK) return NULL;
    *description = "80x25 cells painted on a framebuffer";
    return screen;
}
/* end: framebuffer */

/* snippet: choose */
const struct screen *screen_init(const struct multiboot2_reader *boot_info,
                                 const char **description)
{
    const struct multiboot2_tag_framebuffer *framebuffer =
        multiboot2_as_framebuffer(multiboot2_find(boot_info, MULTIBOOT2_TAG_FRAMEBUFFER));
    const struct multiboot2_framebuffer_rgb *rgb = multiboot2_framebuffer_rgb(framebuffer);

    if (rgb) return paint_on(framebuffer, rgb, description);
    /* A loader that does not mention a screen has left the one the machine woke up with. */
    if (!framebuffer || framebuffer->framebuffer_type == MULTIBOOT2_FRAMEBUFFER_EGA_TEXT) {
        *description = "80x25 VGA text";
        return vga_text_init();
    }
    *description = "none: a framebuffer with a palette, which we cannot paint on";
    return NULL;
}
/* end: choose */
