# SPDX-License-Identifier: MIT
"""tools/run as a user meets it: its words, its pictures, its ways out."""
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import threading
import time
import zlib

import pytest

import wrong
from conftest import CHAPTERS, ROOT, TOOLCHAINS, Case, left_behind
from machine.boot import CONTROL

RUN = [sys.executable, str(ROOT / "tools" / "run")]
LONG = 120                              # a hang, on any host


@pytest.fixture
def image(builder):
    """Arguments for the first chapter's image."""
    iso, elf = builder.built(Case(CHAPTERS[0], "qemu-bios", TOOLCHAINS[0]))
    return ["--iso", str(iso), "--elf", str(elf)]


@pytest.fixture
def serial_image(builder):
    iso, elf = builder.built(Case(CHAPTERS[2], "qemu-bios", TOOLCHAINS[0]))
    return ["--iso", str(iso), "--elf", str(elf)]


@pytest.fixture(autouse=True)
def nothing_left():
    """No test here leaves a machine running."""
    before = {pid for pid, _ in left_behind()}
    yield
    deadline = time.monotonic() + 5     # a killed process takes a moment to go
    while left := [(pid, command) for pid, command in left_behind()
                   if pid not in before and is_machine(command)]:
        assert time.monotonic() < deadline, f"left behind: {left}"
        time.sleep(0.05)


def is_machine(command):
    return "saessak-" in command and "saessak-test-" not in command


def run(*arguments, environment=None):
    env = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "V")}
    return subprocess.run([*RUN, *arguments], text=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=LONG,
                          env={**env, **(environment or {})}, check=False)


# --- misuse: one line, on stderr, and not zero ------------------------------------------

@pytest.mark.parametrize("arguments, words", [
    (["--emulator", "bochs", "--firmware", "uefi"], "Bochs has no UEFI firmware"),
    (["--emulator", "bochs", "--screenshot", "x.png"], "screenshots are taken with QEMU"),
    (["--screen", "window"], "there is no display"),
    (["--screen", "terminal"], "not a terminal"),
    (["--screen", "terminal", "--firmware", "uefi"], "under UEFI the screen is pixels"),
    (["--debug", "--stop-at", "no_such"], "has no function 'no_such'"),
    (["--emulator", "vax"], "invalid choice"),
    (["--debug", "--screenshot", "x.png"], "not allowed with"),
])
def test_misuse_gets_one_line(image, arguments, words):
    done = run(*image, *arguments)
    assert done.returncode not in (0, None)
    assert words in done.stderr and len(done.stderr.splitlines()) == 1, done.stderr


def test_a_missing_image_gets_one_line(image, tmp_path):
    done = run("--iso", str(tmp_path / "no.iso"), *image[2:])
    assert done.returncode == 1
    assert done.stderr == f"run: {tmp_path / 'no.iso'}: no such file\n"


def test_a_file_that_is_no_kernel(image, tmp_path):
    (tmp_path / "kernel.elf").write_bytes(b"\x7fELF\x01\x01")
    done = run(*image[:2], "--elf", str(tmp_path / "kernel.elf"))
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1 and "not a little-endian ELF64" in done.stderr


@pytest.mark.parametrize("arguments, words", [
    ([], "tools/setup run"), (["--emulator", "bochs"], "EMU=bochs tools/setup run")])
def test_a_missing_emulator_says_how_to_get_it(image, tmp_path, arguments, words):
    done = run(*image, "--screen", "none", *arguments,
               environment={"PATH": str(tmp_path)})
    assert done.returncode == 1
    assert words in done.stderr.splitlines()[-1], done.stderr
    assert "Traceback" not in done.stderr


# --- what is shown ----------------------------------------------------------------------

@pytest.mark.parametrize("emulator", ["qemu", "bochs"])
def test_com1_comes_to_standard_output(serial_image, emulator):
    """And Ctrl-C is a good way to leave."""
    command = [*RUN, *serial_image, "--emulator", emulator, "--screen", "none"]
    expected = Case(CHAPTERS[2], emulator, "").expected[-1]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True, start_new_session=True)
    hang = threading.Timer(LONG, process.kill)
    hang.start()
    lines = []
    for line in process.stdout:
        lines.append(line.strip())
        if lines[-1] == expected:
            os.killpg(process.pid, signal.SIGINT)
    hang.cancel()
    assert expected in lines, lines
    assert process.wait(LONG) == 0
    process.stdout.close()


def test_timeout_is_kept(image):
    done = run(*image, "--screen", "none", "--timeout", "0.5")
    assert done.returncode == 124 and "left after 0.5 s" in done.stderr


def read_png(data):
    """(width, height, rows of RGB bytes) of an 8-bit RGB or RGBA PNG (PNG 1.2)."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, compressed = 8, b""
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        body = data[at + 8:at + 8 + length]
        assert zlib.crc32(kind + body) == struct.unpack_from(">I", data, at + 8 + length)[0]
        if kind == b"IHDR":
            width, height, depth, colour, *_ = struct.unpack(">IIBBBBB", body)
            assert depth == 8 and colour in (2, 6)
        compressed += body if kind == b"IDAT" else b""
        at += length + 12
    return width, height, zlib.decompress(compressed)


def test_a_screenshot_is_the_real_screen(image, tmp_path):
    png = tmp_path / "new" / "screen.png"
    done = run(*image, "--screenshot", str(png))
    assert done.returncode == 0, done.stderr
    assert str(png) in done.stdout
    width, height, pixels = read_png(png.read_bytes())
    assert (width, height) == (720, 400)        # VGA text: 80 cells of 9, 25 of 16 pixels
    assert len(set(pixels)) > 2                 # and not an empty one


def test_a_machine_that_ends_first_makes_no_picture(builder, tmp_path):
    """The in-kernel tests shut the machine down."""
    case = Case(CHAPTERS[2], "qemu-bios", TOOLCHAINS[0], "test")
    iso, elf = builder.built(case)
    done = run("--iso", str(iso), "--elf", str(elf), "--screenshot", str(tmp_path / "s.png"))
    assert done.returncode == 1 and "ended before" in done.stderr, done.stderr
    assert not (tmp_path / "s.png").exists()


@pytest.mark.parametrize("emulator", ["qemu", "bochs"])
def test_a_kernel_that_ends_the_machine_well_is_success(builder, emulator):
    iso, elf = builder.built(Case(CHAPTERS[2], "qemu-bios", TOOLCHAINS[0], "test"))
    done = run("--iso", str(iso), "--elf", str(elf), "--screen", "none", "--emulator", emulator)
    assert done.returncode == 0, done.stderr


def test_a_machine_that_resets_itself_is_named(builder, tmp_path):
    """A triple fault: chapter 4 without its IDT."""
    patch = next(c for c in CHAPTERS if (c / "cpu/trap.c").exists()) / "wrong/no-idt.patch"
    chapter = wrong.patched_tree(wrong.read(patch), ROOT, tmp_path)
    made = builder.make(chapter, tmp_path / "build", TOOLCHAINS[0], "iso")
    assert made.returncode == 0, made.stdout
    place = tmp_path / "build" / chapter.name
    done = run("--iso", f"{place}.iso", "--elf", str(place / "kernel.elf"), "--screen", "none")
    assert done.returncode == 3, done.stderr
    assert "the machine reset itself" in done.stderr


# --- ways out ---------------------------------------------------------------------------

@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP,
                                    signal.SIGKILL])
@pytest.mark.parametrize("emulator", ["qemu", "bochs"])
def test_no_machine_outlives_it(image, emulator, number, tmp_path):
    """nothing_left looks for the machine afterwards."""
    if number == signal.SIGKILL and sys.platform != "linux":
        pytest.skip("only Linux tells a child that its parent was killed")
    process = subprocess.Popen([*RUN, *image, "--screen", "none", "--emulator", emulator],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, start_new_session=True,
                               env={**os.environ, "TMPDIR": str(tmp_path)})
    deadline = time.monotonic() + LONG
    while not any(is_machine(command) for _, command in left_behind()):
        assert time.monotonic() < deadline and process.poll() is None, process.stdout.read()
        time.sleep(0.02)
    process.send_signal(number)
    process.wait(LONG)
    process.stdout.close()


class Session:
    """A program in a terminal of 100x40."""

    def __init__(self, command):
        pid, self.terminal = pty.fork()
        if pid == 0:
            os.environ.update(TERM="xterm", LINES="40", COLUMNS="100")
            for name in ("DISPLAY", "WAYLAND_DISPLAY"):
                os.environ.pop(name, None)
            os.execv(command[0], command)
        self.pid, self.shown = pid, ""

    def wait_for(self, words):
        deadline = time.monotonic() + LONG
        while not re.search(words, CONTROL.sub("", self.shown)):
            assert time.monotonic() < deadline, f"never saw {words!r} in: {self.shown[-3000:]}"
            if select.select([self.terminal], [], [], 0.1)[0]:
                try:
                    self.shown += os.read(self.terminal, 65536).decode("utf-8", "replace")
                except OSError:         # the program has gone
                    raise AssertionError(f"ended before {words!r}: {self.shown[-3000:]}") from None

    def type(self, text):
        self.shown = ""
        os.write(self.terminal, text.encode())

    def status(self):
        """Its exit status, once it has ended by itself."""
        deadline = time.monotonic() + LONG
        while True:
            if select.select([self.terminal], [], [], 0.1)[0]:
                try:
                    self.shown += os.read(self.terminal, 65536).decode("utf-8", "replace")
                except OSError:
                    pass
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.pid = None
                return os.waitstatus_to_exitcode(status)
            assert time.monotonic() < deadline, f"does not end: {self.shown[-3000:]}"

    def close(self):
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.terminal)


@pytest.fixture
def in_terminal(image):
    sessions = []

    def start(*arguments):
        sessions.append(Session([*RUN, *image, *arguments]))
        return sessions[-1]
    yield start
    for session in sessions:
        session.close()


def test_qemu_in_a_terminal_is_left_as_it_says(in_terminal):
    session = in_terminal()
    session.wait_for(r"Alt-2 \(or Esc 2\), then type quit")
    session.wait_for("OK")
    session.type("\x1b2")
    session.wait_for("QEMU .* monitor")
    session.type("quit\r")
    assert session.status() == 0


def test_bochs_in_a_terminal_is_left_with_ctrl_c(in_terminal):
    session = in_terminal("--emulator", "bochs")
    session.wait_for("Ctrl-C leaves")
    session.wait_for("OK")
    session.type("\x03")
    assert session.status() == 0
    assert "\x1b[?1049l" in session.shown       # the terminal is given back


def test_gdb_stops_at_kmain_with_source(in_terminal):
    session = in_terminal("--debug")
    session.wait_for(r"kmain \(.*\) at .*main\.c:\d+")
    session.wait_for(r"\d+\s.*void kmain\(void\)")    # the source around it
    session.type("bt\r")
    session.wait_for(r"#1 .*in .*long_mode_start")
    session.type("quit\r")
    assert session.status() == 0


def test_gdb_can_stop_at_the_first_instruction(in_terminal):
    session = in_terminal("--debug", "--stop-at", "reset")
    session.wait_for(r"0x0*fff0 in")
    session.type("quit\r")
    assert session.status() == 0


def test_bochs_debugger_knows_the_kernels_functions(in_terminal):
    session = in_terminal("--debug", "--emulator", "bochs")
    session.wait_for(r"\(kmain\+0\)")
    session.wait_for("<bochs:1>")
    session.type("q\r")
    assert session.status() == 0
