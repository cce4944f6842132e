"""Faults of settings, disk, clock and button; the table that lists all."""

from __future__ import annotations

import asyncio
import logging
import re
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from storybot.config.schema import (
    BedtimeSettings,
    LibrarySettings,
    SafetySettings,
    ServiceSettings,
    Settings,
    SpeakingSettings,
)
from storybot.controls.socket.requests import Ask, Stop
from storybot.daemon import restarting_task
from storybot.errors import Exit, StorybotError
from storybot.robot import Mode
from storybot.system.systemd import LOG
from tests.daemon.scenes import listening
from tests.fakes.house import House, play


def test_reload_with_broken_settings(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def scene(house: House) -> None:
        def broken() -> Settings:
            raise StorybotError("config.yaml:3: hearing.gat: unknown key", Exit.CONFIG)

        house.read_again = broken
        house.daemon.reload()
        await asyncio.sleep(0.5)
        assert house.daemon.robot.settings == house.settings
        bad_list = replace(house.settings, safety=SafetySettings(extra_words="/none"))
        bad_time = replace(house.settings, bedtime=BedtimeSettings(quiet_from="late"))
        for bad in (bad_list, bad_time):
            house.read_again = lambda settings=bad: settings  # type: ignore[misc]
            house.daemon.reload()
            await asyncio.sleep(0.5)
            assert house.daemon.robot.settings == house.settings
        await house.told_once()

    play(tmp_path, scene)
    assert caplog.text.count("the settings stay as they were") == 3


def test_reload_takes_more_words_for_the_log(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        for debug, level in ((True, logging.DEBUG), (False, logging.INFO)):
            new = replace(house.settings, service=ServiceSettings(debug=debug))
            house.read_again = lambda settings=new: settings  # type: ignore[misc]
            house.daemon.reload()
            await asyncio.sleep(0.5)
            assert LOG.level == level

    play(tmp_path, scene)


def test_reload_takes_new_settings(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        await listening(house)
        new = replace(
            house.settings,
            hearing=replace(house.settings.hearing, answer_window=3.0),
            speaking=SpeakingSettings(volume=50, speed=170),
            controls=replace(house.settings.controls, on_short="again"),
            library=LibrarySettings(folder=str(tmp_path / "elsewhere")),
        )
        house.read_again = lambda: new
        house.daemon.reload()
        await house.wait(lambda: len(house.speakers) == 2 and house.speaker.opened)
        await house.wait(lambda: len(house.recognisers.children) == 2)
        await listening(house)
        await house.told_once()
        assert house.speaker.volume == 50
        assert "The end." in house.heard
        await house.wait(lambda: bool(list((tmp_path / "elsewhere").glob("*.json"))))
        first = house.engines.asked[-1]
        await house.press()
        await house.until(Mode.THINKING)
        await house.until(Mode.IDLE)
        assert house.engines.asked[-1] == first

    play(tmp_path, scene)


@pytest.mark.parametrize("mode", [Mode.IDLE, Mode.THINKING, Mode.TELLING])
def test_hangup_signal_in_any_state(tmp_path: Path, mode: Mode) -> None:
    async def scene(house: House) -> None:
        if mode is not Mode.IDLE:
            await house.ask(Ask("a story about a cat"))
        await house.until(mode)
        signal.raise_signal(signal.SIGHUP)
        await asyncio.sleep(0.5)
        await house.until(Mode.IDLE)

    play(tmp_path, scene)


@pytest.mark.parametrize("fault", ["full", "read-only"])
def test_the_disk_takes_nothing(
    tmp_path: Path, fault: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(house: House) -> None:
        library = house.daemon.services.narrator.library
        words = {
            "full": (28, "No space left on device"),
            "read-only": (30, "Read-only file system"),
        }

        def fails(story: object) -> None:
            raise OSError(*words[fault])

        monkeypatch.setattr(library, "save", fails)
        for _ in range(3):
            await house.told_once()
        monkeypatch.undo()
        await house.told_once()
        await house.wait(lambda: library.last() is not None)

    play(tmp_path, scene)
    assert caplog.text.count("stories cannot be kept") == 1


def test_clock_jumps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wall clock that jumps by years rings no alarm and loses no story."""
    monkeypatch.setattr("time.time", lambda: 0.0)

    async def scene(house: House) -> None:
        await house.ask(Ask("a story about a cat"))
        await house.until(Mode.TELLING)
        monkeypatch.setattr("time.time", lambda: 4e9)
        await asyncio.sleep(1)
        assert house.mode is Mode.TELLING
        monkeypatch.setattr("time.time", lambda: 1e9)
        await house.until(Mode.IDLE)
        assert "The end." in house.heard

    play(tmp_path, scene)


def test_button_hammered_fifty_times_a_second(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        for number in range(500):
            house.buttons[-1].put(number % 2 == 0)
            await asyncio.sleep(0.01)
        await asyncio.sleep(1)
        assert house.mode is Mode.IDLE
        await house.told_once()

    play(tmp_path, scene)


def test_button_pressed_as_fast_as_fingers_can(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        for _ in range(25):
            await house.press(0.05)
            await house.press(0.05)
            await asyncio.sleep(0.5)
        await house.ask(Stop())
        await house.until(Mode.IDLE)
        await house.wait(lambda: house.engines.running == 0)
        assert house.engines.most_running == 1
        await house.wait(lambda: house.recognisers.listens_for == "keyphrase")
        await house.told_once()

    play(tmp_path, scene)


def test_button_board_unplugged(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        house.button_fails = 4
        house.buttons[-1].put(StorybotError("the button board is gone; plug it in"))
        await house.until(Mode.DEGRADED, 5)
        assert await listening(house) < 1.0
        assert await house.until(Mode.IDLE) < 10.0
        await house.press()
        await house.until(Mode.THINKING)
        assert house.lights.shown[-1] == "thinking"

    play(tmp_path, scene)


def test_backoff() -> None:
    delays = [restarting_task.delay(failures) for failures in range(1, 50)]
    assert delays == sorted(delays)
    assert delays[0] < 0.5 and delays[-1] == 3.0


def test_documented_faults_have_tests() -> None:
    """Every row of docs/faults.md names a test that exists."""
    root = Path(__file__).parents[2]
    rows = [
        line
        for line in (root / "docs" / "faults.md").read_text("utf-8").splitlines()
        if line.startswith("| ") and "test_" in line
    ]
    assert len(rows) >= 25
    tests = "\n".join(path.read_text("utf-8") for path in (root / "tests").rglob("test_*.py"))
    for row in rows:
        for name, ending in re.findall(r"(test_\w+)(\.c)?", row):
            in_c = bool(ending) and (root / "native" / "tests" / f"{name}.c").is_file()
            assert in_c or f"def {name}(" in tests, f"{row}: no such test"
