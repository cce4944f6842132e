"""What the daemon relies on in a speaker: the same cases for the real one and for its fake.

The real Speaker has its own synthesizer, queue and threads here; its loudspeaker is pulled out and
plugged in by hand. A fake that is kinder than the real one hides faults of the daemon.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, cast

import pytest

from storybot.config.schema import SpeakingSettings
from storybot.errors import StorybotError
from storybot.speaking import synthesizer
from storybot.speaking.captions import OnWord
from storybot.speaking.outputs import queued_player
from storybot.speaking.outputs.queued_player import QueuedPlayer
from storybot.speaking.speaker import Speaker
from storybot.speaking.synthesizer import Spoken
from tests.fakes.output import FakeOutput
from tests.fakes.speaking import FakeSpeaker
from tests.fakes.voice import RATE, ToneVoice

SENTENCE = "The cat ran to the park and met a dog."
LONG = " ".join([SENTENCE] * 3)  # longer than what is kept ahead
LOST_TIMEOUT_S = 1.5  # s for which a lost loudspeaker is looked for


class Case:
    """A speaker and the plug of its loudspeaker."""

    def __init__(self, kind: str) -> None:
        self.speaker: Any
        if kind == "fake":
            self.speaker = FakeSpeaker()
            self.speaker.lost_timeout_s = LOST_TIMEOUT_S
        else:
            self.output = FakeOutput(speed=1.0)
            self.speaker = Speaker(SpeakingSettings(), lost_timeout_s=LOST_TIMEOUT_S)

    def plug(self, plugged: bool) -> None:
        if isinstance(self.speaker, FakeSpeaker):
            self.speaker.plugged = plugged
        else:
            self.output.plugged = plugged


@pytest.fixture(params=["fake", "real"])
def case(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Case]:
    one = Case(request.param)
    monkeypatch.setattr(queued_player, "STALLED_AFTER_S", 0.3)
    monkeypatch.setattr(synthesizer, "REOPEN_INTERVAL_S", 0.05)
    monkeypatch.setattr(synthesizer, "make_voice", lambda *_: ToneVoice())
    monkeypatch.setattr(
        synthesizer, "make_player", lambda *_: QueuedPlayer(one.output, RATE, volume=70)
    )
    yield one


def run(case: Case, act: Callable[[Any], Awaitable[None]]) -> None:
    async def limited() -> None:
        try:
            async with asyncio.timeout(60):
                await act(case.speaker)
        finally:
            await case.speaker.close()

    asyncio.run(limited())


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.01)


async def begun(speaker: Any, text: str, on_word: OnWord | None = None) -> asyncio.Task[Spoken]:
    """What says `text`, once the first of it has been heard."""
    await speaker.open()
    saying = asyncio.create_task(speaker.say(text, on_word))
    await until(lambda: speaker.played_samples > 0)
    return saying


def test_what_was_never_open_fails_at_once_and_has_no_trouble(case: Case) -> None:
    """Trouble means a loudspeaker that was there and is looked for."""

    async def act(speaker: Any) -> None:
        case.plug(False)
        for attempt in (
            speaker.open,
            lambda: speaker.say(SENTENCE),
            lambda: speaker.earcon("ready"),
        ):
            began = time.monotonic()
            with pytest.raises(StorybotError, match="loudspeaker"):
                await attempt()
            assert time.monotonic() - began < 1.0
            assert speaker.trouble is None and not speaker.device_hangs
        case.plug(True)
        await speaker.open()
        assert await speaker.earcon("ready")

    run(case, act)


def test_before_it_is_open_nothing_waits(case: Case) -> None:
    async def act(speaker: Any) -> None:
        speaker.stop()
        speaker.pause()
        speaker.resume()
        await speaker.drain()
        assert (speaker.played_samples, speaker.saying) == (0, "")
        await speaker.open()
        await speaker.open()

    run(case, act)


def test_what_is_said_is_played(case: Case) -> None:
    async def act(speaker: Any) -> None:
        words: list[str] = []
        saying = await begun(speaker, SENTENCE, words.append)
        await until(lambda: speaker.saying == SENTENCE)
        assert (await saying).whole
        await speaker.drain()
        assert "".join(words).split() == SENTENCE.split()
        assert speaker.saying == "" and speaker.trouble is None

    run(case, act)


def test_a_stop_ends_what_is_said_at_once(case: Case) -> None:
    async def act(speaker: Any) -> None:
        saying = await begun(speaker, SENTENCE * 5)
        began = time.monotonic()
        speaker.stop()
        assert not (await saying).whole
        assert time.monotonic() - began < 1.0
        assert speaker.saying == ""
        assert await speaker.earcon("stopped")

    run(case, act)


def test_a_pause_keeps_the_place(case: Case) -> None:
    async def act(speaker: Any) -> None:
        saying = await begun(speaker, SENTENCE)
        speaker.pause()
        await asyncio.sleep(0.3)
        place = speaker.played_samples
        await asyncio.sleep(0.5)
        assert speaker.played_samples == place
        speaker.resume()
        assert (await saying).whole

    run(case, act)


def test_a_lost_loudspeaker_is_looked_for_and_found(case: Case) -> None:
    async def act(speaker: Any) -> None:
        saying = await begun(speaker, LONG)
        case.plug(False)
        await until(lambda: speaker.trouble is not None)
        assert not speaker.device_hangs
        await speaker.open()  # does nothing: it was open once
        case.plug(True)
        assert (await saying).whole
        assert speaker.trouble is None

    run(case, act)


def test_who_gives_up_a_lost_loudspeaker_says_so_and_the_trouble_stays(case: Case) -> None:
    async def act(speaker: Any) -> None:
        saying = await begun(speaker, LONG)
        case.plug(False)
        with pytest.raises(StorybotError, match="takes no more sound"):
            await saying
        assert speaker.trouble is not None
        case.plug(True)
        assert await speaker.earcon("ready")
        assert speaker.trouble is None

    run(case, act)


def test_a_stop_while_it_is_looked_for_ends_the_search(case: Case) -> None:
    async def act(speaker: Any) -> None:
        saying = await begun(speaker, LONG)
        case.plug(False)
        await until(lambda: speaker.trouble is not None)
        speaker.stop()
        assert not (await saying).whole

    run(case, act)


def test_closed_while_it_opens_it_holds_no_loudspeaker(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As at a reload during a slow opening: the next speaker may want the same device."""
    closed: list[str] = []

    async def act(speaker: Any) -> None:
        if isinstance(speaker, FakeSpeaker):
            speaker.open_takes = 0.3
        else:
            really, closes = case.output.open, case.output.close
            monkeypatch.setattr(
                case.output, "open", lambda *given: time.sleep(0.3) or really(*given)
            )
            monkeypatch.setattr(case.output, "close", lambda: closed.append("closed") or closes())
        opening = asyncio.create_task(speaker.open())
        await asyncio.sleep(0.1)
        await speaker.close()
        await opening
        if not isinstance(speaker, FakeSpeaker):
            assert closed == ["closed"]

    run(case, act)


def test_what_is_closed_says_so(case: Case) -> None:
    """Who still waits for it must not wait for ever."""

    async def act(speaker: Any) -> None:
        await speaker.open()
        await speaker.close()
        for attempt in (
            lambda: speaker.say(SENTENCE),
            lambda: speaker.earcon("ready"),
        ):
            async with asyncio.timeout(2):
                with pytest.raises(StorybotError, match="closed"):
                    await attempt()
        await speaker.close()

    run(case, act)


def test_volume_keeps_to_the_cap(case: Case) -> None:
    async def act(speaker: Any) -> None:
        capped = SpeakingSettings(volume_cap=60)
        changed = cast(Any, speaker)
        if isinstance(speaker, FakeSpeaker):
            changed.settings = capped
        else:
            changed._settings = capped
        assert speaker.set_volume(90) == speaker.volume == 60
        assert speaker.asked_volume == 90

    run(case, act)
