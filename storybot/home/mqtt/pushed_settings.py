"""Settings given over the broker: given again to a daemon that was started anew."""

from __future__ import annotations

from storybot.controls.socket.requests import ChangeSettings
from storybot.home.mqtt.commands import SETTINGS
from storybot.home.mqtt.topics import ALL, Topics


class PushedSettings:
    """Those given to every box, and those given to this one, which count more."""

    def __init__(self, topics: Topics) -> None:
        self._order = [Topics(ALL).command(SETTINGS), topics.command(SETTINGS)]
        self._given: dict[str, ChangeSettings] = {}  # by topic

    def give(self, topic: str, settings: ChangeSettings) -> None:
        """In place of those given there before."""
        self._given[topic] = settings

    def take_back(self, topic: str) -> None:
        """They hold until the daemon ends."""
        self._given.pop(topic, None)

    def requests(self) -> list[ChangeSettings]:
        """What to ask the daemon for, one after the other."""
        return [self._given[topic] for topic in self._order if topic in self._given]
