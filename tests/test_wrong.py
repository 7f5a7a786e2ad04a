# SPDX-License-Identifier: MIT
"""Every deliberately wrong variant applies, builds and fails the way its header says."""
import textwrap

import pytest

import wrong
from conftest import Case
from machine.boot import shows


def test_fails_as_it_says(wrong_patch, toolchain, yard):
    patch = wrong.read(wrong_patch)
    made, boots = yard.wrong(wrong_patch, toolchain)
    if patch.kind == "build":
        assert made.returncode != 0, f"{wrong_patch.name}: builds"
        assert shows(patch.text, made.stdout.splitlines()), made.stdout
        return
    assert made.returncode == 0, f"{wrong_patch.name} does not build:\n{made.stdout}"
    for machine, boot in boots.items():
        wrong.assert_not_vacuous(patch, yard.boot(Case(patch.chapter, machine, toolchain)))
        wrong.assert_failed_so(patch, boot)


# --- the headers ------------------------------------------------------------------------

GOOD = """\
Says what is wrong.

Fails-on: qemu-bios
Fails-with: screen: something*

--- a/main.c
+++ b/main.c
"""


def header(tmp_path, text):
    path = tmp_path / "chapters" / "01-x" / "wrong" / "a.patch"
    path.parent.mkdir(parents=True)
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return path


def test_a_header_is_read(tmp_path):
    patch = wrong.read(header(tmp_path, GOOD.replace("qemu-bios", "qemu-bios, bochs")))
    assert (patch.machines, patch.kind, patch.text) == (["qemu-bios", "bochs"], "screen",
                                                        "something*")
    assert patch.chapter.name == "01-x"


@pytest.mark.parametrize("old, new, complaint", [
    ("screen: something*", "screen: *", "cannot fail"),
    ("screen: something*", "screen: ** *", "cannot fail"),
    ("screen: something*", "screen:", "needs a text"),
    ("screen: something*", "triple-fault: x", "takes no text"),
    ("screen: something*", "sound: beep", "no kind"),
    ("qemu-bios", "vax", "none of"),
    ("Fails-on: qemu-bios\n", "", "0 lines 'Fails-on:'"),
    ("Fails-with: screen: something*\n", "Fails-with: screen: a\nFails-with: screen: b\n",
     "2 lines 'Fails-with:'"),
    ("Says what is wrong.\n", "", "no sentence"),
])
def test_a_bad_header_is_refused(tmp_path, old, new, complaint):
    assert old in GOOD
    with pytest.raises(wrong.BadHeader, match=complaint):
        wrong.read(header(tmp_path, GOOD.replace(old, new)))


class Shown:
    """A boot that halted with these lines on its screen and COM1."""

    def __init__(self, *lines):
        self.end, self.entered, self.machine = "halted", True, "qemu-bios"
        self.screen, self.rows, self.serial_lines = self, list(lines), list(lines)

    def describe(self):
        return ""


def made_up(kind, text):
    from pathlib import Path
    return wrong.Wrong(Path("a.patch"), ["qemu-bios"], kind, text)


@pytest.mark.parametrize("kind, text, right", [
    ("screen", "O*", Shown("OK")),              # the right chapter shows it too
    ("missing-serial", "KO", Shown("OK")),      # the right chapter lacks it too
])
def test_an_expectation_that_proves_nothing_is_refused(kind, text, right):
    with pytest.raises(AssertionError, match="the right chapter"):
        wrong.assert_not_vacuous(made_up(kind, text), right)


@pytest.mark.parametrize("kind, text", [("screen", "bad"), ("missing-serial", "OK"),
                                        ("triple-fault", ""), ("hang", "kmain"),
                                        ("asleep", "kmain")])
def test_a_variant_that_works_is_noticed(kind, text):
    with pytest.raises(AssertionError):
        wrong.assert_failed_so(made_up(kind, text), Shown("OK"))
