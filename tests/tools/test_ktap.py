# SPDX-License-Identifier: MIT
"""tests/ktap.py: reports typed by hand, and every way to damage one."""
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import ktap  # noqa: E402

GOOD = """boot log
[    0.1] ok, memory map read
KTAP version 1
1..4
ok 1 text.digits
# a remark
# heap/heap_test.c:31: expected used == 0, but 0x40 (64) != 0 (0)
not ok 2 heap.free
the kernel says something
ok 3 serial.loop_back # SKIP no UART here
ok 4 - text.strings
"""
PASSING = "KTAP version 1\n1..2\nok 1 a.x\nok 2 a.y # SKIP later\n"


def test_reads_everything():
    report = ktap.parse(GOOD)
    assert report.errors == []
    assert report.plan == 4
    assert [(r.number, r.name, r.ok, r.skip) for r in report.results] == [
        (1, "text.digits", True, None), (2, "heap.free", False, None),
        (3, "serial.loop_back", True, "no UART here"), (4, "text.strings", True, None)]
    assert report.results[1].diagnostics == [
        "a remark", "heap/heap_test.c:31: expected used == 0, but 0x40 (64) != 0 (0)"]
    assert report.results[0].diagnostics == report.results[2].diagnostics == []
    assert report.preamble == ["boot log", "[    0.1] ok, memory map read"]
    assert report.other == ["the kernel says something"]
    assert not report.passed
    assert [r.name for r in report.failed] == ["heap.free"]
    assert "failed: 2 heap.free" in report.explain()
    assert "heap_test.c:31" in report.explain()


def test_passes():
    report = ktap.parse(PASSING)
    assert report.passed and report.bail_out is None
    assert [r.name for r in report.skipped] == ["a.y"]


def test_serial_line_ends():
    assert ktap.parse(GOOD.replace("\n", "\r\n")) == ktap.parse(GOOD)
    assert ktap.parse(PASSING.replace("\n", "\r\n")).passed


def test_what_follows_the_report_is_not_part_of_it():
    report = ktap.parse(PASSING + "# 2 of 2\nhalted\nhalted ag")
    assert report.passed
    assert report.diagnostics == ["2 of 2"]
    assert report.other == ["halted", "halted ag"]


@pytest.mark.parametrize("text, error", [
    ("", "no line 'KTAP version 1'"),
    ("1..1\nok 1 a\n", "no line 'KTAP version 1'"),
    ("KTAP version 1", "no line 'KTAP version 1'"),
    ("KTAP version 2\n1..1\nok 1 a\n", "no line 'KTAP version 1'"),
    ("KTAP version 1\n", "no plan"),
    ("KTAP version 1\nok 1 a\n", "before the plan"),
    ("KTAP version 1\nok 1 a\n1..1\n", "after results"),
    ("KTAP version 1\n1..0\n", "proves nothing"),
    ("KTAP version 1\n1..1\n1..1\nok 1 a\n", "a second plan"),
    ("KTAP version 1\n1..2\nok 1 a\n", "ends after 1 of 2"),
    ("KTAP version 1\n1..1\nok 1 a\nok 2 b\n", "2 results, but the plan says 1"),
    ("KTAP version 1\n1..2\nok 2 a\nok 1 b\n", "expected number 1"),
    ("KTAP version 1\n1..3\nok 1 a\nok 3 b\nok 3 c\n", "expected number 2"),
    ("KTAP version 1\n1..2\nok 1 a\nok 1 a\n", "expected number 2"),
    ("KTAP version 1\n1..2\nok 1 a\nok 2 a\n", "was there before"),
    ("KTAP version 1\n1..1\nok a\n", "damaged"),
    ("KTAP version 1\n1..1\nnot  ok 1 a\n", "damaged"),
    ("KTAP version 1\n1..1\n    ok 1 a\n", "damaged"),
    ("KTAP version 1\n1..\nok 1 a\n", "damaged"),
    ("KTAP version 1\n1..1\nok 1 two words\n", "damaged"),
    ("KTAP version 1\n1..1\nok 1 a # TO" "DO b\n", "unknown directive TO" "DO"),
    ("KTAP version 1\n1..1\nnot ok 1 a # SKIP b\n", "skipped test that failed"),
    ("KTAP version 1\n1..2\nok 1 a\nKTAP version 1\n1..2\nok 1 a\nok 2 b\n", "started over"),
    ("KTAP version 1\n1..2\nok 1 a\nok 2", "cut off"),
    ("KTAP version 1\n1..2\nok 1 a\nok 2 b", "cut off"),
    ("KTAP version 1\n1..1\nok 1 a\nno", "cut off"),
])
def test_damage_is_an_error(text, error):
    report = ktap.parse(text)
    assert any(error in e for e in report.errors), report.errors
    assert not report.passed
    assert error in report.explain()


def test_bail_out():
    report = ktap.parse("KTAP version 1\n1..3\nok 1 a\n# page fault\nnot ok 2 b\n"
                        "Bail out! page fault\nok 3 forged\nlast words")
    assert report.bail_out == "page fault"
    assert report.errors == []
    assert not report.passed
    assert [r.number for r in report.results] == [1, 2]
    assert report.results[1].diagnostics == ["page fault"]
    assert report.other == ["ok 3 forged", "last words"]
    assert "bail out: page fault" in report.explain()


def test_a_bail_out_after_all_results_has_not_passed_either():
    assert not ktap.parse(PASSING + "Bail out!\n").passed


def test_every_prefix_of_a_passing_report_has_not_passed():
    """A kernel that dies at any point is never taken for one that passed."""
    for end in range(len(PASSING)):
        assert not ktap.parse(PASSING[:end]).passed, PASSING[:end]


def test_the_deliberate_fault_is_caught():
    """What a lenient reader, which only counts "not ok" lines, would have let through."""
    cut = PASSING[:PASSING.index("ok 2")]
    assert "not ok" not in cut
    assert not ktap.parse(cut).passed
