"""follow what the daemon is doing"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from typing import Any, TextIO

from storybot.config.schema import Settings
from storybot.controls.socket.client import Client

SHOWN = {
    "starting": "is starting",
    "idle": "waits for a request",
    "hearing": "was called and listens",
    "thinking": "thinks of a story",
    "telling": "tells",
    "paused": "waits for its loudspeaker",
    "asleep": "is asleep",
    "degraded": "can do only part of its work",
    "ending": "is ending",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """For people or for programs."""
    parser.add_argument("--json", action="store_true", help="the news as lines of JSON")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print news until the daemon ends or Ctrl-C."""
    with Client(settings.controls.socket) as client:
        if args.json:
            for line in client.watch():
                print(json.dumps(line), flush=True)
        else:
            follow(client.watch(), sys.stdout)
    return 0


def _in_order(news: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The first words of a story come a moment before the state that they bring about."""
    thinking = False
    early: list[dict[str, Any]] = []
    for one in news:
        if one.get("news") in ("sentence", "word") and thinking:
            early.append(one)
            continue
        if "state" in one:
            thinking = one["state"] == "thinking"
        yield one
        if not thinking:
            yield from early
            early = []


def follow(news: Iterable[dict[str, Any]], out: TextIO) -> None:
    """States as lines of their own, the story as it is heard, word by word."""
    state, column = "", 0

    def line(text: str) -> None:
        nonlocal column
        out.write(("\n" if column else "") + text + "\n")
        column = 0

    for one in _in_order(news):
        kind = one.get("news", "state")
        if kind == "state" and one.get("state") != state:
            state = one["state"]
            missing = f": no {' and no '.join(one['missing'])}" if one["missing"] else ""
            line(f"[storybot {SHOWN.get(state, state)}{missing}]")
        elif kind == "said":
            line(f"  {one['text']}")
        elif kind == "sentence":
            if column > 60:
                out.write("\n")
                column = 0
            out.write(" " if column else "  ")
            column += 2
        elif kind == "word":
            out.write(one["text"])
            column += len(one["text"])
            if column > 76 and one["text"].endswith(" "):
                out.write("\n  ")
                column = 2
        out.flush()
    line("[storybot has ended]")
