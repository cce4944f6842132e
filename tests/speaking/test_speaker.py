"""The speaker: sentences one after the other, ahead of time, in the voice that was set."""

from __future__ import annotations

import asyncio
import errno
import sys
import wave
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from storybot.config.schema import HearingSettings, Settings, SpeakingSettings
from storybot.errors import Exit, StorybotError
from storybot.hearing.microphones.choice import open_microphone
from storybot.robot import initial_robot
from storybot.speaking.outputs.silent import SilentPlayer
from storybot.speaking.speaker import Speaker
from storybot.speaking.synthesizer import Synthesizer, Utterance
from storybot.speaking.voices.voice import OnPcm, SpeechParameters
from tests.fakes.voice import LETTER, RATE, ToneVoice
from tests.speaking.stage import PAUSE, SETTINGS, Stage, play, until


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
        stage.output.most = 11 * LETTER  # within "three"
        await stage.speaker.say("One two three four.", stage.words.append)
        await until(lambda: len(stage.words) == 3)
        assert stage.speaker.saying == "One two three four."
        assert stage.speaker.played_samples == 11 * LETTER
        stage.output.most = sys.maxsize
        await stage.speaker.drain()
        assert stage.speaker.saying == ""

    assert play(act).words == ["One ", "two ", "three ", "four."]


def test_a_word_marked_behind_the_end_of_the_sound_is_shown_at_its_end() -> None:
    """Marks may be guessed from a sound whose silences are taken away later, as flite's are."""

    async def act(stage: Stage) -> None:
        stage.voice.late = 20 * LETTER
        async with asyncio.timeout(10):
            await stage.speaker.say("One two three.", stage.words.append)
            await stage.speaker.drain()
        assert stage.speaker.saying == ""

    assert play(act).words == ["One ", "two ", "three."]


def test_volume_stays_between_floor_and_cap() -> None:
    async def act(stage: Stage) -> None:
        speaker = stage.speaker
        assert speaker.volume == 80
        assert [speaker.set_volume(volume) for volume in (55, 100, 3)] == [55, 80, 30]
        assert stage.player.gain.target == 30
        assert speaker.asked_volume == 3  # what new settings may allow
        assert speaker.set_volume(60, seconds=5) == 60
        assert stage.player.gain.level != 60

    settings = replace(SETTINGS, volume_floor=30, volume_cap=80)
    play(act, Stage(settings=settings))


def test_the_cap_has_the_last_word_over_the_floor() -> None:
    settings = replace(SETTINGS, volume_floor=80, volume_cap=60)
    robot = initial_robot(Settings(speaking=settings), small=False)
    assert robot.volume == 60

    async def act(stage: Stage) -> None:
        assert [stage.speaker.set_volume(volume) for volume in (0, 70, 100)] == [60, 60, 60]

    play(act, Stage(settings=settings))


def test_pace_holds_from_the_next_sentence_on() -> None:
    async def act(stage: Stage) -> None:
        for pace in (100, 85, 10, 900):
            stage.speaker.set_pace(pace)
            await stage.speaker.say("Go.")

    stage = play(act)
    assert [parameters.speed for _, parameters in stage.voice.spoken] == [125, 106, 12, 1125]
    assert {parameters.accent for _, parameters in stage.voice.spoken} == {"en-us"}


def test_hero_and_friend_speak_at_other_pitches() -> None:
    async def act(stage: Stage) -> None:
        await stage.speaker.say('"Hi!" he said. "Yo!"', quotations=[(0, 5, 0), (15, 20, 1)])

    stage = play(act, Stage(settings=replace(SETTINGS, pitch=90, dialogue_pitch=20)))
    assert [(text, parameters.pitch) for text, parameters in stage.voice.spoken] == [
        ('"Hi!"', 99),
        ("he said.", 90),
        ('"Yo!"', 70),
    ]


@pytest.mark.parametrize("generation", [0, 1])
def test_a_voice_that_the_system_refuses(generation: int) -> None:
    """A process that it cannot have, a full disk. What was stopped meanwhile is no fault."""

    class Refused(ToneVoice):
        def synthesise(self, text: str, parameters: SpeechParameters, on_pcm: OnPcm) -> None:
            synthesizer.generation = generation
            raise OSError(errno.ENOMEM, "Cannot allocate memory")

    synthesizer = Synthesizer(SETTINGS, "full", None, 1.0)
    stage = Stage()
    synthesizer.voice, synthesizer.player = Refused(), stage.player
    stage.player.open()
    said = partial(synthesizer.speak, Utterance("One."), SpeechParameters(), 0)
    if generation:
        assert not said().whole
    else:
        with pytest.raises(StorybotError, match=r"cannot speak \(Cannot allocate memory\); free"):
            said()
    stage.player.close()


def test_what_the_system_refuses_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_memory(*_: object) -> None:
        raise OSError(errno.ENOMEM, "Cannot allocate memory")

    monkeypatch.setattr("storybot.speaking.synthesizer.make_voice", no_memory)
    with pytest.raises(StorybotError, match="Cannot allocate memory") as fault:
        Synthesizer(SETTINGS, "full", None, 1.0).open(100)
    assert fault.value.code is Exit.SOUND_OUT
    monkeypatch.setattr("storybot.hearing.microphones.choice.driver", no_memory)
    with pytest.raises(StorybotError, match="microphone cannot be opened") as fault:
        open_microphone(HearingSettings(), "full")
    assert fault.value.code is Exit.SOUND_IN


def test_an_earcon_is_played() -> None:
    async def act(stage: Stage) -> None:
        await stage.speaker.earcon("listening")
        await stage.speaker.drain()

    stage = play(act)
    assert 0.1 < stage.heard / RATE < 0.5


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


def test_what_is_given_is_used() -> None:
    async def act() -> None:
        player = SilentPlayer(RATE, 100)
        async with Speaker(SETTINGS, voice=ToneVoice(), player=player) as speaker:
            await speaker.say("Hi.")
            assert player.played() == 3 * LETTER

    asyncio.run(act())
