# SPDX-License-Identifier: MIT
"""Chapters x machines x compilers: what is booted, and booting it in the background.

Every selected boot is started as soon as the first test wants one, a few at a time, and the
tests read what was written down.  See README.md here."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path[:0] = [str(HERE), str(ROOT / "tools")]

import machines                                                             # noqa: E402
import wrong                                                                # noqa: E402
from machine import bochs, qemu, screen                                     # noqa: E402
from machine.boot import Patience                                           # noqa: E402

MACHINES = ["qemu-bios", "qemu-uefi", "bochs"]
TOOLCHAINS = ["gcc", "clang"]
CHAPTERS = sorted(p.parent for p in ROOT.glob("chapters/[0-9][0-9]-*/Makefile"))

FIRST_CHAPTER_WITH_INTERRUPTS = 5

# Other hardware than the usual q35 with every processor feature and some memory: an old
# machine that is short of everything, and one with more memory than 32 bits can address.
# {name: (machine, what QEMU is told)}; UEFI firmware alone needs some 100 MiB.
OLD, NEW = ["-machine", "pc", "-cpu", "qemu64"], ["-machine", "q35", "-cpu", "max"]
HARDWARE = {
    "pc-qemu64-32M": ("qemu-bios", [*OLD, "-m", "32M"]),
    "q35-max-8G": ("qemu-bios", [*NEW, "-m", "8G"]),
    "pc-qemu64-128M": ("qemu-uefi", [*OLD, "-m", "128M"]),
    "q35-max-8G-uefi": ("qemu-uefi", [*NEW, "-m", "8G"]),
}
SMALLEST = "pc-qemu64-32M"

# Every process started from here inherits this, so that one left behind can be found.
SESSION = "SAESSAK_TEST_SESSION"


@dataclass(frozen=True)
class Case:
    chapter: Path
    machine: str
    toolchain: str
    image: str = "kernel"               # or "test": the image with the in-kernel tests
    hardware: str = None                # a name in HARDWARE; None: the usual

    def __str__(self):
        return f"{self.chapter.name}:{self.hardware or self.machine}:{self.toolchain}"

    @property
    def number(self):
        return int(self.chapter.name[:2])

    @property
    def last_line(self):
        """What a kernel that never ends prints last before it waits; None for one that
        halts.  From the chapter with interrupts on there is always something to wait for."""
        return self.expected[-1] if self.number >= FIRST_CHAPTER_WITH_INTERRUPTS else None

    @property
    def expected(self):
        text = (self.chapter / "expect.txt").read_text(encoding="utf-8")
        return [line for line in text.splitlines() if line]


# Parameters that are a Case, which the yard boots ahead of the test.
BOOTED = "case", "test_case", "hardware_case", "hardware_test_case"


# --- options and selection --------------------------------------------------------------

def chapter_named(text):
    """The chapter called 3, 03 or 03-serial."""
    for chapter in CHAPTERS:
        if text == chapter.name or (text.isdecimal() and int(text) == int(chapter.name[:2])):
            return chapter
    names = ", ".join(c.name for c in CHAPTERS)
    raise pytest.UsageError(f"--chapter {text}: there is {names}")


def pytest_addoption(parser):
    group = parser.getgroup("machines")
    group.addoption("--chapter", action="append", metavar="NN",
                    help="only what is about this chapter (repeatable; default: everything)")
    group.addoption("--machine", action="append", choices=MACHINES,
                    help="only this machine (repeatable; default: all)")
    group.addoption("--toolchain", action="append", choices=TOOLCHAINS,
                    help="only kernels of this compiler (repeatable; default: both)")


def chosen_chapters(config):
    names = config.getoption("chapter")
    return sorted({chapter_named(n) for n in names}) if names else CHAPTERS


def new_entry_code(chapter):
    """Whether the chapter's 32-bit code is not the one of the chapter before."""
    before = CHAPTERS[CHAPTERS.index(chapter) - 1] if chapter != CHAPTERS[0] else None
    code = "boot/start.asm"
    return before is None or (chapter / code).read_bytes() != (before / code).read_bytes()


def wrong_patches(chapters):
    return [patch for c in chapters for patch in sorted((c / "wrong").glob("*.patch"))]


def cases_on_hardware(chapters, machine_names, toolchains):
    """Every chapter on all HARDWARE, the compilers taking turns."""
    return [Case(chapter, machine, toolchains[(int(chapter.name[:2]) + turn) % len(toolchains)],
                 hardware=name)
            for chapter in chapters for turn, (name, (machine, _)) in enumerate(HARDWARE.items())
            if machine in machine_names]


def pytest_generate_tests(metafunc):
    config, names = metafunc.config, metafunc.fixturenames
    chapters = chosen_chapters(config)
    chosen_machines = config.getoption("machine") or MACHINES
    toolchains = config.getoption("toolchain") or TOOLCHAINS
    if metafunc.definition.get_closest_marker("qemu_only"):
        chosen_machines = [m for m in chosen_machines if m != "bochs"]
    if "case" in names:
        cases = [Case(c, m, t) for c in chapters for m in chosen_machines for t in toolchains]
        metafunc.parametrize("case", cases, ids=str)
    if "test_case" in names:
        cases = [Case(c, m, t, "test") for c in chapters if (c / "tests").is_dir()
                 for m in chosen_machines for t in toolchains]
        metafunc.parametrize("test_case", cases, ids=str)
    if "hardware_case" in names:
        cases = cases_on_hardware(chapters, chosen_machines, toolchains)
        metafunc.parametrize("hardware_case", cases, ids=str)
    if "hardware_test_case" in names:
        cases = [replace(case, image="test")
                 for case in cases_on_hardware(chapters, chosen_machines, toolchains)
                 if case.hardware == SMALLEST and (case.chapter / "tests").is_dir()]
        metafunc.parametrize("hardware_test_case", cases, ids=str)
    if "entry_chapter" in names:
        metafunc.parametrize("entry_chapter", [c for c in chapters if new_entry_code(c)],
                             ids=lambda c: c.name)
    if "wrong_patch" in names:
        patches = wrong_patches(chapters)
        metafunc.parametrize("wrong_patch", patches,
                             ids=[f"{p.parents[1].name}:{p.stem}" for p in patches])
    if "toolchain" in names:
        metafunc.parametrize("toolchain", toolchains)


def pytest_configure(config):
    config.addinivalue_line("markers", "about(number): about this chapter only")
    config.addinivalue_line("markers", "qemu_only: looks at something that only QEMU shows")
    os.environ[SESSION] = uuid.uuid4().hex


def pytest_collection_modifyitems(config, items):
    """Drops what has no case (pytest would report it as skipped) and, with --chapter, what
    is not about a chosen chapter."""
    numbers = {int(c.name[:2]) for c in chosen_chapters(config)}
    parametrized = {*BOOTED, "entry_chapter", "wrong_patch"}

    def wanted(item):
        skip = item.get_closest_marker("skip")
        if skip and "empty parameter set" in skip.kwargs.get("reason", ""):
            return False
        if not config.getoption("chapter"):
            return True
        about = item.get_closest_marker("about")
        return about.args[0] in numbers if about else parametrized & set(item.fixturenames)

    dropped = [item for item in items if not wanted(item)]
    items[:] = [item for item in items if wanted(item)]
    config.hook.pytest_deselected(items=dropped)


# --- building ---------------------------------------------------------------------------

class Builder:
    """Builds each chapter once with each compiler, warnings being errors, in the place the
    Makefile's `make test` uses, so that nothing is built twice."""

    def __init__(self):
        self.build = Path(os.environ.get("BUILD") or ROOT / "build").resolve()
        # A make above us must not hand its variables to ours.
        self.environment = {k: v for k, v in os.environ.items()
                            if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES",
                                         "BUILD", "TOOLCHAIN", "CH", "V")}
        self.lock = threading.Lock()
        self.locks, self.done = {}, {}  # by (chapter, toolchain)

    def make(self, directory, build, toolchain, *targets):
        return subprocess.run(
            ["make", "--no-print-directory", "-C", str(directory), *targets, f"BUILD={build}",
             f"TOOLCHAIN={toolchain}", "WERROR=-Werror"], text=True, errors="replace",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env=self.environment, check=False)

    def built(self, case):
        """(iso, elf) of a case."""
        place = self.build / case.toolchain
        key = case.chapter, case.toolchain
        with self.lock:
            one = self.locks.setdefault(key, threading.Lock())
        with one:
            if key not in self.done:
                self.done[key] = self.make(case.chapter, place, case.toolchain, "all",
                                           "test-iso")
        made = self.done[key]
        assert made.returncode == 0, f"{case} does not build:\n{made.stdout}"
        name = case.chapter.name
        if case.image == "test":
            return place / f"{name}-test.iso", place / name / "kernel-test.elf"
        return place / f"{name}.iso", place / name / "kernel.elf"


# --- booting ----------------------------------------------------------------------------

class Yard:
    """Boots cases in the background.  boot(case) waits for one; every other that the
    session will ask for is already on its way."""

    def __init__(self, builder, directory, machine_names):
        self.builder, self.directory = builder, directory
        self.machine_names = machine_names      # chosen ones; wrong variants name their own
        self.glyphs = screen.font(ROOT / "tools")
        self.calibrate = threading.Lock()
        self.patience_ = None
        self.pool = ThreadPoolExecutor(max_workers=max(1, min(4, os.cpu_count() or 1)))
        self.boots, self.variants = {}, {}

    def prefetch(self, cases):
        for case in cases:
            if case not in self.boots:
                self.boots[case] = self.pool.submit(self.start, case)

    def boot(self, case):
        self.prefetch([case])
        return self.boots[case].result()

    def scratch(self):
        return Path(tempfile.mkdtemp(dir=self.directory))

    @property
    def patience(self):
        """Calibrated once, by booting the first chapter."""
        with self.calibrate:
            if self.patience_ is None:
                case = Case(CHAPTERS[0], "qemu-bios", "gcc")
                with qemu.Running(*self.builder.built(case), self.scratch()) as running:
                    entered = running.run_to_entry(300)
                    assert entered, f"{case} did not start in 300 s: no test can be trusted"
                    self.patience_ = Patience(running.boot.entry_seconds)
            return self.patience_

    def start(self, case):
        iso, elf = self.builder.built(case)
        last = None if case.image == "test" else case.last_line
        extra = HARDWARE[case.hardware][1] if case.hardware else ()
        return self.boot_image(iso, elf, case.machine, last_line=last, extra=extra)

    def prefetch_wrong(self, variants):
        """[(patch file, toolchain)]: each is built and booted in the background, too."""
        for variant in variants:
            if variant not in self.variants:
                self.variants[variant] = self.pool.submit(self.start_wrong, *variant)

    def wrong(self, path, toolchain):
        """What became of a wrong variant: make's result, and {machine: Boot}."""
        self.prefetch_wrong([(path, toolchain)])
        return self.variants[path, toolchain].result()

    def start_wrong(self, path, toolchain):
        patch, directory = wrong.read(path), self.scratch()
        try:
            chapter = wrong.patched_tree(patch, ROOT, directory)
            made = self.builder.make(chapter, directory / "build", toolchain, "all")
            if made.returncode != 0 or patch.kind == "build":
                return made, {}
            iso = directory / "build" / f"{chapter.name}.iso"
            elf = directory / "build" / chapter.name / "kernel.elf"
            watch = wrong.watcher(patch, machines.Elf(elf))
            return made, {
                machine: self.boot_image(iso, elf, machine, watch,
                                         Case(patch.chapter, machine, toolchain).last_line)
                for machine in patch.machines if machine in self.machine_names}
        finally:
            shutil.rmtree(directory)

    def boot_image(self, iso, elf, machine, seen=None, last_line=None, extra=()):
        scratch, patience = self.scratch(), self.patience
        if machine == "bochs":
            return bochs.boot(iso, elf, scratch, patience, seen, last_line)
        firmware = machine.partition("-")[2]
        return qemu.boot(iso, elf, scratch, patience, firmware, self.glyphs, seen,
                         last_line, extra)

    def close(self):
        for future in [*self.boots.values(), *self.variants.values()]:
            future.cancel()
        self.pool.shutdown()


@pytest.fixture(scope="session")
def builder():
    return Builder()


@pytest.fixture(scope="session")
def yard(request, builder):
    with tempfile.TemporaryDirectory(prefix="saessak-test-") as directory:
        chosen = request.config.getoption("machine") or MACHINES
        yard = Yard(builder, Path(directory), chosen)
        try:
            wanted, variants = [], []
            for item in request.session.items:
                parameters = item.callspec.params if hasattr(item, "callspec") else {}
                wanted += [parameters[n] for n in BOOTED if n in parameters]
                if "wrong_patch" in parameters:
                    variants.append((parameters["wrong_patch"], parameters["toolchain"]))
            yard.prefetch(wanted)
            yard.prefetch_wrong(variants)
            yield yard
        finally:
            yard.close()


@pytest.fixture
def boot(yard, case):
    return yard.boot(case)


# --- nothing stays behind ---------------------------------------------------------------

def left_behind():
    """[(pid, command line)] of processes that this session started and that still run."""
    mark = f"{SESSION}={os.environ[SESSION]}".encode()
    found = []
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            environment = (directory / "environ").read_bytes().split(b"\0")
            command = (directory / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if mark in environment and int(directory.name) != os.getpid():
            found.append((int(directory.name), command))
    return found


def pytest_sessionfinish(session):
    if left := left_behind():
        reporter = session.config.pluginmanager.get_plugin("terminalreporter")
        for pid, command in left:
            reporter.write_line(f"left behind: process {pid}: {command}", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
