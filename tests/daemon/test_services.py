"""The services by themselves, where a whole daemon would hide what they do."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from storybot.config.schema import ControlsSettings, Settings, SpeakingSettings
from storybot.controls.lights.lights import NoLights
from storybot.controls.socket.requests import Ask, Status
from storybot.daemon.button_service import make_controls
from storybot.errors import Exit, StorybotError
from storybot.robot import Mode
from tests.daemon.scenes import telling
from tests.fakes.button_devices import PtyBoard
from tests.fakes.house import House, play
from tests.fakes.speaking import FakeSpeaker


def test_button_and_lights_on_one_board() -> None:
    far = PtyBoard()
    settings = ControlsSettings(button="serial", lights="serial", button_device=far.device)
    button, lights = make_controls(settings)
    assert button is not None
    lights.show("telling")
    assert far.received() == b"light telling\n"
    lights.close()
    button.close()


def test_lights_that_cannot_be_had_are_no_trouble(caplog: pytest.LogCaptureFixture) -> None:
    button, lights = make_controls(ControlsSettings(lights="sysfs", lights_device="none"))
    assert button is None and isinstance(lights, NoLights)
    assert "no lights" in caplog.text


def test_a_recogniser_process_that_never_begins(tmp_path: Path) -> None:
    """Thirty seconds are its limit; then it is ended and another one tried."""

    async def scene(house: House) -> None:
        await house.wait(lambda: house.recognisers.children[0].stopped, "given up")
        house.recognisers.children[0].never_ready = False
        await house.wait(lambda: house.recognisers.listens_for == "keyphrase")

    def before(house: House) -> None:
        make = house.recognisers.make

        def first_is_slow(_: object = None) -> Any:
            child = make()
            child.never_ready = len(house.recognisers.children) == 1
            return child

        house.recognisers.make = first_is_slow  # type: ignore[method-assign]

    play(tmp_path, scene, before=before)


def test_a_press_while_the_recogniser_process_begins(tmp_path: Path) -> None:
    """The small board reads its acoustic model for seconds; nobody waits for that."""

    async def scene(house: House) -> None:
        await house.wait(lambda: bool(house.recognisers.children))
        await house.press()
        assert await house.wait(lambda: house.recognisers.children[0].stopped, "ended", 5) < 1.0
        await house.until(Mode.TELLING, 5)
        house.recognisers.slow = False
        await house.until(Mode.IDLE)
        await house.wait(lambda: house.recognisers.listens_for == "keyphrase")

    def before(house: House) -> None:
        house.recognisers.slow = True

    play(tmp_path, scene, before=before, profile="small")


@pytest.mark.parametrize("where", ["make", "voice"])
def test_a_story_that_breaks_as_nobody_foresaw(tmp_path: Path, where: str) -> None:
    """It is lost like any other; the robot does not wait for it for ever."""

    async def scene(house: House) -> None:
        def broken(*_: object) -> Any:
            raise ZeroDivisionError

        narrator = house.daemon.services.narrator
        if where == "make":
            narrator.make = broken
        else:
            house.daemon.services.speaker.tell = broken  # type: ignore[method-assign]
        await house.ask(Ask("a story about a cat"))
        await house.until(Mode.THINKING)
        await house.until(Mode.IDLE, 10)
        await house.wait(lambda: any("I have lost" in text for text in house.heard), "sorry", 5)

    play(tmp_path, scene)


def test_a_sentence_of_its_own_that_cannot_be_said(tmp_path: Path) -> None:
    """The speaker gives up on a lost loudspeaker: its return is still noticed, with a sign."""

    async def scene(house: House) -> None:
        say = house.speaker.say

        async def fails(text: str, on_word: object = None, **other: object) -> Any:
            house.speaker.plugged = False
            raise StorybotError("there is no loudspeaker; plug one in", Exit.SOUND_OUT)

        house.speaker.say = fails  # type: ignore[method-assign]
        await house.ask(Ask("good night"))
        await house.until(Mode.DEGRADED, 5)
        house.speaker.say = say  # type: ignore[method-assign]
        await asyncio.sleep(5)
        house.speaker.plugged = True
        assert await house.until(Mode.IDLE) < 5.0
        await house.wait(lambda: house.heard[-1] == "<ready>")

    play(tmp_path, scene)


def test_a_loudspeaker_lost_at_the_very_end(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        drain = house.speaker.drain

        async def fails() -> None:
            raise StorybotError("the loudspeaker takes no more sound", Exit.SOUND_OUT)

        await house.wait(lambda: not house.daemon.services.speaker.sounding)
        house.speaker.drain = fails  # type: ignore[method-assign]
        await house.ask(Ask("louder"))
        await house.until(Mode.DEGRADED, 5)
        house.speaker.drain = drain  # type: ignore[method-assign]
        assert await house.until(Mode.IDLE) < 5.0

    play(tmp_path, scene)


def test_voice_replaced_by_one_without_a_loudspeaker(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        unplugged: Any = FakeSpeaker(plugged=False)
        house.daemon.services.speaker.replace(lambda: unplugged)
        await house.until(Mode.DEGRADED, 5)
        unplugged.plugged = True
        assert await house.until(Mode.IDLE) < 5.0

    play(tmp_path, scene)


def test_a_cap_raised_while_telling_holds_from_the_new_voice_on(tmp_path: Path) -> None:
    quiet = SpeakingSettings(volume=50, volume_cap=50)
    loud = SpeakingSettings(volume=90)

    async def scene(house: House) -> None:
        house.speakers[0].settings = quiet
        house.speakers.append(FakeSpeaker(settings=loud))
        house.read_again = lambda: replace(house.settings, speaking=loud)
        await telling(house)
        house.daemon.reload()
        await house.wait(lambda: house.daemon.robot.volume == 90, "new settings")
        assert house.speakers[0].volume == 50  # the old voice under its old cap
        house.speakers[0].set_pace(85)
        await house.until(Mode.IDLE)
        await house.wait(
            lambda: house.daemon.services.speaker.speaker is house.speakers[1], "exchange"
        )
        assert (await house.ask(Status()))["volume"] == house.speakers[1].volume == 90
        assert house.speakers[1].pace == 85

    play(tmp_path, scene, settings=Settings(speaking=quiet))


def test_a_fault_of_our_own_ends_the_daemon(tmp_path: Path) -> None:
    """What nobody foresaw is left to systemd: better started anew than half alive."""

    async def scene(house: House) -> None:
        def broken(name: str) -> None:
            raise ZeroDivisionError

        house.daemon.services.button.show = broken  # type: ignore[method-assign]
        await house.ask(Ask("a story about a cat"))
        await house.wait(lambda: house.speaker.closed, "the end", 10)

    with pytest.raises(ZeroDivisionError):
        play(tmp_path, scene)


def test_nothing_of_a_story_is_said_after_its_stop(tmp_path: Path) -> None:
    """A sentence ends by the stop: the one behind it must not be said while the engine ends."""

    async def scene(house: House) -> None:
        await telling(house)
        narrator = house.daemon.services.narrator
        await house.wait(lambda: narrator.engine is None, "all written")
        engine = narrator._pipeline.engine = house.engines.make()

        async def slow(grace: float = 1.0) -> None:
            await asyncio.sleep(grace)

        engine.stop = slow  # type: ignore[method-assign]
        said = len(house.heard)
        await house.press()
        await house.until(Mode.IDLE, 3)
        await asyncio.sleep(5)
        assert house.heard[said:] == ["<stopped>"]

    play(tmp_path, scene)


def test_a_stop_takes_back_what_was_just_given(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        voice = house.daemon.services.speaker
        said = len(house.heard)
        voice.say("Nobody wants to hear this.")
        voice.silence()
        voice.earcon("stopped")
        voice.silence()
        await asyncio.sleep(5)
        assert house.heard[said:] == []

    play(tmp_path, scene)


def test_two_stops_do_not_bring_a_loudspeaker_back(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        await telling(house)
        house.speaker.plugged = False
        await house.until(Mode.PAUSED, 3)
        voice = house.daemon.services.speaker
        voice.silence()
        await asyncio.sleep(0.1)
        voice.silence()
        await asyncio.sleep(5)
        assert house.mode is Mode.PAUSED and not voice.works
        house.speaker.plugged = True
        assert await house.until(Mode.TELLING) < 5.0

    play(tmp_path, scene)


def test_a_voice_that_fails_is_no_missing_engine(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        async def broken(*_: object) -> Any:
            raise StorybotError("the voice is hoarse", Exit.SOUND_OUT)

        house.daemon.services.speaker.tell = broken  # type: ignore[method-assign]
        for _ in range(4):
            await house.ask(Ask("a story about a cat"))
            await house.until(Mode.THINKING)
            await house.wait(lambda: house.mode in (Mode.IDLE, Mode.DEGRADED))
            await asyncio.sleep(1)
            assert house.mode is Mode.IDLE

    play(tmp_path, scene)
