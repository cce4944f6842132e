"""What happens to the bridge, beside the messages of the broker; it deals with one at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from storybot.home.mqtt.broker import Message


@dataclass(frozen=True)
class Connected:
    """The broker has taken us."""


@dataclass(frozen=True)
class AnnounceAgain:
    """Home Assistant has started a moment ago."""


@dataclass(frozen=True)
class DaemonSaid:
    """A status or news, see docs/protocol.md."""

    line: dict[str, Any]


@dataclass(frozen=True)
class DaemonLost:
    """The daemon does not answer; a sentence says why."""

    why: str


@dataclass(frozen=True)
class BrokerBroke:
    """The network's thread met something unforeseen and has ended."""

    why: str


@dataclass(frozen=True)
class Ended:
    """The process shall end."""


Happening = Connected | AnnounceAgain | DaemonSaid | DaemonLost | BrokerBroke | Message | Ended
