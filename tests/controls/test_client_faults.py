"""The client of the control socket against daemons that are not as they should be."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from storybot.controls.socket import client as socket_client
from storybot.controls.socket.client import Client, ask
from storybot.controls.socket.requests import Status
from storybot.errors import Exit, StorybotError


@contextmanager
def daemon_that(does: Callable[[socket.socket], None], folder: Path) -> Iterator[str]:
    """A listener that treats its one client so."""
    path = str(folder / "control")
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(path)
    listening.listen()

    def serve() -> None:
        talk, _ = listening.accept()
        with talk:
            does(talk)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield path
    finally:
        listening.close()
        thread.join(5)


def test_never_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket_client, "ANSWER_TIMEOUT_S", 0.2)
    waiting = threading.Event()
    with daemon_that(lambda talk: bool(waiting.wait(5)), tmp_path) as path:
        with pytest.raises(StorybotError, match="did not answer") as silent:
            ask(path, Status())
        waiting.set()
    assert silent.value.code is Exit.DAEMON


@pytest.mark.parametrize("reply", [b"", b"nonsense\n", b'{"v":7}\n'])
def test_hangs_up_or_raves(tmp_path: Path, reply: bytes) -> None:
    def answer(talk: socket.socket) -> None:
        talk.recv(100)
        talk.sendall(reply)

    with (
        daemon_that(answer, tmp_path) as path,
        pytest.raises(StorybotError, match="hung up"),
    ):
        ask(path, Status())


def test_watching_ends_with_nonsense(tmp_path: Path) -> None:
    def answer(talk: socket.socket) -> None:
        talk.recv(100)
        talk.sendall(b'{"v":1,"ok":true}\n{"v":1,"news":"word"}\nnonsense\n')

    with daemon_that(answer, tmp_path) as path, Client(path) as client:
        assert len(list(client.watch())) == 2


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (PermissionError(13, "Permission denied"), "usermod"),
        (OSError(36, "File name too long"), r"controls\.socket"),
    ],
)
def test_cannot_connect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, says: str
) -> None:
    def connect(*_: object) -> None:
        raise error

    monkeypatch.setattr(socket.socket, "connect", connect)
    with pytest.raises(StorybotError, match=says):
        ask(str(tmp_path / "control"), Status())
