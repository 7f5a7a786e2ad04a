# SPDX-License-Identifier: MIT
"""What common/text asks of the compilers, for each one that is here.

string.c defines memcpy and its kin, so it must not need them: a compiler that recognises a
copy loop replaces it by a call to memcpy, inside memcpy an endless recursion.  Looked at in
the object files, at every optimisation level.  And a wrong format must not compile."""
import re
import shutil
import subprocess

import pytest
from tools_helper import TOOLS

COMMON = TOOLS.parent / "common"
COMPILERS = [c for c in (["gcc"], ["clang", "--target=x86_64-elf"]) if shutil.which(c[0])]
FLAGS = ["-std=gnu11", "-ffreestanding", "-fno-pic", "-mno-red-zone", "-mgeneral-regs-only",
         "-mcmodel=kernel", "-fno-stack-protector", "-fcf-protection=none",
         "-Wall", "-Wextra", "-Werror", f"-I{COMMON}"]
# What makes gcc do it; on by itself in a program that is not freestanding.
PROVOKE = ["-ftree-loop-distribute-patterns"]
NAMES = {"memcpy", "memmove", "memset", "memcmp", "strlen", "strnlen", "strcmp", "strncmp",
         "strchr"}

NAIVE = """#include <stddef.h>
void *memcpy(void *restrict to, const void *restrict from, size_t n);
void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
    char *t = to;
    const char *f = from;
    for (size_t i = 0; i < n; i++) t[i] = f[i];
    return to;
}
"""


def compile_object(compiler, level, source, target):
    provoke = PROVOKE if compiler[0] == "gcc" else []
    subprocess.run([*compiler, *FLAGS, level, *provoke, "-c", source, "-o", target], check=True)


def calls(target):
    """The names in all references to the functions: also a function's to itself,
    since for a name that other files see the assembler leaves them to the linker."""
    text = subprocess.run(["objdump", "-r", target], check=True, text=True,
                          stdout=subprocess.PIPE).stdout
    return {name for name in re.findall(r"R_X86_64_\w+\s+(\w+)", text) if name in NAMES}


@pytest.mark.parametrize("level", ["-O0", "-O1", "-O2", "-O3", "-Os"])
@pytest.mark.parametrize("compiler", COMPILERS, ids=lambda c: c[0])
def test_it_needs_nothing_and_calls_none_of_itself(tmp_path, compiler, level):
    target = tmp_path / "string.o"
    compile_object(compiler, level, COMMON / "text/string.c", target)
    symbols = subprocess.run(["nm", target], check=True, text=True,
                             stdout=subprocess.PIPE).stdout.split("\n")
    assert NAMES <= {line.split()[2] for line in symbols if " T " in line}
    assert [line for line in symbols if " U " in line] == []
    assert calls(target) == set()


@pytest.mark.skipif(not shutil.which("gcc"), reason="gcc is the compiler that does this")
def test_the_deliberate_fault_is_caught(tmp_path):
    """The loop everybody writes first."""
    source, target = tmp_path / "naive.c", tmp_path / "naive.o"
    source.write_text(NAIVE)
    compile_object(["gcc"], "-O2", source, target)
    assert calls(target) == {"memcpy"}


@pytest.mark.parametrize("call, complaint", [
    ('"%d %5u %#lx %s %c %p %%", 1, 2u, 3ul, "4", 5, (void *)6', None),
    ('"%zu %td %jd %lld %hhu", sizeof 1, b - b, (intmax_t)1, 2ll, (unsigned char)3', None),
    ('"%y", 1', "conversion"),
    ('"%s", 1', "type"),
    ('"%ld", 1', "type"),
    ('"%d"', "argument"),
    ('"%d", 1, 2', "argument"),
])
@pytest.mark.parametrize("compiler", COMPILERS, ids=lambda c: c[0])
def test_a_wrong_format_is_a_warning(tmp_path, compiler, call, complaint):
    source = tmp_path / "call.c"
    source.write_text('#include <stdint.h>\n#include "base/assert.h"\n#include "text/format.h"\n'
                      "void f(format_put put, char *b);\nvoid f(format_put put, char *b)\n{\n"
                      f"    format_print(put, 0, {call});\n    format_string(b, 9, {call});\n"
                      f"    panic_at(\"f\", 1, {call});\n}}\n")
    done = subprocess.run([*compiler, *FLAGS, "-c", source, "-o", tmp_path / "call.o"],
                          text=True, stderr=subprocess.PIPE)
    if complaint is None:
        assert (done.returncode, done.stderr) == (0, "")
    else:
        assert done.returncode != 0
        errors = [line for line in done.stderr.splitlines() if " error: " in line]
        assert {int(line.split(":")[1]) for line in errors} == {7, 8, 9}
        assert all("format" in line for line in errors) and complaint in done.stderr
