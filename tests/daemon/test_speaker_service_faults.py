"""Faults of the voice and its loudspeaker."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from storybot.config.schema import Settings, SpeakingSettings
from storybot.controls.socket.requests import Ask, Status
from storybot.errors import Exit, StorybotError
from storybot.language.replies import Reply
from storybot.robot import Mode
from storybot.speaking.captions import OnWord
from storybot.speaking.pauses import Place
from storybot.speaking.phrases import Quotation
from storybot.speaking.synthesizer import Spoken
from tests.daemon.scenes import telling
from tests.fakes.house import House, play
from tests.fakes.speaking import FakeSpeaker


def test_no_loudspeaker_at_start(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        refused = await house.ask(Ask("a story about a cat"))
        assert "voice" in refused["error"] and "doctor" in refused["error"]
        assert (await house.ask(Status()))["missing"] == ["voice"]
        house.speaker.plugged = True
        assert await house.until(Mode.IDLE) < 5.0
        await house.told_once()
        assert "The end." in house.heard

    def before(house: House) -> None:
        house.speaker.plugged = False

    play(tmp_path, scene, until=Mode.DEGRADED, before=before)


@pytest.mark.parametrize("mode", [Mode.THINKING, Mode.TELLING])
def test_loudspeaker_unplugged_during_a_story(tmp_path: Path, mode: Mode) -> None:
    async def scene(house: House) -> None:
        await house.ask(Ask("a story about a cat"))
        await house.until(mode)
        house.speaker.plugged = False
        await house.until(Mode.PAUSED, 3)
        await asyncio.sleep(10)
        house.speaker.plugged = True
        assert await house.until(Mode.TELLING) < 5.0
        await house.until(Mode.IDLE)
        said = " ".join(house.heard)
        assert said.index("The cat was happy.") < said.index("There it met a dog.")
        assert house.heard.count("The end.") == 1

    play(tmp_path, scene)


def test_loudspeaker_gone_for_long(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        await telling(house)
        house.speaker.plugged = False
        await house.until(Mode.PAUSED)
        assert 50 < await house.until(Mode.DEGRADED) < 70
        assert house.engines.running == 0
        house.speaker.plugged = True
        assert await house.until(Mode.IDLE) < 5.0
        assert house.heard[-1] == "<ready>"
        await house.told_once()

    play(tmp_path, scene)


def test_loudspeaker_unplugged_while_idle(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        house.speaker.plugged = False
        await house.ask(Ask("a story about a cat"))
        await house.until(Mode.PAUSED, 3)
        house.speaker.plugged = True
        assert await house.until(Mode.TELLING) < 5.0
        await house.until(Mode.IDLE)

    play(tmp_path, scene)


def test_stop_while_the_loudspeaker_is_gone(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        await telling(house)
        house.speaker.plugged = False
        await house.until(Mode.PAUSED)
        await house.press()
        await house.until(Mode.DEGRADED, 3)
        assert Reply.NOT_READY.value not in house.heard
        house.speaker.plugged = True
        assert await house.until(Mode.IDLE) < 5.0

    play(tmp_path, scene)


def test_voice_stuck_starves_the_watchdog(tmp_path: Path) -> None:
    """A library that never returns cannot be killed from inside: systemd must do it."""

    async def scene(house: House) -> None:
        await telling(house)
        house.speaker.stuck = True
        progress = house.daemon.services.supervisor
        took = await house.wait(lambda: "voice" in progress.stalled())
        assert took < 15.0
        assert (await house.ask(Status()))["stalled"] == ["voice"]
        house.speaker.stuck = False
        await house.wait(lambda: not progress.stalled())

    play(tmp_path, scene)


def test_a_search_that_hangs_starves_the_watchdog(tmp_path: Path) -> None:
    """A sound library that never gives the device back cannot be left from inside either."""

    async def scene(house: House) -> None:
        await telling(house)
        progress = house.daemon.services.supervisor
        house.speaker.plugged = False
        await asyncio.sleep(20)
        assert not progress.stalled()
        house.speaker.device_hangs = True
        await house.wait(lambda: "voice" in progress.stalled(), "starving", 15)
        house.speaker.device_hangs = False
        await house.wait(lambda: not progress.stalled())

    play(tmp_path, scene)


@pytest.mark.parametrize("told", [True, False], ids=["in a story", "idle"])
def test_a_setting_corrected_while_the_loudspeaker_is_gone(tmp_path: Path, told: bool) -> None:
    """What is set anew is tried at once, whether or not the old loudspeaker ever comes back."""

    async def scene(house: House) -> None:
        if told:
            await telling(house)
            house.speaker.plugged = False
            await house.until(Mode.PAUSED, 3)
        else:
            house.speaker.plugged = False
            await house.ask(Ask("louder"))
            await house.until(Mode.DEGRADED, 5)
        old = house.speaker
        volume = 0

        def read_again() -> Settings:
            speaking = replace(house.settings.speaking, volume=volume)
            return replace(house.settings, speaking=speaking)

        house.read_again = read_again
        for volume in (50, 40):  # the first correction was none
            house.speakers.append(FakeSpeaker(plugged=volume == 40))
            house.daemon.reload()
            await asyncio.sleep(10)
        assert old.closed and house.speaker is not old
        await house.until(Mode.IDLE, 30)
        assert ("The end." in house.heard) is told
        await house.told_once()

    play(tmp_path, scene)


def test_a_story_begun_while_the_speaker_is_exchanged(tmp_path: Path) -> None:
    """It waits for the new one: no card is taken twice, nothing is lost."""

    class Slow(FakeSpeaker):
        async def open(self) -> None:
            assert old.closed
            await asyncio.sleep(1)
            await super().open()

        async def say(
            self,
            text: str,
            on_word: OnWord | None = None,
            place: Place = Place.WITHIN,
            quotations: Sequence[Quotation] = (),
        ) -> Spoken:
            assert self.opened
            return await super().say(text, on_word, place, quotations)

        async def close(self) -> None:
            await asyncio.sleep(1)
            await super().close()

    old, new = Slow(), Slow()
    old.opened = True

    async def scene(house: House) -> None:
        voice = house.daemon.services.speaker
        voice.speaker, taken = cast(Any, old), cast(Any, new)
        house.speakers.append(new)
        voice.replace(lambda: taken)
        await asyncio.sleep(0.1)
        assert (await house.ask(Ask("a story about a cat")))["ok"]
        await house.until(Mode.IDLE)
        assert new.heard[0] == "A story about a cat." and "The end." in new.heard
        assert old.heard == []

    play(tmp_path, scene)


def test_settings_changed_again_before_all_is_silent(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        await telling(house)
        voice = house.daemon.services.speaker
        unwanted: Any = FakeSpeaker()
        wanted: Any = FakeSpeaker()
        voice.replace(lambda: unwanted)
        await asyncio.sleep(1)
        voice.replace(lambda: wanted)
        house.speakers.append(wanted)
        await house.until(Mode.IDLE)
        await house.wait(lambda: voice.speaker is wanted, "replaced")
        assert not unwanted.opened

    play(tmp_path, scene)


def test_a_wav_is_no_loudspeaker_for_a_daemon(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It would go on growing and never be complete: refused at the start and at a reload."""
    wav = Settings(speaking=SpeakingSettings(driver="wav"))
    with pytest.raises(StorybotError, match="set it to auto, or to silent") as refused:
        House(tmp_path, settings=wav)
    assert refused.value.code == Exit.CONFIG

    async def scene(house: House) -> None:
        house.read_again = lambda: wav
        house.daemon.reload()
        await house.wait(lambda: "the settings stay as they were" in caplog.text, "refusal")
        assert house.speaker is house.speakers[0]
        await house.told_once()

    with caplog.at_level(logging.ERROR, "storybot"):
        play(tmp_path, scene)
