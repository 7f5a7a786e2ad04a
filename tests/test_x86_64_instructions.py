#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Each function of the instruction headers is the instruction it says, and no other.

The headers are compiled for the kernel with gcc and clang at -O0 and -O2, every function
called from one of its own; objdump says what came out.  The table of instructions is the
oracle: a function in a header without a row, and a row without a function, fail."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HEADERS = ["insn.h", "insn_user.h", "insn_system.h"]
KERNEL = ["-std=gnu11", "-ffreestanding", "-fno-pic", "-mno-red-zone", "-mgeneral-regs-only",
          "-mcmodel=kernel", "-fno-stack-protector", "-fcf-protection=none",
          "-Wall", "-Wextra", "-Werror", "-I", str(ROOT / "common")]

# function: what objdump prints for it, as a regular expression over "mnemonic operands"
EXPECTED = {
    "hlt": r"hlt", "cli": r"cli", "sti": r"sti", "sti_hlt": r"sti;hlt", "pause": r"pause",
    "nop": r"nop", "bochs_breakpoint": r"xchg %bx,%bx", "int3": r"int3", "ud2": r"ud2",
    "int": r"int \$0x80",
    "in8": r"in \(%dx\),%al", "in16": r"in \(%dx\),%ax", "in32": r"in \(%dx\),%eax",
    "out8": r"out %al,\(%dx\)", "out16": r"out %ax,\(%dx\)", "out32": r"out %eax,\(%dx\)",
    "rep_in8": r"rep insb \(%dx\),%es:\(%rdi\)", "rep_in16": r"rep insw \(%dx\),%es:\(%rdi\)",
    "rep_in32": r"rep insl \(%dx\),%es:\(%rdi\)",
    "rep_out8": r"rep outsb %ds:\(%rsi\),\(%dx\)",
    "rep_out16": r"rep outsw %ds:\(%rsi\),\(%dx\)",
    "rep_out32": r"rep outsl %ds:\(%rsi\),\(%dx\)",
    "cpuid": r"cpuid", "rdtsc": r"rdtsc", "rdtscp": r"rdtscp", "rdpid": r"rdpid %r\w+",
    "rdrand16": r"rdrand %[a-d]x|rdrand %[sd]i|rdrand %r\d+w",
    "rdrand32": r"rdrand %e..|rdrand %r\d+d", "rdrand64": r"rdrand %r\w+",
    "rdseed16": r"rdseed %[a-d]x|rdseed %[sd]i|rdseed %r\d+w",
    "rdseed32": r"rdseed %e..|rdseed %r\d+d", "rdseed64": r"rdseed %r\w+",
    "lfence": r"lfence", "sfence": r"sfence", "mfence": r"mfence",
    "clflush": r"clflush \(%r\w+\)", "clflushopt": r"clflushopt \(%r\w+\)",
    "clwb": r"clwb \(%r\w+\)",
    "read_rip": r"lea 0x0\(%rip\),%r\w+", "stac": r"stac", "clac": r"clac",
    "read_rflags": r"pushf;pop %r\w+", "write_rflags": r"push %r\w+;popf",
    "read_mxcsr": r"stmxcsr .*\(%r\w+\)", "write_mxcsr": r"ldmxcsr .*\(%r\w+\)",
    "fninit": r"fninit", "fxsave": r"fxsave64 \(%r\w+\)", "fxrstor": r"fxrstor64 \(%r\w+\)",
    "xsave": r"xsave64 \(%r\w+\)", "xsaveopt": r"xsaveopt64 \(%r\w+\)",
    "xsavec": r"xsavec64 \(%r\w+\)", "xsaves": r"xsaves64 \(%r\w+\)",
    "xrstor": r"xrstor64 \(%r\w+\)", "xrstors": r"xrstors64 \(%r\w+\)",
    "xgetbv": r"xgetbv", "xsetbv": r"xsetbv", "rdpkru": r"rdpkru", "wrpkru": r"wrpkru",
    "clts": r"clts", "rdmsr": r"rdmsr", "wrmsr": r"wrmsr", "swapgs": r"swapgs",
    "lgdt": r"lgdt .*\(%r\w+\)", "lidt": r"lidt .*\(%r\w+\)",
    "sgdt": r"sgdt .*\(%r\w+\)", "sidt": r"sidt .*\(%r\w+\)",
    "ltr": r"ltr %\w+", "str": r"str %\w+", "lldt": r"lldt %\w+", "sldt": r"sldt %\w+",
    "invlpg": r"invlpg \(%r\w+\)", "invpcid": r"invpcid \(%r\w+\),%r\w+",
    "invlpgb": r"invlpgb( %.*)?", "tlbsync": r"tlbsync", "wbinvd": r"wbinvd", "invd": r"invd",
    "monitor": r"monitor %rax,%e?cx,%edx|monitor %rax,%ecx,%edx", "mwait": r"mwait %eax,%ecx",
    "write_cs": r"push %r\w+;lea .*\(%rip\),%r\w+.*;push %r\w+;lretq",
    "iretq": r"mov %r\w+,%rsp;iretq",
    "rdfsbase": r"rdfsbase %r\w+", "wrfsbase": r"wrfsbase %r\w+",
    "rdgsbase": r"rdgsbase %r\w+", "wrgsbase": r"wrgsbase %r\w+",
}
for _r in ("cr0", "cr2", "cr3", "cr4", "cr8", "dr0", "dr1", "dr2", "dr3", "dr6", "dr7"):
    _o = rf"(?:{_r}|db{_r[2]})" if _r[0] == "d" else _r
    EXPECTED["read_" + _r] = rf"mov %{_o},%r\w+"
    EXPECTED["write_" + _r] = rf"mov %r\w+,%{_o}"
for _s in ("cs", "ss", "ds", "es", "fs", "gs"):
    EXPECTED["read_" + _s] = rf"mov %{_s},%\w+"
    if _s != "cs":
        EXPECTED["write_" + _s] = rf"mov %\w+,%{_s}"

# What compilers put around an instruction: moving arguments, and the frame.
AROUND = re.compile(r"(mov|movabs|movz\w*|movs\w*|lea|push|pop|ret|leave|sub|add|xor|or|and|"
                    r"shl|shr|set\w+|test|cltq|cs|nop\w*|xchg|data16|endbr64|int3|ud2|jmp|call)\b")


def functions():
    """Every insn_ function with its parameters and result, macros of the headers expanded."""
    text = "".join(f'#include "x86_64/{h}"\n' for h in HEADERS)
    out = subprocess.run(["gcc", "-E", "-P", *KERNEL, "-x", "c", "-"], input=text, text=True,
                         capture_output=True, check=True).stdout
    found = re.findall(r"static inline\s+([\w ]+?)\s+insn_(\w+)\(([^)]*)\)", out)
    assert len(found) > 100
    return {name: (result.strip(), args.strip()) for result, name, args in found}


def source():
    lines = [f'#include "x86_64/{h}"' for h in HEADERS]
    for name, (result, args) in functions().items():
        names = "" if args == "void" else ", ".join(
            re.search(r"(\w+)(\[\d*\])?$", a).group(1) for a in args.split(","))
        call = f"insn_{name}({names});"
        lines += [f"{result} do_{name}({args});",
                  f"{result} do_{name}({args}) {{ {'' if result == 'void' else 'return '}{call} }}"]
    lines += ["void do_int(void);", "void do_int(void) { insn_int(0x80); }"]
    return "\n".join(lines) + "\n"


def disassemble(tmp_path, compiler, level):
    c, o = tmp_path / "every.c", tmp_path / "every.o"
    c.write_text(source())
    subprocess.run([compiler, *KERNEL, level, "-c", str(c), "-o", str(o)], check=True)
    text = subprocess.run(["objdump", "-d", "--no-show-raw-insn", str(o)], text=True,
                          capture_output=True, check=True).stdout
    bodies, name = {}, None
    for line in text.splitlines():
        head = re.match(r"[0-9a-f]+ <(\w+)>:", line)
        if head:
            name = head.group(1)
            bodies[name] = []
        elif name and ":\t" in line:
            insn = re.sub(r"\s+", " ", line.split(":\t", 1)[1].split("#")[0]).strip()
            bodies[name].append(insn)
    return bodies


def test_every_function_has_a_row_and_every_row_a_function():
    assert set(functions()) | {"int"} == set(EXPECTED)


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
@pytest.mark.parametrize("level", ["-O0", "-O2"])
def test_each_function_is_its_instruction(tmp_path, compiler, level):
    assert shutil.which(compiler), f"{compiler} is not installed"
    bodies = disassemble(tmp_path, compiler, level)
    for name, pattern in EXPECTED.items():
        # At -O0 the function itself is kept, at -O2 only what it became in its caller.
        body = bodies.get("insn_" + name) or bodies["do_" + name]
        joined = ";".join(body)
        hits = [m for m in re.finditer(rf"(?:^|;)(?:{pattern})(?=;|$)", joined)]
        if name == "nop":
            assert hits
        else:
            assert len(hits) == 1, f"{compiler} {level} {name}: {joined}"
        rest = (joined[:hits[0].start()] + joined[hits[0].end():]).split(";")
        strange = [i for i in rest if i and not AROUND.match(i)]
        assert not strange, f"{compiler} {level} {name}: also {strange}"


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_no_vector_register_is_named(tmp_path, compiler):
    for name, body in disassemble(tmp_path, compiler, "-O2").items():
        assert not [i for i in body if re.search(r"%[xyz]mm", i)], name


def test_a_wrong_instruction_is_caught():
    """The fault this test must catch: sti where cli was meant."""
    assert not re.fullmatch(EXPECTED["cli"], "sti")
    assert not AROUND.match("sti") and not AROUND.match("wrmsr")
