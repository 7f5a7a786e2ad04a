# SPDX-License-Identifier: MIT
import pytest
from tools_helper import run, write

TABLE = """# Specifications

| Cited as | Document | Revision | Date | Where |
|---|---|---|---|---|
| `xHCI 1.2` | eXtensible Host Controller Interface | 1.2 | May 2019 | x |
| `SDM 1`, `SDM 2`, `SDM 3A` | Intel SDM | 075 | June 2021 | x |
| `APM 2`, `APM 1.2` | AMD APM; Advanced Power Management | — | — | x |
| `SysV AMD64 1.0` | psABI | 1.0 | January 2018 | x |
| `HPET 1.0a` | HPET | 1.0a | October 2004 | x |
| `PC16550D` | UART | TL/C/8652 | June 1995 | x |
"""
SOURCE = "common/lib/x.c"


@pytest.fixture
def tree(tmp_path):
    write(tmp_path, {"docs/en/specifications.md": TABLE, "docs/ko/specifications.md": TABLE})
    return tmp_path


def check(root, comment=""):
    write(root, {SOURCE: f"int a;\n/* {comment} */\n"})
    done = run("cites", root=root)
    assert (done.returncode == 0) == (done.stderr == "")
    return done.stderr.splitlines()[:-1]


@pytest.mark.parametrize("comment", [
    "xHCI 1.2 4.9.2.1", "xHCI 1.2, section 4.9", "SDM 3A 4.5.4.", "SDM 2 (instructions)",
    "SDM 1 3.4.3 (RFLAGS), SDM 3A 6.14", "SDM 3A figure 7-11", "SysV AMD64 1.0 3.2.3",
    "HPET 1.0a 3.2.4", "PC16550D 8.6", "data sheet (1995), section 8", "APM 2 15.36",
    "APM 1.2 interface", "xHCI controllers before xHCI 1.1 do not", "115200 8N1",
    "0xfee00000 3.5", "revision 1.0, 2 and 3", "GRUB 2.06 and QEMU 7.2", "at 33 MHz 1.5 us",
])
def test_good_citations(tree, comment):
    assert check(tree, comment) == []


@pytest.mark.parametrize("comment, says", [
    ("xHCI 1.1 4.9.2.1", "the revision we cite is xHCI 1.2"),
    ("xHCI 4.9.2.1", "name the revision too: xHCI 1.2 4.9.2.1"),
    ("SDM 3B 17.2", "cite SDM 1 or SDM 2 or SDM 3A"),
    ("SDM 4.5.4", "cite SDM 1"),
    ("SDM vol. 3 4.5", "cite SDM 1"),
    ("APM 3 1.2", "cite APM 1.2 or APM 2"),
    ("HPET 1.0 2.3", "the revision we cite is HPET 1.0a"),
    ("SysV AMD64 0.99 3.2.3", "SysV AMD64 1.0"),
    ("EHCI 1.0 2.3.4", "'EHCI 1.0 2.3.4': no such document"),
    ("see USB 2.0 9.6.1", "no such document"),
    ("Foo Bar 1.0, section 2.3", "no such document"),
    ("82093AA 3.2.4", "no such document"),
])
def test_bad_citations(tree, comment, says):
    found = check(tree, comment)
    assert len(found) == 1 and says in found[0] and found[0].startswith(SOURCE + ":2:")


@pytest.mark.parametrize("name", ["chapters/01-one/boot/start.asm", "chapters/01-one/kernel.ld",
                                  "chapters/01-one/Makefile", "docs/en/01-one.md",
                                  "common/lib/README.md", "tests/fake/x.h"])
def test_every_kind_of_source_is_read(tree, name):
    write(tree, {name: "; xHCI 1.1 4.9.2.1\n"})
    assert [p for p in check(tree) if p.startswith(name + ":1:")]


def test_the_korean_page_lists_the_same(tree):
    write(tree, {"docs/ko/specifications.md": TABLE.replace("`HPET 1.0a`", "`HPET 1.0b`")})
    assert any("different documents: HPET 1.0a, HPET 1.0b" in p for p in check(tree))


@pytest.mark.parametrize("old, new, says", [
    ("| x |\n| `SDM", "|\n| `SDM", "a row has 5 cells, this one 4"),
    ("`PC16550D`", "PC16550D", "in `code`"),
    ("June 1995", "", "the cell Date is empty"),
    ("`SDM 1`, `SDM 2`", "`SDM 2`, `SDM 2`", "'SDM 2' is listed twice"),
])
def test_a_broken_table(tree, old, new, says):
    assert old in TABLE
    for language in ("en", "ko"):
        write(tree, {f"docs/{language}/specifications.md": TABLE.replace(old, new)})
    assert any(says in p for p in check(tree))


def test_no_page(tree):
    write(tree, {"docs/en/specifications.md": None})
    done = run("cites", root=tree)
    assert done.returncode == 1 and len(done.stderr.splitlines()) == 1
    assert "docs/en/specifications.md is missing" in done.stderr


def test_list(tree):
    done = run("cites", "--list", root=tree)
    assert done.stdout.splitlines()[:2] == ["xHCI 1.2", "SDM 1"]
