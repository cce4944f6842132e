"""Listens at the broker as Home Assistant would, and gives commands."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

LONGEST_S = 40.0  # s; a loaded machine is slow, not wrong


class Listener:
    """Keeps all messages in the order they came."""

    def __init__(self, port: int, prepare: Callable[[Client], None] = lambda client: None) -> None:
        self.messages: list[MQTTMessage] = []
        self._port, self._changed = port, threading.Condition()
        self._waited: dict[str, int] = {}  # of each topic: messages that a wait has passed
        self.client = Client(CallbackAPIVersion.VERSION2)
        self.client.max_queued_messages_set(0)
        prepare(self.client)
        self.client.on_connect = lambda client, *_: client.subscribe("#")
        self.client.on_message = self._heard

    def __enter__(self) -> Listener:
        subscribed = threading.Event()
        self.client.on_subscribe = lambda *_: subscribed.set()
        self.client.reconnect_delay_set(1, 1)
        self.client.connect("127.0.0.1", self._port)
        self.client.loop_start()
        assert subscribed.wait(LONGEST_S)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.client.disconnect()
        self.client.loop_stop()

    def _heard(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        with self._changed:
            self.messages.append(message)
            self._changed.notify_all()

    def give(self, topic: str, payload: str | bytes = "", *, retain: bool = False) -> None:
        self.client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(LONGEST_S)

    def clear(self) -> None:
        with self._changed:
            self.messages.clear()
            self._waited.clear()

    def texts(self, topic: str) -> list[str]:
        return [each.payload.decode() for each in list(self.messages) if each.topic == topic]

    def last(self, topic: str) -> Any:
        """The newest message there, read as JSON where it is that; None where none came."""
        texts = self.texts(topic)
        return read(texts[-1]) if texts else None

    def until_said(self, topic: str, count: int) -> list[Any]:
        """All messages there as JSON, the oldest first, once there are so many."""
        limit = time.monotonic() + LONGEST_S
        with self._changed:
            while len(texts := self.texts(topic)) < count:
                self._wait(limit, f"{topic}: {texts}")
            self._waited[topic] = count
        return [json.loads(text) for text in texts]

    def until(self, topic: str, right: Callable[[Any], bool], longest: float = LONGEST_S) -> Any:
        """The newest message there once it is right: for what stays."""
        limit = time.monotonic() + longest
        with self._changed:
            while (found := self.last(topic)) is None or not right(found):
                self._wait(limit, f"{topic}: {found}")
            self._waited[topic] = len(self.texts(topic))
        return found

    def until_came(
        self, topic: str, right: Callable[[Any], bool], longest: float = LONGEST_S
    ) -> Any:
        """The first right one of the messages there since those that the last wait passed.

        For what passes: a box without a loudspeaker has told its story after some 50 ms.
        """
        limit = time.monotonic() + longest
        with self._changed:
            while True:
                texts = self.texts(topic)
                for at in range(self._waited.get(topic, 0), len(texts)):
                    if right(found := read(texts[at])):
                        self._waited[topic] = at + 1
                        return found
                self._wait(limit, f"{topic}: {texts}")

    def _wait(self, limit: float, so_far: str) -> None:
        """For the next message; an error says what came so far."""
        left = limit - time.monotonic()
        assert left > 0, so_far
        self._changed.wait(left)


def read(text: str) -> Any:
    """As JSON where it is that."""
    try:
        return json.loads(text)
    except ValueError:
        return text
