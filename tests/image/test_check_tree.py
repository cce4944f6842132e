"""What image/check_tree.py refuses, on libraries that a cross compiler makes."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHECK = Path(__file__).parents[2] / "image/check_tree.py"
COMPILER = "riscv64-linux-gnu-gcc"
FENCE_TSO = 0x8330000F
CSRR_A0_VLENB = 0xC2202573
CSRR_A0_CYCLE = 0xC0002573
LIBRARIES = "usr/lib/riscv64-linux-gnu"


@pytest.fixture(autouse=True)
def compiler() -> None:
    if not shutil.which(COMPILER):
        pytest.skip(f"{COMPILER} is not installed (make duo installs it)")


def library(root: Path, name: str, word: int, *needed: Path) -> Path:
    """A library whose one function holds this instruction; `needed` are libraries it asks for."""
    folder = root / LIBRARIES
    folder.mkdir(parents=True, exist_ok=True)
    source = f'__asm__(".text\\n.globl f\\nf: .4byte {word:#x}\\nret");'
    made = folder / name
    command = [COMPILER, "-shared", "-nostdlib", "-fPIC", f"-Wl,-soname,{name}", "-x", "c", "-"]
    command += ["-x", "none", "-Wl,--no-as-needed", *map(str, needed), "-o", str(made)]
    subprocess.run(command, input=source, text=True, check=True, capture_output=True)
    return made


def check(root: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(CHECK), str(root)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("word", "said"), [(FENCE_TSO, "fence.tso"), (CSRR_A0_VLENB, "a read of vlenb")]
)
def test_trapping_instructions_are_refused(tmp_path: Path, word: int, said: str) -> None:
    library(tmp_path, "libbad.so", word)
    done = check(tmp_path)
    assert done.returncode == 1
    assert f"{LIBRARIES}/libbad.so has {said}, which traps on the C906" in done.stderr


def test_other_instructions_and_accepted_files_pass(tmp_path: Path) -> None:
    library(tmp_path, "libgood.so", CSRR_A0_CYCLE)
    library(tmp_path, "libgcc_s.so.1", CSRR_A0_VLENB)
    assert check(tmp_path).returncode == 0


def test_a_needed_library_must_be_there(tmp_path: Path) -> None:
    inner = library(tmp_path, "libinner.so", CSRR_A0_CYCLE)
    library(tmp_path, "libouter.so", CSRR_A0_CYCLE, inner)
    assert check(tmp_path).returncode == 0
    inner.unlink()
    done = check(tmp_path)
    assert done.returncode == 1
    assert "libouter.so needs libinner.so, which is not there" in done.stderr
