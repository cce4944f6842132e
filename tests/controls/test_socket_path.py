"""Where the control socket is, for root, for users, and for those who choose a place."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from storybot.controls.socket import path as socket_place
from storybot.controls.socket.path import SYSTEM_SOCKET, client_path, server_path


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    return tmp_path / "storybot" / "control"


def test_a_chosen_place_is_kept(mine: Path) -> None:
    assert server_path("/somewhere/else") == client_path("/somewhere/else")


def test_users_serve_at_their_own(mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, how: False)
    assert server_path(SYSTEM_SOCKET) == mine
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    assert server_path(SYSTEM_SOCKET) == Path(SYSTEM_SOCKET)


def test_root_serves_the_machine(mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, how: True)
    assert server_path(SYSTEM_SOCKET) == Path(SYSTEM_SOCKET)


def test_the_machines_daemon_is_asked_first(
    mine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = tmp_path / "machine"
    monkeypatch.setattr(socket_place, "SYSTEM_SOCKET", str(machine))
    assert client_path(str(machine)) == machine
    mine.parent.mkdir()
    mine.touch()
    assert client_path(str(machine)) == mine
    machine.touch()
    assert client_path(str(machine)) == machine
