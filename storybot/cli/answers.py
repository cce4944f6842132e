"""The daemon's answers in words for people.

Without `typing`: it is 0.7 MB of the 10 that the commands of plain.py have on a small board.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def asked(reply: dict[str, Any]) -> str:
    """What the daemon says to a request in words, or how it is now."""
    if "said" in reply:
        return str(reply["said"])
    told = f"storybot is {reply['state']}, volume {reply['volume']} %."
    if reply["sleeps_in"] is not None or reply["sleeps_after"] is not None:
        told += "\n" + bedtime(reply["state"], reply["sleeps_in"], reply["sleeps_after"])
    return told


def stopped(reply: dict[str, Any]) -> str:
    """The state after a story was stopped."""
    return f"storybot is {reply['state']}."


def bedtime(state: str, seconds: int | None, stories: int | None) -> str:
    """When the robot will sleep, as a sentence."""
    if state == "asleep":
        return "storybot is asleep."
    times: list[str] = []
    if seconds is not None:
        times.append(f"in {max(1, round(seconds / 60))} min")
    if stories is not None:
        times.append(f"after {stories} more {'story' if stories == 1 else 'stories'}")
    return f"storybot sleeps {' or '.join(times)}." if times else "storybot stays awake."


def volume(holds: int, wanted: int | None) -> str:
    """The volume in words, both in per cent; `wanted` is None where nobody asked for one."""
    if wanted is None or wanted == holds:
        return f"{holds} %"
    if wanted < holds:
        return f"{holds} %: it goes no lower (speaking.volume_floor)"
    return f"{holds} %: it goes no higher (speaking.volume_cap)"


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
