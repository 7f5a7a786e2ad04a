# SPDX-License-Identifier: MIT
"""The machines our kernels boot on: how each emulator is found and how it is started.

The one place that knows a QEMU command line or a Bochs configuration; tools/run and the
tests build theirs here, so that what a reader sees is what was tested.  Starts nothing
itself.  Standard library only; works on Python 3.10.

The machine: 256 MiB, one processor, the ISO in a CD-ROM drive, COM1.
  QEMU    q35, not pc: PCI Express and MCFG, which Bochs' i440fx does not have, so that
          between the two both kinds of PC are tried; it also boots 0.1 s faster.
          -cpu max: every feature the accelerator can do.  No network: OVMF would try it.
  Bochs   i440fx.  No UEFI: OVMF needs flash memory, which Bochs does not emulate.
"""
import os
import shutil
import struct
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

MEMORY_MIB = 256
DEBUG_EXIT_PORT = 0xF4          # QEMU's isa-debug-exit: exit status is (value << 1) | 1
EXIT_PASSED, EXIT_FAILED = 33, 35   # what ktest's 0x10 and 0x11 become
MULTIBOOT2_MAGIC = 0x36D76289   # in eax at entry, Multiboot2 2.0 3.3

BREW = ("/opt/homebrew", "/usr/local")


class Missing(Exception):
    """Something this system lacks; the text is one line that says how to get it."""


# --- what this system has ---------------------------------------------------------------

def find_command(names, setup):
    """The first program of `names` in PATH.  `setup`: the tools/setup call that brings it."""
    for name in names:
        if found := shutil.which(name):
            return found
    raise Missing(f"{names[0]} is not installed; get it with: {setup}")


def find_file(paths, what, setup):
    for path in paths:
        if os.path.exists(path):
            return path
    raise Missing(f"{what} is not installed; get it with: {setup}")


def find_qemu():
    return find_command(["qemu-system-x86_64"], "tools/setup run")


def find_gdb():
    return find_command(["gdb", "gdb-multiarch", "x86_64-elf-gdb"], "tools/setup debug")


def find_ovmf():
    """(code, variables): UEFI firmware for QEMU and the empty flash it comes with.  A
    machine writes to the second, so give it a copy."""
    pairs = [
        ("/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_VARS_4M.fd"),
        ("/usr/share/OVMF/OVMF_CODE.fd", "/usr/share/OVMF/OVMF_VARS.fd"),
        ("/usr/share/edk2/ovmf/OVMF_CODE.fd", "/usr/share/edk2/ovmf/OVMF_VARS.fd"),
        ("/usr/share/edk2/x64/OVMF_CODE.4m.fd", "/usr/share/edk2/x64/OVMF_VARS.4m.fd"),
    ] + [(f"{b}/share/qemu/edk2-x86_64-code.fd", f"{b}/share/qemu/edk2-i386-vars.fd")
         for b in BREW]
    for code, variables in pairs:
        if os.path.exists(code) and os.path.exists(variables):
            return code, variables
    raise Missing("UEFI firmware (OVMF) is not installed; get it with: "
                  "FIRMWARE=uefi tools/setup run")


def qemu_displays(qemu):
    """The names `-display` takes, those of installed modules only."""
    shown = subprocess.run([qemu, "-display", "help"], stdin=subprocess.DEVNULL, text=True,
                           stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return shown.stdout.split()


def has_window_system():
    """Whether programs started from here can open a window."""
    return sys.platform == "darwin" or bool(os.environ.get("DISPLAY")
                                            or os.environ.get("WAYLAND_DISPLAY"))


# --- QEMU -------------------------------------------------------------------------------

@dataclass
class Qemu:
    """A QEMU machine.  `directory` is a private one that lives as long as the machine: the
    UEFI variables and the sockets lie in it."""
    iso: Path
    directory: Path
    firmware: str = "bios"              # bios or uefi
    accel: str = "tcg"                  # deterministic; kvm is the user's choice
    memory_mib: int = MEMORY_MIB
    cpu: str = "max"
    display: str = "none"
    serial: str = "null"                # what -serial takes
    paused: bool = False                # wait for QMP's `cont` or a debugger's
    gdb: bool = False                   # listen for gdb at gdb_socket
    log: Path = None                    # where -d and QMP's `log` write
    extra: list = field(default_factory=list)

    @property
    def qmp_socket(self):
        return self.directory / "qmp"

    @property
    def gdb_socket(self):
        return self.directory / "gdb"

    def command(self):
        command = [find_qemu(), "-name", "saessak", "-nodefaults", "-no-user-config",
                   "-machine", f"q35,accel={self.accel}", "-cpu", self.cpu,
                   "-m", str(self.memory_mib), "-vga", "std",
                   "-no-reboot",                # a triple fault ends QEMU instead of looping
                   "-device", f"isa-debug-exit,iobase={DEBUG_EXIT_PORT:#x},iosize=4",
                   "-display", self.display, "-serial", self.serial,
                   "-qmp", f"unix:{escaped(self.qmp_socket)},server=on,wait=off"]
        command += self.flash()
        command += ["-drive", f"file={escaped(self.iso)},media=cdrom,format=raw,readonly=on"]
        if self.paused:
            command += ["-S"]
        if self.gdb:
            command += ["-chardev", f"socket,id=gdb,path={escaped(self.gdb_socket)},"
                        "server=on,wait=off", "-gdb", "chardev:gdb"]
        if self.log:
            command += ["-D", str(self.log)]
        return command + self.extra

    def flash(self):
        if self.firmware != "uefi":
            return []
        code, empty = find_ovmf()
        variables = self.directory / "uefi-variables.fd"
        shutil.copyfile(empty, variables)
        return ["-drive", f"if=pflash,format=raw,readonly=on,file={escaped(code)}",
                "-drive", f"if=pflash,format=raw,file={escaped(variables)}"]


def escaped(path):
    """A path inside a QEMU option, where a comma would end it."""
    return str(path).replace(",", ",,")


# --- Bochs ------------------------------------------------------------------------------

def bochs_setup():
    return "EMU=bochs tools/setup run"


def find_bochs():
    """A Bochs with its debugger built in: it is what loads symbols and stops at a function."""
    bochs = find_command(["bochs", "bochs-debugger"], bochs_setup())
    usage = subprocess.run([bochs, "--help"], stdin=subprocess.DEVNULL, text=True,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if "-rc " not in usage.stdout:
        raise Missing(f"{bochs} was built without its debugger (--enable-debugger), "
                      "which saessak's machine needs")
    return bochs


def find_bochs_roms():
    """(BIOS, VGA BIOS)."""
    places = [os.environ.get("BXSHARE", "/usr/share/bochs"), "/usr/share/bochs",
              *(f"{b}/share/bochs" for b in BREW)]
    return (find_file([f"{p}/BIOS-bochs-latest" for p in places],
                      "Bochs' BIOS", bochs_setup()),
            find_file([f"{p}/{n}" for p in places
                       for n in ("VGABIOS-lgpl-latest", "VGABIOS-lgpl-latest.bin")]
                      + ["/usr/share/vgabios/vgabios.bin"], "Bochs' VGA BIOS", bochs_setup()))


def bochs_window():
    """The display library that opens a window, or None."""
    if not has_window_system():
        return None
    if sys.platform == "darwin":
        return "sdl2"
    places = [Path(p) for p in ("/usr/lib", "/usr/lib64", "/usr/local/lib")]
    plugins = [f for p in places for pattern in ("bochs/plugins", "*/bochs/plugins")
               for f in p.glob(f"{pattern}/libbx_*_gui.so")]
    names = {f.name for f in plugins}
    for library in ("x", "sdl2", "sdl"):
        if f"libbx_{library}_gui.so" in names:
            return library
    return None


@dataclass
class Bochs:
    """A Bochs machine.  `directory` is a private one that lives as long as the machine.

    With display `term` the screen is a pseudo-terminal that Bochs opens itself and names in
    the line BOCHS_SCREEN; its own input and output stay the debugger's.  Someone must read
    from that pseudo-terminal, or Bochs stops when it is full."""
    iso: Path
    directory: Path
    display: str = "term"
    serial: Path = None                 # what COM1 sends, as a file
    memory_mib: int = MEMORY_MIB
    cpu: str = "corei7_haswell_4770"    # 64-bit, NX, SMEP, x2APIC
    script: list = field(default_factory=lambda: ["continue"])  # debugger commands

    @property
    def log(self):
        return self.directory / "bochs.log"

    def configuration(self):
        bios, vga_bios = find_bochs_roms()
        lines = [
            f"display_library: {self.display}",
            f"romimage: file={bios}",
            f"vgaromimage: file={vga_bios}",
            f"cpu: model={self.cpu}, count=1",
            f"megs: {self.memory_mib}",
            f"ata0-master: type=cdrom, path=\"{self.iso}\", status=inserted",
            "boot: cdrom",
            f"com1: enabled=1, mode=file, dev=\"{self.serial}\"" if self.serial
            else "com1: enabled=1, mode=null",
            "speaker: enabled=0",
            f"log: \"{self.log}\"",
            "panic: action=fatal",
            "error: action=report",
            "info: action=report",
            "debug: action=ignore",
        ]
        return "\n".join(lines) + "\n"

    def command(self):
        configuration = self.directory / "bochsrc"
        configuration.write_text(self.configuration(), encoding="utf-8")
        commands = self.directory / "commands"
        commands.write_text("\n".join(self.script) + "\n", encoding="utf-8")
        return [find_bochs(), "-q", "-f", str(configuration), "-rc", str(commands)]


BOCHS_SCREEN = r'Bochs connected to screen "([^"]+)"'


def bochs_symbols(elf, path):
    """Writes the functions of `elf` in the form that Bochs' `ldsym global` reads."""
    path.write_text("".join(f"{s.address:x} {s.name}\n" for s in elf.symbols.values()),
                    encoding="utf-8")
    return f"ldsym global \"{path}\""


# --- kernels ----------------------------------------------------------------------------

@dataclass
class Symbol:
    name: str
    address: int
    size: int                           # up to the next symbol where the ELF gives none

    def __contains__(self, address):
        return self.address <= address < self.address + self.size


class Elf:
    """What a machine's watcher needs from a kernel: names, addresses and bytes.  Reads
    little-endian ELF64 (gABI 4.1, chapters 4 and 5); raises ValueError for anything else."""

    def __init__(self, path):
        self.path = Path(path)
        self.data = self.path.read_bytes()
        if self.data[:6] != b"\x7fELF\x02\x01":
            raise ValueError(f"{path}: not a little-endian ELF64 file")
        try:
            self.entry, phoff, shoff = struct.unpack_from("<QQQ", self.data, 24)
            _, phnum, shentsize, shnum = struct.unpack_from("<HHHH", self.data, 54)
            # p_type, p_flags, p_offset, p_vaddr, p_paddr, p_filesz, p_memsz
            self.segments = [p for p in (struct.unpack_from("<IIQQQQQ", self.data,
                             phoff + i * 56) for i in range(phnum)) if p[0] == 1]
            sections = [struct.unpack_from("<IIQQQQIIQQ", self.data, shoff + i * shentsize)
                        for i in range(shnum)]
            self.symbols = self.read_symbols(sections)
        except struct.error as error:
            raise ValueError(f"{path}: truncated ELF file: {error}") from error

    def read_symbols(self, sections):
        """{name: Symbol}, nasm's local labels (a.b) left out."""
        found = []
        for section in sections:
            if section[1] != 2:         # SHT_SYMTAB
                continue
            names = sections[section[6]][4]
            for offset in range(section[4], section[4] + section[5], 24):
                name, info, _, index, value, size = struct.unpack_from("<IBBHQQ", self.data,
                                                                       offset)
                text = self.data[names + name:self.data.index(0, names + name)].decode()
                if text and info & 15 <= 2 and 0 < index < len(sections) and "." not in text:
                    # a label ends at the end of its section at the latest
                    end = sections[index][3] + sections[index][5]
                    found.append((value, text, size, end))
        found.sort()
        starts = sorted({f[0] for f in found})
        following = dict(zip(starts, starts[1:]))
        return {name: Symbol(name, value, size or min(following.get(value, end), end) - value)
                for value, name, size, end in found}

    def bytes_at(self, address, count):
        """Bytes of a loaded segment, by virtual address."""
        for _, _, offset, virtual, _, in_file, _ in self.segments:
            if virtual <= address and address + count <= virtual + in_file:
                return self.data[offset + address - virtual:][:count]
        raise ValueError(f"{self.path}: nothing loaded at {address:#x}")

    def __contains__(self, address):
        """Whether the kernel's segments hold this virtual address."""
        return any(v <= address < v + size for _, _, _, v, _, _, size in self.segments)
