"""Tells why commands were refused, in the log and to the broker; of a flood only the first."""

from __future__ import annotations

import logging
import time

from storybot.home.mqtt import report
from storybot.home.mqtt.broker import Broker

LOG = logging.getLogger("storybot")
TOLD_MAX, INTERVAL_S = 20, 60.0  # so many in so long a time
NAME_MAX_CHARACTERS = 40


class Refusals:
    """Counts them."""

    def __init__(self, broker: Broker, topic: str) -> None:
        self._broker, self._topic = broker, topic
        self._count, self._since = 0, time.monotonic()

    def tell(self, command: str, why: str) -> None:
        """One more; `why` is a sentence."""
        now = time.monotonic()
        if now - self._since > INTERVAL_S:
            if self._count > TOLD_MAX:
                LOG.warning("%d further commands were refused", self._count - TOLD_MAX)
            self._count, self._since = 0, now
        self._count += 1
        if self._count > TOLD_MAX:
            return
        name = command[:NAME_MAX_CHARACTERS]
        LOG.warning("the command %r was refused: %s", name, why)
        self._broker.publish(self._topic, report.encoded(report.refused(name, why)), retain=False)
