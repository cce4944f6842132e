"""Version 1 of the control protocol, for clients that were written for it.

It has fewer requests, no error codes, corrections and choices; `story` in a status counts the
stories since the start, and "tell-saved" calls the id of a story its `number`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

REQUESTS = ("ask", "stop", "again", "tell-saved", "volume", "sleep", "status", "watch")
# What version 2 added to answers and news.
_LATER = frozenset(("code", "stories", "services", "overruns", "underruns", "second", "lendings"))
_LATER_PURPOSES = {"correction": "stop", "choice": "request"}


def upgraded(message: dict[str, Any]) -> dict[str, Any]:
    """A request of version 1 as one of version 2."""
    return {"story" if name == "number" else name: value for name, value in message.items()}


def downgraded(message: Mapping[str, Any]) -> dict[str, Any]:
    """An answer or news of version 2 as one of version 1."""
    old = {name: value for name, value in message.items() if name not in _LATER}
    if "stories" in message:
        old["story"] = message["stories"]
    if (listens_for := message.get("listens_for")) in _LATER_PURPOSES:
        old["listens_for"] = _LATER_PURPOSES[listens_for]
    if message.get("news") == "word":
        del old["story"]
    return old
