"""What the page is shown, from the daemon's news."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from storybot.home.page import board as page_board
from storybot.home.page.board import SENTENCES_KEPT, Board

STATUS = {"state": "telling", "title": "A story about a cat.", "story": 7, "volume": 60}


async def shown(board: Board) -> dict[str, Any]:
    """All that a new reader gets at once."""
    found, events = {}, board.follow()
    for _ in board._shown:
        kind, data = (await anext(events)).strip().split("\n")
        found[kind.removeprefix("event: ")] = json.loads(data.removeprefix("data: "))
    await events.aclose()  # type: ignore[attr-defined]
    return found


def test_a_story_is_followed() -> None:
    async def scene() -> None:
        board = Board()
        assert await shown(board) == {"state": {"state": "gone"}}
        board.take(STATUS | {"state": "thinking", "stalled": []})
        for text in ("One day.", "It was big."):
            board.take({"news": "sentence", "story": 7, "text": text})
        for piece in ("It ", "was "):
            board.take({"news": "word", "story": 7, "text": piece})
        assert await shown(board) == {
            "state": STATUS | {"state": "thinking"},
            "told": {
                "story": 7,
                "title": STATUS["title"],
                "sentences": ["One day.", "It was big."],
            },
            "word": {"begin": 3, "end": 7},
        }
        board.take(STATUS | {"state": "thinking", "story": 8, "title": "A story about a dog."})
        assert (await shown(board))["told"]["sentences"] == []
        board.take(STATUS | {"state": "thinking"})
        board.take({"news": "sentence", "story": 7, "text": "Told again."})
        assert (await shown(board))["told"]["sentences"] == ["Told again."]

    asyncio.run(scene())


def test_who_comes_late_gets_the_title() -> None:
    async def scene() -> None:
        board = Board()
        board.take(STATUS)
        board.take({"news": "sentence", "story": 7, "text": "And then."})
        board.take(STATUS | {"state": "idle", "title": None, "story": None})
        told = (await shown(board))["told"]
        assert told == {"story": 7, "title": STATUS["title"], "sentences": ["And then."]}

    asyncio.run(scene())


def test_a_slow_reader_gets_the_newest_and_not_all() -> None:
    async def scene() -> None:
        board = Board()
        events = board.follow()
        await anext(events)
        for number in range(1000):
            board.take({"news": "sentence", "story": 7, "text": f"{number}."})
        kinds = [(await anext(events)).split("\n") for _ in range(2)]
        told = json.loads(kinds[0][1].removeprefix("data: "))
        assert told["sentences"] == [f"{one}." for one in range(1000 - SENTENCES_KEPT, 1000)]
        waiting = asyncio.ensure_future(anext(events))  # type: ignore[arg-type]
        await asyncio.sleep(0)
        board.lost()
        assert '{"state":"gone"}' in await waiting

    asyncio.run(scene())


def test_silence_is_broken_by_a_comment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_board, "PING_S", 0.01)

    async def scene() -> None:
        events = Board().follow()
        await anext(events)
        assert await anext(events) == ":\n\n"

    asyncio.run(scene())
