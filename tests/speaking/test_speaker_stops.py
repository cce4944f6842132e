"""The speaker: silent at once when told, softly, or for a while."""

from __future__ import annotations

import asyncio
from array import array

import pytest

from tests.fakes.voice import LETTER
from tests.speaking.stage import Stage, play, until


def test_stop_is_silent_at_once_and_the_next_sentence_is_heard() -> None:
    async def act(stage: Stage) -> None:
        saying = asyncio.create_task(stage.speaker.say("x" * 300, stage.words.append))
        await until(lambda: stage.heard > 0)
        stage.speaker.stop()
        spoken = await saying
        assert not spoken.whole
        stage.output.heard.clear()
        await stage.speaker.say("Bye.")
        await stage.speaker.drain()

    stage = play(act, Stage(speed=5.0))
    assert stage.heard == 4 * LETTER
    assert stage.words in ([], ["x" * 300])


def test_sentences_given_before_a_stop_are_not_spoken_after_it() -> None:
    async def act(stage: Stage) -> None:
        stage.voice.held.clear()
        first = asyncio.create_task(stage.speaker.say("One."))
        second = asyncio.create_task(stage.speaker.say("Two."))
        await until(lambda: bool(stage.voice.spoken))
        stage.speaker.stop()
        stage.voice.held.set()
        assert not (await first).whole
        assert not (await second).whole
        assert [text for text, _ in stage.voice.spoken] == ["One."]

    assert play(act).heard == 0


def test_drain_ends_with_a_stop() -> None:
    async def act(stage: Stage) -> None:
        await stage.speaker.say("x" * 30)
        draining = asyncio.create_task(stage.speaker.drain())
        await asyncio.sleep(0.05)
        stage.speaker.stop()
        await draining

    assert play(act, Stage(speed=1.0)).heard < 30 * LETTER


def test_cancelling_falls_silent() -> None:
    async def act(stage: Stage) -> None:
        saying = asyncio.create_task(stage.speaker.say("x" * 300))
        await until(lambda: stage.heard > 0)
        saying.cancel()
        with pytest.raises(asyncio.CancelledError):
            await saying
        assert stage.player.played() == stage.player.written()

    play(act, Stage(speed=2.0))


def test_pause_and_resume() -> None:
    async def act(stage: Stage) -> None:
        await stage.speaker.say("x" * 20)
        await until(lambda: stage.heard > 0)
        stage.speaker.pause()
        await asyncio.sleep(0.05)
        place = stage.speaker.played_samples
        await asyncio.sleep(0.1)
        assert stage.speaker.played_samples == place
        stage.speaker.resume()
        await stage.speaker.drain()

    assert play(act, Stage(speed=3.0)).heard == 20 * LETTER


def test_fade_out_falls_silent_softly_and_keeps_the_volume() -> None:
    async def act(stage: Stage) -> None:
        await stage.speaker.say("x" * 40)
        await until(lambda: stage.heard > 0)
        await stage.speaker.fade_out(0.3)
        assert stage.player.played() == stage.player.written()
        assert stage.player.gain.level == stage.speaker.volume == 100

    stage = play(act, Stage(speed=1.0))
    assert 0 < stage.heard < 35 * LETTER
    levels = [abs(sample) for sample in array("h", bytes(stage.output.heard))][::80]
    assert levels[0] > 4000
    assert levels[-1] < 1500
    assert levels == sorted(levels, reverse=True)


def test_a_fade_that_a_stop_overtook_spares_the_next_story() -> None:
    async def act(stage: Stage) -> None:
        await stage.speaker.say("x" * 40)
        await until(lambda: stage.heard > 0)
        fading = asyncio.create_task(stage.speaker.fade_out(0.5))
        await asyncio.sleep(0.05)
        stage.speaker.stop()
        assert (await stage.speaker.say("Next.")).whole
        await fading
        assert stage.player.gain.level == 100
        await stage.speaker.drain()

    assert play(act, Stage(speed=2.0)).heard >= 5 * LETTER
