"""Engines for tests: the real Engine with `fake_engine.py` as its program."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from storybot.config.schema import TellingSettings
from storybot.telling.engine import Engine

PROGRAM = Path(__file__).with_name("fake_engine.py")
QUICK = TellingSettings(first_deadline=20.0, token_deadline=20.0)


def fake_engine(behaviour: str, **settings: object) -> Engine:
    """An engine that behaves as `fake_engine.py` describes; deadlines are long unless given."""
    return Engine(replace(QUICK, **settings), PROGRAM, Path("/models") / behaviour)  # type: ignore[arg-type]
