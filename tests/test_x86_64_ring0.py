#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The x86_64 library in ring 0, on QEMU's processors from the plainest to the fullest.

A kernel of its own (tests/x86_64) is started with QEMU's -kernel; it loads the library's
tables, takes exceptions, writes registers and reads them back, and prints one line a check."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HERE = ROOT / "tests" / "x86_64"
LIBRARY = ["addr", "cpuid", "cpuid_machine", "debug", "exception", "gdt", "idt", "mtrr",
           "random", "tss", "xsave"]
FLAGS = ["-std=gnu11", "-O2", "-ffreestanding", "-fno-pic", "-mno-red-zone",
         "-mgeneral-regs-only", "-mcmodel=kernel", "-fno-stack-protector",
         "-fcf-protection=none", "-fno-asynchronous-unwind-tables", "-Wall", "-Wextra",
         "-Werror", "-I", str(ROOT / "common")]
# checks that every processor runs, and those only the full ones do
ALWAYS = {"gdt", "tss is busy", "idt", "#BP returns", "#PF, error code and CR2", "cr4", "star",
          "pat", "mtrr", "#DB on a write", "single step", "fxsave", "topology"}
FULL = {"wrfsbase", "xcr0 avx", "xsave", "smap", "rdrand", "rdtscp"}


def build(compiler, where):
    sources = [HERE / "ring0.c", *(ROOT / "common/x86_64" / f"{n}.c" for n in LIBRARY)]
    objects = [where / "entry.o"]
    subprocess.run(["nasm", "-f", "elf64", "-w+all", str(HERE / "entry.asm"),
                    "-o", str(objects[0])], check=True)
    for source in sources:
        objects.append(where / (source.stem + ".o"))
        subprocess.run([compiler, *FLAGS, "-c", str(source), "-o", str(objects[-1])],
                       check=True)
    kernel = where / "ring0.elf"
    subprocess.run(["ld", "-nostdlib", "-static", "-z", "noexecstack", "-z", "max-page-size=4096",
                    "-T", str(HERE / "ring0.ld"), "-o", str(kernel), *map(str, objects)],
                   check=True)
    return kernel


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
@pytest.mark.parametrize("cpu,full", [("qemu64", False), ("max", True)])
def test_in_ring_0(tmp_path, compiler, cpu, full):
    assert shutil.which(compiler) and shutil.which("qemu-system-x86_64")
    run = subprocess.run(
        ["qemu-system-x86_64", "-accel", "tcg", "-cpu", cpu, "-m", "32", "-display", "none",
         "-no-reboot", "-nodefaults", "-serial", "stdio", "-d", "guest_errors",
         "-D", str(tmp_path / "errors.log"),
         "-device", "isa-debug-exit,iobase=0xf4,iosize=4",
         "-kernel", str(build(compiler, tmp_path))],
        capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
    lines = run.stdout.splitlines()
    assert run.returncode == 33 and lines and lines[-1] == "done", run.stdout + run.stderr
    assert not [line for line in lines if line.startswith("not ok")], run.stdout
    passed = {line[3:] for line in lines if line.startswith("ok ")}
    assert ALWAYS <= passed, run.stdout
    assert (FULL <= passed) == full, run.stdout
    assert (tmp_path / "errors.log").read_text() == ""
