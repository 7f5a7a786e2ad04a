/* SPDX-License-Identifier: MIT */
/* The oracle decides each byte of the framebuffer by itself: which pixel, which cell,
 * which bit of the font, which colour.  The block has exactly the size that the
 * description gives, so the sanitizer sees a write past it, and the padding between lines
 * holds a pattern that must survive.  The font is random bytes: more shapes than letters
 * have. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pixel_text/pixel_text.h"

#define UNTOUCHED 0x5a
#define RGB565    {11, 5}, {5, 6}, {0, 5}
#define RGB555    {10, 5}, {5, 5}, {0, 5}
#define RGB888    {16, 8}, {8, 8}, {0, 8}
#define BGR888    {0, 8}, {8, 8}, {16, 8}
#define RGBX8888  {24, 8}, {16, 8}, {8, 8}
#define RGB101010 {20, 10}, {10, 10}, {0, 10}

static uint8_t font[FONT_GLYPHS][FONT_HEIGHT_PX];
static uint16_t cells[PIXEL_TEXT_CELLS], shadow[PIXEL_TEXT_CELLS];

/* What the screen shows: cells, a cursor, and which cells were painted at all. */
struct picture {
    int cursor; /* a cell's number, or -1 */
    bool cleared;
    bool painted[PIXEL_TEXT_CELLS];
};

static uint32_t random32(void)
{
    return (uint32_t)rand() << 16 ^ (uint32_t)rand();
}

static void randomize(void)
{
    for (unsigned i = 0; i < sizeof font; i++)
        ((uint8_t *)font)[i] = (uint8_t)(rand() >> 5);
    for (unsigned i = 0; i < PIXEL_TEXT_CELLS; i++)
        cells[i] = (uint16_t)((random32() & 0xff00) | (i & 0xff)); /* every glyph */
}

/* Red, green and blue of a colour number from the IBM EGA's rule: a primary's bit gives
 * two thirds, the intensity bit one third, and dark yellow is made brown. */
static unsigned intensity(unsigned colour, unsigned primary)
{
    unsigned value = (colour & primary ? 170u : 0u) + (colour & 8 ? 85u : 0u);
    return colour == 6 && primary == 2 ? 85u : value;
}

/* The channel value nearest to the intensity, found by trying all. */
static uint32_t nearest(unsigned value, unsigned size)
{
    uint32_t largest = (1u << size) - 1, best = 0;
    long smallest = -1;
    for (uint32_t v = 0; v <= largest; v++) {
        long distance = labs((long)v * 255 - (long)value * (long)largest);
        if (smallest < 0 || distance < smallest) {
            smallest = distance;
            best = v;
        }
    }
    return best;
}

static void pixels_of_colours(const struct pixel_text_framebuffer *f, uint32_t pixels[16])
{
    for (unsigned c = 0; c < 16; c++)
        pixels[c] = nearest(intensity(c, 4), f->red.size) << f->red.position |
                    nearest(intensity(c, 2), f->green.size) << f->green.position |
                    nearest(intensity(c, 1), f->blue.size) << f->blue.position;
}

/* The number of the first byte that is not as it should be, or -1. */
static long first_difference(const struct pixel_text_framebuffer *f, const uint8_t *got,
                             const struct picture *picture)
{
    unsigned bytes = f->bits_per_pixel == 15 ? 2 : f->bits_per_pixel / 8, scale = 1;
    while (640 * (scale + 1) <= f->width_px && 400 * (scale + 1) <= f->height_px &&
           scale < 8)
        scale++;
    unsigned left = (f->width_px - 640 * scale) / 2,
             top = (f->height_px - 400 * scale) / 2;
    uint32_t pixels[16];
    pixels_of_colours(f, pixels);

    for (uint64_t at = 0; at < pixel_text_size_bytes(f); at++) {
        unsigned y = (unsigned)(at / f->pitch_bytes),
                 in_line = (unsigned)(at % f->pitch_bytes);
        unsigned x = in_line / bytes;
        uint8_t expected = picture->cleared && x < f->width_px ? 0 : UNTOUCHED;
        if (x >= left && x < left + 640 * scale && y >= top && y < top + 400 * scale) {
            unsigned gx = (x - left) / scale, gy = (y - top) / scale;
            unsigned number = gy / 16 * 80 + gx / 8, cell = cells[number];
            bool set = font[cell & 0xff][gy % 16] >> (7 - gx % 8) & 1;
            if ((int)number == picture->cursor && gy % 16 >= 14) set = true;
            uint32_t pixel = pixels[set ? cell >> 8 & 0xf : cell >> 12];
            if (picture->painted[number])
                expected = (uint8_t)(pixel >> 8 * (in_line % bytes));
        }
        if (got[at] != expected) return (long)at;
    }
    return -1;
}

static const struct pixel_text_framebuffer screens[] = {
    /* pitch, width, height, bits: the plain ones of each depth, and crooked ones */
    {0, 640 * 4, 640, 400, 32, RGB888},          {0, 640 * 3, 640, 400, 24, RGB888},
    {0, 640 * 2, 640, 400, 16, RGB565},          {0, 640 * 2, 640, 400, 15, RGB555},
    {0, 800 * 4, 800, 600, 32, BGR888},          {0, 3272, 801, 601, 32, RGBX8888},
    {0, 643 * 4 + 3, 643, 405, 32, RGB101010},   {0, 647 * 3 + 5, 647, 403, 24, BGR888},
    {0, 641 * 2 + 1, 641, 401, 16, RGB555},      {0, 1281 * 4 + 2, 1281, 801, 32, RGB888},
    {0, 1280 * 3 + 1, 1280, 800, 24, RGB888},    {0, 1366 * 2, 1366, 802, 16, RGB565},
    {0, 1279 * 4, 1279, 1200, 32, RGB888},       {0, 1925 * 4, 1925, 1200, 32, RGB888},
    {0, 640 * 2 + 7, 640, 400, 16, {0, 1}, {1, 1}, {15, 1}},
};
#define SCREENS (sizeof screens / sizeof *screens)

/* A framebuffer on the heap and the library ready for it. */
static uint8_t *open_screen(struct pixel_text *text, struct pixel_text_framebuffer *f,
                            const struct pixel_text_framebuffer *description)
{
    *f = *description;
    uint8_t *block = malloc(pixel_text_size_bytes(f));
    memset(block, UNTOUCHED, pixel_text_size_bytes(f));
    f->address = (uintptr_t)block;
    assert_int_equal(pixel_text_init(text, f, font), OK);
    return block;
}

static void all_glyphs_and_colours_on_all_screens(void **state)
{
    (void)state;
    for (unsigned s = 0; s < SCREENS; s++) {
        struct pixel_text text;
        struct pixel_text_framebuffer f;
        struct picture picture = {.cursor = -1};
        uint8_t *block = open_screen(&text, &f, &screens[s]);
        assert_int_equal(first_difference(&f, block, &picture), -1); /* nothing yet */
        randomize();
        for (unsigned row = 0; row < PIXEL_TEXT_ROWS; row++)
            pixel_text_paint(&text, row, 0, cells + row * 80, 80);
        memset(picture.painted, true, sizeof picture.painted);
        assert_int_equal(first_difference(&f, block, &picture), -1);
        pixel_text_clear(&text);
        memset(picture.painted, false, sizeof picture.painted);
        picture.cleared = true;
        assert_int_equal(first_difference(&f, block, &picture), -1);
        free(block);
    }
}

static void parts_of_rows_touch_nothing_else(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 3 * SCREENS; round++) {
        struct pixel_text text;
        struct pixel_text_framebuffer f;
        struct picture picture = {.cursor = -1};
        uint8_t *block = open_screen(&text, &f, &screens[round % SCREENS]);
        randomize();
        for (unsigned i = 0; i < 12; i++) {
            unsigned row = random32() % 25, column = random32() % 81;
            unsigned count = random32() % (81 - column);
            pixel_text_paint(&text, row, column, cells + row * 80 + column, count);
            memset(picture.painted + row * 80 + column, true, count);
        }
        pixel_text_paint(&text, 24, 79, cells + 1999, 1);
        picture.painted[1999] = true;
        pixel_text_paint(&text, 24, 80, cells + 2000, 0);
        assert_int_equal(first_difference(&f, block, &picture), -1);
        free(block);
    }
}

static void the_cursor_comes_and_goes(void **state)
{
    static const unsigned places[] = {0, 79, 1000, 1920, 1999};
    (void)state;
    for (unsigned s = 0; s < SCREENS; s++) {
        struct pixel_text text;
        struct pixel_text_framebuffer f;
        struct picture picture = {.cursor = (int)places[s % 5]};
        unsigned place = places[s % 5];
        uint8_t *block = open_screen(&text, &f, &screens[s]);
        randomize();
        pixel_text_paint_cursor(&text, place / 80, place % 80, cells[place]);
        picture.painted[place] = true;
        assert_int_equal(first_difference(&f, block, &picture), -1);
        pixel_text_paint(&text, place / 80, place % 80, &cells[place], 1);
        picture.cursor = -1;
        assert_int_equal(first_difference(&f, block, &picture), -1);
        free(block);
    }
}

static void painting_all_paints_what_changed(void **state)
{
    (void)state;
    struct pixel_text text;
    struct pixel_text_framebuffer f;
    uint8_t *block = open_screen(&text, &f, &screens[1]);
    for (unsigned round = 0; round < 8; round++) {
        struct picture picture = {.cursor = -1};
        randomize();
        memcpy(shadow, cells, sizeof cells);
        memset(block, UNTOUCHED, pixel_text_size_bytes(&f));
        for (unsigned i = 0; i < round * round * 8; i++) {
            unsigned number = i < 3 ? (unsigned[]){0, 79, 1999}[i] : random32() % 2000;
            shadow[number] = (uint16_t)(cells[number] ^ 1u << rand() % 16);
            picture.painted[number] = true;
        }
        pixel_text_paint_all(&text, cells, shadow);
        assert_int_equal(first_difference(&f, block, &picture), -1);
        assert_memory_equal(shadow, cells, sizeof cells);
        memset(block, UNTOUCHED, pixel_text_size_bytes(&f));
        pixel_text_paint_all(&text, cells, shadow); /* nothing is left to paint */
        memset(picture.painted, false, sizeof picture.painted);
        assert_int_equal(first_difference(&f, block, &picture), -1);
    }
    free(block);
}

static void contradictions_and_what_does_not_fit_are_refused(void **state)
{
    static const struct {
        enum err expected;
        struct pixel_text_framebuffer f;
    } rows[] = {
        {OK, {4096, 2560, 640, 400, 32, RGB888}},
        {ERR_RANGE, {4096, 2560, 639, 400, 32, RGB888}},
        {ERR_RANGE, {4096, 2560, 640, 399, 32, RGB888}},
        {ERR_RANGE, {4096, 0, 0, 0, 32, RGB888}},
        {ERR_RANGE, {4096, 2560, 640, 0, 32, RGB888}},
        {ERR_RANGE, {4096, 2560, 640, 400, 8, RGB888}},
        {ERR_RANGE, {4096, 2560, 640, 400, 0, {0, 0}, {0, 0}, {0, 0}}},
        {ERR_RANGE, {4096, 2560, 640, 400, 255, RGB888}},
        {ERR_FORMAT, {4096, 2559, 640, 400, 32, RGB888}},
        {ERR_FORMAT, {4096, 0, 640, 400, 32, RGB888}},
        {ERR_FORMAT, {4096, UINT32_MAX, UINT32_MAX, 400, 32, RGB888}},
        {ERR_FORMAT, {0, 2560, 640, 400, 32, RGB888}},
        {ERR_FORMAT, {UINT64_MAX, 2560, 640, 400, 32, RGB888}},
        {ERR_FORMAT, {UINT64_MAX - 2560u * 400 + 1, 2560, 640, 400, 32, RGB888}},
        {OK, {UINT64_MAX - 2560u * 400, 2560, 640, 400, 32, RGB888}},
        {ERR_FORMAT, {UINT64_MAX / 2, UINT32_MAX, 640, UINT32_MAX, 32, RGB888}},
        {ERR_FORMAT, {4096, 2560, 640, 400, 32, {16, 0}, {8, 8}, {0, 8}}},
        {ERR_FORMAT, {4096, 2560, 640, 400, 32, {25, 8}, {8, 8}, {0, 8}}},
        {ERR_FORMAT, {4096, 2560, 640, 400, 32, {255, 255}, {8, 8}, {0, 8}}},
        {ERR_FORMAT, {4096, 2560, 640, 400, 32, {16, 8}, {9, 8}, {0, 8}}},
        {ERR_FORMAT, {4096, 2560, 640, 400, 32, {16, 8}, {8, 8}, {0, 9}}},
        {ERR_FORMAT, {4096, 2560, 640, 400, 32, {0, 32}, {0, 32}, {0, 32}}},
        {ERR_FORMAT, {4096, 2560, 640, 400, 24, RGBX8888}},
        {ERR_FORMAT, {4096, 2560, 640, 400, 15, RGB565}},
        {OK, {4096, 2560, 640, 400, 32, {2, 30}, {1, 1}, {0, 1}}},
    };
    (void)state;
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pixel_text text;
        enum err got = pixel_text_init(&text, &rows[i].f, font);
        if (got != rows[i].expected)
            fail_msg("row %u: %s, expected %s", i, err_name(got),
                     err_name(rows[i].expected));
    }
}

/* Any description whatever: refused, or everything it makes the library touch lies
 * inside. */
static void random_descriptions_never_reach_outside(void **state)
{
    unsigned accepted = 0;
    (void)state;
    for (unsigned i = 0; i < 200000; i++) {
        static const uint8_t depths[] = {15, 16, 24, 32, 32, 32, 8, 33};
        static const uint32_t sizes[] = {0, 399, 400, 640, 1600, 6400, 70000, UINT32_MAX};
        struct pixel_text text;
        struct pixel_text_framebuffer f = {
            .address = (uint64_t)random32() << rand() % 33,
            .pitch_bytes = rand() & 3 ? sizes[rand() & 7] * 4 : random32(),
            .width_px = sizes[rand() & 7] + (random32() & 3),
            .height_px = sizes[rand() & 7],
            .bits_per_pixel = depths[rand() & 7],
            .red = {(uint8_t)(rand() % 24), (uint8_t)(rand() % 9)},
            .green = {(uint8_t)(rand() % 16), (uint8_t)(rand() % 9)},
            .blue = {(uint8_t)(rand() % 8), (uint8_t)(rand() % 9)},
        };
        if (pixel_text_init(&text, &f, font)) continue;
        accepted++;
        uint64_t first = (uintptr_t)text.origin;
        uint64_t last = first + (uint64_t)f.pitch_bytes * (400 * text.scale - 1) +
                        (uint64_t)640 * text.scale * text.pixel_bytes;
        assert_in_range(text.scale, 1, 8);
        assert_true(first >= f.address && last > first);
        assert_true(last <= f.address + pixel_text_size_bytes(&f));
    }
    print_message("%u descriptions accepted\n", accepted);
    assert_true(accepted > 50);
}

static void a_place_outside_the_grid_asserts(void **state)
{
    (void)state;
    struct pixel_text text;
    struct pixel_text_framebuffer f;
    uint8_t *block = open_screen(&text, &f, &screens[0]);
    struct picture untouched = {.cursor = -1};
    expect_assert_failure(pixel_text_paint(&text, 25, 0, cells, 0));
    expect_assert_failure(pixel_text_paint(&text, 0, 81, cells, 0));
    expect_assert_failure(pixel_text_paint(&text, 0, 1, cells, 80));
    expect_assert_failure(pixel_text_paint(&text, 0, 79, cells, UINT32_MAX));
    expect_assert_failure(pixel_text_paint_cursor(&text, 0, 80, 0));
    assert_int_equal(first_difference(&f, block, &untouched), -1);
    free(block);
}

/* The faults this suite must catch: red and blue exchanged, and a font read from the
 * right. */
static void the_deliberate_faults_are_caught(void **state)
{
    (void)state;
    struct pixel_text text;
    struct pixel_text_framebuffer f;
    struct picture picture = {.cursor = -1};
    uint8_t *block = open_screen(&text, &f, &screens[0]);
    struct pixel_text_framebuffer exchanged = f;
    exchanged.red = f.blue;
    exchanged.blue = f.red;
    cells[0] = 0x0401; /* red on black */
    memset(font[1], 0xe0, sizeof font[1]);
    picture.painted[0] = true;

    assert_int_equal(pixel_text_init(&text, &exchanged, font), OK);
    pixel_text_paint(&text, 0, 0, cells, 1);
    assert_int_equal(first_difference(&f, block, &picture), 0);

    assert_int_equal(pixel_text_init(&text, &f, font), OK);
    pixel_text_paint(&text, 0, 0, cells, 1);
    assert_int_equal(first_difference(&f, block, &picture), -1);
    memset(font[1], 0x07, sizeof font[1]);
    pixel_text_paint(&text, 0, 0, cells, 1);
    memset(font[1], 0xe0, sizeof font[1]);
    assert_int_equal(first_difference(&f, block, &picture), 2);
    free(block);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_glyphs_and_colours_on_all_screens),
        cmocka_unit_test(parts_of_rows_touch_nothing_else),
        cmocka_unit_test(the_cursor_comes_and_goes),
        cmocka_unit_test(painting_all_paints_what_changed),
        cmocka_unit_test(contradictions_and_what_does_not_fit_are_refused),
        cmocka_unit_test(random_descriptions_never_reach_outside),
        cmocka_unit_test(a_place_outside_the_grid_asserts),
        cmocka_unit_test(the_deliberate_faults_are_caught),
    };
    return cmocka_run_group_tests_name("pixel_text", tests, NULL, NULL);
}
