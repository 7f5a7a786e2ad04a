# SPDX-License-Identifier: MIT
"""Sessions on the pages are typed, and answered as the page says; and on the debugging page
there is no command that is not."""
import re
import subprocess
import time

import pytest

import sessions
from conftest import CHAPTERS, ROOT
from machine.qemu import Running
from test_run import Session

ENGLISH, KOREAN = (ROOT / "docs" / language / "debugging.md" for language in ("en", "ko"))

# What needs a terminal, and so cannot stand in a transcript.
IN_A_TERMINAL = [("layout src", r"_Noreturn void kmain"), ("layout asm", r"kmain\+\d+"),
                 ("layout regs", "Register|rip"), ("stepi", "rax"),
                 ("focus cmd", "Focus set to cmd"),
                 ("tui disable", r"\(gdb\)")]


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A tree with chapter 4 built, for all sessions, in the order of the page."""
    tree = sessions.make_tree(tmp_path_factory.mktemp("tree"), CHAPTERS)
    done = subprocess.run(["make", "-j2", "iso", "CH=04"], cwd=tree, text=True,
                          env=sessions.clean_environment(), stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    assert done.returncode == 0, done.stdout
    return tree


ALL = [transcript for page in sorted(ENGLISH.parent.glob("*.md"))
       for transcript in sessions.sessions_of(page)]


@pytest.mark.parametrize("transcript", ALL, ids=lambda p: p.stem)
def test_the_machine_answers_what_the_page_shows(transcript, tree):
    problems = sessions.problems(transcript, tree)
    assert not problems, "\n".join(problems)


def test_both_languages_show_the_same_sessions():
    assert sessions.sessions_of(ENGLISH) == sessions.sessions_of(KOREAN)
    assert len(sessions.sessions_of(ENGLISH)) >= 9


def commands_in_tables(page):
    """The commands in the first cells of the page's tables."""
    cells = re.findall(r"^\| *(`.*?) *\|", page.read_text(encoding="utf-8"), re.M)
    return [span for cell in cells for span in re.findall(r"`([^`]+)`", cell)]


@pytest.mark.parametrize("page", [ENGLISH, KOREAN], ids=["en", "ko"])
def test_every_command_in_a_table_is_typed_somewhere(page):
    typed = [step.command for transcript in sessions.sessions_of(page)
             for step in sessions.read(transcript.read_text(encoding="utf-8"))]
    typed += [command for command, _ in IN_A_TERMINAL]
    commands = commands_in_tables(page)
    assert len(commands) > 20
    never = [c for c in commands if not any(t == c or t.startswith(f"{c} ") for t in typed)]
    assert not never, f"{page.name} names commands that no session types: {never}"


def wait_for_line(path, words):
    deadline = time.monotonic() + sessions.SECONDS
    while not path.exists() or words not in path.read_text(errors="replace"):
        assert time.monotonic() < deadline, f"never saw {words!r} in {path.name}"
        time.sleep(0.05)


def test_gdb_with_the_source_in_a_window_of_its_own(tree):
    elf, iso = tree / "build/04-exceptions/kernel.elf", tree / "build/04-exceptions.iso"
    session = Session(["/bin/sh", "-c", f"exec {tree}/tools/run --debug --elf {elf} --iso {iso}"])
    try:
        session.wait_for(r"kmain \(.*\) at .*main\.c:\d+")
        for command, shows in IN_A_TERMINAL:
            session.type(f"{command}\r")
            session.wait_for(shows)
        session.type("continue\r")
        wait_for_line(elf.parent / "serial.log", "the kernel stops here")
        session.type("\x03")             # Ctrl-C, once gdb waits for the machine
        session.wait_for("SIGINT")
        session.type("monitor info status\r")
        session.wait_for("VM status: paused")
        session.type("quit\r")
        assert session.status() == 0
    finally:
        session.close()


def test_a_line_for_every_page(tree, tmp_path):
    """`info tlb`, asked where the page says to ask."""
    iso, elf = tree / "build/04-exceptions.iso", tree / "build/04-exceptions/kernel.elf"
    with Running(iso, elf, tmp_path) as running:
        assert running.run_to_entry(sessions.SECONDS)
        running.run_to_end(sessions.SECONDS)
        lines = running.qmp.monitor("info tlb").splitlines()
    for page in (ENGLISH, KOREAN):
        assert f"{len(lines):,}" in page.read_text(encoding="utf-8"), len(lines)


# --- the comparison itself: each of these must be noticed -------------------------------

def answered(expected, lines):
    return sessions.matched(expected, lines)[1]


def test_equal_but_for_addresses_lines_and_offsets():
    assert answered(["#0  0x0000000000104129 in f () at cpu/halt.c:9", "9\tcli", "rip 1479248"],
                    ["#0  0x0000000000105a00 in f () at cpu/halt.c:12", "12\tcli",
                     "rip 1479300"]) is None
    assert answered(["A", "...", "D"], ["A", "B", "C", "D"]) is None
    assert answered(["...", "B"], ["A", "B"]) is None
    assert answered(["A", "..."], ["A"]) is None


@pytest.mark.parametrize("expected, lines", [
    (["CR2=0"], ["CR2=1"]),                         # another value
    (["A", "B"], ["A"]),                            # a line less
    (["A"], ["A", "B"]),                            # a line more
    (["A", "...", "D"], ["A", "B"]),
    (["A", "...", "D"], ["D", "A"]),                # another order
    (["A", "...", "A"], ["A"]),                     # one line is not two
    ([], ["error: something"]),
    (["at 0x104129"], ["at 0x204129"]),             # outside of the kernel
    (["...", "f () at a.c:1"], ["g () at a.c:1"]),
])
def test_a_difference_is_noticed(expected, lines):
    assert answered(expected, lines) is not None


@pytest.mark.parametrize("transcript, complaint", [
    ("$ true\nno\n", "not answered: no"),
    ("$ false\n", "refused"),
    ("$ gdb -q -nx\n(gdb) frobnicate\n...\n(gdb) quit\n", "refused"),
    ("$ gdb -q -nx\n(gdb) p no_such_symbol\n...\n(gdb) quit\n", "refused"),
    ("$ gdb -q -nx\n(gdb) p 6 * 7\n$1 = 43\n(gdb) quit\n", "not answered: $1 = 43"),
])
def test_a_wrong_session_is_noticed(tmp_path, transcript, complaint):
    path = tmp_path / "wrong.txt"
    path.write_text(transcript, encoding="utf-8")
    assert [p for p in sessions.problems(path, tmp_path) if complaint in p]


def test_an_address_is_the_one_that_was_answered(tmp_path):
    path = tmp_path / "session.txt"
    (tmp_path / "where").write_text("at 0x1abcde\n", encoding="utf-8")
    path.write_text("$ cat where\nat 0x104129\n$ echo 104129\n1abcde\n$ echo 1abcde > other\n"
                    "$ grep -c 1abcde other\n1\n", encoding="utf-8")
    assert sessions.problems(path, tmp_path) == []
