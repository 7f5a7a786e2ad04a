# SPDX-License-Identifier: MIT
"""Reads the repository's Markdown: one pass over the lines that tells fences, comments,
headings and prose apart.

A heading's id stands on the line above it, as <a id="name"></a>.  GitHub and VitePress
both make that a link target and both show nothing; {#name} would be printed by GitHub.
"""
import re
from dataclasses import dataclass, field

FENCE = re.compile(r"^([ \t]*(?:> ?)?[ \t]*)(`{3,}|~{3,})\s*([^\s`{]*)([^`]*)$")
HEADING = re.compile(r"^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
ANCHOR = re.compile(r"<a\s+(?:id|name)=[\"']([^\"']+)[\"']\s*>")
ANCHOR_LINE = re.compile(r"^\s*<a\s+id=\"([^\"]+)\"\s*></a>\s*$")
CALLOUT = re.compile(r"^\s*>\s*\[!([A-Za-z]+)\]")
ORIGIN = re.compile(r"^(\s*)<!--\s*(snippet|patch|transcript|expect):\s*(\S+)\s*-->\s*$")
TABLE = re.compile(r"^\s*\|.*\|\s*$")
ORDERED = re.compile(r"^\d+[.)]\s")
IMAGE = re.compile(r"!\[([^\]]*)\]\(\s*<?([^)\s>]+)>?[^)]*\)|<img\b[^>]*?\bsrc=[\"']([^\"']+)"
                   r"|<source\b[^>]*?\bsrcset=[\"']([^\"'\s]+)")
LINK = re.compile(r"(?<!!)\[(?:[^\[\]]|!?\[[^\]]*\](?:\([^)]*\))?)*\]\(\s*<?([^)\s>]+)>?[^)]*\)"
                  r"|<a\b[^>]*?\bhref=[\"']([^\"']+)")
REFERENCE = re.compile(r"^ {0,3}\[[^\]^]+\]:\s+<?(\S+?)>?(?:\s|$)")
INLINE_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")


@dataclass
class Block:
    """A fenced block.  Lines are counted from 0; `end` is the closing fence's."""
    start: int
    end: int
    indent: str
    language: str
    rest: str                   # the info string after the language
    origin: tuple = None        # (kind, reference) of the comment above it
    content: list = field(default_factory=list)


@dataclass
class Page:
    lines: list
    front: dict                 # front matter keys, values as text
    body_start: int             # the first line after the front matter
    blocks: list = field(default_factory=list)
    origins: list = field(default_factory=list)     # (line, indent, kind, reference)
    prose: list = field(default_factory=list)       # (line, text): no code, no comments
    headings: list = field(default_factory=list)    # (line, level, text, id or None)
    unclosed: int = None        # the line of a fence that never ends

    @property
    def body(self):
        return "\n".join(self.lines[self.body_start:]).strip("\n") + "\n"


def front_matter(lines):
    """({key: value as text}, the number of lines it takes)."""
    if not lines or lines[0].strip() != "---":
        return {}, 0
    for end in range(1, len(lines)):
        if lines[end].strip() == "---":
            pairs = (line.split(":", 1) for line in lines[1:end]
                     if ":" in line and not line[:1].isspace())
            return {k.strip(): v.strip().strip("\"'") for k, v in pairs}, end + 1
    return {}, 0


def parse(text):
    lines = text.split("\n")
    front, start = front_matter(lines)
    page = Page(lines, front, start)
    number, origin, anchor, in_comment = start, None, None, False
    while number < len(lines):
        line = lines[number]
        fence = None if in_comment else FENCE.match(line)
        if fence:
            number = read_block(page, number, fence, origin)
            origin = anchor = None
        elif not in_comment and (match := ORIGIN.match(line)):
            origin = (match[2], match[3])
            page.origins.append((number, match[1], match[2], match[3]))
        else:
            text, in_comment = without_comments(line, in_comment)
            if text.strip():
                if heading := HEADING.match(text):
                    page.headings.append((number, len(heading[1]), heading[2], anchor))
                named = ANCHOR_LINE.match(text)
                anchor = named[1] if named else None
                origin = None
                page.prose.append((number, text))
        number += 1
    return page


def read_block(page, number, fence, origin):
    """Appends the block whose opening fence is at `number`; returns its last line."""
    indent, mark, language, rest = fence.groups()
    closing = re.compile(r"^[ \t>]*" + re.escape(mark[0]) + "{%d,}\\s*$" % len(mark))
    end = number + 1
    while end < len(page.lines) and not closing.match(page.lines[end]):
        end += 1
    if end == len(page.lines):
        page.unclosed = number
    content = [line[len(indent):] if line.startswith(indent) else line.lstrip()
               for line in page.lines[number + 1:end]]
    page.blocks.append(Block(number, end, indent, language, rest, origin, content))
    return end


def without_comments(line, in_comment):
    """(the line without the parts inside <!-- -->, whether a comment is still open)."""
    if "<!--" not in line and "-->" not in line:
        return ("" if in_comment else line), in_comment
    kept = ""
    while line:
        mark = "-->" if in_comment else "<!--"
        before, found, line = line.partition(mark)
        if not in_comment:
            kept += before
        if found:
            in_comment = not in_comment
    return kept, in_comment


def without_code(text):
    """The prose line with inline code blanked out, at the same columns."""
    if "`" not in text:
        return text
    return INLINE_CODE.sub(lambda m: " " * len(m[0]), text)


def images(text):
    return [next(g for g in m.groups()[1:] if g) for m in IMAGE.finditer(text)]


def links(text):
    found = [m[1] or m[2] for m in LINK.finditer(text)]
    reference = REFERENCE.match(text)
    return found + ([reference[1]] if reference else [])


def slug(text):
    """The id that GitHub gives to a heading."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)|<[^>]*>", lambda m: m[1] or "", text)
    text = re.sub(r"[^\w\- ]", "", text.replace("`", "").replace("*", "").strip().lower())
    return text.replace(" ", "-")


def anchors(page):
    """Every id a link can point at: (the explicit ones with their lines, the slugs)."""
    explicit = [(number, name) for number, text in page.prose
                for name in ANCHOR.findall(text)]
    slugs, seen = set(), {}
    for _, _, text, _ in page.headings:
        name = slug(text)
        seen[name] = seen.get(name, -1) + 1
        slugs.add(name if not seen[name] else f"{name}-{seen[name]}")
    return explicit, slugs
