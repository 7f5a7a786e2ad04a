# SPDX-License-Identifier: MIT
"""Reads text off screens: VGA text memory, and pixels painted from a known font."""
import re
import subprocess
import sys
from dataclasses import dataclass

ROWS, COLUMNS = 25, 80
CELL_WIDTH, CELL_HEIGHT = 8, 16
VGA_TEXT, VGA_TEXT_BYTES = 0xB8000, ROWS * COLUMNS * 2

# What code page 437 shows for the codes that Python's codec takes for control characters.
PICTURES = "\0☺☻♥♦♣♠•◘○◙♂♀♪♫☼►◄↕‼¶§▬↨↑↓→←∟↔▲▼"


def character(code):
    """A cell's character; an empty one (0) reads as a space."""
    if code < 0x20:
        return PICTURES[code] if code else " "
    return "⌂" if code == 0x7F else bytes([code]).decode("cp437")


@dataclass
class Screen:
    rows: list                  # 25 texts, trailing spaces cut
    attributes: list            # 25 lists of 80: background << 4 | foreground; None unknown

    @property
    def text(self):
        return "\n".join(self.rows).rstrip()


def screen_of(cells):
    """The screen that 2000 pairs (code, attribute) make."""
    lines = [cells[row * COLUMNS:][:COLUMNS] for row in range(ROWS)]
    return Screen(["".join(character(code) for code, _ in line).rstrip() for line in lines],
                  [[attribute for _, attribute in line] for line in lines])


def from_vga_memory(data):
    return screen_of(list(zip(data[0:VGA_TEXT_BYTES:2], data[1:VGA_TEXT_BYTES:2])))


# --- pixels -----------------------------------------------------------------------------

def font(tools):
    """{16 rows of 8 pixels as bytes: code}, as tools/font makes it.  Where two codes look
    alike (the blanks 00h, 20h and FFh) the printable one stands."""
    source = subprocess.run([sys.executable, str(tools / "font")], check=True, text=True,
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE).stdout
    source = re.sub(r"/\*.*?\*/", "", source, flags=re.S)
    body = source[source.index("=") + 1:]
    values = bytes(int(v, 16) for v in re.findall(r"(?<!\[)0x[0-9a-fA-F]{1,2}\b", body))
    assert len(values) == 256 * CELL_HEIGHT, "tools/font writes 256 glyphs of 16 bytes"
    glyphs = {}
    for code in sorted(range(256), key=lambda c: (0x20 <= c < 0x7F, c)):
        glyphs[values[code * CELL_HEIGHT:][:CELL_HEIGHT]] = code
    return glyphs


def read_ppm(data):
    """(width, height, pixels) of a binary PPM as QEMU writes it."""
    header = re.match(rb"P6\s+(\d+)\s+(\d+)\s+255\s", data)
    assert header, "not a binary PPM with 8 bits per channel"
    return int(header[1]), int(header[2]), data[header.end():]


# The VGA colours as 8-bit RGB, in the order of their numbers.
PALETTE = {bytes.fromhex(rgb): number for number, rgb in enumerate(
    "000000 0000aa 00aa00 00aaaa aa0000 aa00aa aa5500 aaaaaa "
    "555555 5555ff 55ff55 55ffff ff5555 ff55ff ffff55 ffffff".split())}


def read_cell(pixels, width, left, top, scale, glyphs):
    """(code, attribute) of the cell whose first pixel is at (left, top); None when its
    pixels are no glyph of the font in two colours of the palette."""
    def at(x, y):
        start = ((top + y * scale) * width + left + x * scale) * 3
        return pixels[start:start + 3]

    cell = [[at(x, y) for x in range(CELL_WIDTH)] for y in range(CELL_HEIGHT)]
    colours = {pixel for line in cell for pixel in line}
    if len(colours) > 2 or not colours <= PALETTE.keys():
        return None
    # Which of the two is the background, the glyph tells: a full block reads as a blank.
    for background in sorted(colours, key=lambda c: -sum(line.count(c) for line in cell)):
        foreground = next(iter(colours - {background}), background)
        bitmap = bytes(sum((pixel == foreground != background) << (7 - x)
                           for x, pixel in enumerate(line)) for line in cell)
        if bitmap in glyphs:
            return glyphs[bitmap], PALETTE[background] << 4 | PALETTE[foreground]
    return None


CURSOR_LINES = 2            # painted over the foot of the cell that the cursor is in


def without_cursor(pixels, width, left, top, scale):
    """A copy of the pixels in which the cell's cursor lines look like the line above."""
    changed = bytearray(pixels)
    for y in range((CELL_HEIGHT - CURSOR_LINES) * scale, CELL_HEIGHT * scale):
        for x in range(CELL_WIDTH * scale):
            source = ((top + (CELL_HEIGHT - CURSOR_LINES - 1) * scale) * width + left + x) * 3
            target = ((top + y) * width + left + x) * 3
            changed[target:target + 3] = pixels[source:source + 3]
    return bytes(changed)


def from_pixels(data, glyphs):
    """The text of a PPM on which common/pixel_text painted: its documented place, the
    largest whole multiple of 640x400 in the middle.  At most one cell may hold the cursor;
    any other that is no glyph is a failure."""
    width, height, pixels = read_ppm(data)
    scale = min(width // (COLUMNS * CELL_WIDTH), height // (ROWS * CELL_HEIGHT), 8)
    assert scale >= 1, f"a screen of {width}x{height} is too small for 80x25"
    left = (width - COLUMNS * CELL_WIDTH * scale) // 2
    top = (height - ROWS * CELL_HEIGHT * scale) // 2
    cells, unread = [], []
    for row in range(ROWS):
        for column in range(COLUMNS):
            place = (left + column * CELL_WIDTH * scale, top + row * CELL_HEIGHT * scale)
            cell = read_cell(pixels, width, *place, scale, glyphs)
            if cell is None:
                unread.append((row, column))
                cell = read_cell(without_cursor(pixels, width, *place, scale), width, *place,
                                 scale, glyphs)
            cells.append(cell or (ord("?"), None))
    assert len(unread) <= 1, f"cells that show no character of the font: {unread[:10]}"
    return screen_of(cells)


# --- what a chapter promises ------------------------------------------------------------

def pattern(line):
    """A line of expect.txt: the whole line as it is, `*` standing for anything."""
    return re.compile(".*".join(re.escape(part) for part in line.split("*")) + r"\Z")


def first_missing(expected, lines):
    """The first of the expected lines that `lines` does not show, in order; or None."""
    found = iter(lines)
    for line in expected:
        wanted = pattern(line)
        if not any(wanted.match(shown) for shown in found):
            return line
    return None
