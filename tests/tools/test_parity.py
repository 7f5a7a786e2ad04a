# SPDX-License-Identifier: MIT
import pytest
from tools_helper import run, text_of, write

EN = """# Serial

<a id="why"></a>
## Why a wire

A `wire` is simple.

> [!NOTE]
> Note.

![The registers](figures/uart.en.svg)

<!-- snippet: chapters/01-one/main.c#log -->
```c
int log;
```

```sh
make run CH=03   # boots
```

<a id="exercises"></a>

## Exercises

1. First.
2. Second.

| a | b |
|---|---|
| 1 | 2 |
"""

KO = (EN.replace("# Serial", "# 직렬 포트").replace("Why a wire", "왜 전선인가")
      .replace("A `wire` is simple.", "`wire`는 단순합니다.").replace("> Note.", "> 참고.")
      .replace("The registers", "레지스터").replace("uart.en.svg", "uart.ko.svg")
      .replace("# boots", "# 부팅합니다").replace("First", "첫째").replace("Second", "둘째"))

GLOSSARY = """
[[term]]
term = "message"
en = "message"
ko = "메시지"
avoid_ko = ["메세지"]

[[term]]
term = "boot loader"
en = "boot loader"
ko = "부트로더"
avoid_en = ["bootloader"]
"""


@pytest.fixture
def tree(tmp_path):
    write(tmp_path, {"docs/en/03-serial.md": EN, "docs/ko/03-serial.md": KO,
                     "docs/glossary.toml": GLOSSARY})
    done = run("parity", "sync", "03-serial", root=tmp_path)
    assert done.returncode == 0, done.stderr
    return tmp_path


def check(root):
    done = run("parity", "check", root=root)
    assert (done.returncode == 0) == (done.stderr == "")
    return done.stderr.splitlines()[:-1]


def change(root, name, old, new):
    text = text_of(root, name)
    assert old in text
    write(root, {name: text.replace(old, new)})


def test_pages_in_line_pass(tree):
    assert check(tree) == []
    assert text_of(tree, "docs/en/03-serial.md").startswith('---\nsynced: "')


def test_never_synced(tree):
    write(tree, {"docs/en/03-serial.md": EN})
    assert any("never brought in line" in p for p in check(tree))


@pytest.mark.parametrize("changed, lags", [("en", "ko"), ("ko", "en")])
def test_changing_one_side_fails_and_sync_mends(tree, changed, lags):
    change(tree, f"docs/{changed}/03-serial.md", "> [!NOTE]", "New text.\n\n> [!NOTE]")
    found = check(tree)
    assert len(found) == 1 and found[0].startswith(f"docs/{changed}/03-serial.md changed since")
    assert f"sync docs/{lags}/03-serial.md" in found[0]
    assert run("parity", "sync", f"docs/{lags}/03-serial.md", root=tree).returncode == 0
    assert check(tree) == []


def test_front_matter_is_not_part_of_the_hash(tree):
    change(tree, "docs/en/03-serial.md", "synced:", "title: Serial\nsynced:")
    assert check(tree) == []


def test_pending_is_reported_and_does_not_fail(tree):
    change(tree, "docs/en/03-serial.md", "1. First.", "1. First.\n1. More.")
    assert check(tree)
    change(tree, "docs/ko/03-serial.md", "synced:", "pending: true\nsynced:")
    done = run("parity", "check", root=tree)
    assert done.returncode == 0
    assert "pending: docs/ko/03-serial.md (2 differences)" in done.stdout


def test_sync_ends_pending_and_keeps_other_front_matter(tree):
    change(tree, "docs/ko/03-serial.md", "synced:", "title: x\npending: true\nsynced:")
    assert run("parity", "sync", "03-serial", root=tree).returncode == 0
    text = text_of(tree, "docs/ko/03-serial.md")
    assert "pending" not in text and "title: x\n" in text and text.count("---\n") == 2


# (old, new) in the Korean page, and what the problem must say.
FAULTS = {
    "heading missing": ('<a id="exercises"></a>\n\n## Exercises\n', "", "heading 'exercises'"),
    "heading id differs": ('id="why"', 'id="warum"', "heading 'why'"),
    "heading level differs": ("## 왜", "### 왜", "## heading 'why'"),
    "call-out missing": ("> [!NOTE]\n", "", "[!NOTE]"),
    "call-out differs": ("[!NOTE]", "[!TIP]", "[!TIP]"),
    "figure differs": ("uart.ko.svg", "screen.ko.svg", "figure figures/screen.svg"),
    "origin differs": ("#log", "#other", "main.c#other"),
    "command differs": ("CH=03", "CH=02", "CH=02"),
    "block missing": ("```sh\nmake run CH=03   # 부팅합니다\n```\n", "", "sh block"),
    "exercise missing": ("2. 둘째.\n", "", "exercise"),
    "table row missing": ("| 1 | 2 |\n", "", "table of 3 lines"),
}


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_structure_faults(tree, fault):
    old, new, says = FAULTS[fault]
    change(tree, "docs/ko/03-serial.md", old, new)
    done = run("parity", "sync", "03-serial", root=tree)
    assert done.returncode == 1 and "nothing marked" in done.stderr
    assert any(says in p and " where " in p for p in check(tree)), done.stderr


def test_heading_without_id(tree):
    for language in ("en", "ko"):
        change(tree, f"docs/{language}/03-serial.md", '<a id="why"></a>\n', "")
    assert run("parity", "sync", "03-serial", root=tree).returncode == 1
    assert sum("put <a id=" in p for p in check(tree)) == 2


def test_page_in_one_language_only(tree):
    write(tree, {"docs/en/04-x.md": "# X\n"})
    assert check(tree) == ["docs/ko/04-x.md: missing; docs/en/04-x.md exists"]


def test_readmes_have_the_same_structure(tree):
    write(tree, {"README.md": "# A\n\n## B\n", "README.ko.md": "# 가\n"})
    assert any("README.md:3 has ## heading" in p for p in check(tree))
    write(tree, {"README.ko.md": "# 가\n\n## 나\n"})
    assert check(tree) == []


@pytest.mark.parametrize("language, words, says", [
    ("ko", "이 메세지는 깁니다.", "'메세지': write '메시지'"),
    ("en", "The Bootloaders differ.", "'Bootloader': write 'boot loader'"),
])
def test_glossary_finds_avoided_words(tree, language, words, says):
    change(tree, f"docs/{language}/03-serial.md", "> [!NOTE]", words + "\n\n> [!NOTE]")
    run("parity", "sync", "03-serial", root=tree)
    assert len(check(tree)) == 1 and says in check(tree)[0]


def test_glossary_leaves_code_links_and_the_other_language_alone(tree):
    for language in ("en", "ko"):
        change(tree, f"docs/{language}/03-serial.md", "> [!NOTE]",
               "`bootloader` [x](bootloader.md) <a href='메세지'>\n<!-- bootloader 메세지 -->\n"
               "```text\nbootloader 메세지\n```\n\n> [!NOTE]")
    change(tree, "docs/ko/03-serial.md", "왜 전선", "bootloader 왜 전선")
    run("parity", "sync", "03-serial", root=tree)
    assert check(tree) == []


@pytest.mark.parametrize("entry, says", [
    ('[[term]]\nterm = "x"\nen = "x"\n', "needs ko"),
    ('[[term]]\nterm = "x"\nen = "x"\nko = "엑스"\navoid_kr = ["y"]\n', "unknown key avoid_kr"),
    ('[[term]]\nterm = "message"\nen = "m"\nko = "엠"\n', "a second term 'message'"),
    ('[[term]]\nterm = "x"\nen = "x"\nko = "엑스"\navoid_ko = ["메시"]\n', "'메시지' contains"),
])
def test_glossary_itself_is_checked(tree, entry, says):
    write(tree, {"docs/glossary.toml": GLOSSARY + "\n" + entry})
    assert any(says in p for p in check(tree))


def test_unknown_page_lists_them(tree):
    done = run("parity", "sync", "07-heap", root=tree)
    assert done.returncode == 1 and "there are 03-serial.md" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert run("parity", root=tree).returncode == 2
