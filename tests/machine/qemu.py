# SPDX-License-Identifier: MIT
"""Boots a kernel in QEMU and writes down what happened."""
import os
import subprocess
import sys
import time
from pathlib import Path

import machines
from qmp import Gone, Qmp
from machine import screen
from machine.boot import (AT_REST, EXITED, HALT, HALTED, HANG, IDLE, RESET, SEEN, WAITING,
                          Boot, lines_of, shows)
from machine.gdbstub import Stub

POLL_SECONDS = 0.05


class Running:
    """A QEMU machine that a test holds.  Use with `with`: whatever happens, its process
    has ended afterwards.

    The machine waits at its first instruction until run_to_entry()."""

    def __init__(self, iso, elf, directory, firmware="bios", cpu="max", glyphs=None, extra=()):
        self.elf = machines.Elf(elf)
        self.directory = Path(directory)
        self.glyphs = glyphs
        self.machine = machines.Qemu(
            iso=iso, directory=self.directory, firmware=firmware, cpu=cpu, paused=True,
            gdb=True, log=self.directory / "guest-errors.log",
            serial=f"file:{machines.escaped(self.directory / 'serial')}", extra=list(extra))
        self.boot = Boot(f"qemu-{firmware}")
        self.process = self.qmp = self.stub = None

    def __enter__(self):
        self.started = time.monotonic()
        with open(self.directory / "said", "wb") as said:
            self.process = subprocess.Popen(self.machine.command(), stdin=subprocess.DEVNULL,
                                            stdout=said, stderr=said)
        try:
            self.qmp = Qmp(self.machine.qmp_socket, self.process)
            self.stub = Stub(self.machine.gdb_socket)
        except Gone:
            note = (self.directory / "said").read_text(errors="replace")
            self.__exit__()
            raise RuntimeError(f"QEMU did not start: {note}") from None
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for connection in (self.stub, self.qmp):
            if connection:
                connection.close()

    # --- watching ---

    def run_to_entry(self, hang, seen=None):
        """Runs firmware and loader.  True when the kernel's first instruction is next; False
        when `seen`(self) came true before, or the machine ended, or `hang` seconds passed.
        From here on the guest-error log is written: firmware has thousands of entries."""
        entry = self.elf.entry
        code = self.elf.bytes_at(entry, 16)
        deadline = time.monotonic() + hang
        self.stub.set_breakpoint(entry)
        self.stub.resume()
        while time.monotonic() < deadline:
            try:
                if self.stub.stopped(POLL_SECONDS):
                    if self.stub.memory(entry, len(code)) == code:
                        break
                    self.stub.step()    # someone else's code at the same address
                    self.stub.resume()
                elif seen and seen(self):
                    self.boot.end = SEEN
                    return False
            except (ConnectionError, Gone):
                self.ended()
                return False
        else:
            return False
        self.boot.entered = True
        self.boot.entry_seconds = time.monotonic() - self.started
        self.stub.clear_breakpoint(entry)
        self.qmp.monitor("log guest_errors")
        return True

    def run_to_end(self, hang, rest=HALT, seen=None, last_line=None):
        """Runs the kernel until it is halted in the function `rest`, the machine ends,
        `seen`(self) comes true or `hang` seconds have passed.  A kernel that goes on for
        ever is at rest when COM1 has had `last_line` and it sleeps in cpu_idle: it may
        have slept there before, between two lines."""
        self.stub.detach()
        rest, idle = self.elf.symbols[rest], self.elf.symbols.get(IDLE)
        deadline = time.monotonic() + hang
        try:
            while time.monotonic() < deadline:
                if self.qmp.wait_until_halted(rest, 2 * POLL_SECONDS):
                    self.boot.end = HALTED
                    break
                if last_line and idle and shows(last_line, lines_of(self.read_serial())) \
                        and self.qmp.wait_until_halted(idle, 10 * POLL_SECONDS):
                    self.boot.end = WAITING
                    break
                if seen and seen(self):
                    self.boot.end = SEEN
                    break
        except Gone:
            self.ended()

    def ended(self):
        """The machine went away by itself: say how."""
        self.qmp.drain()
        try:
            self.boot.status = self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.boot.end = HANG
            return
        self.boot.end = RESET if self.qmp.reason == "guest-reset" else EXITED

    # --- looking ---

    def read_screen(self):
        """The text on the screen: from VGA memory, or from pixels when there is a font."""
        if self.machine.firmware == "bios":
            data = self.qmp.physical(screen.VGA_TEXT, screen.VGA_TEXT_BYTES,
                                     self.directory / "vga")
            return screen.from_vga_memory(data)
        return screen.from_pixels(self.read_pixels(), self.glyphs)

    def read_pixels(self):
        path = self.directory / "screen.ppm"
        self.qmp.screendump(path)
        return path.read_bytes()

    def read_serial(self):
        return (self.directory / "serial").read_bytes()

    def idle_cpu_seconds(self):
        """Host CPU time that QEMU takes in one second; None where the host cannot say."""
        if sys.platform != "linux":
            return None
        before = self.cpu_seconds()
        time.sleep(1)
        return self.cpu_seconds() - before

    def cpu_seconds(self):
        # proc(5): fields 14 and 15, counted after the name in parentheses.
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def finish(self):
        """Writes down what there is to see at the end.  The Boot."""
        boot = self.boot
        if self.process.poll() is None:
            if boot.end in AT_REST:
                boot.idle_cpu_seconds = self.idle_cpu_seconds()
            if self.machine.firmware == "bios" or self.glyphs:
                boot.screen = self.read_screen()
        boot.serial = self.read_serial()
        log = self.machine.log
        boot.guest_errors = log.read_text(errors="replace") if log.exists() else ""
        boot.note = (self.directory / "said").read_text(errors="replace")
        return boot


def boot(iso, elf, directory, patience, firmware="bios", glyphs=None, seen=None,
         last_line=None, extra=()):
    """One whole boot, from power-on to the kernel's end."""
    hang = patience.hang(f"qemu-{firmware}")
    with Running(iso, elf, directory, firmware, glyphs=glyphs, extra=extra) as running:
        if running.run_to_entry(hang, seen):
            running.run_to_end(hang, seen=seen, last_line=last_line)
        return running.finish()
