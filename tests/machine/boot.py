# SPDX-License-Identifier: MIT
"""What one boot of a kernel showed, and how long a machine may take for it."""
import re
from dataclasses import dataclass

from machine.screen import Screen, pattern

# Terminal control sequences (ECMA-48): OVMF and GRUB send them to COM1.
CONTROL = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[()][0-9A-B])")

# Where a kernel comes to rest: for good, or until something interrupts it.
HALT, IDLE = "cpu_halt_forever", "cpu_idle"

# How the boot ended: halted for ever; asleep until an interrupt, its last line printed; the
# machine ended by the kernel; a triple fault; what was watched for; none of these in time.
HALTED, WAITING, EXITED, RESET, SEEN, HANG = \
    "halted", "waiting", "exited", "reset", "seen", "hang"
AT_REST = HALTED, WAITING


def lines_of(serial):
    """What COM1 sent, as lines of text."""
    text = CONTROL.sub("", serial.decode("utf-8", "replace"))
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def shows(text, lines):
    """Whether a line is `text`, in which `*` stands for anything."""
    wanted = pattern(text)
    return any(wanted.match(line) for line in lines)


@dataclass
class Boot:
    machine: str
    entered: bool = False           # the loader entered the kernel
    end: str = HANG
    status: int = None              # the emulator's exit status, when it ended by itself
    screen: Screen = None
    serial: bytes = b""             # all that COM1 sent, firmware's and loader's part too
    guest_errors: str = ""          # QEMU's, from kernel entry on
    idle_cpu_seconds: float = None  # host CPU time during a second of rest; QEMU on Linux
    entry_seconds: float = None     # from the emulator's start to kernel entry
    note: str = ""                  # what the emulator itself said

    @property
    def serial_lines(self):
        return lines_of(self.serial)

    def describe(self):
        """For a failed assertion: everything there is to see."""
        screen = self.screen.text if self.screen else "(not read)"
        serial = "\n".join(self.serial_lines[-60:])
        return (f"\n{self.machine}: {self.end}, status {self.status}, entered {self.entered}"
                f"\n--- screen ---\n{screen}\n--- COM1, the last lines ---\n{serial}"
                f"\n--- guest errors ---\n{self.guest_errors[:2000]}"
                f"\n--- emulator ---\n{self.note[-1500:]}\n")


class Patience:
    """How long is too long.  Only ever a hang detector: generous, and grown on a slow host
    by what one boot of the first chapter took there (0.6 s on an idle 2020s PC)."""

    FACTOR = {"qemu-bios": 1, "qemu-uefi": 4, "bochs": 2}

    def __init__(self, entry_seconds=1.0):
        self.seconds = max(30.0, 40 * entry_seconds)

    def hang(self, machine):
        return self.seconds * self.FACTOR[machine]
