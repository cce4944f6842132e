"""what the daemon is doing"""

from __future__ import annotations

import argparse
from typing import Any

from storybot.cli.output import add_json, show
from storybot.cli.sleep import bedtime
from storybot.config.schema import Settings
from storybot.controls.socket.client import ask
from storybot.controls.socket.requests import Status
from storybot.errors import Exit


def arguments(parser: argparse.ArgumentParser) -> None:
    """For people or for programs."""
    add_json(parser)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print the state; 0 unless a part is missing."""
    reply = ask(settings.controls.socket, Status())
    del reply["v"], reply["ok"]
    show(args, reply, described(reply))
    return Exit.FAULT if reply["missing"] else Exit.OK


def described(status: dict[str, Any]) -> str:
    """The status as a small table."""
    rows = [("state", status["state"])]
    if status["title"]:
        rows.append(("telling", status["title"].rstrip(".").lower()))
    if status["missing"]:
        rows.append(("missing", ", ".join(status["missing"])))
        rows += [("", works) for works in status["works"]]
    night = " (night: softer and slower)" if status["night"] else ""
    rows.append(("volume", f"{status['volume']} %{night}"))
    if status["sleeps_in"] is not None or status["sleeps_after"] is not None:
        rows.append(("", bedtime(status["state"], status["sleeps_in"], status["sleeps_after"])))
    rows.append(("stories", f"{status['stories']} since it was started"))
    if status["overruns"] or status["underruns"]:
        gaps = f"{status['overruns']} in what was heard, {status['underruns']} in what was played"
        rows.append(("lost", f"sound, since it was started: {gaps}"))
    if second := status.get("second"):
        rows.append(("second", second["why"] or f"{second['name']}, {second['state']}"))
        if second["unanswered"]:
            rows.append(("", f"{second['unanswered']} answers that did not come in time"))
    rows.append(("up", duration(status["up"])))
    rows.append(("profile", status["profile"]))
    return "\n".join(f"{name:9} {value}" for name, value in rows)


def duration(seconds: int) -> str:
    """The two largest units: "3 d 4 h", "2 min 5 s"."""
    units = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))
    parts: list[str] = []
    for size, unit in units:
        count, seconds = divmod(seconds, size)
        if count or parts:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2]) or "0 s"
