"""The small daemon runs from compiled code, or starts once more when it had to compile."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from storybot.running import warm_start

ROOT = Path(__file__).parents[2]
PROGRAM = """
import storybot.lean
print("started", flush=True)
import storybot.things
from storybot.running import warm_start
warm_start.LATER = ("storybot.tale", "storybot.not_installed")
warm_start.start_again_if_compiled()
print("stays")
"""


def start(cache: Path) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, **warm_start.environment(cache)},
        capture_output=True,
        check=True,
        text=True,
        cwd=ROOT,
    )
    return done.stdout.split()


def test_only_who_compiled_starts_again(tmp_path: Path) -> None:
    cache = tmp_path / "storybot" / "compiled"
    assert start(cache) == ["started", "started", "stays"]
    time.sleep(2 * warm_start.TICK)
    assert start(cache) == ["started", "stays"]
    assert {path.name.split(".")[0] for path in cache.rglob("*.opt-2.pyc")} >= {"things", "tale"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_cache_that_cannot_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert set(warm_start.environment(tmp_path)) == {"MALLOC_ARENA_MAX"}


def test_no_place_for_a_cache(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert set(warm_start.environment(tmp_path / "file" / "cache")) == {"MALLOC_ARENA_MAX"}
    assert start(tmp_path / "file" / "cache")[-1] == "stays"
