"""Settings read again while the daemon goes on."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from storybot.config import handover
from storybot.config.schema import Settings
from storybot.controls.socket.requests import Ask, ChangeSettings, ListLibrary, Status
from storybot.errors import Exit, StorybotError
from storybot.robot import Mode
from storybot.stories.library import Library
from storybot.system import systemd
from tests.fakes.house import House, play


class SlowReader:
    """Gives one settings after the other, each only when it is let go."""

    def __init__(self, *volumes: int) -> None:
        self.left = list(volumes)
        self.go = threading.Event()
        self.reading = self.most = 0

    def of(self, house: House) -> Callable[[], Settings]:
        def read() -> Settings:
            volume = self.left.pop(0)
            self.reading += 1
            self.most = max(self.most, self.reading)
            let_go = self.go.wait(30)
            self.reading -= 1
            if volume == 0 or not let_go:
                raise StorybotError("config.yaml:3: speaking.volume: broken", Exit.CONFIG)
            return replace(house.settings, speaking=replace(house.settings.speaking, volume=volume))

        return read


def test_the_loop_goes_on_while_settings_are_read(tmp_path: Path) -> None:
    """On the small board it takes seconds: button, socket, voice and watchdog do not wait."""

    async def scene(house: House) -> None:
        reader = SlowReader(50)
        house.read_again = reader.of(house)
        house.daemon.reload()
        await house.wait(lambda: reader.reading == 1, "reading")
        began = asyncio.get_running_loop().time()
        await house.press()
        await house.until(Mode.TELLING, 10)
        assert (await house.ask(Status()))["stalled"] == []
        assert reader.reading == 1 and house.daemon.robot.volume == 70
        assert asyncio.get_running_loop().time() > began
        reader.go.set()
        await house.wait(lambda: house.daemon.robot.volume == 50, "new settings")
        await house.until(Mode.IDLE)
        assert "The end." in house.speakers[0].heard

    play(tmp_path, scene)


def test_the_loop_never_waits_for_the_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A card that hangs costs stories, and not the buttons, the socket and the watchdog."""
    readers: list[str] = []
    numbers = Library.numbers

    def noted(library: Library) -> list[int]:
        readers.append(threading.current_thread().name)
        return numbers(library)

    async def scene(house: House) -> None:
        assert readers and set(readers) == {"library_0"}  # the start
        house.daemon.reload()
        await house.wait(lambda: "settings_0" in readers, "the reload")
        await house.ask(ChangeSettings({"telling.topp": 0.9}))
        await house.ask(ListLibrary())
        await house.told_once()

    monkeypatch.setattr(Library, "numbers", noted)
    play(tmp_path, scene)
    assert set(readers) == {"library_0", "settings_0"}


def test_of_reloads_in_a_row_the_last_wins(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        reader = SlowReader(50, 40, 30)
        house.read_again = reader.of(house)
        for _ in range(5):
            house.daemon.reload()
        await house.wait(lambda: reader.reading == 1, "reading")
        house.daemon.reload()
        reader.go.set()
        await house.wait(lambda: house.daemon.robot.volume == 40, "the second reading")
        await asyncio.sleep(1)
        assert reader.most == 1 and reader.left == [30]
        house.daemon.reload()
        await house.wait(lambda: house.daemon.robot.volume == 30, "a reload after that")

    play(tmp_path, scene)


def test_broken_settings_read_slowly(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def scene(house: House) -> None:
        reader = SlowReader(0, 40)
        house.read_again = reader.of(house)
        house.daemon.reload()
        await house.ask(Ask("louder"))
        reader.go.set()
        await house.wait(lambda: "stay as they were" in caplog.text, "the sentence")
        assert house.daemon.robot.volume == 80
        house.daemon.reload()
        await house.wait(lambda: house.daemon.robot.volume == 40, "the corrected ones")

    play(tmp_path, scene)
    assert caplog.text.count("the settings stay as they were: config.yaml:3") == 1


@pytest.mark.parametrize("unexpected", [RuntimeError("boom"), ValueError("x"), RecursionError()])
def test_whatever_the_reader_meets_the_reload_ends(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    unexpected: Exception,
) -> None:
    told: list[str] = []
    monkeypatch.setattr(systemd, "notify", told.append)

    async def scene(house: House) -> None:
        def read() -> Settings:
            raise unexpected

        house.read_again = read
        told.clear()
        house.daemon.reload()
        await house.wait(lambda: "READY=1" in told, "READY=1")
        assert told[0].startswith("RELOADING=1")
        assert house.daemon.robot.volume == 70
        house.read_again = lambda: replace(
            house.settings, speaking=replace(house.settings.speaking, volume=40)
        )
        house.daemon.reload()
        await house.wait(lambda: house.daemon.robot.volume == 40, "the corrected ones")

    play(tmp_path, scene)
    errors = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert len(errors) == 1 and errors[0].exc_info is None
    assert type(unexpected).__name__ in errors[0].getMessage()


def test_ended_while_settings_are_read(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    reader = SlowReader(50)

    async def scene(house: House) -> None:
        house.read_again = reader.of(house)
        house.daemon.reload()
        await house.wait(lambda: reader.reading == 1, "reading")

    with caplog.at_level(logging.INFO):
        play(tmp_path, scene)
    assert reader.reading == 1, "nobody waits for it"
    reader.go.set()
    assert "new settings" not in caplog.text


@pytest.mark.parametrize(
    ("program", "sentence"),
    [
        ("exit 3", "cannot be read"),
        ("echo 'config.yaml:1: a: b\nconfig.yaml:2: c: d' >&2; exit 3", "(?s)a: b.*c: d$"),
        ("echo 'Traceback\n File\nValueError: no' >&2; exit 1", r"^they.*read \(ValueError: no\)$"),
        ("kill -9 $$", "^they cannot be read$"),
        (f"echo '{json.dumps({'hearing': {'colour': 'red'}})}'", "another version of storybot"),
        ("echo nonsense", "another version of storybot"),
        (None, "No such file"),
    ],
)
def test_the_other_process_fails(
    tmp_path: Path, program: str | None, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = tmp_path / "python"
    if program is not None:
        python.write_text(f"#!/bin/sh\n{program}\n")
        python.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(python))
    with pytest.raises(StorybotError, match=sentence):
        handover.read_in_child(None)
