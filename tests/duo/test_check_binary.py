"""The build refuses instructions that trap on the C906."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.duo.conftest import CHECKOUT

COMPILER = shutil.which("riscv64-linux-gnu-gcc")
READ_VLENB = ".word 0xc2202573"  # csrr a0, vlenb
FENCE_TSO = "fence.tso"


@pytest.mark.skipif(COMPILER is None, reason="no cross compiler: `make duo` installs it")
@pytest.mark.parametrize(
    ("instruction", "accepted"),
    [("nop", True), ("csrr a0, cycle", True), (READ_VLENB, False), (FENCE_TSO, False)],
)
def test_refuses_what_traps(tmp_path: Path, instruction: str, accepted: bool) -> None:
    source, program = tmp_path / "program.s", tmp_path / "program"
    source.write_text(f".globl _start\n_start:\n{instruction}\n")
    command = [str(COMPILER), "-nostdlib", "-static", "-march=rv64gc", str(source), "-o", program]
    subprocess.run(command, check=True)
    check = subprocess.run(
        [CHECKOUT / "native/duo/check_binary.sh", program],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (check.returncode == 0) == accepted, check.stderr
    assert accepted or "trap on the C906" in check.stderr
