"""What the page shows: the newest of each kind, for as many readers as there are.

A reader that is slow misses what was replaced meanwhile, and never holds up another one.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

PING_S = 15.0  # of silence, then a comment shows whether the reader is still there
SENTENCES_KEPT = 12  # of the story being told
GONE = "gone"  # in place of a state: the daemon does not answer
SHOWN = (
    "state", "title", "story", "missing", "works", "volume", "night", "quiet", "sleeps_in",
    "sleeps_after", "profile", "up", "services",
)  # fmt: skip


class Board:
    """Belongs to one event loop."""

    def __init__(self) -> None:
        self._shown: dict[str, tuple[int, str]] = {}  # kind -> version, JSON
        self._changed = asyncio.Event()
        self._sentences: list[str] = []
        self._story: int | None = None
        self._title: str | None = None
        self._spoken = 0  # characters of the last sentence that were heard before this word
        self.lost()

    def lost(self) -> None:
        """The daemon does not answer."""
        self._put("state", {"state": GONE})

    def take(self, line: Mapping[str, Any]) -> None:
        """A status or news of the daemon, see docs/protocol.md."""
        if line.get("news") == "sentence":
            self._begin(line["story"])
            self._sentences = [*self._sentences, line["text"]][-SENTENCES_KEPT:]
            self._spoken = 0
            self._put_story()
        elif line.get("news") == "word":
            begin, self._spoken = self._spoken, self._spoken + len(line["text"])
            self._put("word", {"begin": begin, "end": self._spoken})
        elif "state" in line:
            if line["state"] == "thinking":
                self._story, self._title = None, line["title"]
                self._begin(line["story"])
            elif line["story"] is not None and line["title"] != self._title:
                self._title = line["title"]  # of a story that began before we came
                self._put_story()
            self._put("state", {name: line[name] for name in SHOWN if name in line})

    async def follow(self) -> AsyncIterator[str]:
        """Server-sent events: all that is shown, then each change, until the reader goes."""
        seen: dict[str, int] = {}
        while True:
            changed = self._changed
            for kind, (version, data) in list(self._shown.items()):
                if seen.get(kind) != version:
                    seen[kind] = version
                    yield f"event: {kind}\ndata: {data}\n\n"
            try:
                await asyncio.wait_for(changed.wait(), PING_S)
            except TimeoutError:
                yield ":\n\n"

    def _begin(self, story: int) -> None:
        if story != self._story:
            self._story, self._sentences = story, []
            self._put_story()

    def _put_story(self) -> None:
        told = {"story": self._story, "title": self._title, "sentences": self._sentences}
        self._put("told", told)
        self._put("word", {"begin": 0, "end": 0})

    def _put(self, kind: str, data: Mapping[str, Any]) -> None:
        version = self._shown[kind][0] + 1 if kind in self._shown else 0
        self._shown[kind] = version, json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        self._changed.set()
        self._changed = asyncio.Event()
