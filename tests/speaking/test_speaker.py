"""The speaker: sentences one after the other, ahead of time, and silent at once when told."""

from __future__ import annotations

import asyncio
import threading
import wave
from array import array
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from storybot.errors import Exit, StorybotError
from storybot.settings import SpeakingSettings
from storybot.speaking import mouth, queued_player, speaker
from storybot.speaking.mouth import Mouth
from storybot.speaking.queued_player import QueuedPlayer
from storybot.speaking.silent_out import SilentPlayer
from storybot.speaking.speaker import Speaker
from tests.fakes.output import FakeOutput
from tests.fakes.voice import LETTER, RATE, ToneVoice, voice_fault

SETTINGS = SpeakingSettings(volume=100, pause=0.1)
PAUSE = round(0.1 * RATE)  # frames


class Stage:
    """A speaker with a voice and a loudspeaker that tests can look into."""

    def __init__(
        self, speed: float = 50.0, settings: SpeakingSettings = SETTINGS, patience: float = 5.0
    ) -> None:
        self.voice = ToneVoice()
        self.output = FakeOutput(speed)
        self.player = QueuedPlayer(self.output, RATE, settings.volume)
        self.words: list[str] = []
        self.speaker = Speaker(settings, voice=self.voice, player=self.player, patience=patience)

    @property
    def heard(self) -> int:
        """Frames that came out, silence between sentences included."""
        return len(self.output.heard) // 2


def play(act: Callable[[Stage], Awaitable[None]], stage: Stage | None = None) -> Stage:
    stage = stage or Stage()

    async def run() -> None:
        async with stage.speaker:
            await asyncio.wait_for(act(stage), 60)

    asyncio.run(run())
    assert stage.voice.stopped
    return stage


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.005)


def test_sentences_are_heard_in_order_with_a_pause_between() -> None:
    async def act(stage: Stage) -> None:
        first = await stage.speaker.say("One two.", stage.words.append)
        await stage.speaker.say("Three.", stage.words.append)
        await stage.speaker.drain()
        assert first.whole
        assert first.seconds_audio == 8 * LETTER / RATE
        assert 0 <= first.seconds_synthesis < 5

    stage = play(act)
    assert stage.words == ["One ", "two.", "Three."]
    assert stage.heard == 8 * LETTER + PAUSE + 6 * LETTER
    assert stage.speaker.played_samples == stage.heard
    assert stage.speaker.first_sound is not None
    assert stage.output.finished == 1


def test_after_a_silence_there_is_no_pause() -> None:
    async def act(stage: Stage) -> None:
        await stage.speaker.say("One.")
        await stage.speaker.drain()
        await stage.speaker.say("Two.")
        await stage.speaker.drain()

    assert play(act).heard == 8 * LETTER


def test_the_next_sentence_is_synthesised_while_this_one_plays() -> None:
    async def act(stage: Stage) -> None:
        await stage.speaker.say("x" * 30)
        await stage.speaker.say("Next.")
        assert len(stage.voice.spoken) == 2
        assert stage.speaker.played_samples < 30 * LETTER
        await stage.speaker.drain()

    play(act, Stage(speed=2.0))


def test_synthesis_never_runs_further_ahead_than_the_queue() -> None:
    async def act(stage: Stage) -> None:
        stage.speaker.pause()
        saying = asyncio.create_task(stage.speaker.say("x" * 200))
        await asyncio.sleep(0.2)
        assert not saying.done()
        assert stage.player.written() <= 2 * RATE
        stage.speaker.resume()
        assert (await saying).whole

    play(act, Stage(speed=200))


def test_words_come_when_they_are_heard_and_the_sentence_is_known() -> None:
    async def act(stage: Stage) -> None:
        await stage.speaker.say("One two three four.", stage.words.append)
        await until(lambda: len(stage.words) == 2)
        assert stage.speaker.saying == "One two three four."
        assert stage.speaker.played_samples < 14 * LETTER
        await stage.speaker.drain()
        assert stage.speaker.saying == ""

    assert play(act, Stage(speed=3.0)).words == ["One ", "two ", "three ", "four."]


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


def test_volume_stays_between_floor_and_cap() -> None:
    async def act(stage: Stage) -> None:
        speaker = stage.speaker
        assert speaker.volume == 80
        assert [speaker.set_volume(volume) for volume in (55, 100, 3)] == [55, 80, 30]
        assert stage.player.gain.target == 30
        assert speaker.set_volume(60, seconds=5) == 60
        assert stage.player.gain.level != 60

    settings = replace(SETTINGS, volume_floor=30, volume_cap=80)
    play(act, Stage(settings=settings))


def test_pace_holds_from_the_next_sentence_on() -> None:
    async def act(stage: Stage) -> None:
        for pace in (100, 85, 10, 900):
            stage.speaker.set_pace(pace)
            await stage.speaker.say("Go.")

    stage = play(act)
    assert [manner.speed for _, manner in stage.voice.spoken] == [150, 128, 80, 450]
    assert {manner.accent for _, manner in stage.voice.spoken} == {"en-us"}


def test_an_earcon_is_played() -> None:
    async def act(stage: Stage) -> None:
        await stage.speaker.earcon("listening")
        await stage.speaker.drain()

    stage = play(act)
    assert 0.1 < stage.heard / RATE < 0.5


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
    monkeypatch.setattr(queued_player, "LOST", 0.3)
    monkeypatch.setattr(mouth, "RETRY", 0.02)

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

    stage = play(act, Stage(speed=5.0, patience=30))
    assert stage.heard >= 100 * LETTER - 160


def test_a_loudspeaker_lost_at_the_very_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queued_player, "LOST", 0.3)
    monkeypatch.setattr(mouth, "RETRY", 0.02)

    async def act(stage: Stage) -> None:
        await stage.speaker.say("x" * 20)
        stage.output.pull_out()
        with pytest.raises(StorybotError, match="takes no more sound") as caught:
            await stage.speaker.drain()
        assert caught.value.code == Exit.SOUND_OUT
        with pytest.raises(StorybotError):
            await stage.speaker.drain()

    play(act, Stage(speed=1.0, patience=0.2))


def test_before_it_is_open_nothing_breaks() -> None:
    async def act() -> None:
        speaker = Speaker(SpeakingSettings(driver="silent"))
        speaker.stop()
        speaker.pause()
        speaker.resume()
        await speaker.fade_out()
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


def test_a_story_into_a_wav(tmp_path: Path) -> None:
    words: list[str] = []

    async def act() -> None:
        settings = SpeakingSettings(volume=50)
        async with Speaker(settings, wav=tmp_path / "story.wav") as speaker:
            for sentence in ("Once upon a time.", "The end."):
                await speaker.say(sentence, words.append)
            await speaker.drain()

    asyncio.run(act())
    assert "".join(words) == "Once upon a time.The end."
    with wave.open(str(tmp_path / "story.wav")) as file:
        assert 1.0 < file.getnframes() / file.getframerate() < 6.0


def test_a_mouth_that_is_not_open_says_so() -> None:
    with pytest.raises(RuntimeError):
        Mouth(SETTINGS, "full", None, 1.0).parts()


def test_what_is_given_is_used() -> None:
    async def act() -> None:
        player = SilentPlayer(RATE, 100)
        async with Speaker(SETTINGS, voice=ToneVoice(), player=player) as speaker:
            await speaker.say("Hi.")
            assert player.played() == 3 * LETTER

    asyncio.run(act())


def test_a_device_that_hangs_does_not_hold_up_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speaker, "LEAVE", 0.1)
    hung = threading.Event()

    async def act(stage: Stage) -> None:
        await stage.speaker.say("One.")
        monkeypatch.setattr(stage.output, "close", lambda: hung.wait(30))

    play(act)
    hung.set()


def test_a_device_that_hangs_while_it_is_taken_again_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(queued_player, "LOST", 0.2)
    monkeypatch.setattr(mouth, "HANGS", 0.2)
    monkeypatch.setattr(speaker, "LEAVE", 0.2)
    hung = threading.Event()

    async def act(stage: Stage) -> None:
        saying = asyncio.create_task(stage.speaker.say("x" * 300))
        await until(lambda: stage.heard > 0)
        monkeypatch.setattr(stage.output, "open", lambda rate, fetch: hung.wait(30))
        assert not stage.speaker.hopeless
        stage.output.pull_out()
        with pytest.raises(StorybotError, match="takes no more sound"):
            await saying
        assert stage.speaker.hopeless

    play(act, Stage(speed=5.0, patience=0.1))
    hung.set()
