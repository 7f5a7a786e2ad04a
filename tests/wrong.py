# SPDX-License-Identifier: MIT
"""Deliberately wrong variants of a chapter: chapters/NN-name/wrong/*.patch, how each says it
fails, and whether that is what happened.  README.md here describes the form."""
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from machine.boot import AT_REST, RESET, SEEN, shows

MACHINES = ("qemu-bios", "qemu-uefi", "bochs")
# Kinds, and what their text is.
LINE = ("screen", "serial", "build")            # a line that only the wrong variant shows
MISSING = ("missing-screen", "missing-serial")  # a line that only the right one shows
FUNCTION = ("hang", "asleep")                   # where it goes round, or sleeps, for ever
BARE = ("triple-fault",)                        # no text


class BadHeader(Exception):
    """The patch's header is not one."""


@dataclass
class Wrong:
    path: Path
    machines: list
    kind: str
    text: str

    @property
    def chapter(self):
        return self.path.parents[1]


def read(path):
    """The Wrong that a patch file describes; raises BadHeader."""
    header = re.split(r"^(?:--- |diff )", path.read_text(encoding="utf-8"), flags=re.M)[0]

    def field(name):
        found = re.findall(rf"^{name}:[ \t]*(.*?)[ \t]*$", header, re.M)
        if len(found) != 1:
            raise BadHeader(f"{path}: {len(found)} lines '{name}:' before the patch, not one")
        return found[0]

    machines = re.split(r"[,\s]+", field("Fails-on"))
    for machine in machines:
        if machine not in MACHINES:
            raise BadHeader(f"{path}: Fails-on: '{machine}' is none of {', '.join(MACHINES)}")
    kind, _, text = field("Fails-with").partition(":")
    text = text.strip()
    if kind not in LINE + MISSING + FUNCTION + BARE:
        raise BadHeader(f"{path}: Fails-with: '{kind}' is no kind of failure")
    if (kind in BARE) != (not text):
        raise BadHeader(f"{path}: Fails-with: {kind} "
                        + ("takes no text" if kind in BARE else "needs a text"))
    if not re.sub(r"[\s*]", "", text) and kind not in BARE:
        raise BadHeader(f"{path}: Fails-with: '{text}' matches anything, so it cannot fail")
    prose = re.sub(r"^Fails-\w+:.*$", "", header, flags=re.M)
    if not prose.strip():
        raise BadHeader(f"{path}: no sentence says what is wrong")
    return Wrong(path, machines, kind, text)


def patched_tree(wrong, root, directory):
    """A tree in `directory` with the patched chapter in it; returns the chapter there.
    What a chapter's Makefile reaches for outside is linked, not copied."""
    for name in ("common", "tools"):
        (directory / name).symlink_to(root / name)
    chapter = directory / "chapters" / wrong.chapter.name
    shutil.copytree(wrong.chapter, chapter, ignore=shutil.ignore_patterns("build", "wrong"))
    # No fuzz: git apply takes a patch whose context is exactly there, or none of it.
    applied = subprocess.run(
        ["git", "apply", "-p1", "--whitespace=nowarn", str(wrong.path)], cwd=chapter,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "GIT_CEILING_DIRECTORIES": "/",
             "GIT_DIR": "/nonexistent"},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        check=False)
    assert applied.returncode == 0, f"{wrong.path} does not apply:\n{applied.stdout}"
    return chapter


def lines_of(where, boot):
    if where == "screen":
        return boot.screen.rows if boot.screen else []
    return boot.serial_lines


def assert_not_vacuous(wrong, right):
    """The right chapter's boot must differ in just what the header says: an expectation that
    it meets too would prove nothing."""
    assert right.end in AT_REST, f"the right chapter does not come to rest{right.describe()}"
    where = wrong.kind.removeprefix("missing-")
    if wrong.kind in ("screen", "serial"):
        assert not shows(wrong.text, lines_of(where, right)), \
            f"{wrong.path.name}: the right chapter shows '{wrong.text}' too"
    if wrong.kind in MISSING:
        assert shows(wrong.text, lines_of(where, right)), \
            f"{wrong.path.name}: the right chapter does not show '{wrong.text}' either"


# --- watching for it --------------------------------------------------------------------

def watcher(wrong, elf):
    """For boot_image(seen=…): ends a boot as soon as the failure is seen; None for a kind
    that is judged at the end."""
    if wrong.kind == "screen":
        return lambda running: shows(wrong.text, screen_rows(running))
    if wrong.kind in FUNCTION:
        return Stuck(elf.symbols[wrong.text], halted=wrong.kind == "asleep")
    return None


def screen_rows(running):
    try:
        return running.read_screen().rows
    except AssertionError:                  # pixels that are no text yet
        return []


class Stuck:
    """Twenty looks in a row at a processor that runs, or is halted, in one function."""

    def __init__(self, function, halted):
        self.function, self.halted, self.count = function, halted, 0

    def __call__(self, running):
        registers = running.qmp.registers()
        inside = registers["RIP"] in self.function and registers["HLT"] == self.halted
        self.count = self.count + 1 if inside and running.boot.entered else 0
        return self.count >= 20


def assert_failed_so(wrong, boot):
    """The wrong variant's boot went the way its header says."""
    where = wrong.kind.removeprefix("missing-")
    if wrong.kind == "triple-fault":
        assert boot.end == RESET, boot.describe()
        assert boot.entered or boot.machine == "bochs", boot.describe()
    elif wrong.kind in FUNCTION:
        assert boot.end == SEEN, boot.describe()
    elif wrong.kind in MISSING:
        assert boot.end in AT_REST, f"should come to rest without the line{boot.describe()}"
        assert not shows(wrong.text, lines_of(where, boot)), boot.describe()
    else:
        assert shows(wrong.text, lines_of(where, boot)), boot.describe()
