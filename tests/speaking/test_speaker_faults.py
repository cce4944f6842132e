"""The speaker: a voice that fails, and loudspeakers that are gone, not there yet, or hang."""

from __future__ import annotations

import asyncio
import threading

import pytest

from storybot.config.schema import SpeakingSettings
from storybot.errors import Exit, StorybotError
from storybot.speaking import speaker, synthesizer
from storybot.speaking.outputs import queued_player
from storybot.speaking.speaker import Speaker
from storybot.speaking.synthesizer import Synthesizer
from tests.fakes.voice import LETTER, voice_fault
from tests.speaking.stage import SETTINGS, Stage, play, until


def test_a_voice_that_fails_is_told_and_the_next_sentence_speaks() -> None:
    async def act(stage: Stage) -> None:
        stage.voice.fault = voice_fault()
        with pytest.raises(StorybotError, match="hoarse"):
            await stage.speaker.say("One.")
        stage.voice.fault = None
        assert (await stage.speaker.say("Two.")).whole

    play(act)


def test_a_terminal_that_closes_ends_the_telling() -> None:
    def closed(word: str) -> None:
        raise BrokenPipeError

    async def act(stage: Stage) -> None:
        with pytest.raises(BrokenPipeError):
            await stage.speaker.say("One two.", closed)
            await stage.speaker.drain()

    play(act)


def test_a_loudspeaker_pulled_out_and_plugged_in_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queued_player, "STALLED_AFTER_S", 0.3)
    monkeypatch.setattr(synthesizer, "REOPEN_INTERVAL_S", 0.02)

    async def act(stage: Stage) -> None:
        saying = asyncio.create_task(stage.speaker.say("x" * 100))
        await until(lambda: stage.heard > 0)
        stage.output.pull_out()
        await until(lambda: stage.speaker.trouble is not None)
        assert "takes no more sound" in (stage.speaker.trouble or "")
        stage.output.plug_in()
        assert (await saying).whole
        assert stage.speaker.trouble is None
        await stage.speaker.drain()

    stage = play(act, Stage(speed=5.0, lost_timeout_s=30))
    assert stage.heard >= 100 * LETTER - 160


def test_a_loudspeaker_lost_at_the_very_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queued_player, "STALLED_AFTER_S", 0.3)
    monkeypatch.setattr(synthesizer, "REOPEN_INTERVAL_S", 0.02)

    async def act(stage: Stage) -> None:
        await stage.speaker.say("x" * 20)
        stage.output.pull_out()
        with pytest.raises(StorybotError, match="takes no more sound") as caught:
            await stage.speaker.drain()
        assert caught.value.code == Exit.SOUND_OUT
        with pytest.raises(StorybotError):
            await stage.speaker.drain()

    play(act, Stage(speed=1.0, lost_timeout_s=0.2))


def test_before_it_is_open_nothing_breaks() -> None:
    async def act() -> None:
        speaker = Speaker(SpeakingSettings(driver="silent"))
        speaker.stop()
        speaker.pause()
        speaker.resume()
        assert speaker.set_volume(50) == 50
        assert (speaker.played_samples, speaker.first_sound, speaker.saying) == (0, None, "")
        await speaker.say("Now it opens.")
        await speaker.drain()
        assert speaker.played_samples > 10_000
        await speaker.close()

    asyncio.run(act())


def test_without_a_loudspeaker_it_does_not_open() -> None:
    async def act() -> None:
        async with Speaker(SpeakingSettings(driver="portaudio", speaker="No Such Speaker")):
            raise AssertionError("it opened")

    with pytest.raises(StorybotError) as caught:
        asyncio.run(act())
    assert caught.value.code == Exit.SOUND_OUT


def test_a_mouth_that_is_not_open_says_so() -> None:
    with pytest.raises(RuntimeError):
        Synthesizer(SETTINGS, "full", None, 1.0).voice_and_player()


def test_a_device_that_hangs_does_not_hold_up_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speaker, "DEVICE_CLOSE_TIMEOUT_S", 0.1)
    hung = threading.Event()

    async def act(stage: Stage) -> None:
        await stage.speaker.say("One.")
        monkeypatch.setattr(stage.output, "close", lambda: hung.wait(30))

    play(act)
    hung.set()


def test_a_device_that_hangs_while_it_is_taken_again_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(queued_player, "STALLED_AFTER_S", 0.2)
    monkeypatch.setattr(synthesizer, "DEVICE_HANG_TIMEOUT_S", 0.2)
    monkeypatch.setattr(speaker, "DEVICE_CLOSE_TIMEOUT_S", 0.2)
    hung = threading.Event()

    async def act(stage: Stage) -> None:
        saying = asyncio.create_task(stage.speaker.say("x" * 300))
        await until(lambda: stage.heard > 0)
        monkeypatch.setattr(stage.output, "open", lambda rate, fetch: hung.wait(30))
        assert not stage.speaker.device_hangs
        stage.output.pull_out()
        with pytest.raises(StorybotError, match="takes no more sound"):
            await saying
        assert stage.speaker.device_hangs

    play(act, Stage(speed=5.0, lost_timeout_s=0.1))
    hung.set()
