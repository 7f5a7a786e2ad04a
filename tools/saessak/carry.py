# SPDX-License-Identifier: MIT
"""Takes a fix from one chapter's working copy into every later chapter: tools/chapters carry."""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import saessak
from saessak import fail, is_own, read

CONFLICT = re.compile(rb"^<{7} ", re.M)

class Carry:
    """One file's way through the chapters.  Writes unless dry."""

    def __init__(self, root, base, dry):
        self.root, self.base, self.dry = root, base, dry

    def at_base(self, chapter, name):
        return saessak.git(self.root, "show", f"{self.base}:chapters/{chapter.name}/{name}")

    def write(self, chapter, name, content):
        if self.dry:
            return
        path = chapter / name
        if content is None:
            path.unlink()
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def say(self, chapter, name, what):
        print(f"  {chapter.name}/{name}: {what}")

    def file(self, name, start, later):
        """Carries start's version of name into the later chapters.  False on a conflict."""
        old, new = self.at_base(start, name), read(start / name)
        if old is None and new is None:
            fail(f"{start.name} has no {name}, neither now nor at {self.base}")
        if old == new:
            fail(f"nothing to carry: {start.name}/{name} is what it was at {self.base}; "
                 "if the fix is committed already, name the version before it with --base")
        if new is not None and CONFLICT.search(new):
            fail(f"{start.name}/{name} still holds conflict marks: resolve them first")
        if old is None:
            return self.new_file(name, new, later)
        if new is None:
            return self.deletion(name, old, later)
        return self.change(name, start, old, new, later)

    def new_file(self, name, new, later):
        for chapter in later:
            theirs = read(chapter / name)
            if theirs == new:
                self.say(chapter, name, "already there")
            elif theirs is not None:
                self.say(chapter, name, "CONFLICT: it has another file of that name; "
                         "nothing written here or after")
                return False
            else:
                self.write(chapter, name, new)
                self.say(chapter, name, "added")
        return True

    def deletion(self, name, old, later):
        for chapter in later:
            theirs = read(chapter / name)
            if theirs is None:
                self.say(chapter, name, "does not have it; stopped here")
                return True
            if theirs != old:
                self.say(chapter, name, "CONFLICT: deleted before, but this chapter changed "
                         "it; delete it or keep it by hand")
                return False
            self.write(chapter, name, None)
            self.say(chapter, name, "deleted")
        return True

    def change(self, name, start, old, new, later):
        before = start
        for chapter in later:
            mine = read(chapter / name)
            if mine is None:
                self.say(chapter, name, "does not have it; stopped here")
                return True
            if CONFLICT.search(mine):
                fail(f"{chapter.name}/{name} still holds conflict marks: resolve them, then "
                     f"'tools/chapters carry {name} --from {chapter.name[:2]}'")
            # What this chapter's version was before any of it; a re-run finds the same.
            old_mine = self.at_base(chapter, name)
            merged, clean = self.merge(mine, old, new, before, chapter)
            self.write(chapter, name, merged)
            if not clean:
                where = ", ".join(str(merged[:m.start()].count(b"\n") + 1)
                                  for m in CONFLICT.finditer(merged))
                self.say(chapter, name, f"CONFLICT at line {where}; stopped here")
                if self.dry:
                    return False
                print(f"resolve it in chapters/{chapter.name}/{name}, then "
                      f"'tools/chapters carry {name} --from {chapter.name[:2]}'")
                return False
            self.say(chapter, name, "already there" if merged == mine else
                     "copied" if merged == new else "merged")
            old, new, before = (mine if old_mine is None else old_mine), merged, chapter
            if old == new:
                self.say(chapter, name, "is what it was: nothing to carry further")
                return True
        return True

    def merge(self, mine, old, new, before, chapter):
        """(content, whether it merged without conflict)."""
        if mine in (old, new):
            return new, True
        with tempfile.TemporaryDirectory() as scratch:
            paths = [Path(scratch) / n for n in ("mine", "old", "new")]
            for path, content in zip(paths, (mine, old, new)):
                path.write_bytes(content)
            done = subprocess.run(
                ["git", "merge-file", "-p", "--diff3", "-L", chapter.name,
                 "-L", f"{before.name} before the fix", "-L", f"{before.name} with the fix",
                 *map(str, paths)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        if done.returncode >= 128:
            fail(f"git merge-file cannot merge chapters/{chapter.name}: is the file binary?")
        return done.stdout, done.returncode == 0


def changed_since(root, base, chapter, files):
    """The chapter's files that differ from the revision `base`, its own files left out."""
    listed = saessak.git(root, "ls-tree", "-r", "-z", "--name-only", base, "--",
                         f"chapters/{chapter.name}/")
    start = len(f"chapters/{chapter.name}/")
    then = {n.decode()[start:] for n in (listed or b"").split(b"\0") if n}
    return [f for f in sorted(then | set(files)) if not is_own(f) and read(chapter / f) !=
            saessak.git(root, "show", f"{base}:chapters/{chapter.name}/{f}")]


def run(root, options):
    if not saessak.in_git(root):
        fail("carry compares with git's history, and there is none here")
    if saessak.git(root, "rev-parse", "--verify", "--quiet",
                   options.base + "^{commit}") is None:
        fail(f"no revision '{options.base}' in git")
    name, start = options.file, options.from_chapter
    if name and name.startswith("chapters/") and name.count("/") >= 2:
        _, inside, name = name.split("/", 2)
        if start and saessak.find_chapter(root, start).name != inside:
            fail(f"{options.file} is not a file of --from {start}")
        start = inside
    if not start:
        fail("say which chapter has the fix: --from NN", 2)
    if bool(name) == options.all:
        fail("name one FILE, or --all for every changed file of the chapter", 2)
    start = saessak.find_chapter(root, start)
    files = saessak.chapter_files(root)
    later = [c for c in files if c.name > start.name]
    if name and is_own(name):
        fail(f"{name} belongs to one chapter and is not carried")

    names = [name] if name else changed_since(root, options.base, start, files[start])
    if not names:
        fail(f"nothing to carry: {start.name} is what it was at {options.base}")
    if not later:
        fail(f"{start.name} is the last chapter: there is nowhere to carry to")
    carry = Carry(root, options.base, options.dry_run)
    clean = [carry.file(n, start, later) for n in names]
    if options.dry_run:
        print("nothing was written (--dry-run)")
    if not all(clean):
        sys.exit(1)
    print("now 'tools/chapters check', then build and test the chapters named above")
