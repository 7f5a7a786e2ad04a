# SPDX-License-Identifier: MIT
import pytest
from tools_helper import commit, run, write

PAGE = "docs/en/page.md"


@pytest.fixture
def tree(tmp_path):
    write(tmp_path, {
        "README.md": "# Top\n\n## Get it, now!\n\n[x](docs/en/page.md#why) [y](#get-it-now)\n",
        "docs/en/other.md": '<a id="there"></a>\n## There\n',
        "docs/figures/boot.svg": "<svg/>",
        "chapters/01-one/main.c": "",
        PAGE: '<a id="why"></a>\n\n## Why\n',
    })
    return tmp_path


def check(tree, text):
    write(tree, {PAGE: '<a id="why"></a>\n\n## Why\n\n' + text})
    done = run("links", root=tree)
    assert (done.returncode == 0) == (done.stderr == "")
    return done.stderr.splitlines()[:-1]


@pytest.mark.parametrize("text", [
    "[a](other.md)", "[a](./other.md#there)", "[a](#why)", "[a](../../README.md#get-it-now)",
    "[a](../../chapters/01-one/)", "[a](../../chapters/01-one/main.c)",
    "![The boot](../figures/boot.svg)", "[![The boot](../figures/boot.svg)](other.md)",
    '<img src="../figures/boot.svg" alt="The boot">', "[a](https://example.org/x#y)",
    "[a](mailto:a@example.org)", "`[a](gone.md)`", "```text\n[a](gone.md)\n```",
    "<!-- [a](gone.md) -->", "[a][r]\n\n[r]: other.md", '[a](other.md "title")',
    "`a[1](x)` and ``b ` [c](gone.md)``", '[a](<other.md>)',
])
def test_good_links(tree, text):
    assert check(tree, text) == []


@pytest.mark.parametrize("text, says", [
    ("[a](gone.md)", "there is no docs/en/gone.md"),
    ("[a](Other.md)", "there is no docs/en/Other.md"),
    ("[a](other.md#gone)", 'has no <a id="gone"></a>'),
    ("[a](other.md#There)", 'has no <a id="There"></a>'),
    ("[a](#gone)", 'has no <a id="gone"></a>'),
    ("[a](../../README.md#gone)", "no such heading"),
    ("[a](../../../outside.md)", "leaves the repository"),
    ("[a](/docs/en/other.md)", "relative to the page"),
    ("[a](../../chapters/01-one/main.c#L3)", "line number drifts"),
    ("![A](../figures/gone.svg)", "there is no docs/figures/gone.svg"),
    ("![](../figures/boot.svg)", "say in words"),
    ('<img src="../figures/boot.svg">', "alt text"),
    ('<img src="gone.svg" alt="x">', "gone.svg"),
    ('<picture><source srcset="gone.svg"></picture>', "gone.svg"),
    ('<a href="gone.md">x</a>', "gone.md"),
    ("[![A](../figures/boot.svg)](gone.md)", "gone.md"),
    ("[a][r]\n\n[r]: gone.md", "gone.md"),
    ('<a id="why"></a>\n', "a second id 'why'"),
    ("```sh\nls", "does not end"),
])
def test_bad_links(tree, text, says):
    found = check(tree, text)
    assert len(found) == 1 and says in found[0] and found[0].startswith(PAGE + ":")


def test_ignored_files_are_not_read(tree):
    write(tree, {".gitignore": "/build/\n", "build/x.md": "[a](gone.md)\n"})
    commit(tree)
    assert check(tree, "") == []


def test_misuse(tree):
    done = run("links", "--frobnicate", root=tree)
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 1
