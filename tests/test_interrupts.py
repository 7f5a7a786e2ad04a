# SPDX-License-Identifier: MIT
"""Chapter 5 from outside: keys typed into the machine, the clock in the corner of the screen
against the machine's own, and machines that lack what the chapter would rather use.

The clock is compared on QEMU's instruction counter, where time stands still while the host
is busy and jumps while the kernel sleeps: ten minutes pass in a few seconds, and nothing
depends on how loaded the host is.  The machine's own clock is its CMOS clock, which nothing
in the kernel looks at."""
import calendar
import re
import shutil
import time

import pytest

import ktap
import machines
from conftest import CHAPTERS, Case
from machine.boot import EXITED, WAITING, shows
from machine.qemu import Running
from machine.screen import first_missing

pytestmark = pytest.mark.about(5)

# Machines, what QEMU needs for them, and the lines that say what is used instead.
LACKING = {
    "apic": (["-cpu", "max,-apic"],
             ["interrupts: two 8259s, because no APIC can be used", "clock: HPET at * kHz",
              "timer: 100 interrupts a second", "keyboard: PS/2, *"]),
    "hpet": (["-machine", "hpet=off"],
             ["acpi: * tables; interrupt controllers (MADT) yes, HPET no",
              "clock: the timer's interrupts, 100 a second",
              "timer: local APIC at * kHz, by the PIT", "timer: 100 interrupts a second"]),
    "pit": (["-machine", "pit=off"],
            ["timer: local APIC at * kHz, by the HPET, because the PIT is dead",
             "timer: 200 short waits, *"]),
    "pit and hpet": (["-machine", "pit=off,hpet=off"],
                     ["timer: local APIC at * kHz, by a guess: neither PIT nor HPET counts"]),
    "ps2": (["-machine", "i8042=off"],
            ["warning: keyboard: none: ACPI says that there is no PS/2 controller",
             "timer: 200 short waits, *"]),
    "nothing": (["-machine", "pc", "-smp", "2", "-m", "32"],
                ["interrupts: local APIC 0 (xAPIC), I/O APICs 1 with 24 inputs; 8259s masked"]),
    # Without tables from QEMU, SeaBIOS writes its own; OVMF does not.
    "madt": (["-machine", "acpi=off"],
             ["acpi: * tables; interrupt controllers (MADT) no, HPET no",
              "interrupts: two 8259s, because there is no MADT",
              "clock: the timer's interrupts, 100 a second", "keyboard: PS/2, *"]),
}
FIRMWARE = {"madt": "uefi"}
COUNTED_TIME = ["-icount", "shift=3,sleep=off",
                "-rtc", "base=2000-01-01T00:00:00,clock=vm"]


@pytest.fixture
def chapter():
    return next(c for c in CHAPTERS if (c / "devices/keyboard.c").exists())


class Machine(Running):
    """A machine with the chapter's kernel in it, at its prompt."""

    def __init__(self, yard, case, files, extra=()):
        self.yard, self.case = yard, case
        firmware = case.machine.partition("-")[2]
        super().__init__(*files, yard.scratch(), firmware, glyphs=yard.glyphs, extra=extra)

    def __enter__(self):
        super().__enter__()
        self.hang = self.yard.patience.hang(self.case.machine)
        entered = self.run_to_entry(self.hang)
        assert entered, f"never entered{self.finish().describe()}"
        return self

    def to_prompt(self):
        self.run_to_end(self.hang, last_line=self.case.last_line)
        assert self.boot.end == WAITING, f"no prompt{self.finish().describe()}"

    def lines(self):
        self.boot.serial = self.read_serial()
        return self.boot.serial_lines

    def wait(self, what, happened):
        deadline = time.monotonic() + self.hang
        while not happened():
            assert time.monotonic() < deadline, f"{what}: no{self.finish().describe()}"
            time.sleep(0.02)

    def press(self, keys):
        """Keys at once, by QEMU's names ("shift-a"), held for a moment."""
        self.qmp.execute("send-key", **{"hold-time": 20, "keys": [
            {"type": "qcode", "data": key} for key in keys.split("-")]})

    def shown(self, text):
        return any(row == text for row in self.read_screen().rows)

    def type_line(self, pairs):
        """Each (keys, the line as it must look then)."""
        for keys, line in pairs:
            self.press(keys)
            self.wait(f"after {keys} '{line}' on the screen",
                      lambda line=line: self.shown(("> " + line).rstrip()))

    def times(self):
        """Seconds on the screen's clock and on the machine's, at the same moment."""
        self.wait("a clock in the corner", self.clock)
        self.qmp.execute("stop")
        shown = self.corner()
        now = self.qmp.execute("qom-get", path="/machine", property="rtc-time")
        self.qmp.execute("cont")
        machine = calendar.timegm((now["tm_year"] + 1900, now["tm_mon"] + 1, now["tm_mday"],
                                   now["tm_hour"], now["tm_min"], now["tm_sec"]))
        return shown, machine

    def clock(self):
        """The clock in the screen's corner; None before it is drawn."""
        return re.search(r" (\d\d):(\d\d):(\d\d) *$", self.read_screen().rows[0])

    def corner(self):
        """Seconds on that clock."""
        hours, minutes, seconds = (int(n) for n in self.clock().groups())
        return hours * 3600 + minutes * 60 + seconds


def with_arguments(builder, chapter, toolchain, place, arguments):
    """(iso, elf) of the chapter with a command line: only the ISO is made again."""
    builder.built(Case(chapter, "qemu-bios", toolchain))
    shutil.copytree(builder.build / toolchain / chapter.name, place / chapter.name)
    made = builder.make(chapter, place, toolchain, "iso", f"ARGS={arguments}")
    assert made.returncode == 0, made.stdout
    return place / f"{chapter.name}.iso", place / chapter.name / "kernel.elf"


# --- typing -----------------------------------------------------------------------------

HELLO = [("shift-h", "H"), ("i", "Hi"), ("spc", "Hi"), ("x", "Hi x"), ("backspace", "Hi"),
         ("1", "Hi 1"), ("shift-1", "Hi 1!"), ("caps_lock", "Hi 1!"), ("a", "Hi 1!A"),
         ("caps_lock", "Hi 1!A"), ("b", "Hi 1!Ab")]


def check_typing(machine):
    machine.to_prompt()
    machine.type_line([("q", "q"), ("w", "qw"), ("ctrl-u", "")])
    machine.type_line(HELLO)
    machine.press("ret")
    machine.wait("the typed line", lambda: "typed: Hi 1!Ab" in machine.lines())
    machine.press("f1")
    machine.wait("the counters", lambda: machine.lines().count("interrupts so far:") == 2)
    machine.wait("the keyboard's count", lambda: keyboard_counts(machine)[1:])
    counts = keyboard_counts(machine)
    # Each key is a make and a break; each lamp takes two acknowledgements.
    assert counts[-1] >= 2 * len(HELLO), machine.finish().describe()
    boot = machine.finish()
    assert boot.guest_errors == "", boot.describe()


def keyboard_counts(machine):
    found = [re.fullmatch(r" *(\d+)  IRQ 1: keyboard", line) for line in machine.lines()]
    return [int(f[1]) for f in found if f]


@pytest.mark.parametrize("name", ["qemu-bios", "qemu-uefi"])
def test_typing(yard, builder, chapter, toolchain, name):
    case = Case(chapter, name, toolchain)
    with Machine(yard, case, builder.built(case)) as machine:
        check_typing(machine)


def test_typing_without_apic(yard, builder, chapter, toolchain):
    case = Case(chapter, "qemu-bios", toolchain)
    with Machine(yard, case, builder.built(case), LACKING["apic"][0]) as machine:
        check_typing(machine)


def test_korean_keyboard_with_its_own_scan_codes(yard, builder, chapter, toolchain):
    case = Case(chapter, "qemu-bios", toolchain)
    files = with_arguments(builder, chapter, toolchain, yard.scratch(),
                           "keys=kr106 scancodes=2")
    with Machine(yard, case, files) as machine:
        machine.run_to_end(machine.hang, last_line=case.last_line)
        assert shows("keyboard: PS/2, scan codes of set 2, Korean 106-key layout",
                     machine.lines())
        machine.press("alt_r")               # QEMU has no lang1: the 101-key place
        machine.wait("Hangul key", lambda: "key: Hangul/English" in machine.lines())
        machine.press("ctrl_r")
        machine.wait("Hanja key", lambda: "key: Hanja" in machine.lines())
        machine.type_line([("k", "k"), ("shift-r", "kR")])


# --- time -------------------------------------------------------------------------------

SECONDS = 600


def check_clock(machine):
    start, machine_start = machine.times()
    machine.wait("ten minutes", lambda: machine.corner() - start >= SECONDS)
    end, machine_end = machine.times()
    passed, really = end - start, machine_end - machine_start
    # Each of the four is cut off to a whole second.
    assert abs(passed - really) <= really / 100 + 2, \
        f"{passed} s on the screen, {really} s in the machine{machine.finish().describe()}"


@pytest.mark.parametrize("lacking", ["nothing", "hpet", "apic"])
def test_clock_agrees_with_the_machine(yard, builder, chapter, toolchain, lacking):
    case = Case(chapter, "qemu-bios", toolchain)
    extra = COUNTED_TIME + LACKING[lacking][0]
    with Machine(yard, case, builder.built(case), extra) as machine:
        machine.run_to_end(machine.hang, last_line=case.last_line)
        check_clock(machine)
        boot = machine.finish()
        assert boot.guest_errors == "", boot.describe()


APIC_TIMER_HZ_TOO_LOW = 100_000


def test_a_timer_that_is_early_still_wakes(yard, builder, chapter, toolchain):
    """The kernel is made to believe that its timer is slow: it comes at once, long before the
    time that is waited for.  Time that counts instructions makes that happen in every wait."""
    case = Case(chapter, "qemu-bios", toolchain)
    with Machine(yard, case, builder.built(case), COUNTED_TIME) as machine:
        symbols = machine.elf.symbols
        machine.stub.set_breakpoint(symbols["timer_check"].address)
        machine.stub.resume()
        assert machine.stub.stopped(machine.hang), "timer_check is not called"
        machine.stub.clear_breakpoint(symbols["timer_check"].address)
        rate = symbols["apic_timer_hz"].address
        assert int.from_bytes(machine.stub.memory(rate, 8), "little") > APIC_TIMER_HZ_TOO_LOW
        machine.stub.write_memory(rate, APIC_TIMER_HZ_TOO_LOW.to_bytes(8, "little"))
        machine.to_prompt()


# --- machines that lack something -------------------------------------------------------

@pytest.mark.parametrize("lacking", LACKING)
def test_boots_and_says_what_it_uses_instead(yard, builder, chapter, toolchain, lacking):
    extra, expected = LACKING[lacking]
    case = Case(chapter, f"qemu-{FIRMWARE.get(lacking, 'bios')}", toolchain)
    with Machine(yard, case, builder.built(case), extra) as machine:
        machine.to_prompt()
        boot = machine.finish()
    missing = first_missing(expected, boot.serial_lines)
    assert missing is None, f"COM1 does not show, in its place: {missing}{boot.describe()}"
    assert boot.guest_errors == "", boot.describe()


@pytest.mark.parametrize("lacking", LACKING)
def test_in_kernel_tests_pass_there(yard, builder, chapter, toolchain, lacking):
    case = Case(chapter, f"qemu-{FIRMWARE.get(lacking, 'bios')}", toolchain, "test")
    with Machine(yard, case, builder.built(case), LACKING[lacking][0]) as machine:
        machine.run_to_end(machine.hang)
        boot = machine.finish()
    assert boot.end == EXITED, boot.describe()
    report = ktap.parse("\n".join(boot.serial_lines))
    assert report.passed, f"{report.explain()}{boot.describe()}"
    assert boot.status == machines.EXIT_PASSED, boot.describe()
    assert boot.guest_errors == "", boot.describe()
