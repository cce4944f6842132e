"""Faults of the recogniser process: what the user notices, and how long until all is well."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from pathlib import Path

import pytest

from storybot.config.schema import HearingSettings, Settings
from storybot.controls.socket.requests import Status, Stop
from storybot.daemon import recogniser_progress
from storybot.robot import Mode
from tests.daemon.scenes import CAT, listening
from tests.fakes.house import House, play


def test_no_microphone_at_start(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        assert house.heard[-1] == "<ready>" or house.heard[-1] == "<trouble>"
        assert house.lights.shown[-1] == "trouble"
        assert (await house.ask(Status()))["missing"] == ["hearing"]
        await house.press()  # the button still works
        await house.until(Mode.TELLING)
        await house.ask(Stop())
        house.recognisers.fails = 0
        assert await house.until(Mode.IDLE) < 5.0
        assert await listening(house) < 1.0

    def before(house: House) -> None:
        house.recognisers.fails = 1000

    play(tmp_path, scene, until=Mode.DEGRADED, before=before)


@pytest.mark.parametrize("profile", ["small", "full"])
def test_a_box_without_a_microphone_is_well(tmp_path: Path, profile: str) -> None:
    async def scene(house: House) -> None:
        status = await house.ask(Status())
        assert (status["missing"], status["listens_for"]) == ([], None)
        await house.press()
        await house.until(Mode.TELLING)
        await house.until(Mode.IDLE)
        assert house.recognisers.alive == 0
        house.settings = replace(house.settings, hearing=HearingSettings())
        house.daemon.reload()
        await listening(house)

    deaf = Settings(hearing=HearingSettings(driver="none"))
    play(tmp_path, scene, profile=profile, settings=deaf)


def test_who_misses_a_microphone_can_say_that_there_is_none(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        house.settings = replace(house.settings, hearing=HearingSettings(driver="none"))
        house.daemon.reload()
        await house.until(Mode.IDLE)

    def before(house: House) -> None:
        house.recognisers.fails = 1000

    play(tmp_path, scene, until=Mode.DEGRADED, before=before)


@pytest.mark.parametrize("mode", [Mode.IDLE, Mode.HEARING, Mode.TELLING])
def test_recogniser_process_killed(tmp_path: Path, mode: Mode) -> None:
    async def scene(house: House) -> None:
        await listening(house)
        if mode is Mode.HEARING:
            house.recognisers.keyphrase()
        elif mode is Mode.TELLING:
            house.recognisers.hear(CAT)
        await house.until(mode)
        wanted = {Mode.IDLE: "keyphrase", Mode.HEARING: "request", Mode.TELLING: "stop"}[mode]
        await house.wait(lambda: house.recognisers.listens_for == wanted)
        house.recognisers.child.die()
        await house.wait(lambda: not house.recognisers.child.living)
        assert await house.wait(lambda: house.recognisers.listens_for == wanted) < 1.0
        assert house.mode is mode
        assert house.recognisers.alive == 1

    play(tmp_path, scene)


def test_recogniser_process_hangs(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        await listening(house)
        house.recognisers.child.stalled = True
        await house.wait(lambda: house.recognisers.child.stopped)
        assert await listening(house) < 1.0
        assert len(house.recognisers.children) == 2

    play(tmp_path, scene)


@pytest.mark.parametrize("endless", [False, True])
def test_a_recogniser_process_that_computes_has_longer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, endless: bool
) -> None:
    """On the small board a long sentence takes half a minute; what never ends is ended too."""
    used = 0.0
    monkeypatch.setattr(recogniser_progress, "cpu_seconds", lambda pid: used)

    async def scene(house: House) -> None:
        nonlocal used
        await listening(house)
        child = house.recognisers.child
        child.stalled = True
        for _ in range(60 if endless else 30):
            used += 0.8
            await asyncio.sleep(1)
            assert (await house.ask(Status()))["stalled"] == []
        assert child.stopped is endless
        if not endless:
            child.stalled = False
            await asyncio.sleep(10)
            assert not child.stopped

    play(tmp_path, scene)


def test_recogniser_process_keeps_dying(tmp_path: Path) -> None:
    """Degraded with a sign; tried again for ever, at most three seconds apart."""

    async def scene(house: House) -> None:
        await listening(house)
        house.recognisers.fails = 20
        house.recognisers.child.die()
        await house.until(Mode.DEGRADED)
        await house.wait(lambda: "<trouble>" in house.heard)
        before = asyncio.get_running_loop().time()
        await house.until(Mode.IDLE)
        assert asyncio.get_running_loop().time() - before < 20 * 3.2
        assert house.heard.count("<trouble>") == 1

    play(tmp_path, scene)


def test_microphone_unplugged_and_plugged_in(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        await listening(house)
        house.recognisers.child.trouble("the microphone is gone; plug it in again")
        await house.until(Mode.DEGRADED, 3)
        house.recognisers.child.well()
        assert await house.until(Mode.IDLE) < 5.0

    play(tmp_path, scene)


def test_the_log_tells_that_it_works_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """After a trouble that the box showed, and after one that only the log knew of."""
    caplog.set_level(logging.INFO, "storybot")

    async def scene(house: House) -> None:
        await listening(house)
        house.recognisers.children[-1].trouble("the microphone fake gives no more sound")
        await house.until(Mode.DEGRADED)
        house.recognisers.children[-1].well()
        await house.until(Mode.IDLE)
        assert messages(caplog, "hearing works again") == 1
        assert messages(caplog, "nothing is missing any more") == 1
        house.recognisers.children[-1].die()
        await house.wait(lambda: messages(caplog, "hearing works again") == 2)
        assert messages(caplog, "nothing is missing any more") == 1

    play(tmp_path, scene)


def messages(caplog: pytest.LogCaptureFixture, text: str) -> int:
    return sum(record.getMessage() == text for record in caplog.records)
