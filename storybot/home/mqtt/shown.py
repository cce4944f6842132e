"""What the broker keeps of the box: published where it has changed, all of it where asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from storybot.config.schema import SpeakingSettings
from storybot.home.box import Box
from storybot.home.mqtt import report
from storybot.home.mqtt.broker import Broker
from storybot.home.mqtt.discovery import OFFLINE, ONLINE, discovery
from storybot.home.mqtt.topics import Topics


class Shown:
    """Set the attributes, then call `publish`."""

    def __init__(self, broker: Broker, box: Box, speaking: SpeakingSettings) -> None:
        self._broker, self._box, self._topics = broker, box, Topics(box.id)
        self._discovery = report.encoded(discovery(box, speaking))
        self._kept: dict[str, str] = {}  # topic -> payload that the broker keeps
        self.status: Mapping[str, Any] | None = None  # None: the daemon does not answer
        self.settings: Mapping[str, Any] = {}  # those that may be changed; empty: not known
        self.sentence: str | None = None  # None: none sounds
        self.latest = ""  # version; empty: nobody told of one

    def publish_all(self) -> None:
        """To a broker that may keep nothing, or other things, of us."""
        self._kept.clear()
        self._keep(self._topics.discovery, self._discovery)
        self.publish()

    def publish(self) -> None:
        """What has changed."""
        topics = self._topics
        if self.status is not None:
            self._keep(topics.state, report.encoded(report.state(self.status, self.settings)))
        self._keep(topics.sentence, report.encoded(report.sentence(self.sentence)))
        self._keep(topics.version, report.encoded(report.version(self._box, self.latest)))
        self._keep(topics.online, OFFLINE if self.status is None else ONLINE)

    def withdraw(self) -> None:
        """Say that the box can be asked no more."""
        self.status = self.sentence = None
        self.publish()

    def _keep(self, topic: str, payload: str) -> None:
        if self._broker.ready and self._kept.get(topic) != payload:
            self._kept[topic] = payload
            self._broker.publish(topic, payload, retain=True)
