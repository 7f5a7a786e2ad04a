# SPDX-License-Identifier: MIT
"""The font that tools/font makes, looked at through a C compiler and through the table of
code page 437 in common/text, which is written and tested independently of the tool's."""
import ctypes
import gzip
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tools_helper import TOOLS, run

UNIFONT = Path(os.environ.get("UNIFONT") or "/usr/share/unifont/unifont.hex")
COMMON = TOOLS.parent / "common"
CAPITAL_A = "0000000018242442427E424242420000"
STEPS = "".join(f"{row:02X}" for row in range(16))


def generated(text):
    """{code: [16 bytes]} of a generated source."""
    lines = re.findall(r"\[0x(..)\] = \{(.*)\},", text)
    return {int(code, 16): [int(row, 16) for row in rows.split(", ")] for code, rows in lines}


def hex_lines(changes=()):
    """A small font with every character of the code page: each is its number's low byte in
    all rows, but for the changes."""
    order = [COMMON_TABLE[code] for code in range(256)]
    glyphs = {point: f"{point & 0xff:02X}" * 16 for point in order}
    glyphs.update(changes)
    return "".join(f"{point:04X}:{digits}\n" for point, digits in sorted(glyphs.items()) if digits)


def shared_library(directory, name, *sources):
    library = directory / f"{name}.so"
    subprocess.run(["cc", "-Wall", "-Werror", "-shared", "-fPIC", f"-I{COMMON}", "-o", library,
                    *sources], check=True)
    return ctypes.CDLL(str(library))


@pytest.fixture(scope="module", autouse=True)
def common_table(tmp_path_factory):
    library = shared_library(tmp_path_factory.mktemp("cp437"), "cp437",
                             COMMON / "text/cp437.c")
    global COMMON_TABLE
    COMMON_TABLE = [library.cp437_to_unicode(code) for code in range(256)]


@pytest.fixture
def font_file(tmp_path):
    def write(text):
        path = tmp_path / "made-up.hex"
        path.write_text(text)
        return path
    return write


def test_every_glyph_is_unifonts(tmp_path):
    source = tmp_path / "font.c"
    done = run("font", "-o", source)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    library = shared_library(tmp_path, "font", source)
    font = (ctypes.c_uint8 * 16 * 256).in_dll(library, "font_cp437")

    unifont = {}
    for line in UNIFONT.read_text().split():
        point, digits = line.split(":")
        unifont[int(point, 16)] = bytes.fromhex(digits)
    for code in range(256):
        glyph = unifont[COMMON_TABLE[code]]
        assert len(glyph) == 16 and bytes(font[code]) == glyph, f"code {code:#04x}"
    assert bytes(font[0x41]).hex().upper() == CAPITAL_A
    assert bytes(font[0x00]) == bytes(font[0x20]) == bytes(16)
    assert bytes(font[0xDB]) == b"\xff" * 16
    # Frames join: a horizontal bar reaches both edges, a vertical one all lines.
    assert 0xFF in bytes(font[0xC4])
    assert all(bytes(font[0xB3]))


def test_the_deliberate_fault_is_caught(font_file):
    """Two glyphs exchanged in the input are seen in the output."""
    straight = generated(run("font", "--unifont", font_file(hex_lines())).stdout)
    swapped = {0x41: "42" * 16, 0x42: "41" * 16}
    crossed = generated(run("font", "--unifont", font_file(hex_lines(swapped))).stdout)
    assert straight[0x41] == [0x41] * 16
    assert [code for code in range(256) if straight[code] != crossed[code]] == [0x41, 0x42]


def test_rows_are_in_order_from_the_top(font_file):
    font = generated(run("font", "--unifont", font_file(hex_lines({0x41: STEPS}))).stdout)
    assert font[0x41] == list(range(16))


def test_a_wide_glyph_is_squeezed_without_losing_strokes(font_file):
    rows = {0x8000: 0x80, 0x4000: 0x80, 0x0001: 0x01, 0x0002: 0x01, 0xFFFF: 0xFF, 0x0000: 0x00,
            0x0180: 0x18, 0x1234: 0b01010110}
    wide = "".join(f"{row:04X}" for row in rows).ljust(64, "0")
    font = generated(run("font", "--unifont", font_file(hex_lines({0x263A: wide}))).stdout)
    assert font[0x01][:len(rows)] == list(rows.values())


def test_compressed_fonts_and_the_environment(tmp_path):
    path = tmp_path / "font.hex.gz"
    path.write_bytes(gzip.compress(hex_lines().encode()))
    by_option = run("font", "--unifont", path).stdout
    assert generated(by_option)[0xFF] == [0xA0] * 16
    done = subprocess.run([sys.executable, TOOLS / "font"], env={**os.environ, "UNIFONT": str(path)},
                          stdout=subprocess.PIPE, text=True)
    assert done.stdout == by_option


def test_what_the_code_page_does_not_need_is_not_judged(font_file):
    text = "AC00:not our business\n" + hex_lines()
    assert run("font", "--unifont", font_file(text)).returncode == 0


@pytest.mark.parametrize("text, words", [
    ("hello\n", ":1: not a line"),
    ("FFFFFFFFFF:00\n", ":1: not a line"),
    ("0041:00\n", ":1: U+0041 is neither 8 nor 16"),
    ("0041:" + "0g" * 16 + "\n", ":1: U+0041 is neither 8 nor 16"),
    ("0041\n", ":1: U+0041 is neither 8 nor 16"),
    ("", "has no U+0020"),
    ("caf\u00e9", "cannot read"),
])
def test_a_broken_font_is_one_clear_line(font_file, text, words):
    done = run("font", "--unifont", font_file(text))
    assert done.returncode == 1 and done.stdout == ""
    assert words in done.stderr and done.stderr.count("\n") == 1


def test_one_missing_character_is_named(font_file):
    done = run("font", "--unifont", font_file(hex_lines({0x2302: None})))
    assert done.returncode == 1 and "has no U+2302\n" in done.stderr


@pytest.mark.parametrize("damage", [
    lambda data: data[:-20],
    lambda data: data[:40] + b"\xff" * 40 + data[80:],
    lambda data: data[:-6] + b"\0" * 6,
])
def test_a_damaged_gz_is_one_clear_line(tmp_path, damage):
    path = tmp_path / "font.hex.gz"
    path.write_bytes(damage(gzip.compress(hex_lines().encode())))
    done = run("font", "--unifont", path)
    assert done.returncode == 1 and "cannot read" in done.stderr and done.stderr.count("\n") == 1


def test_a_missing_font_names_the_package(tmp_path):
    done = run("font", "--unifont", tmp_path / "none.hex")
    assert done.returncode == 1 and done.stderr.count("\n") == 1
    assert "package unifont" in done.stderr and "none.hex" in done.stderr


def test_an_output_that_cannot_be_written(tmp_path, font_file):
    done = run("font", "--unifont", font_file(hex_lines()), "-o", tmp_path / "none" / "font.c")
    assert done.returncode == 1 and "cannot write" in done.stderr


def test_help_and_misuse():
    assert "--unifont" in run("font", "--help").stdout
    assert run("font", "--no-such-option").returncode == 2
