# SPDX-License-Identifier: MIT
"""tools/format: each rule catches its fault, and a good file passes."""
import subprocess
from pathlib import Path

import pytest

TOOL = Path(__file__).resolve().parents[2] / "tools" / "format"
SPDX = "/* SPDX-License-Identifier: MIT */\n"


def run(root, *words):
    return subprocess.run([str(TOOL), "--root", str(root), *words], capture_output=True,
                          text=True, timeout=60, check=False)


def complaints(root, name, text):
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    done = run(root, "--check", name)
    lines = done.stdout.splitlines()
    assert done.returncode == (1 if lines else 0)
    return lines


GOOD = SPDX + "int f(void)\n{\n    return 1;\n}\n"


@pytest.mark.parametrize("name, text", [
    ("a.c", GOOD), ("a.h", SPDX), ("empty.md", ""), ("a.md", "# 새싹\n"),
    ("Makefile", "# SPDX-License-Identifier: MIT\nall:\n\techo\n"),
    ("a.c", SPDX + "/* " + "x" * 94 + " */\n"),
    ("a.c", SPDX + "int a;\n" * 399),
    ("a.c", SPDX + "void f(void)\n{\n" + "    g();\n" * 60 + "}\n"),
    ("a_test.c", SPDX + "int a;\n" * 900),
    ("wrong/a.patch", " \n"), ("corpus/t/seed", b"\xff\r\n \n"),
    ("tool", "#!/bin/sh\n# SPDX-License-Identifier: MIT\n"),
])
def test_good_files(tmp_path, name, text):
    assert complaints(tmp_path, name, text) == []


@pytest.mark.parametrize("name, text, what", [
    ("a.c", SPDX + "int a; \n", "a.c:2: blanks at the end"),
    ("a.md", "one  \ntwo\n", "a.md:1: blanks at the end"),
    ("a.md", "one\r\n", "a.md:1: line ends in CR LF"),
    ("a.md", "one", "a.md:1: the file does not end"),
    ("a.md", "one\n\n", "a.md:3: the file does not end"),
    ("a.md", b"one\n\xff\n", "a.md:2: is not UTF-8"),
    ("a.c", "int a;\n", "a.c:1: no SPDX"),
    ("tool", "#!/bin/sh\necho\n", "tool:1: no SPDX"),
    ("a.c", SPDX + "\tint a;\n", "a.c:2: a tab"),
    ("a.asm", "; SPDX-License-Identifier: MIT\n\tnop\n", "a.asm:2: a tab"),
    ("a.c", SPDX + "/* " + "x" * 95 + " */\n", "a.c:2: 101 columns"),
    ("a.c", SPDX + "int a;\n" * 400, "a.c:402: 401 lines"),
    ("a.c", SPDX + "void f(void)\n{\n" + "    g();\n" * 61 + "}\n", "a.c:3: a function of 61 lines"),
    ("a.c", SPDX + "/* TO" "DO later */\n", "a.c:2: a note to oneself"),
])
def test_each_rule_catches_its_fault(tmp_path, name, text, what):
    found = complaints(tmp_path, name, text)
    assert len(found) == 1 and found[0].startswith(what)


def test_repair(tmp_path):
    (tmp_path / "a.md").write_bytes(b"one \r\ntwo\t\n\n\n")
    done = run(tmp_path, "a.md")
    assert done.returncode == 0 and done.stdout == "repaired a.md\n"
    assert (tmp_path / "a.md").read_bytes() == b"one\ntwo\n"
    assert run(tmp_path, "a.md").stdout == ""


def test_check_repairs_nothing(tmp_path):
    (tmp_path / "a.md").write_bytes(b"one \n")
    assert run(tmp_path, "--check").returncode == 1
    assert (tmp_path / "a.md").read_bytes() == b"one \n"


def test_git_decides_which_files_count(tmp_path):
    def git(*words):
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True, capture_output=True)
    git("init", "-q")
    (tmp_path / ".gitignore").write_text("/build/\n")
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "a.c").write_text("\t")
    (tmp_path / "new.c").write_text("\t\n")
    done = run(tmp_path, "--check")
    assert "new.c:1: a tab" in done.stdout and "build/" not in done.stdout


def test_a_file_that_is_not_there(tmp_path):
    done = run(tmp_path, "--check", "no.c")
    assert done.returncode == 1 and done.stderr.startswith("tools/format: no.c: No such file")
