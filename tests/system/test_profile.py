"""The profile follows the machine's memory unless it is set."""

from pathlib import Path

import pytest

from storybot.system import profile


@pytest.mark.parametrize(("total", "expected"), [(59_300, "small"), (500_000, "full")])
def test_auto_follows_memtotal(tmp_path: Path, total: int, expected: str) -> None:
    meminfo = tmp_path / "meminfo"
    meminfo.write_text(f"MemTotal:   {total} kB\nMemFree: 1 kB\n")
    assert profile.resolve_profile("auto", meminfo) == expected
    assert profile.resolve_profile("small", meminfo) == "small"


def test_an_unknown_machine_is_full(tmp_path: Path) -> None:
    assert profile.memory_kb("MemTotal", tmp_path / "none") == 0
    assert profile.resolve_profile("auto", tmp_path / "none") == "full"
