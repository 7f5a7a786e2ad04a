# SPDX-License-Identifier: MIT
"""Talks to a running QEMU over its machine protocol (QMP, "QEMU Machine Protocol
Specification"): enough to look at the machine, its screen and its end.

Standard library only; works on Python 3.10."""
import json
import re
import socket
import time


class Gone(Exception):
    """QEMU ended; `reason` is QMP's for it (guest-reset: a triple fault) or None."""

    def __init__(self, reason=None):
        super().__init__(f"QEMU has ended ({reason or 'no reason given'})")
        self.reason = reason


class Refused(Exception):
    """QEMU answered a command with an error."""


class Qmp:
    def __init__(self, path, process, timeout=20):
        """Connects to the socket that QEMU, running as `process`, opens at `path`."""
        self.reason = None
        self.events = []
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(timeout)
        deadline = time.monotonic() + timeout
        while True:
            try:
                self.socket.connect(str(path))
                break
            except (FileNotFoundError, ConnectionRefusedError):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise Gone() from None
                time.sleep(0.01)
        self.file = self.socket.makefile("rb")
        self.receive()                  # the greeting
        self.execute("qmp_capabilities")

    def close(self):
        self.file.close()
        self.socket.close()

    def receive(self):
        """The next message that is not an event."""
        while True:
            try:
                line = self.file.readline()
            except ConnectionError:
                line = b""
            if not line:
                raise Gone(self.reason)
            message = json.loads(line)
            if "event" not in message:
                return message
            self.events.append(message)
            if message["event"] == "SHUTDOWN":
                self.reason = message["data"]["reason"]

    def execute(self, command, **arguments):
        try:
            message = {"execute": command, "arguments": arguments}
            self.socket.sendall(json.dumps(message).encode() + b"\n")
        except ConnectionError:
            self.drain()
            raise Gone(self.reason) from None
        answer = self.receive()
        if "error" in answer:
            raise Refused(f"{command}: {answer['error']['desc']}")
        return answer["return"]

    def drain(self):
        """Reads what QEMU said before it went, for the reason."""
        try:
            while True:
                self.receive()
        except (Gone, OSError):
            pass

    def monitor(self, line):
        """What the human monitor answers to a line."""
        return self.execute("human-monitor-command", **{"command-line": line})

    def registers(self):
        """{name: value} of the first processor, among them RIP and HLT (1: halted).  Outside
        of 64-bit mode QEMU says EIP; here it is RIP too."""
        shown = self.monitor("info registers")
        return {re.sub("^E(?=[A-Z]{2}$)", "R", name): int(value, 16)
                for name, value in re.findall(r"\b([A-Z][A-Z0-9]{1,2})\s*=([0-9a-f]+)", shown)}

    def physical(self, address, size, path):
        """Bytes of physical memory; `path` is a scratch file."""
        self.execute("pmemsave", val=address, size=size, filename=str(path))
        return path.read_bytes()

    def screendump(self, path, form="ppm"):
        """Writes the screen to `path`, as ppm or png."""
        self.execute("screendump", filename=str(path), format=form)

    def wait_until_halted(self, where, timeout):
        """Waits until the processor is halted at an address in `where` (a Symbol or an
        Elf), twice in a row.  False when that does not happen within `timeout` seconds;
        raises Gone when the machine ends instead."""
        deadline = time.monotonic() + timeout
        seen = 0
        while time.monotonic() < deadline:
            registers = self.registers()
            halted = registers["HLT"] == 1 and registers["RIP"] in where
            seen = seen + 1 if halted else 0
            if seen == 2:
                return True
            time.sleep(0.05)
        return False
