# SPDX-License-Identifier: MIT
import pytest
from tools_helper import manifest, run, text_of, write

SOURCE = """/* SPDX */
int before;
    /* snippet: outer */
    int a;
    /* snippet: inner-2 */
        int b;

        int c;
    /* end: inner-2 */
    /* end: outer */
int after;
"""

PAGE = "docs/en/page.md"


@pytest.fixture
def tree(tmp_path):
    write(tmp_path, {
        "chapters/01-one/chapter.toml": manifest(),
        "chapters/01-one/main.c": SOURCE,
        "chapters/01-one/expect.txt": "Booting\nOK\n",
        PAGE: "",
    })
    return tmp_path


def fill(tree, text):
    write(tree, {PAGE: text})
    done = run("snippets", root=tree)
    return done, text_of(tree, PAGE)


def used(*references):
    """A page text that shows every region of SOURCE, so that none is reported unused."""
    return "".join(f"\n<!-- snippet: chapters/01-one/main.c#{r} -->\n"
                   for r in references or ("outer", "inner-2"))


def test_fills_regions_without_marks_and_indentation(tree):
    done, text = fill(tree, "<!-- snippet: chapters/01-one/main.c#outer -->\n```c\nold\n```\n"
                      "then\n<!-- snippet: chapters/01-one/main.c#inner-2 -->\n```c\n```\n")
    assert done.returncode == 0, done.stderr
    assert text == ("<!-- snippet: chapters/01-one/main.c#outer -->\n```c\nint a;\n"
                    "    int b;\n\n    int c;\n```\nthen\n"
                    "<!-- snippet: chapters/01-one/main.c#inner-2 -->\n```c\n"
                    "int b;\n\nint c;\n```\n")
    assert run("snippets", "--check", root=tree).returncode == 0


def test_adds_a_missing_block_and_corrects_the_language(tree):
    done, text = fill(tree, "<!-- snippet: chapters/01-one/main.c#inner-2 -->\n\ntext\n"
                      "<!-- snippet: chapters/01-one/main.c#outer -->\n```text {1}\n```\n")
    assert done.returncode == 0, done.stderr
    assert "inner-2 -->\n```c\nint b;" in text and "\n\ntext\n" in text
    assert "outer -->\n```c {1}\nint a;" in text


def test_check_changes_nothing_and_names_the_line(tree):
    write(tree, {PAGE: "one\n" + used() + "\n"})
    run("snippets", root=tree)
    stale = text_of(tree, PAGE).replace("int a;", "int A;")
    write(tree, {PAGE: stale})
    done = run("snippets", "--check", root=tree)
    assert done.returncode == 1
    assert done.stderr.splitlines()[0] == \
        f"{PAGE}:5: not what its source says: run tools/snippets"
    assert text_of(tree, PAGE) == stale


def test_whole_file_patch_transcript_and_expect(tree):
    write(tree, {
        "chapters/01-one/wrong/x.patch": "Why this is wrong.\n\n--- a/main.c\n+++ b/main.c\n"
                                         "@@ -1 +1 @@\n-int before;\n+int befoer;\n",
        "docs/transcripts/run.txt": "$ make run\nOK\n"})
    done, text = fill(
        tree, "<!-- snippet: chapters/01-one/main.c -->\n\n"
        "<!-- patch: chapters/01-one/wrong/x.patch -->\n\n"
        "<!-- transcript: docs/transcripts/run.txt -->\n```console\n```\n"
        "<!-- expect: 01 -->\n" + used())
    assert done.returncode == 0, done.stderr
    assert "snippet:" not in text.split("```")[1] and "int after;\n```" in text
    assert "```diff\n--- a/main.c\n" in text and "Why this" not in text
    assert "```console\n$ make run\nOK\n```" in text
    assert "<!-- expect: 01 -->\n```text\nBooting\nOK\n```" in text


@pytest.mark.parametrize("name, source, language, shown", [
    ("a.asm", "; snippet: r\n    mov al, 1  ; sent\n; end: r\n", "nasm", "mov al, 1  ; sent"),
    ("Makefile", "# snippet: r\nall:\n\tcc\n# end: r\n", "make", "all:\n\tcc"),
    ("rules.mk", "# snippet: r\nX := 1\n# end: r\n", "make", "X := 1"),
    ("k.ld", "/* snippet: r */\nENTRY(x)\n/* end: r */\n", "ld", "ENTRY(x)"),
    ("c.toml", "# snippet: r\na = 1\n# end: r\n", "toml", "a = 1"),
    ("s.sh", "# snippet: r\necho\n# end: r\n", "sh", "echo"),
    ("h.h", "// snippet: r\nint x;\n// end: r\n", "c", "int x;"),
    ("tool", "#!/usr/bin/env python3\n# snippet: r\nx = 1\n# end: r\n", "python", "x = 1"),
])
def test_marks_in_every_language(tree, name, source, language, shown):
    write(tree, {f"common/lib/{name}": source})
    done, text = fill(tree, f"<!-- snippet: common/lib/{name}#r -->\n" + used())
    assert done.returncode == 0, done.stderr
    assert f"```{language}\n{shown}\n```" in text


def test_a_block_in_a_list_keeps_its_indentation(tree):
    done, text = fill(tree, "1. step\n\n   <!-- snippet: chapters/01-one/main.c#outer -->\n"
                      "   ```c\n   ```\n" + used("inner-2"))
    assert done.returncode == 0, done.stderr
    assert "   ```c\n   int a;\n       int b;\n\n       int c;\n   ```\n" in text


def test_the_fence_outgrows_fences_inside(tree):
    write(tree, {"docs/transcripts/run.txt": "```\nx\n```\n"})
    done, text = fill(tree, "<!-- transcript: docs/transcripts/run.txt -->\n" + used())
    assert "````text\n```\nx\n```\n````\n" in text
    assert run("snippets", "--check", root=tree).returncode == 0


def test_origins_shown_as_code_are_left_alone(tree):
    done, text = fill(tree, "```text\n<!-- snippet: nowhere.c -->\n```\n" + used())
    assert done.returncode == 0, done.stderr


FAULTS = {
    "no file": ("<!-- snippet: chapters/01-one/gone.c#x -->\n", "no text file"),
    "no region": ("<!-- snippet: chapters/01-one/main.c#gone -->\n",
                  "no region 'gone' (it has inner-2, outer)"),
    "outside": ("<!-- snippet: ../x.c -->\n", "without .."),
    "no chapter": ("<!-- expect: 07 -->\n", "no chapter '07'"),
    "not a patch": ("<!-- patch: chapters/01-one/main.c -->\n", "is not a patch"),
    "c without origin": ("```c\nint x;\n```\n", "a c block needs an origin"),
    "nasm without origin": ("```nasm\nret\n```\n", "a nasm block needs an origin"),
    "make without origin": ("```make\nall:\n```\n", "a make block needs an origin"),
    "ld without origin": ("```ld\n.\n```\n", "a ld block needs an origin"),
    "asm without origin": ("   ~~~asm\n   ret\n   ~~~\n", "a asm block needs an origin"),
    "prose between": (used("outer") + "prose\n```c\nint a;\n```\n", "needs an origin"),
    "open fence": ("```sh\nls\n", "does not end"),
}


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_faults(tree, fault):
    text, says = FAULTS[fault]
    write(tree, {PAGE: used() + "\nprose\n\n" + text})
    run("snippets", root=tree)
    done = run("snippets", "--check", root=tree)
    assert done.returncode == 1 and says in done.stderr, done.stderr


@pytest.mark.parametrize("source, says", [
    ("/* snippet: a */\n", "region 'a' does not end"),
    ("/* end: a */\n", "end of 'a', which did not begin"),
    ("/* snippet: a */\n/* end: a */\n/* snippet: a */\n/* end: a */\n", "second region"),
    ("/* snippet: A.b */\n/* end: A.b */\n", "not 'A.b'"),
    ("/* snippet: a */\nint x;\n/* end: a */\n", "no page shows region 'a'"),
])
def test_broken_and_unused_regions(tree, source, says):
    write(tree, {"common/lib/x.c": source})
    done, _ = fill(tree, used())
    assert done.returncode == 1 and says in done.stderr


def test_a_region_is_used_when_one_chapters_copy_is_shown(tree):
    write(tree, {"chapters/02-two/main.c": SOURCE})
    done, _ = fill(tree, used())
    assert done.returncode == 0, done.stderr


def test_one_page_only(tree):
    write(tree, {PAGE: used(), "docs/en/other.md": used()})
    assert run("snippets", tree / PAGE, root=tree).returncode == 0
    assert "int a;" in text_of(tree, PAGE) and "int a;" not in text_of(tree, "docs/en/other.md")
    assert "is not a page" in run("snippets", tree / "none.md", root=tree).stderr
