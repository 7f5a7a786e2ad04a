# SPDX-License-Identifier: MIT
"""The tests inside the kernel, on every machine: each test's verdict is in the KTAP on COM1,
and the emulator's exit status agrees."""
import ktap
import machines
from machine.boot import EXITED


def test_in_kernel(test_case, yard):
    check_report(test_case, yard.boot(test_case))


def check_report(test_case, boot):
    """Every test passed, and the machine ended the way that says so."""
    assert boot.end == EXITED, f"the tests did not end the machine{boot.describe()}"
    report = ktap.parse("\n".join(boot.serial_lines))
    assert report.passed, f"{report.explain()}{boot.describe()}"
    if test_case.machine == "bochs":
        return                          # ends with 1 whatever the kernel says
    assert boot.status == machines.EXIT_PASSED, boot.describe()
    assert boot.guest_errors == "", boot.describe()
