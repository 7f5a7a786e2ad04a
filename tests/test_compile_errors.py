#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What must not compile does not, with gcc and clang, and says why.

Each wrong snippet has a right twin that differs in the one point and does compile, so that a
snippet cannot be refused for a reason that has nothing to do with it."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLAGS = ["-std=gnu11", "-Wall", "-Wextra", "-Wconversion", "-Wno-sign-conversion", "-Werror",
         "-fsyntax-only", "-ffreestanding", "-I", str(ROOT / "common"), "-x", "c", "-"]

PORT = '#include "x86_64/port.h"\nuint32_t f(void);\nuint32_t f(void) {{ {} }}'
REG = '#include "base/mmio.h"\nvoid f(reg32 *r);\nvoid f(reg32 *r) {{ {} }}'
ADDR = ('#include "x86_64/addr.h"\nint f(uint64_t raw);\n'
        'int f(uint64_t raw) {{ virt_addr a = 0; {} return (int)a; }}')
PCID = ('#include "x86_64/tlb.h"\nvoid f(void);\nvoid f(void) {{ tlb_pcid p = 0; {} (void)p; }}')
INT = '#include "x86_64/insn.h"\nvoid f(int n);\nvoid f(int n) {{ (void)n; {} }}'
SMAP = ('#include "x86_64/smap.h"\nvoid f(const struct smap *s);\n'
        'void f(const struct smap *s) {{ {} }}')

TABLE = ('#include "x86_64/page_table.h"\nint f(const struct page_table *t);\n'
         'int f(const struct page_table *t) {{ {} }}')

# name, template, wrong, right, a word of the complaint that both compilers use
CASES = [
    ("read-wo-8", PORT, "return port_read(PORT8_WO(1));", "return port_read(PORT8(1));",
     "port8_wo"),
    ("read-wo-16", PORT, "return port_read(PORT16_WO(1));", "return port_read(PORT16(1));",
     "port16_wo"),
    ("read-wo-32", PORT, "return port_read(PORT32_WO(1));", "return port_read(PORT32_RO(1));",
     "port32_wo"),
    ("write-ro-8", PORT, "port_write(PORT8_RO(1), 1); return 0;",
     "port_write(PORT8_WO(1), 1); return 0;", "port8_ro"),
    ("write-ro-16", PORT, "port_write(PORT16_RO(1), 1); return 0;",
     "port_write(PORT16(1), 1); return 0;", "port16_ro"),
    ("write-ro-32", PORT, "port_write(PORT32_RO(1), 1); return 0;",
     "port_write(PORT32_WO(1), 1); return 0;", "port32_ro"),
    ("read-number", PORT, "return port_read(0x60);", "return port_read(PORT8(0x60));", "int"),
    ("value-too-wide", PORT, "uint32_t v = 1; port_write(PORT8(1), v); return 0;",
     "uint8_t v = 1; port_write(PORT8(1), v); return 0;", "conver"),
    ("port-or", PORT, "port8 p = {1}; p |= 1; return 0;",
     "port8 p = {1}; port_write(p, 1); return 0;", "port8"),
    ("port-as-number", PORT, "port8 p = {1}; return p;",
     "port8 p = {1}; return port_read(p);", "port8"),
    ("register-or", REG, "*r |= 1;", "reg_write32(r, reg_read32(r) | 1);", "reg32"),
    ("register-assign", REG, "*r = 1;", "reg_write32(r, 1);", "reg32"),
    ("canonical-ignored", ADDR, "virt_from_u64(raw, PAGING_4_LEVELS, &a);",
     "if (virt_from_u64(raw, PAGING_4_LEVELS, &a)) return 1;", "unused"),
    ("align-up-ignored", ADDR, "align_up(raw, 16, &a);",
     "if (align_up(raw, 16, &a)) return 1;", "unused"),
    ("pcid-ignored", PCID, "tlb_pcid_from(5000, &p);",
     "if (tlb_pcid_from(5000, &p)) return;", "unused"),
    ("map-not-flushed", TABLE, "pt_map(t, 0, 0, 4096, 0); return 0;",
     "return pt_flush(t, pt_map(t, 0, 0, 4096, 0));", "unused"),
    ("flush-result-dropped", TABLE, "pt_flush_ignore(t, pt_unmap(t, 0, 4096, 0, 0)); return 0;",
     "return pt_flush_ignore(t, pt_unmap(t, 0, 4096, 0, 0));", "unused"),
    ("int-not-constant", INT, "insn_int(n);", "insn_int(3);", "asm"),
    ("smap-state-dropped", SMAP, "smap_allow(s);",
     "uint64_t saved = smap_allow(s); smap_restore(s, saved);", "unused"),
]


def compile_snippet(compiler, template, body):
    # `asm` constraints of constants are only checked when code is made.
    flags = [f for f in FLAGS if f != "-fsyntax-only"] + ["-c", "-O1", "-o", "/dev/null"]
    return subprocess.run([compiler, *flags], input=template.format(body) + "\n", text=True,
                          capture_output=True, timeout=60)


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
@pytest.mark.parametrize("name,template,wrong,right,word", CASES, ids=[c[0] for c in CASES])
def test_wrong_is_refused_and_right_is_not(compiler, name, template, wrong, right, word):
    assert shutil.which(compiler), f"{compiler} is not installed"
    good = compile_snippet(compiler, template, right)
    assert good.returncode == 0, good.stderr
    bad = compile_snippet(compiler, template, wrong)
    assert bad.returncode != 0, f"{name} compiles: {wrong}"
    assert word in bad.stderr, bad.stderr
