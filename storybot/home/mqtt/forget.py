"""Removes what the broker keeps of a box, or Home Assistant would show it for ever."""

from __future__ import annotations

import queue
import time

from storybot.config.schema import HomeSettings
from storybot.errors import Exit, StorybotError
from storybot.home.mqtt.broker import Broker, Message
from storybot.home.mqtt.topics import ROOT, Topics

CONNECT_TIMEOUT_S = 10.0
CONFIRM_TIMEOUT_S = 20.0
SILENCE_S = 1.0  # without a further retained message there is none


def forget(home: HomeSettings, password: str, box: str) -> list[str]:
    """The topics that were removed; StorybotError where the broker does not answer."""
    topics = Topics(box)
    found: queue.SimpleQueue[Message | None] = queue.SimpleQueue()  # None: connected
    broken: list[str] = []
    broker = Broker(
        home,
        password,
        f"{ROOT}-forget-{box}",
        None,
        lambda: found.put(None),
        found.put,
        broken.append,
    )
    broker.start()
    try:
        try:
            found.get(timeout=CONNECT_TIMEOUT_S)
        except queue.Empty:
            why = f" ({broken[0]})" if broken else ""
            raise StorybotError(
                f"the broker {home.mqtt_host}:{home.mqtt_port} does not answer{why}; "
                "nothing was removed",
                Exit.FAULT,
            ) from None
        broker.subscribe([topics.discovery, topics.own])
        removed = _retained(found)
        # The device first: Home Assistant then no longer minds what becomes of its topics.
        for topic in sorted(removed, key=lambda topic: topic != topics.discovery):
            # We read these topics: what is unread when we leave would reset the connection, and
            # the broker forget what it has not read of us.
            broker.publish(topic, "", retain=True, confirmed=True)
        if not broker.wait_until_sent(CONFIRM_TIMEOUT_S):
            raise StorybotError(
                f"the broker {home.mqtt_host}:{home.mqtt_port} did not confirm that all was "
                "removed; try again",
                Exit.FAULT,
            )
    finally:
        broker.stop()
    return sorted(removed)


def _retained(found: queue.SimpleQueue[Message | None]) -> set[str]:
    """The topics whose messages the broker keeps, which it sends at once."""
    topics: set[str] = set()
    end = time.monotonic() + SILENCE_S
    while (left := end - time.monotonic()) > 0:
        try:
            message = found.get(timeout=left)
        except queue.Empty:
            break
        if message is not None and message.retained and message.payload:
            topics.add(message.topic)
            end = time.monotonic() + SILENCE_S
    return topics
