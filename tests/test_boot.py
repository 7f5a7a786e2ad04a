# SPDX-License-Identifier: MIT
"""Every chapter boots on every machine, from both compilers, and does what it says."""
import pytest

from machine.boot import AT_REST, EXITED
from machine.screen import first_missing

FIRST_CHAPTER_WITH_SERIAL = 3
BLIND_UNDER_UEFI = {1}          # writes VGA text only; its page says why
# Of a second of rest: one tick of the host's clock is 0.01, a busy loop takes all of it.
IDLE_CPU_SECONDS = 0.1


def test_comes_to_rest(case, boot):
    check_rest(boot)


def test_prints_what_it_promises(case, boot):
    check_lines(case, boot)


def check_rest(boot):
    assert boot.entered, f"the loader did not enter the kernel{boot.describe()}"
    assert boot.end in (*AT_REST, EXITED), f"the kernel did not come to an end{boot.describe()}"


def check_lines(case, boot):
    """expect.txt, on COM1 and on the screen."""
    shown = []
    if case.number in BLIND_UNDER_UEFI and case.machine == "qemu-uefi":
        assert not boot.screen.text, f"no longer blind: say so in the test{boot.describe()}"
        return
    if case.number >= FIRST_CHAPTER_WITH_SERIAL:
        shown.append(("COM1", boot.serial_lines))
    if boot.end in AT_REST:
        shown.append(("screen", boot.screen.rows))
    for where, lines in shown:
        expected = case.expected
        if where == "screen" and case.number >= FIRST_CHAPTER_WITH_SERIAL:
            # The log is on COM1 as a whole; the screen holds its last rows.
            expected = still_on_screen(expected, boot)
        missing = first_missing(expected, lines)
        assert missing is None, f"{where} does not show, in its place: {missing}{boot.describe()}"


def still_on_screen(expected, boot):
    """The expected lines from that one on which is the screen's first."""
    for start in range(len(expected)):
        if first_missing(expected[start:], boot.screen.rows) is None:
            return expected[start:]
    return expected[-1:]


@pytest.mark.qemu_only      # Bochs takes the host's processor for a halted machine too
def test_rests_without_burning_the_host(case, boot):
    if boot.end == EXITED or boot.idle_cpu_seconds is None:
        pytest.skip("nothing to measure")
    assert boot.idle_cpu_seconds <= IDLE_CPU_SECONDS, boot.describe()


@pytest.mark.qemu_only
def test_no_guest_errors(case, boot):
    assert boot.guest_errors == "", boot.describe()
