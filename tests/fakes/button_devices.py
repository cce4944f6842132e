"""Buttons and lamps without hardware: a board on a pty, a GPIO chip, a keyboard."""

from __future__ import annotations

import asyncio
import os
import pty
import tty
from collections.abc import AsyncIterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any


class PtyBoard:
    """A button board at the other end of a pseudo terminal; `device` is what storybot opens."""

    def __init__(self) -> None:
        self._ours, theirs = pty.openpty()
        tty.setraw(self._ours)
        tty.setraw(theirs)
        self.device = os.ttyname(theirs)
        os.close(theirs)
        os.set_blocking(self._ours, False)

    def send(self, text: bytes) -> None:
        os.write(self._ours, text)

    def received(self) -> bytes:
        try:
            return os.read(self._ours, 4096)
        except OSError:
            return b""

    def unplug(self) -> None:
        if self._ours >= 0:
            os.close(self._ours)
            self._ours = -1


class FakeChip:
    """Stands for one line of a GPIO chip; `press` makes an edge, `levels` are those set."""

    def __init__(self) -> None:
        self.fd, self._signal = os.pipe()
        self._edges: list[bool] = []
        self.levels: list[Any] = []
        self.released = False
        self.broken = False

    def press(self, down: bool) -> None:
        self._edges.append(down)
        os.write(self._signal, b"x")

    def read_edge_events(self) -> list[Any]:
        if self.broken:
            raise OSError(19, "No such device")
        os.read(self.fd, len(self._edges))
        edges, self._edges = self._edges, []
        import gpiod

        kind = gpiod.EdgeEvent.Type
        return [
            SimpleNamespace(event_type=kind.RISING_EDGE if down else kind.FALLING_EDGE)
            for down in edges
        ]

    def set_value(self, line: Any, value: Any) -> None:
        if self.broken:
            raise OSError(19, "No such device")
        self.levels.append(value)

    def release(self) -> None:
        self.released = True


@dataclass
class KeyEvent:
    """What evdev reports."""

    type: int
    code: int
    value: int


class FakeKeyboard:
    """An input device whose events are given beforehand and that is then unplugged."""

    def __init__(self, events: list[KeyEvent]) -> None:
        self.path = "/dev/input/event9"
        self.closed = False
        self._events = events

    async def async_read_loop(self) -> AsyncIterator[KeyEvent]:
        for event in self._events:
            await asyncio.sleep(0)
            yield event
        raise OSError(19, "No such device")

    def close(self) -> None:
        self.closed = True
