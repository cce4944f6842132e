"""What the counting emulator writes becomes costs per part and token."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.duo.conftest import CHECKOUT

sys.path.insert(0, str(CHECKOUT / "native/duo"))

from confine import knobs
from counts import part_of, read_tokens, token_cost, total
from memory import GUEST_BASE, high_water_mark, resident

COUNTS = """\
0 start main integer=100
1 start main integer=120
1 transformer_forward rvv_matmul_int8 vset=10 vload=4 vload_bytes=512 vload_beats=32 beats=100
1 transformer_forward rvv_attend float=7
2 start main integer=120
2 transformer_forward rvv_matmul_int8 vset=30 vload=8 vload_bytes=1024 vload_beats=64 beats=300
2 transformer_forward rvv_attend float=7 ordered_elements=32
2 screen_pick exp branch=5
"""


@pytest.fixture
def tokens(tmp_path: Path) -> Path:
    path = tmp_path / "counts"
    path.write_text(COUNTS)
    return path


def test_cost_is_the_difference_of_two_tokens(tokens: Path) -> None:
    costs = token_cost(read_tokens(tokens), 1, 2)
    assert costs["matrices"].instructions == 20 + 4
    assert costs["matrices"].cycles == pytest.approx(2 * (200 + 32) + 20 + 0.15 * 512)
    assert costs["attention"].cycles == 4 * 32
    assert costs["classifier"].instructions == 5
    assert total(costs).instructions == 24 + 5


def test_mean_over_several_tokens(tokens: Path) -> None:
    assert token_cost(read_tokens(tokens), 0, 2)["matrices"].counts["vset"] == 15


@pytest.mark.parametrize(
    ("phase", "function", "part"),
    [
        ("transformer_forward", "rvv_matmul_int4", "matrices"),
        ("transformer_forward", "rvv_attend_halves", "attention"),
        ("transformer_forward", "rvv_rmsnorm", "rest"),
        ("transformer_logits", "rvv_matmul_int8", "classifier"),
        ("screen_pick", "find_crossing", "classifier"),
        ("sampler_pick", "rvv_argmax", "sampling"),
        ("start", "main", "rest"),
    ],
)
def test_parts(phase: str, function: str, part: str) -> None:
    assert part_of(phase, function) == part


def test_resident_memory_of_guest_and_emulator() -> None:
    smaps = (
        f"{GUEST_BASE + 4096:x}-{GUEST_BASE + 8192:x} r--p 00000000 08:01 5 /model\nRss: 12 kB\n"
        "7f0000000000-7f0000001000 rw-p 00000000 00:00 0\nRss: 5 kB\nPss: 5 kB\n"
    )
    assert resident(smaps) == (12, 5)


def test_high_water_mark() -> None:
    assert high_water_mark("VmPeak:\t 9 kB\nVmHWM:\t 1234 kB\n") == (1234, 0)
    assert high_water_mark("State: Z\n") == (0, 0)


def test_limits_without_swap() -> None:
    names = knobs(22)
    assert names.no_swap in ("0", "22000000")
