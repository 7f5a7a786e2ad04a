# SPDX-License-Identifier: MIT
"""Every chapter on hardware that differs from what it is written on: the machine of 1996, a
processor with nothing new in it, hardly any memory, and more than 4 GiB of it.  What the
chapter promises holds there word for word."""
import re

from conftest import HARDWARE
from test_boot import FIRST_CHAPTER_WITH_SERIAL, check_lines, check_rest
from test_ktest import check_report

MIB = {"M": 1, "G": 1024}


def test_keeps_its_promises(hardware_case, yard):
    boot = yard.boot(hardware_case)
    check_rest(boot)
    check_lines(hardware_case, boot)
    assert boot.guest_errors == "", boot.describe()
    if hardware_case.number >= FIRST_CHAPTER_WITH_SERIAL:
        check_memory(hardware_case, boot)


def check_memory(case, boot):
    """That the machine was the one that was asked for: firmware keeps a part for itself."""
    size = HARDWARE[case.hardware][1][-1]
    installed = int(size[:-1]) * MIB[size[-1]]
    found = re.search(r"memory available: (\d+) MiB", "\n".join(boot.serial_lines))
    assert installed * 0.6 < int(found[1]) <= installed, boot.describe()


def test_in_kernel(hardware_test_case, yard):
    check_report(hardware_test_case, yard.boot(hardware_test_case))
