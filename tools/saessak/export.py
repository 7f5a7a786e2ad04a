# SPDX-License-Identifier: MIT
"""Writes a copy of one chapter that builds anywhere: tools/chapters export."""
import re
import shutil
from pathlib import Path

import saessak
from saessak import fail

INCLUDE = re.compile(r'^\s*[#%]\s*include\s+"([^"]+)"', re.M)
OBJECT = re.compile(r"\bcommon/[\w./-]+\.o\b")
TOOL = re.compile(r"\btools/(\w[\w.-]*\w)")
IMPORT = re.compile(r"^\s*(?:import\s+(\w+)|from\s+(\w+)\s+import\s+([\w, ]+))", re.M)
# A data file beside the tool, named with its suffix: "debug.gdb".
BESIDE = re.compile(r"[\"']([\w-]+\.\w+)[\"']")
MAKE_INCLUDE = re.compile(r"^\s*-?include\s+(.*)$", re.M)
# These work on the whole repository and have nothing to do in a copy of one chapter.
REPOSITORY_TOOLS = {"chapters", "snippets", "parity", "links", "cites"}
SOURCES = {".c", ".h", ".asm", ".inc", ".ld", ".S"}


def source_closure(root, chapter, names):
    """Files of common/ that the chapter's files and objects need, directly or not."""
    pending = [chapter / n for n in names if Path(n).suffix in SOURCES]
    needed = {}
    objects = set(OBJECT.findall((chapter / "Makefile").read_text(encoding="utf-8")))
    for name in sorted(objects):
        sources = [root / name.replace(".o", s) for s in (".c", ".asm")]
        found = [s for s in sources if s.exists()]
        if not found:
            fail(f"{chapter.name}/Makefile links {name}, and there is no source for it")
        pending += found
    while pending:
        path = pending.pop()
        if path in needed:
            continue
        needed[path] = True
        for name in INCLUDE.findall(path.read_text(encoding="utf-8")):
            for place in (path.parent, chapter, root / "common"):
                target = (place / name).resolve()
                if target.is_file():
                    pending.append(target)
                    break
            else:
                fail(f"{path.relative_to(root)} includes {name}, which is nowhere")
    return [p for p in needed if (root / "common") in p.parents]


def build_closure(root):
    """kernel.mk, what it includes, and the tools its rules call."""
    needed, pending = [], [root / "common/kernel.mk"]
    while pending:
        path = pending.pop()
        if path in needed:
            continue
        needed.append(path)
        text = path.read_text(encoding="utf-8", errors="replace")
        found = [root / "tools" / n for n in TOOL.findall(text)]
        if path.suffix == ".mk":
            found += [root / "common" / word.split("/")[-1]
                      for line in MAKE_INCLUDE.findall(text) for word in line.split()
                      if word.endswith(".mk")]
        if (root / "tools") in path.parents:
            found += imported(root / "tools", text)
            found += [root / "tools" / n for n in BESIDE.findall(text)]
        pending += [target for target in found
                    if target.is_file() and target.name not in REPOSITORY_TOOLS]
    return needed


def imported(tools, text):
    """Where the modules that a tool imports could lie; most are Python's own."""
    found = []
    for plain, package, names in IMPORT.findall(text):
        module = plain or package
        found += [tools / f"{module}.py", tools / module / "__init__.py"]
        found += [tools / module / f"{name.strip()}.py" for name in names.split(",")]
    return found


def run(root, options):
    chapter = saessak.find_chapter(root, options.chapter)
    if not options.directory:
        fail("say where the copy goes: make export DIR=…")
    target = Path(options.directory).expanduser()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        fail(f"{target} is not empty: name a directory that does not exist yet")
    if not (chapter / "Makefile").is_file():
        fail(f"chapters/{chapter.name} has no Makefile")
    if not (root / "common/kernel.mk").is_file():
        fail(f"{root} has no common/kernel.mk")
    resolved = target.resolve()
    if re.search(r"\s", str(resolved)):
        fail(f"'{resolved}' has a blank in it, and make cannot build there: choose another name")
    if root in resolved.parents and (root / "build") not in resolved.parents:
        fail(f"{target} is inside the repository: name a directory outside it")

    names = saessak.chapter_files(root)[chapter]
    shared = sorted(set(source_closure(root, chapter, names)) | set(build_closure(root)))
    shared += [root / n for n in ("LICENSE", ".gitignore", ".editorconfig", ".clang-format",
                                  "compile_flags.txt") if (root / n).is_file()]
    makefile = (chapter / "Makefile").read_text(encoding="utf-8")
    rewritten = re.sub(r"^include\s+\.\./\.\./common/kernel\.mk[ \t]*$",
                       "include common/kernel.mk", makefile, flags=re.M)
    if rewritten == makefile:
        fail(f"chapters/{chapter.name}/Makefile has no line "
             "'include ../../common/kernel.mk'")

    for path, place in [(chapter / n, n) for n in names] + \
                       [(p, p.relative_to(root).as_posix()) for p in shared]:
        destination = target / place
        destination.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, destination)
    (target / "Makefile").write_text(rewritten, encoding="utf-8")
    print(f"{chapter.name} and the {len(shared)} shared files it uses are in {target}")
    print(f"next: make -C {target} run")
