"""What a story cost, from what the engine says on stderr when it has ended."""

from __future__ import annotations

import json
import re
from typing import Any

from storybot.record import Record

_SPEED = re.compile(r"achieved tok/s:\s*([0-9.]+)")


class EngineFigures(Record):
    """Figures of one story; None where the engine did not say."""

    tokens: int | None  # of the story, its opening included
    tokens_per_second: float | None
    first_token_s: float  # s from the start of the process to its first text
    ended: bool | None  # True: the model ended the story; False: the token limit did


def read_figures(said: str, first_token_s: float) -> EngineFigures:
    """Find `achieved tok/s: N` and, when the engine ran with --stats, its line of JSON."""
    told = _json(said)
    speed = _SPEED.search(said)
    tokens, ended = told.get("tokens"), told.get("ended")
    return EngineFigures(
        tokens=tokens if isinstance(tokens, int) else None,
        tokens_per_second=float(speed.group(1)) if speed else None,
        first_token_s=first_token_s,
        ended=ended == "model" if isinstance(ended, str) else None,
    )


def _json(said: str) -> dict[str, Any]:
    for line in said.splitlines():
        if line.startswith("{"):
            try:
                told = json.loads(line)
            except ValueError:
                continue
            if isinstance(told, dict):
                return told
    return {}
