"""Where the control socket is, for root, for users, and for those who choose a place."""

from __future__ import annotations

import os
import tempfile
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
    monkeypatch.setattr(os, "access", lambda path, how: path != Path("/run"))
    assert server_path(SYSTEM_SOCKET) == mine
    monkeypatch.setattr(os, "access", lambda path, how: False)
    assert server_path(SYSTEM_SOCKET) == Path(SYSTEM_SOCKET)  # none of them can be made


def test_users_without_a_runtime_folder(
    mine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In cron, over su or in a container: the state folder, else a folder of one's own in /tmp."""
    monkeypatch.setattr(socket_place, "SYSTEM_SOCKET", "/proc/storybot/control")
    monkeypatch.setattr(socket_place, "USERS_FOLDERS", tmp_path / "users")
    machine = socket_place.SYSTEM_SOCKET
    monkeypatch.setattr(os, "access", lambda path, how: not str(path).startswith("/proc"))
    assert server_path(machine) == mine
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/proc/gone")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    at_home = tmp_path / "state" / "storybot" / "control"
    assert server_path(machine) == at_home
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    assert server_path(machine) == at_home
    assert client_path(machine) == Path(machine)
    at_home.parent.mkdir(parents=True)
    at_home.touch()
    assert client_path(machine) == at_home
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / ("long" * 40)))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    shared = tmp_path / f"storybot-{os.getuid()}"
    assert server_path(machine) == shared / "control"
    shared.mkdir(mode=0o700)
    assert server_path(machine) == shared / "control"
    shared.chmod(0o777)  # others may have put a socket of theirs there
    assert server_path(machine) == Path(machine)


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
