# SPDX-License-Identifier: MIT
"""What the programs in tools/ share: where the repository is, which chapters it has, how
to stop with one clear line.  Standard library only; works on Python 3.10."""
import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

# A region of a source file that the prose shows.  Written in the comment syntax of the
# file: /* snippet: name */ … /* end: name */, and the same after //, ; or #.
MARKER = re.compile(r"^\s*(?:/\*|//|;+|#+|<!--)\s*(snippet|end):\s*(\S+?)\s*(?:\*/|-->)?\s*$")


class Parser(argparse.ArgumentParser):
    """argparse, with misuse answered in one line."""

    def error(self, message):
        fail(f"{message} (see {self.prog} --help)", 2)


class RawHelp(argparse.RawDescriptionHelpFormatter):
    """Keeps the line breaks of a longer help text."""


def fail(message, status=1):
    """Ends the program with one line on stderr."""
    program = os.path.basename(sys.argv[0])
    print(f"{program}: {message}", file=sys.stderr)
    sys.exit(status)


def add_root(parser, default=None):
    parser.add_argument("--root", metavar="DIR", type=Path, default=default,
                        help="the repository to work on (default: the one this tool is in)")


def find_root(given=None):
    """The repository: --root, or the directory above tools/."""
    if given is not None:
        if not given.is_dir():
            fail(f"--root {given}: no such directory")
        return given.resolve()
    return Path(__file__).resolve().parents[2]


def load_toml(path):
    """The file as a dictionary; ends the program with path and line when it is not TOML."""
    try:
        import tomllib
    except ImportError:
        try:
            import tomli as tomllib
        except ImportError:
            fail("this Python has no tomllib: install python3-tomli, or use Python 3.11")
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        fail(f"{path}: not TOML: {error}")


# --- chapters ---------------------------------------------------------------------------

def chapters(root):
    """The chapter directories, in order.  Ends the program when there is none."""
    found = sorted(p for p in (root / "chapters").glob("[0-9][0-9]-*") if p.is_dir())
    if not found:
        fail(f"{root} has no chapters/NN-name directories")
    return found


def find_chapter(root, name):
    """The chapter called 3, 03, 03-serial, serial or chapters/03-serial."""
    every = chapters(root)
    wanted = os.path.basename(os.path.normpath(str(name)))
    number = f"{int(wanted):02d}" if wanted.isdecimal() else None
    for chapter in every:
        head, _, tail = chapter.name.partition("-")
        if wanted in (chapter.name, tail) or head == number:
            return chapter
    names = ", ".join(c.name for c in every)
    fail(f"no chapter '{name}'; there are {names}")


def newest_chapter(root):
    return chapters(root)[-1]


def in_git(root):
    """Whether root is the top of a git checkout (a file .git is a worktree's)."""
    return (root / ".git").exists()


def git(root, *arguments):
    """The bytes that a git command prints, or None when it fails."""
    done = subprocess.run(["git", "-C", str(root), *arguments], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return done.stdout if done.returncode == 0 else None


def tree_files(root, under):
    """Files below root/under as sorted paths relative to root, in POSIX spelling: what git
    would track.  Without git, everything that is neither hidden nor build output."""
    if in_git(root):
        listed = git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard",
                     "--", under)
        if listed is not None:
            names = {n.decode("utf-8", "surrogateescape") for n in listed.split(b"\0") if n}
            return sorted(n for n in names if os.path.isfile(root / n))
    names = []
    for directory, subdirectories, files in os.walk(root / under):
        subdirectories[:] = [d for d in subdirectories if not d.startswith(".")
                             and d not in ("build", "__pycache__", "node_modules")]
        here = Path(directory).relative_to(root)
        names += [(here / f).as_posix() for f in files
                  if not f.startswith(".") and not f.endswith("~")]
    return sorted(names)


def chapter_files(root):
    """{chapter directory: sorted file names relative to it}, in chapter order."""
    every = chapters(root)
    result = {chapter: [] for chapter in every}
    by_name = {chapter.name: chapter for chapter in every}
    for name in tree_files(root, "chapters"):
        parts = name.split("/", 2)
        if len(parts) == 3 and parts[1] in by_name:
            result[by_name[parts[1]]].append(parts[2])
    return result

# About the chapter rather than part of its kernel: neither compared nor carried.
OWN_FILES = {"chapter.toml"}
OWN_DIRECTORIES = {"wrong", "lab"}
# Not counted as lines of code.
NOT_CODE_FILES = {"chapter.toml", "expect.txt"}
NOT_CODE_DIRECTORIES = {"tests", "lab", "wrong"}


def is_own(name):
    """Whether a file, named relative to its chapter, belongs to that chapter alone."""
    return name in OWN_FILES or name.split("/")[0] in OWN_DIRECTORIES


def is_code(name):
    return name not in NOT_CODE_FILES and name.split("/")[0] not in NOT_CODE_DIRECTORIES


def read(path):
    """The file's bytes, or None when there is no such file."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None


def common_prefix_removed(lines):
    """The lines without the indentation that all non-blank ones share."""
    prefix = None
    for line in lines:
        if line.strip():
            indent = line[:len(line) - len(line.lstrip())]
            prefix = indent if prefix is None else os.path.commonprefix([prefix, indent])
    cut = len(prefix or "")
    return [line[cut:] if line.strip() else "" for line in lines]


# --- printing ---------------------------------------------------------------------------

def use_colour(choice="auto", stream=sys.stdout):
    if choice != "auto":
        return choice == "always"
    return stream.isatty() and "NO_COLOR" not in os.environ


def report(problems, good):
    """Prints the problems, one a line, and ends with 1; or prints `good` and returns."""
    program = os.path.basename(sys.argv[0])
    if problems:
        for problem in problems:
            print(problem, file=sys.stderr)
        plural = "problem" if len(problems) == 1 else "problems"
        print(f"{program}: {len(problems)} {plural}", file=sys.stderr)
        sys.exit(1)
    print(f"{program}: {good}")
