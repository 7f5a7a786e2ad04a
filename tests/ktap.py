# SPDX-License-Identifier: MIT
"""Reads a KTAP version 1 report out of what a kernel printed, strictly.

    report = ktap.parse(text)
    assert report.passed, report.explain()

Strict means: whatever is missing, out of order, repeated or cut off is in report.errors, and
a report with errors has not passed.  A kernel that hangs, resets or dies in the middle must
never look like one that passed.

Lines before "KTAP version 1" are the kernel's own log and kept in report.preamble; lines in
between that are no part of the format are kept in report.other.  Carriage returns before line
ends, as a serial terminal has them, are dropped.  Subtests are not read: ktest writes none.
"""
import re
from dataclasses import dataclass, field

VERSION = "KTAP version 1"
PLAN = re.compile(r"1\.\.(\d+)$")
RESULT = re.compile(r"(not )?ok (\d+)(?: - | )([^\s#]+)(?: # ([A-Z]+)(?: (.*))?)?$")
# What can only be a damaged or misplaced line of a report.
LOOKS_LIKE_RESULT = re.compile(r"\s*(not\s+ok|ok)\b(?!:)")
LOOKS_LIKE_PLAN = re.compile(r"\s*\d+\.\.\d*\s*$")


@dataclass
class Result:
    number: int
    name: str
    ok: bool
    skip: str | None = None                           # the reason; None when it ran
    diagnostics: list = field(default_factory=list)   # without the "# "


@dataclass
class Report:
    plan: int | None = None
    results: list = field(default_factory=list)
    bail_out: str | None = None                       # the reason
    errors: list = field(default_factory=list)        # one line each, for people
    preamble: list = field(default_factory=list)
    other: list = field(default_factory=list)
    diagnostics: list = field(default_factory=list)   # after the last result

    @property
    def failed(self):
        return [r for r in self.results if not r.ok]

    @property
    def skipped(self):
        return [r for r in self.results if r.skip is not None]

    @property
    def passed(self):
        """Complete, well formed, and nothing failed."""
        return not self.errors and self.bail_out is None and not self.failed

    def explain(self):
        """Why it has not passed, for an assertion's message; one line when it has."""
        lines = [f"error: {e}" for e in self.errors]
        if self.bail_out is not None:
            lines.append(f"bail out: {self.bail_out}")
        for r in self.failed:
            lines.append(f"failed: {r.number} {r.name}")
            lines += [f"    {d}" for d in r.diagnostics]
        count = f"{len(self.results)} results, plan {self.plan}, {len(self.skipped)} skipped"
        return "\n".join(lines + [count])


def parse(text):
    """The report in `text`.  Never raises: damage is in report.errors."""
    report = Report()
    lines = text.replace("\r\n", "\n").split("\n")
    cut_off = lines.pop()  # what follows the last line end: nothing, if it is complete
    pending = []           # diagnostics of the result to come
    started = False

    for number, line in enumerate(lines, 1):
        if started:
            _line(report, pending, line, number)
        elif line == VERSION:
            started = True
        else:
            report.preamble.append(line)
    report.diagnostics = pending
    if not started:
        if cut_off:
            report.preamble.append(cut_off)
        report.errors.append(f"no line '{VERSION}'")
        return report
    if cut_off and _is_report_line(cut_off):
        report.errors.append(f"cut off in the middle of a line: {cut_off!r}")
    elif cut_off:
        report.other.append(cut_off)
    _completeness(report)
    return report


def _is_report_line(line):
    """Whether it could be the beginning of a line of the format."""
    beginnings = ("ok ", "not ok ", "Bail out!", VERSION, "# ", "1..")
    return any(line.startswith(b) or b.startswith(line) for b in beginnings)


def _line(report, pending, line, number):
    def error(what):
        report.errors.append(f"line {number}: {what}: {line!r}")

    if report.bail_out is not None:
        report.other.append(line)
    elif line == VERSION:
        error("a second report begins: the kernel started over")
    elif line.startswith("Bail out!"):
        report.bail_out = line[len("Bail out!"):].strip()
    elif PLAN.match(line):
        if report.plan is not None:
            error("a second plan")
        elif report.results:
            error("the plan comes after results")
        else:
            report.plan = int(PLAN.match(line)[1])
    elif RESULT.match(line):
        _result(report, pending, RESULT.match(line), error)
    elif line == "#" or line.startswith("# "):
        pending.append(line[2:])
    elif LOOKS_LIKE_RESULT.match(line) or LOOKS_LIKE_PLAN.match(line):
        error("a damaged line of the report")
    elif line:
        report.other.append(line)


def _result(report, pending, match, error):
    negated, number, name, directive, reason = match.groups()
    result = Result(int(number), name, not negated, diagnostics=pending[:])
    pending.clear()
    if directive == "SKIP":
        result.skip = reason or ""
        if not result.ok:
            error("a skipped test that failed")
    elif directive is not None:
        error(f"unknown directive {directive}")
    if report.plan is None:
        error("a result before the plan")
    if result.number != len(report.results) + 1:
        error(f"expected number {len(report.results) + 1}")
    if any(r.name == name for r in report.results):
        error("a name that was there before")
    report.results.append(result)


def _completeness(report):
    if report.plan is None:
        report.errors.append("no plan")
    elif report.plan == 0:
        report.errors.append("a plan of no tests proves nothing")
    elif len(report.results) > report.plan:
        report.errors.append(f"{len(report.results)} results, but the plan says {report.plan}")
    elif len(report.results) < report.plan and report.bail_out is None:
        report.errors.append(f"ends after {len(report.results)} of {report.plan} results")
