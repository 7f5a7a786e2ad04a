# SPDX-License-Identifier: MIT
"""tools/bench: what it keeps, what it draws, how it fails.  How fast anything is, is no test."""
import importlib.machinery
import importlib.util
import json
import os
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

TOOL = Path(__file__).resolve().parents[2] / "tools" / "bench"


def load():
    loader = importlib.machinery.SourceFileLoader("bench_tool", str(TOOL))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("bench_tool", loader))
    loader.exec_module(module)
    return module


@pytest.fixture
def bench():
    return load()


def measure(bench, monkeypatch, tmp_path, *names):
    monkeypatch.setattr(bench.sys, "argv", ["bench", "--build", str(tmp_path), *names])
    return bench.main()


def test_every_figure_is_kept_with_its_unit_runs_and_baseline(bench, monkeypatch, tmp_path, capsys):
    bench.BENCHES.clear()

    @bench.bench("made-up", "numbers that were not measured")
    def made_up(context):
        yield bench.Figure("ours <1>", "s", [3.0, 1.0, 2.0], "theirs & others", [8.0])
        yield bench.Figure("size", "bytes", [1500], "larger", [20000])

    assert measure(bench, monkeypatch, tmp_path) == 0
    kept = json.loads((tmp_path / "bench" / "made-up.json").read_text())
    assert kept["figures"][0] == {
        "name": "ours <1>", "value": 2.0, "unit": "s", "runs": [3.0, 1.0, 2.0],
        "baseline": {"name": "theirs & others", "value": 8.0, "unit": "s", "runs": [8.0]}}
    assert kept["machine"]["cpus"] == os.cpu_count() and kept["time"]
    out = capsys.readouterr().out
    assert "2.000 s  3 runs  theirs & others: 8.000 s" in out and "20 kB" in out
    assert not (tmp_path / "bench" / "work").exists()


def test_bars_are_as_long_as_the_numbers_say(bench):
    figures = [bench.Figure("a <b>", "s", [1.0], "base", [4.0]),
               bench.Figure("c", "bytes", [10], "base", [5])]
    svg = ET.fromstring(bench.plot("a & b", figures))
    space = "{http://www.w3.org/2000/svg}"
    width = {}
    for bar in svg.iter(space + "rect"):
        width.setdefault(bar.get("class"), []).append(float(bar.get("width")))
    ours, base = width["ours"], width["baseline"]
    assert base[0] == pytest.approx(4 * ours[0]) and ours[1] == pytest.approx(2 * base[1])
    # Each unit has a scale of its own, so the longest of each is equally long.
    assert base[0] == ours[1] < float(svg.get("viewBox").split()[2])
    assert [t.text for t in svg.iter(space + "title")] == ["a & b"]
    assert "prefers-color-scheme: dark" in svg.find(space + "style").text


def test_a_bench_that_fails_says_so_and_the_others_go_on(bench, monkeypatch, tmp_path, capsys):
    bench.BENCHES.clear()

    @bench.bench("bad", "fails")
    def bad(context):
        context.run("sh", "-c", "echo the reason; exit 3")
        yield

    @bench.bench("none", "measures nothing")
    def none(context):
        return iter(())

    @bench.bench("good", "works")
    def good(context):
        yield bench.Figure("one", "s", [context.run("true")[1]], "again", [context.run("true")[1]])

    assert measure(bench, monkeypatch, tmp_path) == 1
    assert sorted(p.name for p in (tmp_path / "bench").iterdir()) == ["good.json", "good.svg"]
    err = capsys.readouterr().err
    assert "the reason" in err and "measured nothing" in err


def test_a_bench_in_c(bench, monkeypatch, tmp_path):
    common = tmp_path / "common"
    common.mkdir()
    (common / "one_bench.c").write_text("""
        #include <stdio.h>
        int main(void)
        {
            puts("[\\n {\\"name\\": \\"format\\", \\"value\\": 5, \\"unit\\": \\"ns\\", "
                 "\\"baseline\\": 9, \\"baseline_name\\": \\"snprintf\\"},\\n"
                 " {\\"name\\": \\"calls\\", \\"value\\": 1000, \\"unit\\": \\"calls\\"}\\n]");
            return 0;
        }
        """)
    monkeypatch.setattr(bench, "ROOT", str(tmp_path))
    context = bench.Context(str(tmp_path), 1)
    figures = list(bench.program_bench("one", ["one_bench.c"])(context))
    assert [(f.name, f.value, f.unit, f.baseline) for f in figures] == [
        ("format", 5, "ns", "snprintf"), ("calls", 1000, "calls", None)]
    assert figures[0].baseline_value == 9 and "baseline" not in figures[1].as_json()
    assert bench.table(figures).splitlines()[1].endswith("1 run")


@pytest.mark.parametrize("line", [
    "", "text", "[]", "{}", '{"name": "a", "value": 1}', '{"name": "a", "value": "x", "unit": "s"}',
    '{"name": "a", "value": 1, "unit": "s", "baseline": 2}'])
def test_a_line_that_is_no_figure(bench, line):
    with pytest.raises(bench.Trouble, match="not a figure"):
        bench.figure_of(line)


def fake_qemu(bench, monkeypatch, tmp_path, script):
    program = tmp_path / "qemu-system-x86_64"
    program.write_text("#!/bin/sh\necho $$ > %s/pid\n%s\n" % (tmp_path, script))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", "%s:%s" % (tmp_path, os.environ["PATH"]))


def gone(tmp_path):
    """The process that played QEMU is not there any more."""
    try:
        os.kill(int((tmp_path / "pid").read_text()), 0)
    except ProcessLookupError:
        return True
    return False


def test_the_clock_stops_at_the_first_line_not_the_first_byte(bench, monkeypatch, tmp_path):
    fake_qemu(bench, monkeypatch, tmp_path, "printf a; sleep 0.3; echo b; exec sleep 60")
    assert 0.3 <= bench.until_first_line("x.iso") < 30
    assert gone(tmp_path)


@pytest.mark.parametrize("script, reason", [
    ("exit 1", "QEMU ended before"), ("printf half; exec sleep 60", "printed no line in")])
def test_a_boot_without_a_line_is_no_figure(bench, monkeypatch, tmp_path, script, reason):
    monkeypatch.setattr(bench, "BOOT_LIMIT_S", 0.5)
    fake_qemu(bench, monkeypatch, tmp_path, script)
    with pytest.raises(bench.Trouble, match=reason):
        bench.until_first_line("x.iso")
    assert gone(tmp_path)


def test_misuse():
    def run(*words):
        return subprocess.run([str(TOOL), *words], capture_output=True, text=True, timeout=60,
                              check=False)
    done = run("speed")
    assert done.returncode == 2 and "there are: edit build sizes host" in done.stderr
    assert run("--runs", "0").returncode == 2
    assert "edit " in run("--list").stdout


# --- what the kernel's tests note -------------------------------------------------------

def noting_qemu(bench, monkeypatch, tmp_path, text, status=33):
    """A QEMU that sends `text` to COM1 and ends."""
    program = tmp_path / "qemu"
    program.write_text("#!/bin/sh\nfor word; do case $word in file:*) "
                       "printf '%%b' '%s' > ${word#file:};; esac; done\nexit %d\n"
                       % (text, status))
    program.chmod(0o755)
    monkeypatch.setattr(bench.machines, "find_qemu", lambda: str(program))


def test_costs_are_read_from_the_report(bench, monkeypatch, tmp_path):
    noting_qemu(bench, monkeypatch, tmp_path,
                "1..1\\r\\n# cost breakpoint 55 ticks\\r\\n# cost breakpoint-stub 2 ticks\\r\\n"
                "ok 1 a\\r\\n# costs nothing 7 ticks\\r\\nerror: # cost x 1 ticks\\r\\n")
    boot = bench.noted_costs(tmp_path / "x.iso", 30)
    assert boot == {"breakpoint": 55, "breakpoint-stub": 2}
    figure, = bench.cost_figures("instructions", [boot, boot])
    assert (figure.value, figure.baseline_value, figure.runs) == (55, 2, [55, 55])
    assert "55 instructions" in bench.table([figure])


def test_failed_tests_measure_nothing(bench, monkeypatch, tmp_path):
    noting_qemu(bench, monkeypatch, tmp_path, "not ok 1 a\\n# cost breakpoint 55 ticks\\n", 35)
    with pytest.raises(bench.Trouble, match="(?s)ended with 35.*not ok 1 a"):
        bench.noted_costs(tmp_path / "x.iso", 30)


def test_a_counter_that_counts_something_else_is_refused(bench, monkeypatch, tmp_path):
    context = bench.Context(str(tmp_path), 1)
    monkeypatch.setattr(context, "make", lambda *words: ("", 0.0))
    noting_qemu(bench, monkeypatch, tmp_path, "# cost thousand-nops 1001 ticks\\n")
    with pytest.raises(bench.Trouble, match="1000 nops count as 1001"):
        list(bench.traps(context))
