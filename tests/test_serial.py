# SPDX-License-Identifier: MIT
"""A machine without COM1, and one whose COM1 takes no more bytes: the kernel boots all the
same, and what COM1 lacks is on the screen."""
import fcntl
import os

import pytest

import machines
from conftest import CHAPTERS, Case
from machine.boot import HALTED
from machine.qemu import Running
from machine.screen import first_missing

pytestmark = pytest.mark.about(3)

WARNING = "warning: serial: not found; the log is on the screen only"
LAST_LINE = "Saessak has nothing left to do."


@pytest.fixture
def chapter():
    """The first chapter that has a serial line; later ones keep its driver."""
    return next(c for c in CHAPTERS if (c / "devices/serial.c").exists())


@pytest.mark.parametrize("firmware", ["bios", "uefi"])
def test_without_com1(yard, builder, chapter, toolchain, firmware):
    iso, elf = builder.built(Case(chapter, f"qemu-{firmware}", toolchain))
    running = Running(iso, elf, yard.scratch(), firmware, glyphs=yard.glyphs)
    running.machine.serial = "none"
    (running.directory / "serial").write_bytes(b"")     # nobody will write it
    hang = yard.patience.hang(f"qemu-{firmware}")
    with running:
        assert running.run_to_entry(hang), f"never entered{running.finish().describe()}"
        running.run_to_end(hang)
        boot = running.finish()
    assert boot.end == HALTED, boot.describe()
    assert first_missing([WARNING, LAST_LINE], boot.screen.rows) is None, boot.describe()
    assert boot.guest_errors == "", boot.describe()


# Of a FIFO that holds one page, so many bytes are free: some way into the first lines.
ROOM = [0, 100]
PAGE = 4096


def fifo_with(room, path):
    """A FIFO without a reader that takes `room` bytes and then nothing.  Keep it open."""
    os.mkfifo(path)
    fifo = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    if fcntl.fcntl(fifo, fcntl.F_SETPIPE_SZ, PAGE) != PAGE:
        pytest.skip("this host's smallest FIFO is not a page")
    os.write(fifo, bytes(PAGE - room))
    return fifo


@pytest.mark.skipif(not hasattr(fcntl, "F_SETPIPE_SZ"), reason="a FIFO's size is Linux's")
@pytest.mark.parametrize("room", ROOM)
def test_com1_that_stops_taking_bytes(yard, builder, chapter, toolchain, room):
    case = Case(chapter, "qemu-bios", toolchain)
    running = Running(*builder.built(case), yard.scratch(), glyphs=yard.glyphs)
    line = running.directory / "line"
    os.mkfifo(f"{line}.in")
    fifo = fifo_with(room, f"{line}.out")
    running.machine.serial = f"pipe:{machines.escaped(line)}"
    (running.directory / "serial").write_bytes(b"")     # nobody will write it
    hang = yard.patience.hang(case.machine)
    try:
        with running:
            assert running.run_to_entry(hang), f"never entered{running.finish().describe()}"
            running.run_to_end(hang)
            boot = running.finish()
        left = os.read(fifo, 2 * PAGE)[PAGE - room:]
    finally:
        os.close(fifo)
    boot.serial = left
    assert boot.end == HALTED, boot.describe()
    assert first_missing(case.expected, boot.screen.rows) is None, boot.describe()
    assert boot.guest_errors == "", boot.describe()
    # It stopped in the middle: all that there was room for has left, and nothing else.
    assert len(left) == room, boot.describe()
    assert left.startswith(case.expected[0].encode()[:room]), boot.describe()
