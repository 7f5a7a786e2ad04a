# SPDX-License-Identifier: MIT
"""The root Makefile, on a made-up repository: what it calls, in which order, with which words."""
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = ["01-one", "02-two", "10-ten"]

# Every chapter says what it was asked for, with the variables that reached it.
CHAPTER = """
say = @echo '$(notdir $(CURDIR)) $@' BUILD='$(BUILD)' TOOLCHAIN='$(TOOLCHAIN)' EMU='$(EMU)' \\
    FIRMWARE='$(FIRMWARE)' SCREEN='$(SCREEN)' ACCEL='$(ACCEL)' WERROR='$(WERROR)' | \\
    tee -a ../../log
all iso test-iso run debug screenshot:
\t$(say)
print-ISO:
\t@echo /images/$(notdir $(CURDIR)).iso
"""
TOOL = """#!/bin/sh
name=$(basename "$0")
printf '%s' "$name" >> {log}; for w; do printf ' <%s>' "$w" >> {log}; done; echo >> {log}
case " $FAILING " in *" $name "*) exit 1 ;; esac
"""


@pytest.fixture
def tree(tmp_path):
    shutil.copy(ROOT / "Makefile", tmp_path)
    for name in CHAPTERS:
        (tmp_path / "chapters" / name).mkdir(parents=True)
        (tmp_path / "chapters" / name / "Makefile").write_text(CHAPTER)
    (tmp_path / "common").mkdir()
    (tmp_path / "common" / "host.mk").write_text(
        "test fuzz:\n\t@echo host $@ $(FUZZ_RUNS) >> log\n")
    for folder, names in (("tools", "setup chapters usb format snippets parity links cites bench"),
                          ("bin", "pytest-3")):
        (tmp_path / folder).mkdir()
        for name in names.split():
            path = tmp_path / folder / name
            path.write_text(TOOL.format(log=tmp_path / "log"))
            path.chmod(0o755)
    (tmp_path / "log").touch()
    return tmp_path


def make(tree, *words, **variables):
    env = {k: v for k, v in os.environ.items()
           if k not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "CH", "BUILD", "TOOLCHAIN", "WERROR")}
    bins = [str(p / "bin") for p in (tree, *tree.parents) if (p / "bin" / "pytest-3").exists()]
    env.update(variables, PATH=":".join([*bins[:1], env["PATH"]]))
    return subprocess.run(["make", *words], cwd=tree, env=env, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=120, check=False)


def log(tree):
    return (tree / "log").read_text().splitlines()


def chapters_asked(tree):
    return [line.split()[0] for line in log(tree) if re.match(r"\d\d-", line)]


@pytest.mark.parametrize("ch, expected", [
    ("1", "01-one"), ("01", "01-one"), ("01-one", "01-one"), (" 1 ", "01-one"),
    ("2", "02-two"), ("10", "10-ten"), ("10-ten", "10-ten"), (None, "10-ten"), ("", "10-ten"),
])
def test_spellings_of_a_chapter(tree, ch, expected):
    done = make(tree, "run", *([] if ch is None else ["CH=" + ch]))
    assert done.returncode == 0, done.stderr
    assert chapters_asked(tree) == [expected]


@pytest.mark.parametrize("ch", [
    "0", "3", "03", "one", "01-", "01-o", "001", "%", "0%", "1 2", "01-one 02-two", "*", "..",
    "1; touch pwned", "$$(touch pwned)", "`touch pwned`", "' touch pwned '", '"', "<1>", "-n",
])
@pytest.mark.parametrize("verb", ["run", "test", "diff"])
def test_no_such_chapter(tree, verb, ch):
    done = make(tree, verb, "CH=" + ch)
    assert done.returncode == 2
    assert "CH is one of: 01-one 02-two 10-ten" in done.stderr
    assert not (tree / "pwned").exists() and log(tree) == []


def test_an_environment_variable_is_as_good(tree):
    assert make(tree, "run", CH="2").returncode == 0
    assert chapters_asked(tree) == ["02-two"]


def test_variables_reach_the_chapter(tree):
    make(tree, "run", "CH=1", "TOOLCHAIN=clang", "EMU=bochs", "FIRMWARE=uefi", "SCREEN=none",
         "ACCEL=kvm", "WERROR=-Werror")
    assert log(tree) == ["setup <run>", "01-one run BUILD= TOOLCHAIN=clang EMU=bochs "
                         "FIRMWARE=uefi SCREEN=none ACCEL=kvm WERROR=-Werror"]


def test_build_is_relative_to_the_root(tree):
    make(tree, "iso", "CH=1", "BUILD=out")
    assert "BUILD=%s/out " % tree in log(tree)[1]


@pytest.mark.parametrize("flags", [[], ["-j2"], ["-j8", "-k"]])
def test_make_builds_every_chapter_and_says_how_to_go_on(tree, flags):
    done = make(tree, *flags)
    assert done.returncode == 0 and done.stderr == ""
    assert log(tree)[0] == "setup <build>"
    assert sorted(chapters_asked(tree)) == CHAPTERS
    assert done.stdout.splitlines()[-1] == "Boot one with: make run CH=10"


def test_set_up_that_fails_stops_the_verb(tree):
    assert make(tree, "run", FAILING="setup").returncode == 2
    assert chapters_asked(tree) == []


@pytest.mark.parametrize("flags", [[], ["-j2"], ["-j"]])
def test_everything_is_proved_in_order(tree, flags):
    done = make(tree, "test", *flags)
    assert done.returncode == 0 and done.stderr == ""
    said = [re.sub(r" (BUILD|EMU|FIRMWARE|SCREEN|ACCEL)=\S*", "", line) for line in log(tree)]
    builds = ["%s %s TOOLCHAIN=%s WERROR=-Werror" % (c, target, t)
              for t in ("gcc", "clang") for c in CHAPTERS for target in ("all", "test-iso")]
    assert sorted(line for line in said if line[0].isdigit()) == sorted(builds)
    rest = [line for line in said if not line[0].isdigit()]
    rest = [line for line in rest if line != "setup <test>"]
    assert rest == ["host test", "host fuzz 20000", "pytest-3 <tests>"]
    assert said[-1] == "pytest-3 <tests>" and said[0] == "setup <test>"


def test_one_chapter_is_proved_alone(tree):
    assert make(tree, "test", "CH=2").returncode == 0
    assert set(chapters_asked(tree)) == {"02-two"}
    assert log(tree)[-1] == "pytest-3 <tests> <--chapter> <02-two>"
    assert not [line for line in log(tree) if line.startswith("host")]


def test_two_compilers_never_share_a_directory(tree):
    make(tree, "test", "CH=1", "BUILD=out")
    places = set(re.findall(r"BUILD=(\S*) TOOLCHAIN=(\w+)", (tree / "log").read_text()))
    assert places == {("%s/out/gcc" % tree, "gcc"), ("%s/out/clang" % tree, "clang")}


def test_toolchain_of_the_image_that_is_written(tree):
    """The image's path is asked for with the words the image was built with."""
    (tree / "chapters" / "01-one" / "Makefile").write_text(
        CHAPTER.replace("/images/$(notdir $(CURDIR)).iso", "$(TOOLCHAIN)-$(BUILD)"))
    done = make(tree, "-j2", "usb", "CH=1", "DEV=/dev/sdx", "TOOLCHAIN=clang", "BUILD=out")
    assert done.returncode == 0 and done.stderr == ""
    assert log(tree)[-1] == "usb </dev/sdx> <clang-%s/out>" % tree


def test_asking_what_make_would_do_does_nothing(tree):
    for verb in ("all", "run", "usb", "test", "check", "export", "bench"):
        assert make(tree, "-n", verb, "CH=1", "DIR=x", "DEV=y").returncode == 0, verb
    assert log(tree) == []


def test_a_failing_test_fails_the_verb(tree):
    assert make(tree, "test", FAILING="pytest-3").returncode == 2


def test_check_goes_on_after_a_failure_and_names_it(tree):
    done = make(tree, "check", FAILING="snippets links")
    assert done.returncode == 2
    assert "make check: failed: tools/snippets tools/links" in done.stderr
    assert [line.split()[0] for line in log(tree)] == [
        "setup", "format", "chapters", "snippets", "parity", "links", "cites"]


def test_check_passes_when_all_do(tree):
    assert make(tree, "check").returncode == 0
    assert "format <--check>" in log(tree) and "snippets <--check>" in log(tree)


@pytest.mark.parametrize("folder", ["plain", "with a blank", "it's", 'a"b', "$$HOME;x", "*"])
def test_words_for_tools_arrive_whole(tree, folder):
    expected = folder.replace("$$", "$")
    assert make(tree, "export", "CH=2", "DIR=" + folder).returncode == 0
    assert log(tree)[-1] == "chapters <export> <02-two> <%s>" % expected
    make(tree, "usb", "CH=1", "DEV=" + folder)
    assert log(tree)[-1] == "usb <%s> </images/01-one.iso>" % expected
    make(tree, "diff", "CH=2", "FROM=" + folder)
    assert log(tree)[-1] == "chapters <diff> <--from> <%s> <02-two>" % expected


def test_diff_and_stat(tree):
    make(tree, "diff", "CH=2")
    make(tree, "stat")
    assert log(tree)[1::2] == ["chapters <diff> <02-two>", "chapters <stat>"]


def test_without_a_chapter(tree):
    shutil.rmtree(tree / "chapters")
    (tree / "chapters").mkdir()
    done = make(tree, "run")
    assert done.returncode == 2 and "no chapter in chapters/ yet" in done.stderr


def test_clean_removes_only_what_was_built(tree):
    (tree / "build" / "x").mkdir(parents=True)
    (tree / "out").mkdir()
    before = sorted(p.name for p in tree.iterdir())
    assert make(tree, "clean").returncode == 0
    assert sorted(p.name for p in tree.iterdir()) == [n for n in before if n != "build"]


@pytest.mark.parametrize("build", [".", "..", "/", "chapters", "tools"])
def test_clean_does_not_remove_what_was_not_built(tree, build):
    before = sorted(tree.rglob("*"))
    subprocess.run(["git", "init", "-q", str(tree)], check=True)
    subprocess.run(["git", "-C", str(tree), "add", "chapters", "tools"], check=True)
    done = make(tree, "-n" if build == "/" else "-s", "clean", "BUILD=" + build)
    assert done.returncode == 2 and "nothing was removed" in done.stderr
    assert "rm -rf" not in done.stdout
    assert set(before) <= set(tree.rglob("*"))


def test_help_has_every_verb(tree):
    text = make(tree, "help").stdout
    verbs = re.search(r"\.PHONY: (.*?)\n\n?", (ROOT / "Makefile").read_text().replace("\\\n", " ")
                      + "\n").group(1)
    public = [v for v in re.split(r"\s+", re.sub(r"\$\(.*", "", verbs)) if v and "-" not in v]
    assert len(public) > 12
    for verb in public:
        if verb not in ("all", "help"):
            assert re.search(r"^  make %s " % verb, text, re.M), verb
    assert "Chapters: 01-one 02-two 10-ten" in text


def test_editors_find_the_headers_of_every_chapter():
    told = (ROOT / ".clangd").read_text()
    for chapter in sorted(p.name for p in (ROOT / "chapters").glob("[0-9][0-9]-*")):
        assert "PathMatch: chapters/%s/.*}\nCompileFlags: {Add: [-Ichapters/%s]}" % (
            chapter, chapter) in told, chapter


# --- inside a chapter's directory -------------------------------------------------------

@pytest.fixture
def inside(tree):
    """The directory of a chapter that includes the real kernel.mk."""
    shutil.copy(ROOT / "common" / "kernel.mk", tree / "common")
    chapter = tree / "chapters" / "02-two"
    (chapter / "Makefile").write_text("OBJS := main.o\ninclude ../../common/kernel.mk\n")
    for name in ("main.c", "kernel.ld", "grub.cfg"):
        (chapter / name).touch()
    return chapter


@pytest.mark.parametrize("words, expected", [
    ("diff", "chapters <diff> <02-two>"),
    ("diff FROM=1", "chapters <diff> <--from> <1> <02-two>"),
    ("stat", "chapters <stat>"),
    ("check", "cites"),
    ("export DIR=/my/os", "chapters <export> <02-two> </my/os>"),
    ("export DIR=~/os", "chapters <export> <02-two> <~/os>"),
    ("export DIR=../os", "chapters <export> <02-two> <{inside}/../os>"),
    ("export", "chapters <export> <02-two> <>"),
    ("doctor", "setup <--doctor>"),
    ("bench BUILD=out", "bench <--build> <{inside}/out>"),
])
def test_the_same_words_work_in_a_chapter(tree, inside, words, expected):
    done = make(inside, *words.split())
    assert done.returncode == 0, done.stderr
    assert log(tree)[-1] == expected.format(inside=inside)


def test_help_in_a_chapter_is_the_root_s(tree, inside):
    assert make(inside, "help").stdout == make(tree, "help").stdout


def test_what_a_chapter_lacks_is_installed_first(tree, inside):
    done = make(inside, "run", FAILING="setup")
    assert done.returncode == 2
    assert log(tree) in (["setup <build>"], ["setup <run>"])
    assert not list(tree.rglob("*.o"))


def test_a_copy_has_its_own_help_and_no_verbs_of_the_root(tree, inside):
    copy = tree / "elsewhere"
    (copy / "common").mkdir(parents=True)
    shutil.copy(ROOT / "common" / "kernel.mk", copy / "common")
    (copy / "Makefile").write_text("OBJS := main.o\ninclude common/kernel.mk\n")
    assert "  make run " in make(copy, "help").stdout
    done = make(copy, "diff")
    assert done.returncode == 2 and "No rule to make target 'diff'" in done.stderr


@pytest.mark.parametrize("words", [["all"], ["all", "BUILD=/tmp/a b"]])
def test_a_blank_in_a_path_is_refused_in_one_line(tree, inside, words):
    place = inside
    if len(words) == 1:
        place = tree / "a b" / "chapters" / "02-two"
        shutil.copytree(inside, place)
        shutil.copytree(tree / "common", tree / "a b" / "common")
    done = make(place, *words)
    assert done.returncode == 2 and log(tree) == []
    assert "a b" in done.stderr and "has a blank in it" in done.stderr
    assert len(done.stderr.splitlines()) == 1
