# SPDX-License-Identifier: MIT
"""Sessions on the pages: what a reader types and what is answered, replayed for real.

A page marks a transcript that can be replayed with a comment above it:

  <!-- session -->
  <!-- transcript: docs/transcripts/debugging-kmain.txt -->

The transcript is a terminal as the reader sees it.  A line that begins with a prompt is
typed; the lines below it are what must be answered:

  $ make debug CH=04            a shell command, in a copy of the repository's tree
  (gdb) bt                      a line for the gdb that the command before started
  <bochs:1> info idt            a line for Bochs' debugger
  ...                           alone on a line: any lines here, or none

The shell has no terminal and COM1 goes where the verb says.  Of the answer, what depends on
the compiler or on the hour is not compared: see COMPARED below.

To see what a transcript's commands answer now: python3 tests/sessions.py FILE
"""
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROMPT = re.compile(r"^(\$|\(gdb\)|<bochs:\d+>) (.*)$")
ANYTHING = "..."
SECONDS = 120                           # a hang, on any host
MARKED = re.compile(r"^<!-- session -->\n<!-- transcript: (\S+) -->$", re.M)

# What gdb and Bochs say to a command they cannot do, whatever the transcript expects.
REFUSALS = re.compile(r"^Undefined |^No symbol|^Cannot |^The program is not being run|"
                      r"syntax error|^unknown command|^invalid char|^No line |"
                      r"^Function \"[^\"]*\" not defined|Error executing|"
                      r"^Traceback|^bx_dbg_\w+: ", re.M)

# An address in the kernel or just behind it, where GRUB puts the boot information.
ADDRESS = re.compile(r"\b(?:0{8}_)?(?:0x)?0*(1[0-9a-f]{5})\b")
# (pattern, what it becomes on both sides): addresses, also in decimal; places in the
# source; offsets into functions; time.
COMPARED = [
    (ADDRESS, "ADDRESS"),
    (re.compile(r"\b1[0-9]{6}\b"), "ADDRESS"),
    (re.compile(r"([./\w-]+\.(?:c|h|asm)):\d+"), r"\1:N"),
    (re.compile(r"\b([Ll]ine) \d+"), r"\1 N"),
    (re.compile(r"\+ ?(?:0x)?[0-9a-f]+(?=[>):,\s]|$)"), "+N"),
    (re.compile(r"^\d+(?=:?\t)"), "N"),
    (re.compile(r"\bt=\d+|\[\d{7,}\]"), "TIME"),
    (re.compile(r"[ \t]+"), " "),
]


def compared(line):
    for pattern, becomes in COMPARED:
        line = pattern.sub(becomes, line)
    return line.strip()


@dataclass
class Step:
    prompt: str                         # $, (gdb) or <bochs>
    command: str
    expected: list = field(default_factory=list)


def read(text):
    """The steps of a transcript."""
    steps = []
    for line in text.rstrip("\n").split("\n"):
        if match := PROMPT.match(line):
            steps.append(Step(re.sub(r":\d+", "", match[1]), match[2]))
        elif steps:
            steps[-1].expected.append(line)
        else:
            raise ValueError(f"a session begins with a prompt, not with: {line}")
    return steps


def matched(expected, answered):
    """(pairs of equal lines, None), or (None, the first line that is not answered).  The
    whole answer must be there; `...` stands for the fewest lines that work."""
    answered = [line for line in answered if line.strip()]
    had = [compared(line) for line in answered]
    at, pairs, parts = 0, [], [[]]
    for line in expected:
        if line.strip() == ANYTHING:
            parts.append([])
        elif line.strip():
            parts[-1].append(line)
    for number, part in enumerate(parts):
        wanted = [compared(line) for line in part]
        last = len(had) - len(part)
        starts = range(at, last + 1) if number else [0]
        if number == len(parts) - 1:
            starts = [last] if last >= at and (number or last == 0) else []
        start = next((s for s in starts if had[s:s + len(part)] == wanted), None)
        if start is None:
            missing = (line for line in part if compared(line) not in had[at:])
            return None, next(missing, part[0] if part else "(nothing more)")
        pairs += zip(part, answered[start:start + len(part)])
        at = start + len(part)
    return pairs, None


def learn(addresses, pairs):
    """Notes which address the machine answered where the transcript has another."""
    for expected, answered in pairs:
        theirs, ours = ADDRESS.findall(expected), ADDRESS.findall(answered)
        if len(theirs) == len(ours):
            addresses.update(zip(theirs, ours))


def translated(command, addresses):
    """The command with this kernel's addresses in place of the transcript's."""
    return re.sub(r"1[0-9a-f]{5}\b", lambda m: addresses.get(m[0], m[0]), command)


# --- running ----------------------------------------------------------------------------

def clean_environment():
    keep = {k: v for k, v in os.environ.items()
            if k not in ("DISPLAY", "WAYLAND_DISPLAY", "MAKEFLAGS", "MFLAGS", "MAKELEVEL",
                         "MAKEOVERRIDES", "BUILD", "TOOLCHAIN", "CH", "V", "EMU",
                         "FIRMWARE", "SCREEN")}
    return {**keep, "TERM": "dumb", "LC_ALL": "C.UTF-8", "DEBUGINFOD_URLS": ""}


def make_tree(directory, chapters):
    """A tree that a session may change: the chapters are copies, the rest is the original."""
    for name in ("common", "tools", "docs", "Makefile"):
        (directory / name).symlink_to(ROOT / name)
    for chapter in chapters:
        shutil.copytree(chapter, directory / "chapters" / chapter.name)
    return directory


class Ended(Exception):
    """The program that a line was for has ended."""


class Debugger:
    """A shell command that becomes a debugger, spoken to through pipes."""

    SCREEN = re.compile(r'Bochs connected to screen "([^"]+)"')

    def __init__(self, command, directory, prompt):
        self.prompt = re.compile(r"^\(gdb\) $" if prompt == "(gdb)" else r"^<bochs:\d+> ?",
                                 re.M)
        self.process = subprocess.Popen(["sh", "-c", f"exec {command}"], cwd=directory,
                                        env=clean_environment(), stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                        start_new_session=True)
        self.text, self.screen = "", None
        self.answer()                   # up to the first prompt

    def answer(self):
        """What is said until the next prompt, as lines."""
        deadline = time.monotonic() + SECONDS
        while True:
            if found := self.prompt.search(self.text):
                said, self.text = self.text[:found.start()], self.text[found.end():]
                return said.split("\n")
            if time.monotonic() > deadline:
                raise AssertionError(f"no prompt came after: {self.text[-2000:]}")
            self.drain()
            if select.select([self.process.stdout], [], [], 0.05)[0]:
                data = os.read(self.process.stdout.fileno(), 65536)
                if not data:
                    raise Ended(self.text)
                self.text += data.decode("utf-8", "replace")

    def drain(self):
        """Reads away what Bochs draws on its screen, or it would wait for a reader."""
        if self.screen is None:
            if not (found := self.SCREEN.search(self.text)):
                return
            self.screen = os.open(found[1], os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        try:
            while os.read(self.screen, 65536):
                pass
        except OSError:
            pass

    def ask(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()
        lines = self.answer()
        if lines and lines[0].strip() == line:          # an echo
            lines = lines[1:]
        return lines

    def close(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            try:
                stream.close()
            except OSError:
                pass
        if self.screen is not None:
            os.close(self.screen)


def shell(command, directory):
    done = subprocess.run(["bash", "-c", command], cwd=directory, env=clean_environment(),
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=SECONDS, check=False)
    return done.returncode, done.stdout.decode("utf-8", "replace").split("\n")


def replay(steps, directory):
    """Yields (step, answer as lines, what is wrong or None) for each step."""
    debugger, addresses = None, {}
    try:
        for number, step in enumerate(steps):
            following = steps[number + 1].prompt if number + 1 < len(steps) else "$"
            command = translated(step.command, addresses)
            good = True
            if step.prompt == "$" and following != "$":
                if debugger:
                    debugger.close()
                debugger = Debugger(command, directory, following)
                yield step, [], None    # its greeting is not compared
                continue
            if step.prompt == "$":
                status, lines = shell(command, directory)
                good = status == 0
            else:
                try:
                    lines = debugger.ask(command)
                    good = not REFUSALS.search("\n".join(lines))
                except (Ended, BrokenPipeError):
                    lines, good = [], command in ("quit", "q")
            lines = [line.replace(f"{directory}/", "") for line in lines]
            pairs, missing = matched(step.expected, lines)
            learn(addresses, pairs or [])
            wrong = None if missing is None else f"not answered: {missing}"
            yield step, lines, wrong if good else "refused"
    finally:
        if debugger:
            debugger.close()


def problems(path, directory):
    """Everything that a transcript's replay does not answer as it should, as text."""
    found = []
    for step, lines, wrong in replay(read(path.read_text(encoding="utf-8")), directory):
        if wrong:
            answer = "\n    ".join(line.rstrip() for line in lines if line.strip())
            found.append(f"{path.name}: {step.prompt} {step.command}\n  {wrong}\n"
                         f"  the answer was:\n    {answer}")
    return found


def sessions_of(page):
    """The transcripts that a page marks as sessions, in its order."""
    return [ROOT / name for name in MARKED.findall(page.read_text(encoding="utf-8"))]


def main():
    chapters = sorted(p.parent for p in ROOT.glob("chapters/[0-9][0-9]-*/Makefile"))
    steps = read(Path(sys.argv[1]).read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory(prefix="saessak-session-") as directory:
        tree, count = make_tree(Path(directory), chapters), 0
        for step, lines, wrong in replay(steps, tree):
            count += step.prompt == "<bochs>"
            print(step.prompt.replace(">", f":{count}>"), step.command)
            print("\n".join(line.rstrip() for line in lines if line.strip()))
            if wrong:
                print(f"    ^ {wrong}", file=sys.stderr)


if __name__ == "__main__":
    main()
