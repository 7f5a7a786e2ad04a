# SPDX-License-Identifier: MIT
"""Speaks gdb's remote protocol to QEMU ("Debugging with GDB", appendix E): stops a kernel
at an address, looks at and changes what the processor holds, without a gdb."""
import select
import socket

# The order of QEMU's x86-64 registers: general ones, rip, eflags.
REGISTERS = {name: number for number, name in enumerate(
    "rax rbx rcx rdx rsi rdi rbp rsp r8 r9 r10 r11 r12 r13 r14 r15 rip eflags".split())}
EFLAGS_BYTES = 4


class Stub:
    def __init__(self, path, timeout=20):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(timeout)
        self.socket.connect(str(path))
        self.buffer = b""
        self.ask("?")                   # the machine is stopped, or stops now
        # QEMU offers single registers only to who has asked for their description.
        self.ask("qSupported:xmlRegisters=i386")
        self.ask("qXfer:features:read:target.xml:0,ff0")

    def close(self):
        self.socket.close()

    # --- packets: $text#checksum, each acknowledged with + ---

    def send(self, text):
        data = text.encode()
        self.socket.sendall(b"$%s#%02x" % (data, sum(data) & 0xFF))

    def byte(self):
        if not self.buffer:
            self.buffer = self.socket.recv(4096)
            if not self.buffer:
                raise ConnectionError("QEMU closed the debugger's connection")
        first, self.buffer = self.buffer[:1], self.buffer[1:]
        return first

    def receive(self):
        while self.byte() != b"$":
            pass
        data = bytearray()
        while (byte := self.byte()) != b"#":
            data += byte
        checksum = int(self.byte() + self.byte(), 16)
        if checksum != sum(data) & 0xFF:
            raise ConnectionError("a damaged packet on a local socket")
        self.socket.sendall(b"+")
        return data.decode("latin-1")

    def ask(self, text):
        self.send(text)
        return self.receive()

    def order(self, text):
        answer = self.ask(text)
        if answer != "OK":
            raise RuntimeError(f"QEMU's debugger answers {answer!r} to {text!r}")

    # --- what a test wants to do ---

    def set_breakpoint(self, address):
        """A hardware one: the loader's copying the kernel there does not remove it."""
        self.order(f"Z1,{address:x},1")

    def clear_breakpoint(self, address):
        self.order(f"z1,{address:x},1")

    def resume(self):
        self.send("c")

    def stopped(self, timeout=0):
        """Whether a resumed machine has stopped; waits for it at most `timeout` seconds.
        Tells it once."""
        if not self.buffer and not select.select([self.socket], [], [], timeout)[0]:
            return False
        while self.buffer[:1] == b"+" or not self.buffer:
            self.buffer = self.buffer[1:]
            if not self.buffer:
                if not select.select([self.socket], [], [], timeout)[0]:
                    return False
                self.buffer = self.socket.recv(4096)
                if not self.buffer:
                    raise ConnectionError("QEMU closed the debugger's connection")
        self.receive()
        return True

    def step(self):
        self.ask("s")

    def read(self, register):
        return int.from_bytes(bytes.fromhex(self.ask(f"p{REGISTERS[register]:x}")), "little")

    def write(self, register, value):
        size = EFLAGS_BYTES if register == "eflags" else 8
        self.order(f"P{REGISTERS[register]:x}={value.to_bytes(size, 'little').hex()}")

    def memory(self, address, size):
        """Bytes at a virtual address, or None where nothing is mapped."""
        answer = self.ask(f"m{address:x},{size:x}")
        return None if answer.startswith("E") else bytes.fromhex(answer)

    def write_memory(self, address, data):
        self.order(f"M{address:x},{len(data):x}:{data.hex()}")

    def detach(self):
        """Lets the machine run without a debugger."""
        self.order("D")
