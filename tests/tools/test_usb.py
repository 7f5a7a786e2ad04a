# SPDX-License-Identifier: MIT
"""tools/usb refuses every disk but a stick that nothing uses; all disks here are made up."""
import importlib.machinery
import importlib.util
import os
import subprocess
from pathlib import Path

import pytest

TOOL = Path(__file__).resolve().parents[2] / "tools" / "usb"
MIB = 1 << 20
ISO = 6 * MIB


def load():
    loader = importlib.machinery.SourceFileLoader("usb_tool", str(TOOL))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("usb_tool", loader))
    loader.exec_module(module)
    return module


usb = load()

ROOT_LINE = "22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw\n"
SWAPS = "Filename\tType\tSize\tUsed\tPriority\n"


def disk(sysfs, name="sdb", removable="1", size=8 << 30, ro="0", dev="8:16", partitions=()):
    """A made-up disk; partitions as (name, major:minor)."""
    folder = sysfs / "block" / name
    (folder / "device").mkdir(parents=True)
    for file, text in (("removable", removable), ("ro", ro), ("dev", dev),
                       ("size", str(size // 512)), ("device/vendor", "Acme    "),
                       ("device/model", "Stick 3000")):
        (folder / file).write_text(text + "\n")
    (folder / "holders").mkdir()
    for index, (part, numbers) in enumerate(partitions, 1):
        (folder / part / "holders").mkdir(parents=True)
        (folder / part / "partition").write_text("%d\n" % index)
        (folder / part / "dev").write_text(numbers + "\n")
    return folder


@pytest.fixture
def sysfs(tmp_path):
    (tmp_path / "sys" / "block").mkdir(parents=True)
    return tmp_path / "sys"


def why_not(sysfs, name="sdb", mounts=ROOT_LINE, swaps=SWAPS, size=ISO):
    return usb.why_not(name, size, str(sysfs), mounts, swaps)


def test_a_stick_nobody_uses_is_fine(sysfs):
    disk(sysfs, partitions=[("sdb1", "8:17")])
    assert why_not(sysfs) == []


def test_exactly_large_enough_is_fine(sysfs):
    disk(sysfs, size=ISO)
    assert why_not(sysfs) == []


@pytest.mark.parametrize("change, reason", [
    (dict(removable="0"), "not removable"),
    (dict(removable=""), "not removable"),
    (dict(ro="1"), "write-protected"),
    (dict(size=0), "no medium"),
    (dict(size=ISO - 512), "the image is 6.0 MiB"),
    (dict(size=257 << 30), "no USB stick"),
    (dict(name="sr0"), "optical drive"),
    (dict(name="loop0"), "loop device"),
    (dict(name="fd0"), "floppy drive"),
    (dict(name="zram0"), "RAM disk"),
])
def test_unfit_disks(sysfs, change, reason):
    disk(sysfs, **change)
    reasons = why_not(sysfs, change.get("name", "sdb"))
    assert len(reasons) == 1 and reason in reasons[0]


def test_a_partition_is_answered_with_its_disk(sysfs):
    disk(sysfs, partitions=[("sdb1", "8:17")])
    assert why_not(sysfs, "sdb1") == ["sdb1 is a partition; give the whole disk, /dev/sdb"]


def test_no_such_disk(sysfs):
    assert why_not(sysfs, "sdq") == ["there is no disk sdq"]


@pytest.mark.parametrize("name", ["", "..", "../vda", "a b", "sdb/sdb1", "sdb\n"])
def test_names_that_are_none(sysfs, name):
    disk(sysfs)
    assert len(why_not(sysfs, name)) == 1


def test_mounted_partition_by_number_and_by_name(sysfs):
    disk(sysfs, partitions=[("sdb1", "8:17"), ("sdb2", "8:18")])
    by_number = ROOT_LINE + "40 22 8:18 / /media/my\\040stick rw - vfat /dev/disk/by-label/X rw\n"
    assert why_not(sysfs, mounts=by_number) == [
        "sdb is in use: mounted at /media/my stick (umount it first)"]
    # btrfs gives its mounts a number of its own.
    by_name = ROOT_LINE + "41 22 0:44 / /data rw shared:9 - btrfs /dev/sdb1 rw\n"
    assert "mounted at /data" in why_not(sysfs, mounts=by_name)[0]
    # Another disk's name starts alike, another disk's number ends alike.
    other = ROOT_LINE + "42 22 8:177 / /other rw - ext4 /dev/sdb11 rw\n"
    assert why_not(sysfs, mounts=other) == []


def test_the_whole_disk_mounted_without_partitions(sysfs):
    disk(sysfs)
    mounts = ROOT_LINE + "40 22 8:16 / /mnt rw - vfat /dev/sdb rw\n"
    assert "mounted at /mnt" in why_not(sysfs, mounts=mounts)[0]


def test_the_disk_the_system_runs_from(sysfs):
    disk(sysfs, partitions=[("sdb1", "8:17")])
    mounts = "22 1 8:17 / / rw - ext4 /dev/sdb1 rw\n"
    assert why_not(sysfs, mounts=mounts) == ["sdb holds the running system"]


def test_encrypted_raid_or_lvm(sysfs):
    folder = disk(sysfs, partitions=[("sdb1", "8:17")])
    (folder / "sdb1" / "holders" / "dm-0").mkdir()
    assert why_not(sysfs) == ["sdb is in use: dm-0 (encryption, LVM or RAID) is on it"]


def test_swap(sysfs):
    disk(sysfs, partitions=[("sdb1", "8:17")])
    assert "swaps to it" in why_not(sysfs, swaps=SWAPS + "/dev/sdb1 partition 1 0 -2\n")[0]


def test_the_image_arrives_and_is_compared(tmp_path):
    data = os.urandom(5 * MIB + 17)
    (tmp_path / "image").write_bytes(data)
    (tmp_path / "disk").write_bytes(bytes(8 * MIB))
    with open(tmp_path / "image", "rb") as image:
        usb.write_image(image, str(tmp_path / "disk"), lambda *_: None)
    assert (tmp_path / "disk").read_bytes() == data + bytes(3 * MIB - 17)


def test_a_stick_that_forgets_is_noticed(tmp_path, monkeypatch):
    (tmp_path / "image").write_bytes(os.urandom(MIB))
    (tmp_path / "disk").write_bytes(bytes(2 * MIB))
    monkeypatch.setattr(usb.os, "write", lambda descriptor, chunk: len(chunk))
    with open(tmp_path / "image", "rb") as image:
        with pytest.raises(OSError, match="differs after 0 bytes"):
            usb.write_image(image, str(tmp_path / "disk"), lambda *_: None)


class Terminal:
    """Standard input with somebody at it."""

    def __init__(self, answer, then=lambda: None):
        self.answer, self.then = answer, then

    def isatty(self):
        return True

    def readline(self):
        self.then()
        return self.answer


@pytest.fixture
def stick(sysfs, tmp_path, monkeypatch):
    """A stick whose device is a file: everything main() does, but on nobody's disk."""
    disk(sysfs)
    device = tmp_path / "dev" / "sdb"
    device.parent.mkdir()
    device.write_bytes(bytes(2 * MIB))
    image = tmp_path / "kernel.iso"
    image.write_bytes(os.urandom(MIB))
    (tmp_path / "mounts").write_text(ROOT_LINE)
    (tmp_path / "swaps").write_text(SWAPS)
    monkeypatch.setattr(usb, "is_block_device", lambda path: path == str(device))
    arguments = [str(device), str(image), "--sysfs", str(sysfs),
                 "--mounts", str(tmp_path / "mounts"), "--swaps", str(tmp_path / "swaps")]
    return device, image, arguments


def test_typing_the_name_writes(stick, monkeypatch):
    device, image, arguments = stick
    monkeypatch.setattr(usb.sys, "stdin", Terminal("sdb\n"))
    assert usb.main(arguments) == 0
    assert device.read_bytes()[:MIB] == image.read_bytes()


@pytest.mark.parametrize("answer", ["", "\n", "y\n", "yes\n", "sdc\n", "/dev/sdb\n", "SDB\n"])
def test_typing_anything_else_writes_nothing(stick, monkeypatch, answer):
    device, _, arguments = stick
    monkeypatch.setattr(usb.sys, "stdin", Terminal(answer))
    with pytest.raises(SystemExit, match="nothing was written"):
        usb.main(arguments)
    assert device.read_bytes() == bytes(2 * MIB)


def test_mounted_while_it_asked(stick, monkeypatch, tmp_path):
    device, _, arguments = stick

    def mount():
        (tmp_path / "mounts").write_text(ROOT_LINE + "40 22 8:16 / /m rw - vfat /dev/sdb rw\n")
    monkeypatch.setattr(usb.sys, "stdin", Terminal("sdb\n", then=mount))
    with pytest.raises(SystemExit, match="mounted at /m"):
        usb.main(arguments)
    assert device.read_bytes() == bytes(2 * MIB)


def test_a_file_is_not_a_disk(stick, monkeypatch):
    _, _, arguments = stick
    monkeypatch.setattr(usb, "is_block_device", lambda path: False)
    monkeypatch.setattr(usb.sys, "stdin", Terminal("sdb\n"))
    with pytest.raises(SystemExit, match="is not a disk"):
        usb.main(arguments)


def run(*arguments):
    return subprocess.run([str(TOOL), *map(str, arguments)], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=60, check=False)


def test_without_a_terminal_it_refuses(stick, monkeypatch):
    device, _, arguments = stick
    monkeypatch.setattr(usb.sys, "stdin", open(os.devnull, encoding="ascii"))
    with pytest.raises(SystemExit, match="needs a terminal"):
        usb.main(arguments)
    assert device.read_bytes() == bytes(2 * MIB)


def test_misuse(tmp_path, sysfs):
    assert run().returncode == 2
    assert run("", tmp_path / "x").stderr == "tools/usb: say which disk: make usb DEV=/dev/sdX\n"
    done = run("/dev/sdb", tmp_path / "no.iso", "--sysfs", sysfs)
    assert done.returncode == 1 and "No such file" in done.stderr
    (tmp_path / "empty").touch()
    assert "is empty" in run("/dev/sdb", tmp_path / "empty", "--sysfs", sysfs).stderr
    elsewhere = run("/dev/sdb", tmp_path / "empty", "--sysfs", tmp_path / "none").stderr
    assert "this needs Linux" in elsewhere
    assert "removable" in run("--help").stdout
