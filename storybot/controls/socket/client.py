"""A client of the running daemon: one request, one answer; or news until the daemon ends."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from storybot.controls.socket import messages
from storybot.controls.socket.messages import BadMessage
from storybot.controls.socket.path import client_path
from storybot.controls.socket.requests import ControlRequest, Watch
from storybot.errors import Exit, StorybotError

ANSWER_TIMEOUT_S = 10.0  # s to wait for an answer


class NotRunning(StorybotError):
    """Nobody answers at the control socket."""


class Refused(StorybotError):
    """The daemon answers that it does not do this; `reason` is the code in its answer."""

    def __init__(self, sentence: str, reason: str) -> None:
        super().__init__(sentence, Exit.DAEMON)
        self.reason = reason


class Client:
    """One connection, used in a `with` statement. Every fault is a StorybotError."""

    def __init__(self, path: str) -> None:
        self.path = client_path(path)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(ANSWER_TIMEOUT_S)

    def __enter__(self) -> Client:
        try:
            self._socket.connect(str(self.path))
        except OSError as error:
            self._socket.close()
            raise cannot_connect(self.path, error) from error
        self._lines = self._socket.makefile("rb")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._lines.close()
        self._socket.close()

    def request(self, request: ControlRequest) -> dict[str, Any]:
        """The daemon's answer; StorybotError where it refuses."""
        try:
            self._socket.sendall(messages.request_line(request))
            line = self._lines.readline()
        except OSError as error:
            raise no_answer(error) from error
        return accepted(line)

    def hang_up(self) -> None:
        """End what `watch` waits for, from another thread."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def watch(self) -> Iterator[dict[str, Any]]:
        """The present state, then all news until the daemon ends."""
        yield self.request(Watch())
        self._socket.settimeout(None)
        try:
            while line := self._lines.readline():
                yield messages.read_reply(line)
        except (OSError, BadMessage):
            return


def accepted(line: bytes) -> dict[str, Any]:
    """The answer in a line; StorybotError where it refuses, or is none."""
    try:
        reply = messages.read_reply(line)
    except BadMessage as error:
        raise no_answer(error) from error
    if not reply.get("ok"):
        code = str(reply.get("code", ""))
        raise Refused(str(reply.get("error", "it was refused")), code)
    return reply


def no_answer(error: Exception) -> StorybotError:
    """What a user is told where a request was not answered."""
    if isinstance(error, TimeoutError):
        return StorybotError(
            f"storybot did not answer within {ANSWER_TIMEOUT_S:g} s; "
            "see `systemctl status storybot`",
            Exit.DAEMON,
        )
    return StorybotError(f"storybot hung up ({error}); ask again in a moment", Exit.DAEMON)


def cannot_connect(path: Path, error: OSError) -> StorybotError:
    """What a user is told where the control socket cannot be connected to."""
    if isinstance(error, FileNotFoundError | ConnectionRefusedError):
        return NotRunning(
            f"storybot is not running (nobody answers at {path}); "
            "start it with `systemctl start storybot` or `storybot run`",
            Exit.DAEMON,
        )
    if isinstance(error, PermissionError):
        return StorybotError(
            f"you may not use {path}; join its group: "
            "`sudo usermod -aG storybot $USER`, then log in again",
            Exit.DAEMON,
        )
    return StorybotError(
        f"the control socket {path} does not work ({error}); check the setting controls.socket",
        Exit.DAEMON,
    )


def ask(path: str, request: ControlRequest) -> dict[str, Any]:
    """One request over a connection of its own."""
    with Client(path) as client:
        return client.request(request)
