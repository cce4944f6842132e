"""systemd's side of the daemon: notify, watchdog, journal, and a daemon without systemd."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import socket
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from storybot.config import handover
from storybot.config.schema import ServiceSettings, Settings
from storybot.controls.socket.requests import Ask
from storybot.errors import Exit, StorybotError
from storybot.robot import Mode
from storybot.system import systemd as service
from tests.fakes.house import House, play


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> socket.socket:
    """What systemd does for a service: a socket to be told, and a watchdog."""
    path = str(tmp_path / "notify")
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listening.bind(path)
    listening.setblocking(False)
    monkeypatch.setenv("NOTIFY_SOCKET", path)
    monkeypatch.setenv("WATCHDOG_USEC", "4000000")
    monkeypatch.setenv("WATCHDOG_PID", str(os.getpid()))
    return listening


def told(systemd: socket.socket) -> list[str]:
    found = []
    while True:
        try:
            found.append(systemd.recv(4096).decode())
        except BlockingIOError:
            return found


def test_notify(systemd: socket.socket) -> None:
    assert service.notify("STATUS=über")
    assert told(systemd) == ["STATUS=über"]


def test_notify_to_an_abstract_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"storytest-{os.getpid()}"
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listening.bind("\0" + name)
    monkeypatch.setenv("NOTIFY_SOCKET", "@" + name)
    assert service.notify("READY=1")
    assert listening.recv(99) == b"READY=1"


def test_notify_with_nobody_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    assert not service.notify("READY=1")
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "gone"))
    assert not service.notify("READY=1")


def test_watchdog_interval(systemd: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    assert service.watchdog_interval() == 4.0
    monkeypatch.setenv("WATCHDOG_PID", "1")
    assert service.watchdog_interval() is None
    monkeypatch.setenv("WATCHDOG_USEC", "soon")
    assert service.watchdog_interval() is None


def test_a_day_as_systemd_sees_it(tmp_path: Path, systemd: socket.socket) -> None:
    seen: list[str] = []

    async def scene(house: House) -> None:
        await house.told_once()
        seen.extend(told(systemd))
        house.daemon.reload()

    play(tmp_path, scene)
    assert seen.index("STATUS=idle") < seen.index("READY=1") < seen.index("STATUS=telling")
    assert seen.count("WATCHDOG=1") > 3
    after = told(systemd)
    assert any(line.startswith("RELOADING=1") for line in after)
    assert "STOPPING=1" in after


def test_the_watchdog_starves_when_the_voice_is_stuck(
    tmp_path: Path, systemd: socket.socket, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene(house: House) -> None:
        await house.ask(Ask("a story about a cat"))
        await house.until(Mode.TELLING)
        house.speaker.stuck = True
        await house.wait(lambda: house.daemon.services.supervisor.stalled() == ["voice"])
        await asyncio.sleep(2)
        told(systemd)
        await asyncio.sleep(20)
        assert "WATCHDOG=1" not in told(systemd)
        house.speaker.stuck = False
        await asyncio.sleep(10)
        assert "WATCHDOG=1" in told(systemd)

    play(tmp_path, scene)
    assert caplog.text.count("no progress: voice") == 1


def test_plain_log_without_systemd(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("JOURNAL_STREAM", raising=False)
    service.begin_logging(debug=False)
    service.LOG.info("a line")
    service.LOG.debug("a secret")
    assert capsys.readouterr().err == "INFO: a line\n"


def test_journal_with_fields(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    sent: list[dict[str, object]] = []

    class Handler(logging.Handler):
        def __init__(self, **extra: object) -> None:
            super().__init__()

        def emit(self, record: logging.LogRecord) -> None:
            sent.append(record.__dict__)

    journal = ModuleType("systemd.journal")
    journal.JournalHandler = Handler  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "systemd", ModuleType("systemd"))
    monkeypatch.setitem(sys.modules, "systemd.journal", journal)
    with (tmp_path / "stderr").open("w") as stderr:
        monkeypatch.setattr(sys, "stderr", stderr)
        status = os.fstat(stderr.fileno())
        monkeypatch.setenv("JOURNAL_STREAM", f"{status.st_dev}:{status.st_ino}")
        fields = service.begin_logging(debug=True)
        fields.fields = {"STATE": "telling", "STORY_ID": "3"}
        service.LOG.info("a line")
        monkeypatch.setitem(sys.modules, "systemd.journal", None)
        service.begin_logging(debug=False)
        service.LOG.info("plain")
    assert sent[0]["STATE"] == "telling" and sent[0]["STORY_ID"] == "3"
    assert (tmp_path / "stderr").read_text() == "INFO: plain\n"


def test_no_words_of_children_in_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def scene(house: House) -> None:
        house.recognisers.hear("tell me a story about a cat")
        await house.told_once()

    with caplog.at_level(logging.INFO):
        play(tmp_path, scene)
    assert "idle -> thinking" in caplog.text
    assert "cat" not in caplog.text


def test_settings_there_and_back(tmp_path: Path) -> None:
    settings = replace(Settings(), service=ServiceSettings(debug=True))
    assert handover.from_json(handover.to_json(settings)) == settings


def test_settings_read_elsewhere(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text("speaking: {volume: 41}\n")
    bad.write_text("speaking: {volume: loud}\n")
    assert handover.read_in_child(good).speaking.volume == 41
    with pytest.raises(StorybotError, match=r"bad\.yaml:1") as refused:
        handover.read_in_child(bad)
    assert refused.value.code is Exit.CONFIG


def test_status_is_plain_json(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        json.dumps(house.daemon.status())

    play(tmp_path, scene)
