# SPDX-License-Identifier: MIT
"""The instruments themselves: each is shown what it must notice.  A kernel's first
instructions are replaced in the stopped machine, so no special kernels are needed."""
import random

import pytest

import machines
from conftest import CHAPTERS, ROOT, TOOLCHAINS, Case
from machine import qemu, screen
from machine.boot import HALTED, HANG, RESET
from machine.qemu import Running

HALT = bytes.fromhex("fa f4 eb fd")                     # cli; hlt; jmp to the hlt
HPET_BYTE_WRITE = bytes.fromhex("a2 00 00 d0 fe")       # mov [0xfed00000], al: dwords only
BUSY = bytes.fromhex("eb fe")                           # jmp to itself
UNDEFINED = bytes.fromhex("0f 0b")                      # ud2


@pytest.fixture
def first_chapter(builder):
    return builder.built(Case(CHAPTERS[0], "qemu-bios", TOOLCHAINS[0]))


@pytest.fixture
def doctored(first_chapter, yard):
    """Boots the first chapter with `code` as its first instructions."""
    def run(code, seconds):
        iso, elf = first_chapter
        with Running(iso, elf, yard.scratch()) as running:
            assert running.run_to_entry(yard.patience.hang("qemu-bios"))
            running.stub.write_memory(running.elf.entry, code)
            running.run_to_end(seconds, rest="_start")
            idle = None if running.process.poll() is not None else running.idle_cpu_seconds()
            return running.finish(), idle
    return run


def test_a_guest_error_is_noticed(doctored, yard):
    boot, _ = doctored(HPET_BYTE_WRITE + HALT, yard.patience.hang("qemu-bios"))
    assert boot.end == HALTED
    assert "fed00000" in boot.guest_errors or "Invalid write" in boot.guest_errors


def test_firmware_and_loader_leave_no_guest_errors_in_the_log(doctored, yard):
    boot, idle = doctored(HALT, yard.patience.hang("qemu-bios"))
    assert boot.end == HALTED and boot.guest_errors == ""
    assert idle is None or idle <= 0.1


def test_a_busy_loop_is_noticed(doctored):
    boot, idle = doctored(BUSY, 1)
    assert boot.end == HANG
    assert idle is None or idle > 0.1


def test_a_triple_fault_is_noticed(doctored, yard):
    boot, _ = doctored(UNDEFINED, yard.patience.hang("qemu-bios"))
    assert boot.end == RESET


def test_a_loader_that_finds_no_kernel_is_not_an_entry(first_chapter, yard):
    """An ISO whose kernel is another file: the entry's bytes are what is compared."""
    iso, elf = first_chapter
    other = yard.scratch() / "kernel.elf"
    data = bytearray(elf.read_bytes())
    kernel = machines.Elf(elf)
    _, _, offset, virtual, *_ = next(s for s in kernel.segments if s[3] <= kernel.entry
                                     < s[3] + s[5])
    data[offset + kernel.entry - virtual] ^= 0xFF
    other.write_bytes(data)
    with Running(iso, other, yard.scratch()) as running:
        assert not running.run_to_entry(5)


# --- screens ----------------------------------------------------------------------------

def painted(cells, glyphs, width, height):
    """A PPM with the cells painted by an independent reading of the rules: per pixel."""
    bitmaps = {code: bitmap for bitmap, code in glyphs.items()}
    colours = {number: rgb for rgb, number in screen.PALETTE.items()}
    scale = min(width // 640, height // 400)
    left, top = (width - 640 * scale) // 2, (height - 400 * scale) // 2
    pixels = bytearray(width * height * 3)
    for y in range(400 * scale):
        for x in range(640 * scale):
            column, row = x // scale // 8, y // scale // 16
            code, attribute = cells[row * 80 + column]
            lit = bitmaps[code][y // scale % 16] >> (7 - x // scale % 8) & 1
            rgb = colours[attribute & 15 if lit else attribute >> 4]
            start = ((top + y) * width + left + x) * 3
            pixels[start:start + 3] = rgb
    return b"P6\n%d %d\n255\n" % (width, height) + bytes(pixels)


@pytest.fixture(scope="module")
def glyphs():
    return screen.font(ROOT / "tools")


@pytest.mark.parametrize("size", [(800, 600), (1280, 801)])
def test_text_is_read_back_from_pixels(glyphs, size):
    chance = random.Random(437)
    # Whole and half blocks are others with the colours swapped: pixels cannot tell.
    codes = sorted(set(glyphs.values()) - set(range(0xDB, 0xE0)))
    cells = [(chance.choice(codes), chance.choice([0x07, 0x2F, 0xE1, 0x1E]))
             for _ in range(2000)]
    read = screen.from_pixels(painted(cells, glyphs, *size), glyphs)
    assert read.rows == screen.screen_of(cells).rows
    assert all(read.attributes[n // 80][n % 80] == attribute for n, (code, attribute)
               in enumerate(cells) if code not in (0x00, 0x20, 0xFF))


def test_pixels_that_are_no_text_are_refused(glyphs):
    data = bytearray(painted([(0x41, 0x07)] * 2000, glyphs, 640, 400))
    for place in (3 * 640 * 3, 200 * 640 * 3 + 900):
        start = len(data) - 640 * 400 * 3 + place
        data[start:start + 3] = b"\xff\x00\x12"
    with pytest.raises(AssertionError, match="no character of the font"):
        screen.from_pixels(bytes(data), glyphs)


def test_codes_below_32_have_pictures():
    read = screen.from_vga_memory(bytes([0x01, 0x07, 0x7F, 0x2F, 0x00, 0x07, 0xDB, 0x0A]) * 500)
    assert read.rows[0].startswith("☺⌂ █☺")
    assert read.attributes[0][:4] == [0x07, 0x2F, 0x07, 0x0A]


# --- expectations -----------------------------------------------------------------------

@pytest.mark.parametrize("expected, shown, missing", [
    (["a", "b"], ["a", "x", "b"], None),
    (["a", "b"], ["b", "a"], "b"),              # order counts
    (["a", "a"], ["a"], "a"),                   # and number
    (["a"], ["ab"], "a"),                       # whole lines
    (["a*c"], ["abc"], None),
    (["a.c"], ["abc"], "a.c"),                  # nothing but * is special
    (["x"], [], "x"),
])
def test_expected_lines(expected, shown, missing):
    assert screen.first_missing(expected, shown) == missing


def test_cpu_time_is_measured_from_the_right_fields(first_chapter, yard):
    iso, elf = first_chapter
    with Running(iso, elf, yard.scratch()) as running:
        running.run_to_entry(yard.patience.hang("qemu-bios"))
        assert running.cpu_seconds() > 0.05     # firmware and loader took some


def test_qemu_that_cannot_start_says_why(first_chapter, yard):
    iso, elf = first_chapter
    with pytest.raises(RuntimeError, match="no-such-cpu"):
        with qemu.Running(iso, elf, yard.scratch(), cpu="no-such-cpu"):
            pass
