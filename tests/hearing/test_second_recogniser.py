"""Whisper's process: what it answers is passed on, and what hangs, dies or babbles is replaced.

One contract for the real one, where storybot[whisper] is installed, and for a fake with its faults.
"""

from __future__ import annotations

import os
import signal
import time
from array import array
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from storybot.config.schema import HearingSettings
from storybot.errors import StorybotError
from storybot.hearing.second import whisper
from storybot.hearing.second.choice import chosen, make_second
from storybot.hearing.second.second_recogniser import State, Transcript
from storybot.hearing.second.whisper import PROCESS, WhisperRecogniser
from tests.fakes.recognisers import spoken

FAKE = "tests.fakes.fake_whisper_process"
SPEECH = bytes(8 * 32000)  # longer than a pipe is by default
PATIENCE_S = 150.0  # s, on a busy machine
needs_whisper = pytest.mark.skipif(
    not all(map(find_spec, whisper.PACKAGES)), reason="storybot[whisper] is not installed"
)
Make = Callable[..., WhisperRecogniser]


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    made: list[WhisperRecogniser] = []

    def one(behaviour: str = "well", module: str = FAKE) -> WhisperRecogniser:
        monkeypatch.setenv("FAKE_WHISPER", behaviour)
        made.append(WhisperRecogniser(module))
        return made[-1]

    yield one
    for recogniser in made:
        recogniser.close()


def until(recogniser: WhisperRecogniser, condition: Callable[[], bool]) -> Transcript | None:
    """Look at it until this holds; the transcript that came meanwhile."""
    limit, came = time.monotonic() + PATIENCE_S, None
    while not condition():
        assert time.monotonic() < limit, (recogniser.state, recogniser.trouble)
        came = recogniser.answer() or came
        time.sleep(0.01)
    return came


def loaded(recogniser: WhisperRecogniser) -> WhisperRecogniser:
    until(recogniser, lambda: recogniser.state is not State.LOADING)
    assert recogniser.state is State.READY, recogniser.trouble
    return recogniser


def answered(recogniser: WhisperRecogniser, pcm: bytes, *suspected: str) -> Transcript:
    assert recogniser.ask(pcm, suspected)
    limit = time.monotonic() + PATIENCE_S
    while (found := recogniser.answer()) is None:
        assert time.monotonic() < limit and recogniser.state is State.READY, recogniser.trouble
        time.sleep(0.01)
    return found


@pytest.mark.parametrize("module", [FAKE, pytest.param(PROCESS, marks=needs_whisper)])
def test_one_question_after_the_other(make: Make, module: str) -> None:
    recogniser = make("slow", module)  # an answer at once would leave no time in between
    assert recogniser.state is State.LOADING
    assert not recogniser.ask(SPEECH, ()), "before it is loaded"
    loaded(recogniser)
    for _ in range(2):
        assert recogniser.ask(SPEECH, ("A cat.",))
        assert not recogniser.ask(SPEECH, ()), "one at a time"
        assert until(recogniser, lambda: recogniser._asked is None) is not None
    assert recogniser.ask(SPEECH, ())
    recogniser.forget()
    assert until(recogniser, lambda: recogniser._asked is None) is None, "nobody waits for it"
    recogniser.close()
    assert not recogniser.ask(SPEECH, ()) and recogniser.answer() is None


@needs_whisper
def test_the_real_one_hears_what_was_said(make: Make) -> None:
    recogniser = loaded(make(module=PROCESS))
    told = "Tell me a story about a saxophone."
    heard = answered(recogniser, spoken("tell me a story about a saxophone"), told, "Louder.")
    assert heard.words.strip(".").lower() == told.strip(".").lower()
    assert heard.lead is not None and heard.lead < 1.0 and heard.no_speech < 0.3
    assert len(heard.others) > 5 and all(behind > -1.0 for _, behind in heard.others)
    other = answered(recogniser, spoken("a letter"), "Louder.")
    assert other.lead is not None and other.lead > 6.0
    for silence in (bytes(64000), os.urandom(64000)):
        assert answered(recogniser, silence).words == ""


def raised(speech: bytes, times: float) -> bytes:
    """The speech so many times faster and higher, as a child's voice is."""
    samples = array("h", speech)
    count = int(len(samples) / times)
    return array("h", (samples[int(place * times)] for place in range(count))).tobytes()


@needs_whisper
def test_a_high_voice_is_played_slower(make: Make) -> None:
    recogniser = loaded(make(module=PROCESS))
    high = raised(spoken("tell me a story about a lemon and a hen"), 1.3)
    told = "Tell me a story about a lemon and a hen."
    plain = answered(recogniser, high, told).lead
    assert recogniser.ask(high, (told,), 1.3)
    slower = until(recogniser, lambda: recogniser._asked is None)
    assert plain is not None and slower is not None and slower.lead is not None
    assert slower.lead < plain


@pytest.mark.parametrize("module", [FAKE, pytest.param(PROCESS, marks=needs_whisper)])
def test_it_is_asked_again_about_the_same_speech(make: Make, module: str) -> None:
    recogniser = loaded(make(module=module))
    speech = spoken("tell me a story about rocks")
    before = answered(recogniser, speech, "Tell me a story about trucks.")
    rocks, ducks = "Tell me a story about rocks.", "Tell me a story about ducks."
    assert recogniser.ask_again((rocks, ducks))
    assert not recogniser.ask_again((rocks,)), "one at a time"
    after = until(recogniser, lambda: recogniser._asked is None)
    assert after is not None and (after.text, after.leads) == (before.text, before.leads)
    assert after.others[: len(before.others)] == before.others
    (one, near), (other, far) = after.others[-2:]
    assert (one, other) == (rocks, ducks)
    assert near < far or module == FAKE


def test_all_of_the_speech_reaches_it(make: Make) -> None:
    found = answered(loaded(make()), SPEECH, "a", "b")
    said = f"{len(SPEECH)} bytes"
    assert (found.words, found.lead, found.others) == (said, 1.0, ((f"not {said}", 0.5),))


@pytest.mark.parametrize(
    ("behaviour", "why"),
    [("die", "ended"), ("garbage", "no transcript"), ("wrong fields", "no transcript")],
)
def test_what_fails_is_ended_and_started_again(
    make: Make, monkeypatch: pytest.MonkeyPatch, behaviour: str, why: str
) -> None:
    monkeypatch.setattr(whisper, "FIRST_DELAY_S", 0.2)
    recogniser = loaded(make(behaviour))
    assert recogniser.ask(SPEECH, ())
    monkeypatch.setenv("FAKE_WHISPER", "well")
    assert until(recogniser, lambda: recogniser.state is State.LOST) is None
    assert why in recogniser.trouble and "whisper tiny.en" in recogniser.trouble
    until(recogniser, lambda: recogniser.state is State.READY)
    assert recogniser.trouble == ""
    assert answered(recogniser, SPEECH).words


@pytest.mark.parametrize("behaviour", ["hang", "do not read"])
def test_what_hangs_is_killed(make: Make, monkeypatch: pytest.MonkeyPatch, behaviour: str) -> None:
    monkeypatch.setattr(whisper, "ANSWER_TIMEOUT_S", 0.5)
    recogniser = loaded(make(behaviour))
    assert recogniser._child is not None
    pid = recogniser._child.pid
    assert recogniser.ask(bytes(3 << 20), ()), "and nobody waits until it has read that"
    until(recogniser, lambda: recogniser.state is State.LOST)
    assert "no answer within 0.5 s" in recogniser.trouble
    assert not Path(f"/proc/{pid}").exists()


@pytest.mark.parametrize(
    ("behaviour", "why"),
    [
        ("hang while loading", "not ready within 0.5 s"),
        ("die while loading", "ended"),
        ("trouble", "could not create a primitive"),
    ],
)
def test_what_does_not_load(
    make: Make, monkeypatch: pytest.MonkeyPatch, behaviour: str, why: str
) -> None:
    monkeypatch.setattr(whisper, "LOADING_TIMEOUT_S", 0.5 if "hang" in behaviour else 60.0)
    recogniser = make(behaviour)
    until(recogniser, lambda: recogniser.state is State.LOST)
    assert why in recogniser.trouble and not recogniser.ask(SPEECH, ())
    first = recogniser._start_at
    recogniser._failed("again")
    assert recogniser._start_at > first, "ever later"


def test_it_is_killed_from_outside(make: Make) -> None:
    recogniser = loaded(make("slow"))
    assert recogniser._child is not None
    os.kill(recogniser._child.pid, signal.SIGKILL)
    until(recogniser, lambda: recogniser.state is State.LOST)


def test_it_ends_with_whoever_started_it(make: Make) -> None:
    recogniser = loaded(make())
    child = recogniser._child
    assert child is not None and child.stdin is not None
    assert os.getpgid(child.pid) == os.getpgid(0), "killed with the recogniser process"
    child.stdin.close()
    assert child.wait(PATIENCE_S) == 0


def test_no_process_can_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr("subprocess.Popen", fails)
    recogniser = WhisperRecogniser(FAKE)
    assert recogniser.state is State.LOST and "Cannot allocate memory" in recogniser.trouble
    assert recogniser.answer() is None


def test_which_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    auto, named = HearingSettings(), HearingSettings(second_opinion="whisper")
    none = HearingSettings(second_opinion="none")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object())
    monkeypatch.setattr(whisper, "memory_kb", lambda name: 600 * 1024)
    assert [chosen(one, "full") for one in (auto, named, none)] == ["whisper", "whisper", "none"]
    assert chosen(auto, "small") == chosen(named, "small") == "none"
    monkeypatch.setattr(whisper, "memory_kb", lambda name: 500 * 1024)
    assert chosen(auto, "full") == "none" and make_second(auto, "full") is None
    with pytest.raises(StorybotError, match="whisper needs 512 MB of free memory"):
        make_second(named, "full")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(StorybotError, match=r"pip's storybot\[whisper\]"):
        make_second(named, "full")


@pytest.mark.parametrize(
    ("no_speech", "words"), [(0.1, "a cat"), (0.6, "a cat"), (0.8, ""), (1.0, "")]
)
def test_what_is_made_up_over_silence_has_no_words(no_speech: float, words: str) -> None:
    assert Transcript(" a cat ", no_speech).words == words
