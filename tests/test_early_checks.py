# SPDX-License-Identifier: MIT
"""The checks before there is any C: each message, on a machine that deserves it.

A processor without long mode is one that QEMU offers.  One without CPUID is not, so it is
made: the 32-bit code is stepped through, and the ID flag of EFLAGS, which such a processor
does not have, is cleared after every instruction.  Wrong loader: eax at entry."""
import pytest

from conftest import Case
from machine.boot import HALTED
from machine.qemu import Running

EFLAGS_ID = 1 << 21
MULTIBOOT1_MAGIC = 0x2BADB002
WHITE_ON_RED = 0x4F
MESSAGES = {"magic": "Saessak: not started by a Multiboot2 loader.",
            "cpuid": "Saessak: this processor has no CPUID.",
            "long mode": "Saessak: this processor has no 64-bit mode."}


def early_boot(yard, builder, entry_chapter, toolchain, cpu="max", at_entry=lambda running: None):
    iso, elf = builder.built(Case(entry_chapter, "qemu-bios", toolchain))
    hang = yard.patience.hang("qemu-bios")
    with Running(iso, elf, yard.scratch(), cpu=cpu) as running:
        assert running.run_to_entry(hang), f"never entered{running.finish().describe()}"
        at_entry(running)
        running.run_to_end(hang, rest="boot_error",
                           seen=lambda r: r.qmp.registers()["RIP"] in
                           r.elf.symbols["cpu_halt_forever"])
        return running.finish()


def assert_says(boot, message):
    assert boot.end == HALTED, f"did not stop in boot_error{boot.describe()}"
    shown = " ".join(boot.screen.rows[:2])
    assert shown.startswith(message), boot.describe()
    assert set(boot.screen.attributes[0][:len(message)]) == {WHITE_ON_RED}
    assert boot.idle_cpu_seconds is None or boot.idle_cpu_seconds <= 0.1, "burns the host"
    assert boot.guest_errors == "", boot.describe()


def test_not_started_by_multiboot2(yard, builder, entry_chapter, toolchain):
    boot = early_boot(yard, builder, entry_chapter, toolchain,
                      at_entry=lambda r: r.stub.write("rax", MULTIBOOT1_MAGIC))
    assert_says(boot, MESSAGES["magic"])


def without_id_flag(running):
    """Steps through check_cpuid on a processor that has no EFLAGS.ID."""
    stub, check = running.stub, running.elf.symbols["check_cpuid"]
    stub.set_breakpoint(check.address)
    stub.resume()
    assert stub.stopped(10), "check_cpuid was not reached"
    stub.clear_breakpoint(check.address)
    stub.write("eflags", stub.read("eflags") & ~EFLAGS_ID)
    for _ in range(100):
        stub.step()
        stub.write("eflags", stub.read("eflags") & ~EFLAGS_ID)
        if stub.read("rip") not in check:
            return
    raise AssertionError("check_cpuid does not end")


def test_no_cpuid(yard, builder, entry_chapter, toolchain):
    boot = early_boot(yard, builder, entry_chapter, toolchain, at_entry=without_id_flag)
    assert_says(boot, MESSAGES["cpuid"])


@pytest.mark.parametrize("cpu", ["qemu64,-lm",      # has the leaf, lacks the bit
                                 "pentium"])        # too old to have the leaf
def test_no_long_mode(yard, builder, entry_chapter, toolchain, cpu):
    boot = early_boot(yard, builder, entry_chapter, toolchain, cpu=cpu)
    assert_says(boot, MESSAGES["long mode"])
