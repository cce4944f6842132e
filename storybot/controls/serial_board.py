"""A button board on a serial port: lines of text, or a bare switch on CTS or DSR.

The line protocol, 115200 baud 8N1, each line ended by a newline, a carriage return or both:
from the board `down` and `up` as its contact closes and opens; to the board `light NAME`.
Whatever else the board says is passed over.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import AsyncGenerator

import serial

from storybot.errors import Exit, StorybotError

LOG = logging.getLogger(__name__)
BAUD_RATE = 115200
LINE_MAX_BYTES = 64  # bytes of a line
MAX_LINES_PER_S = 200  # lines in a second; a contact that bounces stays far below
POLL_INTERVAL_S = 0.02  # s between two looks at CTS or DSR
PULSE_MARGIN_S = 0.01  # s by which a press lasts longer than the debounce time
# What a board and a bad line send between the letters: control characters and no ASCII.
NOISE = bytes({*range(32), *range(127, 256)} - {ord("\n")})
EDGES = {b"down": True, b"up": False}


class SerialBoard:
    """One open serial port, shared by the button and the lights on it."""

    def __init__(self, device: str) -> None:
        """Raises StorybotError when the port cannot be opened."""
        self.device = device
        if not device:
            raise StorybotError(
                "controls.button is serial, but controls.button_device names no port; "
                "set it, for example to /dev/ttyUSB0",
                Exit.CONFIG,
            )
        try:
            self.port = serial.Serial(
                device, BAUD_RATE, timeout=0, write_timeout=0.2, exclusive=True
            )
        except (serial.SerialException, ValueError) as error:
            raise _lost(device, error) from error
        self._users = 0

    def button(self, line: str, debounce: float = 0.0) -> SerialLines | SerialSwitch:
        """The button of this board; `line` is text, cts or dsr, `debounce` the setting, in s."""
        self._users += 1
        if line in ("", "text"):
            return SerialLines(self, debounce + PULSE_MARGIN_S)
        if line in ("cts", "dsr"):
            return SerialSwitch(self, line)
        raise StorybotError(
            f'controls.button_line is "{line}"; a serial button has text, cts or dsr',
            Exit.CONFIG,
        )

    def light(self) -> SerialLight:
        """The lights of this board."""
        self._users += 1
        return SerialLight(self)

    def leave(self) -> None:
        """One user less; the last one closes the port."""
        self._users -= 1
        if self._users <= 0:
            self.port.close()


class SerialLines:
    """The contact as lines of text.

    A press may be over before its lines are read, both at once; and a board that was reset never
    tells that the contact opened. Neither press is lost: a closing lasts for `pulse` s at least,
    unless the contact closes again meanwhile, and a second closing opens it first.
    """

    def __init__(self, board: SerialBoard, pulse: float) -> None:
        self._board, self._pulse = board, pulse
        self._begun = b""  # of a line
        self._flood = 0  # lines dropped in this second
        self._second = 0.0
        self._lines = 0
        self._due: deque[tuple[float, bool]] = deque()  # edges and the loop's time to tell them
        self._down = False  # after all of these
        self._closed_at = float("-inf")  # the loop's time of the last closing among them

    async def edges(self) -> AsyncGenerator[bool, None]:
        loop = asyncio.get_running_loop()
        port = self._board.port
        awake = asyncio.Event()
        try:
            handle = port.fileno()
            loop.add_reader(handle, awake.set)
        except (OSError, serial.SerialException) as error:
            raise _lost(self._board.device, error) from error
        try:
            while True:
                await awake.wait()
                awake.clear()
                self._take(self._read(loop.time()), loop.time())
                while self._due and self._due[0][0] <= loop.time():
                    yield self._due.popleft()[1]
                if self._due:
                    loop.call_at(self._due[0][0], awake.set)
        finally:
            loop.remove_reader(handle)

    def _take(self, edges: list[bool], now: float) -> None:
        """Put what was read at once into its time."""
        at = max(now, self._due[-1][0]) if self._due else now
        for place, down in enumerate(edges):
            lasted = at - self._closed_at
            if down and self._down and lasted >= self._pulse:  # the board was reset
                self._due.append((at, False))
                at += self._pulse
            elif down is self._down:
                continue
            elif not down and place == len(edges) - 1:
                at += max(0.0, self._pulse - lasted)
            self._due.append((at, down))
            self._down = down
            self._closed_at = at if down else self._closed_at

    def _read(self, now: float) -> list[bool]:
        try:
            data = self._board.port.read(512)
        except (OSError, TypeError) as error:  # TypeError: pyserial, when closed meanwhile
            raise _lost(self._board.device, error) from error
        text = data.replace(b"\r", b"\n").translate(None, NOISE)
        *lines, self._begun = (self._begun + text).split(b"\n")
        lines = [line for line in lines if line]  # between the two signs of one end is none
        self._begun = self._begun[-LINE_MAX_BYTES:]
        if now - self._second >= 1.0:
            if self._flood:
                LOG.warning("the button board floods: %d lines were dropped", self._flood)
            self._second, self._lines, self._flood = now, 0, 0
        room = max(0, MAX_LINES_PER_S - self._lines)
        self._lines += len(lines)
        self._flood += max(0, len(lines) - room)
        words = [line.strip().lower() for line in lines[:room]]
        return [EDGES[word] for word in words if word in EDGES]

    def close(self) -> None:
        self._board.leave()


class SerialSwitch:
    """A bare switch between RTS and CTS, or DTR and DSR."""

    def __init__(self, board: SerialBoard, line: str) -> None:
        self._board, self._line = board, line

    async def edges(self) -> AsyncGenerator[bool, None]:
        was = False
        while True:
            try:
                down = bool(getattr(self._board.port, self._line))
            except (OSError, TypeError) as error:
                raise _lost(self._board.device, error) from error
            if down != was:
                was = down
                yield down
            await asyncio.sleep(POLL_INTERVAL_S)

    def close(self) -> None:
        self._board.leave()


class SerialLight:
    """Tells the board what to show."""

    def __init__(self, board: SerialBoard) -> None:
        self._board = board

    def show(self, name: str) -> None:
        """Write `light NAME`; a board that does not listen is no trouble."""
        with contextlib.suppress(OSError, TypeError):
            self._board.port.write(f"light {name}\n".encode())

    def close(self) -> None:
        self._board.leave()


def _lost(device: str, error: Exception) -> StorybotError:
    return StorybotError(
        f"the button board at {device} cannot be used ({error}); "
        "plug it in, or correct controls.button_device",
        Exit.FAULT,
    )
