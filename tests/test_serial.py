# SPDX-License-Identifier: MIT
"""A machine without COM1: the kernel boots all the same and says so on the screen."""
import pytest

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
