# SPDX-License-Identifier: MIT
import subprocess

import pytest
from tools_helper import commit, manifest, run, text_of, write

VGA = "".join(f"line {n}\n" for n in range(1, 11))


@pytest.fixture
def tree(tmp_path):
    """Three chapters: vga.c is the same in 1 and 2 and grown in 3; old.c ends with 2."""
    write(tmp_path, {
        "chapters/01-one/chapter.toml": manifest(),
        "chapters/01-one/main.c": "int one;\n\n\n",
        "chapters/01-one/vga.c": VGA,
        "chapters/01-one/old.c": "old\n",
        "chapters/02-two/chapter.toml": manifest(["new.c"], ["main.c"]),
        "chapters/02-two/main.c": "int one;\n\n\nint two;\n",
        "chapters/02-two/vga.c": VGA,
        "chapters/02-two/old.c": "old\n",
        "chapters/02-two/new.c": "new\n",
        "chapters/02-two/wrong/one.patch": "not compared\n",
        "chapters/03-three/chapter.toml": manifest([], ["vga.c"], ["old.c"]),
        "chapters/03-three/main.c": "int one;\n\n\nint two;\n",
        "chapters/03-three/vga.c": VGA.replace("line 9", "line nine"),
        "chapters/03-three/new.c": "new\n",
    })
    return tmp_path


def problems(root):
    done = run("chapters", "check", root=root)
    assert (done.returncode == 0) == (done.stderr == "")
    return done.stderr.splitlines()[:-1]


def test_list_names_and_titles(tree):
    done = run("chapters", "list", root=tree)
    assert done.returncode == 0
    assert done.stdout.splitlines()[0].split() == ["01-one", "A", "title", "·", "제목"]


def test_check_accepts_the_tree(tree):
    assert problems(tree) == []


@pytest.mark.parametrize("name", ["2", "02", "02-two", "two", "chapters/02-two", "02-two/"])
def test_a_chapter_has_many_spellings(tree, name):
    assert "new.c" in run("chapters", "diff", name, root=tree).stdout


def test_unknown_chapter_lists_them(tree):
    done = run("chapters", "diff", "09", root=tree)
    assert done.returncode == 1
    assert done.stderr == "chapters: no chapter '09'; there are 01-one, 02-two, 03-three\n"


@pytest.mark.parametrize("arguments", [["frobnicate"], [], ["diff"], ["diff", "1", "2", "3"],
                                       ["carry", "main.c"], ["carry", "--from", "1"]])
def test_misuse_is_one_line(tree, arguments):
    commit(tree)
    done = run("chapters", *arguments, root=tree)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1 and done.stderr.startswith("chapters")


def test_a_python_without_toml_is_told_what_to_install(tree, tmp_path_factory, monkeypatch):
    without = tmp_path_factory.mktemp("without")
    for module in ("tomllib", "tomli"):
        write(without, {f"{module}.py": "raise ImportError\n"})
    monkeypatch.setenv("PYTHONPATH", str(without))
    done = run("chapters", "check", root=tree)
    assert done.returncode == 1 and "python3-tomli" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert run("chapters", "diff", "2", root=tree).returncode == 0


# Each fault, and what the one line about it must say.
FAULTS = {
    "undeclared change": ({"chapters/02-two/vga.c": "x\n"},
                          ["02-two", "vga.c differs from 01-one", "carry vga.c --from 01"]),
    "undeclared new file": ({"chapters/03-three/extra.c": "x\n"},
                            ["03-three", "extra.c is new", "adds"]),
    "undeclared removal": ({"chapters/03-three/new.c": None},
                           ["03-three", "new.c of 02-two is missing", "removes"]),
    "declared change that is none": ({"chapters/02-two/main.c": "int one;\n\n\n",
                                      "chapters/03-three/main.c": "int one;\n\n\n"},
                                     ["02-two", "main.c under changes is identical"]),
    "declared new file that is not there": (
        {"chapters/02-two/new.c": None, "chapters/03-three/new.c": None},
        ["02-two", "new.c under adds does not exist"]),
    "removed file still there": ({"chapters/03-three/old.c": "old\n"},
                                 ["03-three", "old.c under removes is still here"]),
    "directory": ({"chapters/02-two/chapter.toml": manifest(["new.c", "boot/"], ["main.c"])},
                  ["02-two", "name single files under adds", "boot/"]),
    "glob": ({"chapters/02-two/chapter.toml": manifest(["*.c", "new.c"], ["main.c"])},
             ["02-two", "name single files under adds", "*.c"]),
    "outside": ({"chapters/02-two/chapter.toml": manifest(["../x", "new.c"], ["main.c"])},
                ["02-two", "name single files under adds", "../x"]),
    "own file listed": (
        {"chapters/02-two/chapter.toml": manifest(["new.c"], ["main.c", "chapter.toml"])},
        ["02-two", "drop chapter.toml from changes"]),
    "listed twice": (
        {"chapters/02-two/chapter.toml": manifest(["new.c", "new.c"], ["main.c"])},
        ["02-two", "list new.c once under adds"]),
    "first chapter lists": ({"chapters/01-one/chapter.toml": manifest(["main.c"])},
                            ["01-one", "drop adds", "first chapter"]),
    "no manifest": ({"chapters/01-one/chapter.toml": None}, ["01-one", "write a chapter.toml"]),
    "title missing": ({"chapters/01-one/chapter.toml": "[title]\nen='x'\n[idea]\nen='x'\n"
                       "ko='x'\n"}, ["01-one", "title.ko"]),
    "idea of two lines": (
        {"chapters/01-one/chapter.toml": manifest().replace("One idea.", "One\\nidea.")},
        ["01-one", "idea.en"]),
}


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_check_names_each_fault_once(tree, fault):
    files, words = FAULTS[fault]
    write(tree, files)
    found = problems(tree)
    matching = [line for line in found if all(word in line for word in words)]
    assert len(matching) == 1, found


def test_check_catches_a_list_inside_a_table(tree):
    write(tree, {"chapters/02-two/chapter.toml": manifest() +
                 'adds = ["new.c"]\nchanges = ["main.c"]\n'})
    found = problems(tree)
    assert any("move adds above the first [table]" in line for line in found)


def test_check_catches_a_move(tree):
    write(tree, {"chapters/03-three/new.c": None, "chapters/03-three/sub/new.c": "new\n",
                 "chapters/03-three/chapter.toml":
                 manifest(["sub/new.c"], ["vga.c"], ["old.c", "new.c"])})
    assert [p for p in problems(tree) if "new.c moved to sub/new.c" in p]


def test_check_catches_a_gap(tree):
    (tree / "chapters/03-three").rename(tree / "chapters/04-three")
    assert any("number it 03" in p for p in problems(tree))


def test_check_ignores_what_git_ignores_and_build_output(tree):
    write(tree, {"chapters/02-two/build/kernel.elf": "x", "chapters/02-two/.gdb_history": "x"})
    assert problems(tree) == []
    write(tree, {".gitignore": "build/\n.gdb_history\n*.log\n"})
    commit(tree)
    write(tree, {"chapters/02-two/bochs.log": "x"})
    assert problems(tree) == []


def test_diff_is_a_patch_that_makes_the_next_chapter(tree, tmp_path):
    done = run("chapters", "diff", "3", root=tree)
    assert done.returncode == 0 and "\033" not in done.stdout
    assert "-line 9\n+line nine\n" in done.stdout and "+++ /dev/null" in done.stdout
    subprocess.run(["patch", "-s", "-p2", "-d", str(tree / "chapters/02-two")],
                   input=done.stdout, text=True, check=True)
    assert text_of(tree, "chapters/02-two/vga.c") == text_of(tree, "chapters/03-three/vga.c")
    assert not (tree / "chapters/02-two/old.c").exists()


def test_diff_of_two_chapters_and_of_the_first(tree):
    both = run("chapters", "diff", "1", "3", root=tree).stdout
    assert both == run("chapters", "diff", "3", "--from", "1", root=tree).stdout
    assert "+int two;" in both and "-old" in both and "+line nine" in both
    assert "--- /dev/null" in run("chapters", "diff", "1", root=tree).stdout


def test_diff_shows_own_files_only_on_request(tree):
    assert "not compared" not in run("chapters", "diff", "2", root=tree).stdout
    assert "not compared" in run("chapters", "diff", "2", "--all", root=tree).stdout


def test_diff_colours_and_counts(tree):
    assert "\033[32m+int two;\033[m" in run("chapters", "diff", "2", "--color=always",
                                            root=tree).stdout
    done = run("chapters", "diff", "3", "--stat", root=tree)
    assert done.stdout.splitlines()[-1] == \
        "02-two → 03-three: 2 files, 1 lines added, 2 removed"


def test_stat_counts_code_only_and_flags_the_budget(tree):
    write(tree, {"chapters/02-two/tests/t.c": "x\n" * 1000, "chapters/02-two/expect.txt": "x\n",
                 "chapters/03-three/big.c": "/* snippet: a */\n" + "x\n" * 451 +
                 "/* end: a */\n"})
    lines = run("chapters", "stat", root=tree).stdout.splitlines()
    assert lines[1].split() == ["01-one", "3", "14", "+14", "-0"]
    assert lines[2].split() == ["02-two", "4", "16", "+2", "-0"]
    assert lines[3].split() == ["03-three", "4", "466", "+452", "-2", "over", "450", "added"]


# --- carry --------------------------------------------------------------------------------

FIXED = VGA.replace("line 2\n", "line two\n")


def test_carry_copies_and_merges(tree):
    commit(tree)
    write(tree, {"chapters/01-one/vga.c": FIXED})
    done = run("chapters", "carry", "vga.c", "--from", "1", root=tree)
    assert done.returncode == 0, done.stderr
    assert "02-two/vga.c: copied" in done.stdout and "03-three/vga.c: merged" in done.stdout
    assert text_of(tree, "chapters/02-two/vga.c") == FIXED
    assert text_of(tree, "chapters/03-three/vga.c") == FIXED.replace("line 9", "line nine")
    assert problems(tree) == []


def test_carry_again_changes_nothing(tree):
    commit(tree)
    write(tree, {"chapters/01-one/vga.c": FIXED})
    run("chapters", "carry", "vga.c", "--from", "1", root=tree)
    before = text_of(tree, "chapters/03-three/vga.c")
    done = run("chapters", "carry", "vga.c", "--from", "1", root=tree)
    assert done.returncode == 0 and done.stdout.count("already there") == 2
    assert text_of(tree, "chapters/03-three/vga.c") == before


def test_carry_of_a_committed_fix_with_base(tree):
    commit(tree)
    write(tree, {"chapters/01-one/vga.c": FIXED})
    commit(tree)
    done = run("chapters", "carry", "vga.c", "--from", "1", root=tree)
    assert done.returncode == 1 and "--base" in done.stderr
    done = run("chapters", "carry", "chapters/01-one/vga.c", "--base", "HEAD~1", root=tree)
    assert done.returncode == 0, done.stderr
    assert text_of(tree, "chapters/03-three/vga.c") == FIXED.replace("line 9", "line nine")


def test_carry_stops_at_a_conflict_and_goes_on_after_it(tree):
    write(tree, {"chapters/04-four/chapter.toml": manifest([], ["vga.c"]),
                 "chapters/04-four/main.c": "int one;\n\n\nint two;\n",
                 "chapters/04-four/new.c": "new\n",
                 "chapters/04-four/vga.c": text_of(tree, "chapters/03-three/vga.c") + "end\n"})
    commit(tree)
    write(tree, {"chapters/01-one/vga.c": VGA.replace("line 9", "LINE 9")})
    done = run("chapters", "carry", "vga.c", "--from", "1", root=tree)
    assert done.returncode == 1
    assert "03-three/vga.c: CONFLICT at line 9; stopped here" in done.stdout
    assert "carry vga.c --from 03" in done.stdout
    marked = text_of(tree, "chapters/03-three/vga.c")
    assert "<<<<<<< 03-three" in marked and ">>>>>>> 02-two with the fix" in marked
    assert "LINE" not in text_of(tree, "chapters/04-four/vga.c")

    again = run("chapters", "carry", "vga.c", "--from", "3", root=tree)
    assert again.returncode == 1 and "conflict marks" in again.stderr

    write(tree, {"chapters/03-three/vga.c": VGA.replace("line 9", "LINE nine")})
    assert run("chapters", "carry", "vga.c", "--from", "3", root=tree).returncode == 0
    assert text_of(tree, "chapters/04-four/vga.c") == \
        VGA.replace("line 9", "LINE nine") + "end\n"
    assert problems(tree) == []


def test_carry_ends_where_the_file_is_absent(tree):
    commit(tree)
    write(tree, {"chapters/01-one/old.c": "old, repaired\n"})
    done = run("chapters", "carry", "old.c", "--from", "1", root=tree)
    assert done.returncode == 0
    assert "02-two/old.c: copied" in done.stdout
    assert "03-three/old.c: does not have it; stopped here" in done.stdout
    assert not (tree / "chapters/03-three/old.c").exists()


def test_carry_of_a_new_file(tree):
    commit(tree)
    write(tree, {"chapters/01-one/boot/fresh.c": "fresh\n"})
    done = run("chapters", "carry", "boot/fresh.c", "--from", "1", root=tree)
    assert done.returncode == 0 and done.stdout.count(": added") == 2
    assert text_of(tree, "chapters/03-three/boot/fresh.c") == "fresh\n"
    assert problems(tree) == []


def test_carry_of_a_new_file_over_another(tree):
    commit(tree)
    write(tree, {"chapters/01-one/new.c": "another\n"})
    done = run("chapters", "carry", "new.c", "--from", "1", root=tree)
    assert done.returncode == 1 and "02-two/new.c: CONFLICT" in done.stdout
    assert text_of(tree, "chapters/02-two/new.c") == "new\n"


def test_carry_of_a_deletion(tree):
    commit(tree)
    write(tree, {"chapters/01-one/old.c": None})
    done = run("chapters", "carry", "old.c", "--from", "1", root=tree)
    assert done.returncode == 0 and "02-two/old.c: deleted" in done.stdout
    assert not (tree / "chapters/02-two/old.c").exists()


def test_carry_of_a_deletion_stops_where_the_file_was_changed(tree):
    commit(tree)
    write(tree, {"chapters/01-one/vga.c": None})
    done = run("chapters", "carry", "vga.c", "--from", "1", root=tree)
    assert done.returncode == 1 and "03-three/vga.c: CONFLICT" in done.stdout
    assert (tree / "chapters/03-three/vga.c").exists()


def test_carry_all(tree):
    commit(tree)
    write(tree, {"chapters/01-one/vga.c": FIXED, "chapters/01-one/main.c": "long one;\n\n\n",
                 "chapters/01-one/chapter.toml": manifest() + "# touched\n"})
    done = run("chapters", "carry", "--all", "--from", "1", root=tree)
    assert done.returncode == 0, done.stderr
    assert text_of(tree, "chapters/03-three/main.c") == "long one;\n\n\nint two;\n"
    assert "chapter.toml" not in done.stdout.split("now ")[0]
    assert problems(tree) == []


def test_carry_dry_run_writes_nothing(tree):
    commit(tree)
    write(tree, {"chapters/01-one/vga.c": FIXED})
    done = run("chapters", "carry", "vga.c", "--from", "1", "--dry-run", root=tree)
    assert done.returncode == 0 and "03-three/vga.c: merged" in done.stdout
    assert text_of(tree, "chapters/02-two/vga.c") == VGA


@pytest.mark.parametrize("arguments, says", [
    (["vga.c", "--from", "1"], "nothing to carry"),
    (["nothing.c", "--from", "1"], "has no nothing.c"),
    (["chapter.toml", "--from", "1"], "belongs to one chapter"),
    (["vga.c", "--from", "1", "--base", "nowhere"], "no revision 'nowhere'"),
])
def test_carry_refuses_in_one_line(tree, arguments, says):
    commit(tree)
    done = run("chapters", "carry", *arguments, root=tree)
    assert done.returncode == 1 and says in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_carry_refuses_without_git(tree):
    assert "git" in run("chapters", "carry", "vga.c", "--from", "1", root=tree).stderr


# --- export -------------------------------------------------------------------------------

KERNEL_MK = """all: ; @echo $(OBJS)
run: ; $(ROOT)/tools/run --iso x
"""


@pytest.fixture
def exportable(tree):
    write(tree, {
        "chapters/02-two/Makefile": "OBJS := main.o common/uart/uart.o common/cpu/entry.o\n"
                                    "include ../../common/kernel.mk\n",
        "chapters/02-two/main.c": '#include "uart/uart.h"\n#include <stdint.h>\n'
                                  '#include "new.h"\n',
        "chapters/02-two/new.h": '#include "text/text.h"\n',
        "common/kernel.mk": KERNEL_MK,
        "common/uart/uart.c": '#include "uart/uart.h"\n', "common/uart/uart.h": "",
        "common/uart/uart_test.c": "", "common/cpu/entry.asm": '%include "cpu/regs.inc"\n',
        "common/cpu/regs.inc": "", "common/text/text.h": "", "common/unused/unused.c": "",
        "tools/run": "import machines\nopen('debug.gdb')\n", "tools/debug.gdb": "",
        "tools/machines.py": "import os\nfrom saessak import fail, shared\n",
        "tools/saessak/__init__.py": "", "tools/saessak/shared.py": "# tools/parity\n",
        "tools/saessak/other.py": "", "tools/parity": "", "LICENSE": "MIT\n",
    })
    return tree


def test_export_holds_what_is_used_and_nothing_else(exportable, tmp_path_factory):
    target = tmp_path_factory.mktemp("out") / "myos"
    done = run("chapters", "export", "2", target, root=exportable)
    assert done.returncode == 0, done.stderr
    got = {p.relative_to(target).as_posix() for p in target.rglob("*") if p.is_file()}
    assert got == {
        "Makefile", "main.c", "new.c", "new.h", "vga.c", "old.c", "chapter.toml",
        "wrong/one.patch", "LICENSE", "common/kernel.mk", "common/uart/uart.c",
        "common/uart/uart.h", "common/cpu/entry.asm", "common/cpu/regs.inc",
        "common/text/text.h", "tools/run", "tools/machines.py", "tools/debug.gdb",
        "tools/saessak/__init__.py", "tools/saessak/shared.py"}
    assert "include common/kernel.mk\n" in (target / "Makefile").read_text()
    assert done.stdout.splitlines()[-1] == f"next: make -C {target} run"
    made = subprocess.run(["make", "-C", str(target)], text=True, capture_output=True)
    assert made.returncode == 0 and "common/uart/uart.o" in made.stdout


def test_export_refuses_a_directory_in_use(exportable, tmp_path_factory):
    target = tmp_path_factory.mktemp("out")
    (target / "mine.txt").write_text("keep")
    done = run("chapters", "export", "2", target, root=exportable)
    assert done.returncode == 1 and "is not empty" in done.stderr
    assert [p.name for p in target.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("place, reason", [("my os", "has a blank in it"), ("", "make export DIR=")])
def test_export_refuses_where_make_cannot_build(exportable, tmp_path_factory, place, reason):
    out = tmp_path_factory.mktemp("out")
    done = run("chapters", "export", "2", out / place if place else "", root=exportable)
    assert done.returncode == 1 and reason in done.stderr
    assert len(done.stderr.splitlines()) == 1 and not list(out.iterdir())


def test_export_refuses_an_include_that_is_nowhere(exportable, tmp_path_factory):
    write(exportable, {"chapters/02-two/new.h": '#include "gone/gone.h"\n'})
    target = tmp_path_factory.mktemp("out") / "myos"
    done = run("chapters", "export", "2", target, root=exportable)
    assert done.returncode == 1 and "new.h includes gone/gone.h" in done.stderr
    assert not target.exists()
