"""When a recogniser process is taken for hung."""

from __future__ import annotations

import pytest

from storybot.daemon import recogniser_progress
from storybot.daemon.recogniser_progress import (
    BUSY_TIMEOUT_S,
    HEARTBEAT_TIMEOUT_S,
    RecogniserProgress,
)


def test_a_process_that_uses_no_processor_hangs_at_once() -> None:
    progress = RecogniserProgress(None, 100.0)
    assert progress.due(100.0) == HEARTBEAT_TIMEOUT_S
    assert progress.beat(10, 10, 103.0, lost=False)
    assert progress.due(107.0) == pytest.approx(1.0)
    assert progress.hangs(108.0) and progress.silent(108.0) == 5.0


@pytest.mark.parametrize("counts", [(10, 20), (20, 10), (10, 10), (5, 5)])
def test_both_counts_must_grow_where_there_is_a_microphone(counts: tuple[int, int]) -> None:
    progress = RecogniserProgress(None, 0.0)
    assert progress.beat(10, 10, 1.0, lost=False)
    assert not progress.beat(*counts, 2.0, lost=False)
    assert progress.silent(3.0) == 2.0
    assert progress.beat(*counts, 3.0, lost=True)
    assert progress.silent(3.0) == 0.0


def test_one_that_computes_has_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    used = 0.0
    monkeypatch.setattr(recogniser_progress, "cpu_seconds", lambda pid: used)
    progress = RecogniserProgress(1, 0.0)
    now = 0.0
    while True:
        now += HEARTBEAT_TIMEOUT_S
        used += 0.2 * HEARTBEAT_TIMEOUT_S
        assert progress.due(now) <= 0
        if progress.hangs(now):
            break
    assert now == BUSY_TIMEOUT_S
