/* SPDX-License-Identifier: MIT */
/* How many cells a second, beside a painter that sets one pixel after the other, which is
 * what one writes first.  Prints JSON.  Into ordinary memory, so it measures the
 * processor's share; a real framebuffer adds its bus.  Each figure is the best of several
 * runs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pixel_text/pixel_text.h"

#define RUNS   15
#define PASSES 40

static uint8_t font[FONT_GLYPHS][FONT_HEIGHT_PX];
static uint16_t cells[PIXEL_TEXT_CELLS], shadow[PIXEL_TEXT_CELLS];
static struct pixel_text text;
static struct pixel_text_framebuffer framebuffer;

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void set_pixel(unsigned x, unsigned y, uint32_t colour)
{
    uint8_t *at = (uint8_t *)(uintptr_t)framebuffer.address + y * framebuffer.pitch_bytes;
    switch (framebuffer.bits_per_pixel) {
    case 32: ((uint32_t *)at)[x] = colour; break;
    case 24:
        at[3 * x] = (uint8_t)colour;
        at[3 * x + 1] = (uint8_t)(colour >> 8);
        at[3 * x + 2] = (uint8_t)(colour >> 16);
        break;
    default: ((uint16_t *)at)[x] = (uint16_t)colour;
    }
}

static void paint_by_pixels(void)
{
    unsigned scale = text.scale;
    for (unsigned i = 0; i < PIXEL_TEXT_CELLS; i++)
        for (unsigned y = 0; y < 16 * scale; y++)
            for (unsigned x = 0; x < 8 * scale; x++) {
                unsigned cell = cells[i];
                unsigned set = font[cell & 0xff][y / scale] & 0x80 >> x / scale;
                set_pixel(i % 80 * 8 * scale + x, i / 80 * 16 * scale + y,
                          (uint32_t)text.colours[set ? cell >> 8 & 0xf : cell >> 12]);
            }
}

static void paint_by_library(void)
{
    for (unsigned row = 0; row < PIXEL_TEXT_ROWS; row++)
        pixel_text_paint(&text, row, 0, cells + row * PIXEL_TEXT_COLUMNS,
                         PIXEL_TEXT_COLUMNS);
}

/* A log scrolled by a line: most rows are short and alike, as boot messages are. */
static void scroll_by_library(void)
{
    memmove(cells, cells + 80, (PIXEL_TEXT_CELLS - 80) * sizeof *cells);
    unsigned words = (unsigned)rand() % 60;
    for (unsigned i = 0; i < 80; i++)
        cells[PIXEL_TEXT_CELLS - 80 + i] =
            (uint16_t)(0x0700 | (i < words ? 'a' + i % 26 : ' '));
    pixel_text_paint_all(&text, cells, shadow);
}

static double best_cells_per_second(void (*paint)(void))
{
    double best = 0;
    for (unsigned run = 0; run < RUNS; run++) {
        double start = seconds();
        for (unsigned pass = 0; pass < PASSES; pass++) paint();
        double rate = PASSES * PIXEL_TEXT_CELLS / (seconds() - start);
        if (rate > best) best = rate;
    }
    return best;
}

static void print_figure(const char *name, const char *what, double value, double baseline)
{
    static const char *separator = "";
    printf("%s  {\"name\": \"%s%s\", \"value\": %.0f, \"unit\": \"cells/s\", ", separator,
           name, what, value);
    printf("\"baseline\": %.0f, \"baseline_name\": \"pixel by pixel, all\"}", baseline);
    separator = ",\n";
}

static void measure(const char *name, uint32_t width, uint32_t height, uint8_t bits)
{
    framebuffer = (struct pixel_text_framebuffer){
        .pitch_bytes = width * bits / 8, .width_px = width, .height_px = height,
        .bits_per_pixel = bits, .red = {11, 5}, .green = {5, 6}, .blue = {0, 5},
    };
    uint8_t *block = calloc(height, framebuffer.pitch_bytes);
    framebuffer.address = (uintptr_t)block;
    if (!block || pixel_text_init(&text, &framebuffer, font)) exit(1);
    for (unsigned i = 0; i < PIXEL_TEXT_CELLS; i++) cells[i] = (uint16_t)rand();
    double baseline = best_cells_per_second(paint_by_pixels);
    double ours = best_cells_per_second(paint_by_library);
    print_figure(name, "", ours, baseline);
    if (bits == 32 && width == 640)
        print_figure(name, ", log scrolled, changes only",
                     best_cells_per_second(scroll_by_library), baseline);
    free(block);
}

int main(void)
{
    for (unsigned i = 0; i < sizeof font; i++)
        ((uint8_t *)font)[i] = (uint8_t)(rand() >> 5);
    printf("[\n");
    measure("32 bpp", 640, 400, 32);
    measure("32 bpp, scale 2", 1280, 800, 32);
    measure("24 bpp", 640, 400, 24);
    measure("16 bpp", 640, 400, 16);
    printf("\n]\n");
    return 0;
}
