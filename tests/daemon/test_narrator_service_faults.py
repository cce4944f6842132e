"""Faults of the engine, among fakes; test_real_engine.py has real processes."""

from __future__ import annotations

from pathlib import Path

import pytest

from storybot.controls.socket.requests import Ask, Status, Stop
from storybot.language.replies import Reply
from storybot.robot import Mode
from tests.daemon.scenes import CAT
from tests.fakes.house import House, play
from tests.fakes.telling import STORY


@pytest.mark.parametrize("after", range(len(STORY.split())))
def test_engine_crashes_once(tmp_path: Path, after: int) -> None:
    """Run again with the same seed and gone on where it broke off: nobody notices."""

    async def scene(house: House) -> None:
        house.engines.crashes, house.engines.after = 1, after
        await house.ask(Ask("a story about a cat"))
        await house.until(Mode.IDLE)
        assert len(house.engines.asked) == 2
        assert house.engines.asked[0] == house.engines.asked[1]
        story = " ".join(house.heard)
        for sentence in STORY.split(". ")[1:]:
            assert story.count(sentence.rstrip(".")) == 1

    play(tmp_path, scene)


def test_engine_crashes_twice(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        house.engines.crashes = 2
        await house.ask(Ask("a story about a cat"))
        await house.until(Mode.THINKING)
        await house.until(Mode.IDLE)
        await house.wait(lambda: "I have lost the end of my story" in house.heard[-1])
        await house.told_once()
        assert "The end." in house.heard

    play(tmp_path, scene)


def test_engine_hangs(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        house.engines.hangs = True
        await house.ask(Ask("a story about a cat"))
        await house.until(Mode.THINKING)
        assert await house.until(Mode.IDLE) < 15.0
        house.engines.hangs = False
        await house.told_once()

    play(tmp_path, scene)


def test_stop_while_the_engine_hangs(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        house.engines.hangs = True
        await house.ask(Ask("a story about a cat"))
        await house.until(Mode.THINKING)
        await house.ask(Stop())
        assert await house.until(Mode.IDLE) < 1.0
        assert await house.wait(lambda: house.engines.running == 0) < 1.0

    play(tmp_path, scene)


def test_engine_keeps_failing(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        house.engines.crashes = 6
        for _ in range(3):
            await house.ask(Ask("a story about a cat"))
            await house.wait(lambda: house.mode in (Mode.IDLE, Mode.DEGRADED))
            await house.wait(lambda: not house.daemon.services.speaker.sounding)
        assert house.mode is Mode.DEGRADED
        assert house.lights.shown[-1] == "trouble"
        house.recognisers.hear(CAT)
        await house.wait(lambda: Reply.NOT_READY.value in house.heard)
        assert await house.until(Mode.IDLE) < 12.0
        await house.told_once()

    play(tmp_path, scene)


def test_no_model_at_start(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        assert (await house.ask(Status()))["missing"] == ["engine"]
        await house.press()
        await house.wait(lambda: Reply.NOT_READY.value in house.heard)
        house.engines.missing = False
        assert await house.until(Mode.IDLE) < 12.0

    def before(house: House) -> None:
        house.engines.missing = True

    play(tmp_path, scene, until=Mode.DEGRADED, before=before)
