"""The speaker: silent at once when told, or for a while."""

from __future__ import annotations

import asyncio

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
