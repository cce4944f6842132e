from __future__ import annotations

import time

import pytest

from training.budget import Budget


def test_processor_time_runs_a_budget_down(monkeypatch: pytest.MonkeyPatch) -> None:
    used = 100.0
    monkeypatch.setattr(time, "process_time", lambda: used)
    budget = Budget(minutes=1, deadline=float("inf"), threads=2)
    assert budget.left() == 1
    used = 160.0  # 30 s on each of two threads
    assert budget.left() == pytest.approx(0.5)
    used = 400.0
    assert budget.left() == 0


def test_the_clock_ends_a_run_that_was_paused(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(time, "time", lambda: now)
    budget = Budget(minutes=1e9, deadline=2000.0, threads=1)
    now = 1750.0
    assert budget.left() == pytest.approx(0.25)
    now = 2001.0
    assert budget.left() == 0


def test_a_resumed_run_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "process_time", lambda: 5.0)
    budget = Budget(minutes=1, deadline=float("inf"), threads=1, spent=45.0)
    assert budget.seconds() == pytest.approx(45.0)
    assert budget.left() == pytest.approx(0.25)
