# SPDX-License-Identifier: MIT
"""Made-up repositories for the tests of tools/."""
import os
import subprocess
import sys
from pathlib import Path

TOOLS = Path(__file__).resolve().parents[2] / "tools"

TITLES = """[title]
en = "A title"
ko = "제목"

[idea]
en = "One idea."
ko = "한 가지 생각."
"""


def run(tool, *arguments, root=None):
    """The finished process of tools/<tool>; --root comes first when given."""
    command = [sys.executable, str(TOOLS / tool)]
    if root is not None:
        command += ["--root", str(root)]
    return subprocess.run(command + [str(a) for a in arguments], text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE)


def write(root, files):
    """Writes {path: text} under root; None deletes."""
    for name, text in files.items():
        path = root / name
        if text is None:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def manifest(adds=(), changes=(), removes=()):
    lists = {"adds": adds, "changes": changes, "removes": removes}
    return "".join(f"{name} = [{', '.join(repr(v) for v in values)}]\n"
                   for name, values in lists.items() if values).replace("'", '"') + TITLES


def git(root, *arguments):
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null",
                   "GIT_AUTHOR_NAME": "t", "GIT_AUTHOR_EMAIL": "t@example.org",
                   "GIT_COMMITTER_NAME": "t", "GIT_COMMITTER_EMAIL": "t@example.org"}
    subprocess.run(["git", "-C", str(root), *arguments], check=True, env=environment,
                   stdout=subprocess.DEVNULL)


def commit(root, message="state"):
    if not (root / ".git").exists():
        git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", message)


def text_of(root, name):
    return (root / name).read_text(encoding="utf-8")
