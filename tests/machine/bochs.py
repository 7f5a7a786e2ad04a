# SPDX-License-Identifier: MIT
"""Boots a kernel in Bochs, without a screen, and writes down what happened.

Bochs' debugger does the looking: it stops the kernel at its last function, writes the
screen's memory to a file and goes on, so that characters still on their way out of the
UART arrive and the HLT is executed.  A kernel that never ends is stopped by SIGINT, once
COM1 has had its last line."""
import os
import re
import signal
import subprocess
import time
import tty
from pathlib import Path

import machines
from machine import screen
from machine.boot import (AT_REST, EXITED, HALT, HALTED, HANG, RESET, SEEN, WAITING, Boot,
                          lines_of, shows)

POLL_SECONDS = 0.05
# Bochs' log, once each: a halt that nothing can end, the shutdown port, a triple fault.
LOG_HALT = "HLT instruction with IF=0!"
LOG_SHUTDOWN = "Shutdown port: shutdown requested"
LOG_TRIPLE_FAULT = "3rd (13) exception with no resolution"
# Time for the UART's last sixteen characters: 1.4 ms in the machine, which, halted, passes
# in less than that here.
UART_DRAIN_SECONDS = 0.3


class Running:
    """A Bochs that a test holds.  Use with `with`: its process has ended afterwards."""

    def __init__(self, iso, elf, directory, rest=HALT):
        self.directory = Path(directory)
        self.vga, self.serial = self.directory / "vga", self.directory / "serial"
        self.output = self.directory / "said"
        elf = machines.Elf(elf)
        self.machine = machines.Bochs(
            iso=iso, directory=self.directory, serial=self.serial,
            script=[machines.bochs_symbols(elf, self.directory / "symbols"),
                    f"lb {elf.symbols[rest].address:#x}", "continue",
                    f"writemem \"{self.vga}\" {screen.VGA_TEXT:#x} {screen.VGA_TEXT_BYTES}",
                    "continue"])
        self.boot = Boot("bochs")
        self.process = self.screen = None

    def __enter__(self):
        environment = dict(os.environ, TERM="vt100", LINES="25", COLUMNS="80")
        with open(self.output, "wb") as output:
            self.process = subprocess.Popen(self.machine.command(), stdin=subprocess.DEVNULL,
                                            stdout=output, stderr=output, env=environment)
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        if self.screen is not None:
            os.close(self.screen)

    def said(self):
        return self.output.read_text(encoding="utf-8", errors="replace")

    def logged(self):
        log = self.machine.log
        return log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""

    def read_away(self):
        """Empties the pseudo-terminal that Bochs draws its screen on."""
        if self.screen is None:
            if not (found := re.search(machines.BOCHS_SCREEN, self.said())):
                return
            try:
                self.screen = os.open(found[1], os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
            except OSError:             # Bochs has ended already
                return
            tty.setraw(self.screen)
        try:
            while os.read(self.screen, 65536):
                pass
        except OSError:                 # nothing there, or Bochs has closed it
            pass

    def run(self, hang, seen=None, last_line=None):
        """As qemu.Running.run_to_end, from the start.  Bochs cannot be asked whether a
        processor that interrupts can wake is asleep: there the last line is the end."""
        deadline = time.monotonic() + hang
        boot = self.boot
        while time.monotonic() < deadline:
            self.read_away()
            if self.process.poll() is not None:
                boot.status = self.process.returncode
                boot.end = EXITED if LOG_SHUTDOWN in self.logged() + self.said() else RESET
                return
            if LOG_TRIPLE_FAULT in self.logged():
                boot.end = RESET
                return
            # Written at the last function, so this HLT is the kernel's and no loader's.
            if boot.end != WAITING and self.vga.exists() and LOG_HALT in self.logged():
                time.sleep(UART_DRAIN_SECONDS)
                boot.end = HALTED
                return
            if boot.end == WAITING and self.vga.exists():
                return
            if boot.end != WAITING and last_line \
                    and shows(last_line, lines_of(self.read_serial())):
                time.sleep(UART_DRAIN_SECONDS)
                boot.end = WAITING
                self.process.send_signal(signal.SIGINT)
            if seen and seen(self):
                boot.end = SEEN
                return
            time.sleep(POLL_SECONDS)
        boot.end = HANG

    def read_serial(self):
        return self.serial.read_bytes() if self.serial.exists() else b""

    def finish(self):
        boot = self.boot
        if self.vga.exists():
            boot.screen = screen.from_vga_memory(self.vga.read_bytes())
        boot.serial = self.read_serial()
        boot.entered = boot.end in (*AT_REST, EXITED)
        boot.note = self.said() + "\n" + self.logged()[-1500:]
        return boot


def boot(iso, elf, directory, patience, seen=None, last_line=None):
    """One whole boot, from power-on to the kernel's end."""
    with Running(iso, elf, directory) as running:
        running.run(patience.hang("bochs"), seen, last_line)
        return running.finish()
