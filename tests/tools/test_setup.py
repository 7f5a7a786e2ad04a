# SPDX-License-Identifier: MIT
"""tools/setup on machines that are made up: a PATH of stand-ins, a root of empty files."""
import os
import re
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SETUP = ROOT / "tools" / "setup"

# What a minimal Debian has that a shell script may use.
BASE = ["sh", "sed", "tr", "cat", "dirname", "head", "env", "mkdir", "rm", "mv"]

BUILD_PROGRAMS = ["python3", "gcc", "objdump", "nasm", "grub-mkrescue", "xorriso", "mformat"]
BUILD_FILES = ["/usr/lib/grub/i386-pc/multiboot2.mod", "/usr/lib/grub/x86_64-efi/multiboot2.mod",
               "/usr/share/unifont/unifont.hex"]
BUILD_PACKAGES = ["gcc", "binutils", "nasm", "grub-common", "grub-pc-bin", "grub-efi-amd64-bin",
                  "xorriso", "mtools", "unifont", "python3"]
OS_RELEASE = {
    "debian": 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_CODENAME=bookworm\nID=debian\n',
    "ubuntu": 'ID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=jammy\n',
    "mint": 'ID=linuxmint\nID_LIKE="ubuntu debian"\n',
    "fedora": "ID=fedora\n",
    "arch": "ID=arch\n",
    "manjaro": "ID=manjaro\nID_LIKE=arch\n",
    "gentoo": "ID=gentoo\n",
}


class Machine:
    """A PATH with only what is put there, and a log of what was called with which words."""

    def __init__(self, folder):
        self.bin, self.root = folder / "bin", folder / "root"
        # A copy, because it keeps what it unpacks beside itself.
        self.tool = folder / "repository" / "tools" / "setup"
        self.tool.parent.mkdir(parents=True)
        shutil.copy(SETUP, self.tool)
        self.os_release, self.log = folder / "os-release", folder / "log"
        self.bin.mkdir()
        self.root.mkdir()
        for name in BASE:
            real = next(p for p in (Path("/bin") / name, Path("/usr/bin") / name) if p.exists())
            (self.bin / name).symlink_to(real)
        self.system("debian")
        self.uname("Linux x86_64")
        self.program("id", "echo 0")
        self.log.touch()
        self.env = {"PATH": str(self.bin)}

    def program(self, name, script=":"):
        path = self.bin / name
        path.write_text('#!/bin/sh\n%s\n' % script)
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def programs(self, *names):
        for name in names:
            self.program(name)

    def files(self, *names):
        for name in names:
            path = self.root / name.lstrip("/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()

    def system(self, name):
        self.os_release.write_text(OS_RELEASE[name])

    def uname(self, text):
        self.program("uname", "echo '%s'" % text)

    def logged(self, name, script=":"):
        self.program(name, 'echo "%s $*" >> "%s"\n%s' % (name, self.log, script))

    def with_apt(self, installs=True, knows="*"):
        """An apt-get that, asked to install a package, makes what the package has appear."""
        appear = "\n".join('case " $* " in *" %s "*) : > "%s"; chmod +x "%s" ;; esac'
                           % (package, self.bin / program, self.bin / program)
                           for package, program in [
                               ("nasm", "nasm"), ("xorriso", "xorriso"), ("mtools", "mformat")])
        self.logged("apt-get", appear if installs else "exit 100")
        self.program("apt-cache", 'case "$2" in %s) echo "  Candidate: 1" ;; esac' % knows)
        (self.bin / "chmod").symlink_to("/bin/chmod")

    def with_build_tools(self, *but):
        self.programs(*[p for p in BUILD_PROGRAMS if p not in but])
        self.files(*[f for f in BUILD_FILES if f not in but])

    def setup(self, *words, stdin=subprocess.DEVNULL):
        return subprocess.run(
            ["/bin/sh", str(self.tool), "--os-release", str(self.os_release), "--root",
             str(self.root), *words],
            env=self.env, stdin=stdin, capture_output=True, text=True, timeout=60, check=False)

    def apt_line(self, *words):
        """The packages of the apt-get line that a dry run prints."""
        done = self.setup("--dry-run", *words)
        assert done.returncode == 0, done.stderr
        lines = re.findall(r"apt-get .*install --no-install-recommends (.*)", done.stdout)
        assert len(lines) == 1, done.stdout
        return lines[0].split()

    @property
    def calls(self):
        return self.log.read_text().splitlines()


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


def test_nothing_missing_prints_nothing(machine):
    machine.with_build_tools()
    done = machine.setup("build")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_bare_debian_gets_what_a_build_needs_and_no_more(machine):
    machine.with_apt()
    assert sorted(machine.apt_line("build")) == sorted(BUILD_PACKAGES)


def test_run_adds_qemu_and_neither_bochs_nor_test_tools(machine):
    machine.with_apt()
    assert sorted(machine.apt_line("run")) == sorted(BUILD_PACKAGES + ["qemu-system-x86"])


@pytest.mark.parametrize("variables, more, less", [
    ({"FIRMWARE": "uefi"}, {"ovmf"}, set()),
    ({"EMU": "bochs"}, {"bochs", "bochs-term", "bochsbios", "vgabios", "bsdutils"},
     {"qemu-system-x86"}),
    ({"DISPLAY": ":0"}, {"qemu-system-gui"}, set()),
    ({"WAYLAND_DISPLAY": "wayland-0"}, {"qemu-system-gui"}, set()),
    ({"DISPLAY": ":0", "SCREEN": "terminal"}, set(), set()),
    ({"DISPLAY": ":0", "SCREEN": "none"}, set(), set()),
    ({"DISPLAY": ":0", "EMU": "bochs"},
     {"bochs", "bochs-term", "bochs-x", "bochsbios", "vgabios", "bsdutils"}, {"qemu-system-x86"}),
    ({"TOOLCHAIN": "clang"}, {"clang", "lld"}, {"gcc"}),
    ({"TOOLCHAIN": "gcc"}, set(), set()),
])
def test_what_run_is_asked_for_decides(machine, variables, more, less):
    machine.with_apt()
    plain = set(machine.apt_line("run"))
    machine.env.update(variables)
    assert set(machine.apt_line("run")) == (plain | more) - less


def test_debug_adds_gdb(machine):
    machine.with_apt()
    assert "gdb" in machine.apt_line("debug")
    machine.env["EMU"] = "bochs"        # Bochs has a debugger of its own
    assert "gdb" not in machine.apt_line("debug")


def test_test_needs_both_compilers_and_every_machine(machine):
    machine.with_apt()
    machine.env["DISPLAY"] = ":0"       # tests open no window
    assert sorted(machine.apt_line("test")) == sorted(BUILD_PACKAGES + [
        "clang", "lld", "qemu-system-x86", "ovmf", "bochs", "bochs-term", "bochsbios", "vgabios",
        "bsdutils", "gdb", "libc6-dev", "libclang-rt-dev", "libcmocka-dev", "python3-pytest",
        "git", "patch"])


def test_all_is_everything_but_what_builds_the_pages(machine):
    machine.with_apt()
    everything = set(machine.apt_line("all"))
    for verb in ("build", "run", "debug", "test", "check", "bench", "fuzz"):
        assert set(machine.apt_line(verb)) <= everything, verb
    assert not {"nodejs", "npm"} & everything
    assert machine.apt_line("site") == ["python3", "nodejs", "npm"]


def test_check_and_fuzz(machine):
    machine.with_apt()
    assert sorted(machine.apt_line("check")) == ["git", "python3"]
    assert sorted(machine.apt_line("fuzz")) == ["clang", "libc6-dev", "libclang-rt-dev"]


@pytest.mark.parametrize("compilers, enough", [
    (["gcc"], True), (["x86_64-linux-gnu-gcc"], True), (["x86_64-elf-gcc"], True),
    (["clang", "ld.lld"], True), (["clang"], False), ([], False),
])
def test_any_compiler_will_do(machine, compilers, enough):
    machine.with_build_tools("gcc")
    machine.programs(*compilers)
    machine.with_apt()
    done = machine.setup("--dry-run", "build")
    assert (done.stdout == "") == enough


def test_each_missing_thing_is_told_with_its_reason(machine):
    machine.with_build_tools("nasm", "/usr/share/unifont/unifont.hex")
    machine.with_apt()
    out = machine.setup("--dry-run", "build").stdout
    assert "make build needs" in out
    assert re.search(r"nasm +assembles the entry code", out)
    assert re.search(r"unifont +the letters of the screen", out)


def test_installs_as_root_without_asking_anything(machine):
    machine.with_build_tools("nasm", "mformat")
    machine.with_apt()
    done = machine.setup("build")
    assert done.returncode == 0, done.stderr
    assert len(machine.calls) == 1
    assert re.match(r"apt-get -y .* install --no-install-recommends nasm mtools$", machine.calls[0])
    assert "DEBIAN_FRONTEND=noninteractive" in done.stdout


def test_updates_the_lists_first_when_they_do_not_know_a_package(machine):
    machine.with_build_tools("nasm")
    machine.with_apt(knows="nothing")
    assert machine.setup("build").returncode == 0
    assert [re.sub(r" (-|DPkg)\S+", "", c) for c in machine.calls] == [
        "apt-get update", "apt-get install nasm"]


def test_a_failed_install_is_tried_once_more_with_fresh_lists(machine):
    machine.with_build_tools("nasm")
    machine.with_apt(installs=False)
    done = machine.setup("build")
    assert done.returncode == 1 and "did not install" in done.stderr
    # The update fails as well here, so there is no second install.
    assert len(machine.calls) == 2 and machine.calls[1].endswith("update")


def test_apt_that_says_yes_and_does_nothing_is_noticed(machine):
    machine.with_build_tools("objdump")
    machine.with_apt()
    done = machine.setup("build")
    assert done.returncode == 1 and "still missing" in done.stderr and "objdump" in done.stderr


def test_sudo_that_needs_no_password_is_used(machine):
    machine.with_build_tools("nasm")
    machine.with_apt()
    machine.program("id", "echo 1000")
    machine.logged("sudo", 'shift; "$@"')
    assert machine.setup("build").returncode == 0
    assert machine.calls[0] == "sudo -n true"
    assert machine.calls[1].startswith("sudo -n env DEBIAN_FRONTEND=noninteractive apt-get -y")


@pytest.mark.parametrize("sudo", [None, "exit 1"])
def test_without_a_terminal_nobody_is_asked_for_a_password(machine, sudo):
    machine.with_build_tools("nasm")
    machine.with_apt()
    machine.program("id", "echo 1000")
    if sudo:
        machine.logged("sudo", sudo)
    done = machine.setup("build")
    assert done.returncode == 1
    assert "sudo apt-get install --no-install-recommends nasm" in done.stdout
    assert not [c for c in machine.calls if not c.startswith("sudo -n true")]


def test_ubuntu_and_its_children_are_debian(machine):
    machine.with_build_tools("nasm")
    machine.with_apt()
    for name in ("ubuntu", "mint"):
        machine.system(name)
        assert machine.apt_line("build") == ["nasm"]


def test_an_archive_without_the_first_name_gets_the_second(machine):
    machine.with_apt(knows="libclang-common-14-dev|clang|libc6-dev")
    assert "libclang-common-14-dev" in machine.apt_line("fuzz")


@pytest.mark.parametrize("system, kernel, line", [
    ("fedora", "Linux x86_64", "sudo dnf install nasm mtools"),
    ("arch", "Linux x86_64", "sudo pacman -S --needed nasm mtools"),
    ("manjaro", "Linux x86_64", "sudo pacman -S --needed nasm mtools"),
])
def test_elsewhere_the_exact_line_is_printed(machine, system, kernel, line):
    machine.with_build_tools("nasm", "mformat")
    machine.system(system)
    machine.uname(kernel)
    done = machine.setup("build")
    assert done.returncode == 1
    assert line in [text.strip() for text in done.stdout.splitlines()]


def test_macos(machine):
    machine.uname("Darwin arm64")
    machine.os_release.unlink()
    machine.programs("python3", "gcc")          # its gcc is clang, and makes no ELF
    done = subprocess.run(["/bin/sh", str(machine.tool), "--root", str(machine.root), "build"],
                          env=machine.env, stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=60, check=False)
    assert done.returncode == 1
    line = next(t for t in done.stdout.splitlines() if "brew install" in t).split()
    assert line[:2] == ["brew", "install"]
    assert {"x86_64-elf-gcc", "nasm", "xorriso", "mtools", "i686-elf-grub"} <= set(line)
    assert "-" not in line and len(line) == len(set(line))


def test_an_unknown_system_gets_the_names_of_things(machine):
    machine.with_build_tools("nasm", "mformat")
    machine.system("gentoo")
    done = machine.setup("build")
    assert done.returncode == 1 and "install: nasm, mtools" in done.stdout


def test_arm64_debian_unpacks_the_boot_loaders_of_amd64(machine):
    machine.uname("Linux aarch64")
    machine.programs(*BUILD_PROGRAMS)           # its own gcc is of no use
    machine.files("/usr/share/unifont/unifont.hex")
    machine.with_apt()
    done = machine.setup("--dry-run", "build")
    assert "unpacking GRUB's amd64 packages into .cache/grub" in done.stdout
    assert machine.apt_line("build") == ["gcc-x86-64-linux-gnu"]


def test_arm64_with_the_boot_loaders_unpacked_lacks_only_a_compiler(machine):
    machine.uname("Linux aarch64")
    machine.programs(*BUILD_PROGRAMS)
    machine.files("/usr/share/unifont/unifont.hex")
    machine.with_apt()
    for platform in ("i386-pc", "x86_64-efi"):
        module = machine.tool.parents[1] / ".cache/grub" / platform / "multiboot2.mod"
        module.parent.mkdir(parents=True)
        module.touch()
    assert "unpacking" not in machine.setup("--dry-run", "build").stdout
    machine.program("x86_64-linux-gnu-gcc")
    assert machine.setup("build").stdout == ""


def test_misuse(machine):
    for words, text in [(["fly"], "unknown verb fly"), (["--no"], "unknown option"),
                        (["build", "run"], "one verb"), ([], "usage:")]:
        done = machine.setup(*words)
        assert done.returncode == 2 and text in done.stderr
    machine.env["TOOLCHAIN"] = "tcc"
    done = machine.setup("build")
    assert done.returncode == 2 and "use gcc or clang" in done.stderr


def test_doctor_changes_nothing_and_tells(machine):
    machine.with_build_tools("nasm")
    machine.program("xorriso", "echo 'xorriso 1.5.4 : RockRidge filesystem'")
    machine.with_apt()
    done = machine.setup("--doctor")
    assert done.returncode == 1
    assert re.search(r"ok +xorriso +1\.5\.4 ", done.stdout)
    assert re.search(r"absent +QEMU's window +package qemu-system-gui ", done.stdout)
    assert re.search(r"MISSING +nasm +package nasm +assembles the entry code\n +for: .*test",
                     done.stdout)
    assert "KVM:" in done.stdout and "Display:" in done.stdout
    assert machine.calls == []


def test_doctor_is_content_when_only_a_window_is_missing(machine):
    machine.with_build_tools()
    machine.programs("clang", "ld.lld", "qemu-system-x86_64", "gdb", "bochs", "script", "pytest-3",
                     "git", "patch", "make")
    machine.files("/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/include/stdio.h",
                  "/usr/include/cmocka.h", "/usr/share/bochs/BIOS-bochs-latest",
                  "/usr/share/vgabios/vgabios.bin",
                  "/usr/lib/llvm-14/lib/clang/14/lib/linux/libclang_rt.fuzzer-x86_64.a",
                  "/usr/lib/x86_64-linux-gnu/bochs/plugins/libbx_term_gui.so")
    done = machine.setup("--doctor")
    assert done.returncode == 0, done.stdout
    assert "Everything for make run and make test is here." in done.stdout


def test_the_shell_finds_no_fault(machine):
    assert os.access(SETUP, os.X_OK)
    done = subprocess.run(["sh", "-n", str(SETUP)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
