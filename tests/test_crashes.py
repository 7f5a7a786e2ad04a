# SPDX-License-Identifier: MIT
"""Exceptions that stop the kernel, asked for on its command line: each is reported, and the
machine comes to rest instead of resetting."""
import shutil

import pytest

from conftest import CHAPTERS
from machine.boot import HALTED
from machine.screen import first_missing

pytestmark = pytest.mark.about(4)

STOPS = "error: nobody handles this exception: the kernel stops here"
CRASHES = {
    "divide": ["error: exception #DE (divide error) at 0x* in divide_by_zero+0x*", STOPS],
    "invalid-opcode": ["error: exception #UD (invalid opcode) at 0x* in invalid_opcode+*",
                       STOPS],
    # A fault while one is being reported: one line, and no third.
    "report": ["crash=report", "error: exception #PF at 0x* while reporting another: stopping"],
    "no-such-crash": ["warning: crash=no-such-crash is not known",
                      "Saessak has nothing left to do."],
}


@pytest.fixture
def chapter():
    """The first chapter that can be asked to crash."""
    return next(c for c in CHAPTERS if (c / "cpu/crash.c").exists())


@pytest.mark.parametrize("crash", CRASHES)
def test_is_reported(yard, builder, chapter, toolchain, crash):
    place = yard.scratch()
    ready = builder.build / toolchain / "common"        # what all chapters share is not rebuilt
    builder.make(chapter, builder.build / toolchain, toolchain, "elf")
    shutil.copytree(ready, place / "common")
    made = builder.make(chapter, place, toolchain, "iso", f"ARGS=crash={crash}")
    assert made.returncode == 0, made.stdout
    machine = "bochs" if crash == "divide" else "qemu-bios"
    boot = yard.boot_image(place / f"{chapter.name}.iso", place / chapter.name / "kernel.elf",
                           machine)
    assert boot.end == HALTED, boot.describe()
    missing = first_missing(CRASHES[crash], boot.serial_lines)
    assert missing is None, f"COM1 does not show, in its place: {missing}{boot.describe()}"
