"""The real PocketSphinx on flite's voices: a few sentences; `make round-trip` tries many."""

from __future__ import annotations

import dataclasses
import faulthandler
import os
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from storybot.config.schema import HearingSettings
from storybot.errors import Exit, StorybotError
from storybot.hearing.microphones.wav import read_wav
from storybot.hearing.pcm import BLOCK_BYTES
from storybot.hearing.recognisers.pocketsphinx.file_cache import CHECKSUM_LINE, CHECKSUM_LINE_BYTES
from storybot.hearing.recordings import hear_recording
from storybot.hearing.utterance import Utterance
from storybot.language.family import parse, use_family
from storybot.language.listening import KeyphraseOnly, ListenFor
from storybot.language.requests import RequestKind, spoken_back, understand
from storybot.speaking.earcons import earcon
from tests.fakes.recognisers import VOICES, noisy, spoken
from tests.hearing.speech import say, without_silence

pytest.importorskip("pocketsphinx")
from storybot.hearing.recognisers.pocketsphinx import noise_suppression
from storybot.hearing.recognisers.pocketsphinx.noise_suppression import PACKAGE
from storybot.hearing.recognisers.pocketsphinx.recogniser import PocketSphinxRecogniser
from storybot.hearing.recognisers.pocketsphinx.reduced_model import ReducedModel, full_definition

SETTINGS = HearingSettings(things=150)
QUIET = bytes(32000)
SHARED = Path(os.environ.get("STORYBOT_SHARED", Path(__file__).parents[3] / "shared"))


@pytest.fixture(scope="module")
def recogniser(tmp_path_factory: pytest.TempPathFactory) -> PocketSphinxRecogniser:
    return PocketSphinxRecogniser(SETTINGS, tmp_path_factory.mktemp("cache"))


def heard(
    recogniser: PocketSphinxRecogniser, what: ListenFor, sound: bytes
) -> list[Utterance | KeyphraseOnly]:
    recogniser.listen_for(what)
    events = []
    sound = QUIET + sound + QUIET
    for start in range(0, len(sound), BLOCK_BYTES):
        events += recogniser.hear(sound[start : start + BLOCK_BYTES])
    return events + recogniser.finish()


@pytest.mark.parametrize(
    ("text", "voice", "things"),
    [
        ("tell me a story about a dragon", "awb", "dragon"),
        ("please tell me a story about elephants", "rms", "elephants"),
        ("tell me a story about a princess and a castle", "slt", "princess castle"),
        ("can you tell me a story about a monkey please", "kal16", "monkey"),
    ],
)
def test_a_request_in_one_breath(
    recogniser: PocketSphinxRecogniser, text: str, voice: str, things: str
) -> None:
    (event,) = heard(recogniser, ListenFor.KEYPHRASE, spoken(text, voice))
    assert isinstance(event, Utterance) and event.sure
    assert "tell me a story about" in event.text
    assert all(thing in event.text.split() for thing in things.split())


@pytest.mark.parametrize(
    ("text", "voice"),
    [("drop it", "slt"), ("a letter", "rms"), ("the other story", "awb"), ("later", "kal16")],
)
def test_what_sounds_like_a_command_is_none(
    recogniser: PocketSphinxRecogniser, text: str, voice: str
) -> None:
    events = heard(recogniser, ListenFor.KEYPHRASE, spoken(text, voice))
    assert not [event for event in events if isinstance(event, KeyphraseOnly) or event.sure]


def test_a_wish_in_which_a_thing_does_not_fit_is_asked_about(
    recogniser: PocketSphinxRecogniser,
) -> None:
    said = spoken("tell me a story about a hammock", "rms")  # which is on no list
    (event,) = heard(recogniser, ListenFor.KEYPHRASE, said)
    assert isinstance(event, Utterance) and event.likely and not event.sure


@pytest.fixture(scope="module")
def with_family(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PocketSphinxRecogniser]:
    """All things, and some of a family: names that the dictionary lacks, one with its sounds."""
    use_family(parse(["Xochi | girl | Z UH R IY", "Wilhelmina | dragon", "Noah | boy"], "x"))
    yield PocketSphinxRecogniser(HearingSettings(), tmp_path_factory.mktemp("family"))
    use_family(())


@pytest.mark.parametrize(
    ("text", "voice", "back"),
    [
        ("tell me a story about a fire truck", "slt", "A story about a fire truck."),
        ("tell me a story about two brothers", "awb", "A story about two brothers."),
        ("tell me a story about a birthday cake", "rms", "A story about a birthday cake."),
        ("tell me a long story about ice cream", "kal16", "A long story about some ice cream."),
        ("tell me a story with a princess", "slt", "A story about a princess."),
        (
            "tell me a story about a dragon called noah",
            "rms",
            "A story about a dragon called Noah.",
        ),
        ("tell me a story about wilhelmina", "awb", "A story about a dragon called Wilhelmina."),
        ("tell me a story about zuri and her cat", "rms", "A story about Xochi and a cat."),
    ],
)
def test_wishes_as_children_say_them(
    with_family: PocketSphinxRecogniser, text: str, voice: str, back: str
) -> None:
    (event,) = heard(with_family, ListenFor.KEYPHRASE, spoken(text, voice))
    request = understand(event.text) if isinstance(event, Utterance) and event.sure else None
    assert request is not None and spoken_back(request) == back


@pytest.mark.parametrize(
    ("said", "voice"),
    [("yes", "slt"), ("yes", "rms"), ("no", "slt"), ("no", "rms"), ("no a dragon", "awb")],
)
def test_answers_to_a_question(recogniser: PocketSphinxRecogniser, said: str, voice: str) -> None:
    assert heard(recogniser, ListenFor.KEYPHRASE, spoken("tell me a story", voice)) == [
        KeyphraseOnly()
    ]
    (event,) = heard(recogniser, ListenFor.REQUEST, spoken(said, voice))
    assert isinstance(event, Utterance) and event.sure
    assert understand(event.text) == understand(said)


def test_of_two_that_sound_alike_the_other_is_told_too(with_family: PocketSphinxRecogniser) -> None:
    """flite's slt says "teddy" as the dictionary has "daddy"."""
    sound = spoken("please tell me a story about the teddy", "slt")
    (event,) = heard(with_family, ListenFor.KEYPHRASE, sound)
    assert isinstance(event, Utterance) and event.sure
    assert {event.text.split()[-1], event.alternative.split()[-1]} == {"teddy", "daddy"}
    for said in ("the first", "the second", "no", "tell me a story about a bear"):
        (answer,) = heard(with_family, ListenFor.CHOICE, spoken(said, "slt"))
        assert isinstance(answer, Utterance) and answer.sure and answer.text == said
    sound = spoken("tell me a story about a princess", "slt")
    (event,) = heard(with_family, ListenFor.KEYPHRASE, sound)
    assert isinstance(event, Utterance) and event.sure and not event.alternative


def test_without_questions_no_other_is_told(tmp_path: Path) -> None:
    taciturn = PocketSphinxRecogniser(HearingSettings(questions="off"), tmp_path)
    sound = spoken("please tell me a story about the teddy", "slt")
    (event,) = heard(taciturn, ListenFor.KEYPHRASE, sound)
    assert isinstance(event, Utterance) and event.sure and not event.alternative


@pytest.mark.parametrize("voice", VOICES[:3])
def test_a_correction_as_a_story_begins(recogniser: PocketSphinxRecogniser, voice: str) -> None:
    (event,) = heard(recogniser, ListenFor.CORRECTION, spoken("no, a dragon", voice))
    assert isinstance(event, Utterance) and event.sure
    assert understand(event.text) == understand("no a dragon")
    for said in ("a story about a cat", "the dragon was happy", "no more juice for you"):
        events = heard(recogniser, ListenFor.CORRECTION, spoken(said, voice))
        assert not [one for one in events if isinstance(one, Utterance) and one.sure]


@pytest.mark.parametrize("half_tones", [3.0, 4.5])
@pytest.mark.parametrize("voice", VOICES)
def test_a_smaller_speaker_asks(
    recogniser: PocketSphinxRecogniser, voice: str, half_tones: float
) -> None:
    said = say("tell me a story about a dragon", voice, half_tones)
    (event,) = heard(recogniser, ListenFor.KEYPHRASE, said + QUIET)
    assert isinstance(event, Utterance) and event.sure
    request = understand(event.text)
    assert request is not None and [thing.word for thing in request.things] == ["dragon"]


def test_a_still_smaller_speaker_asks(recogniser: PocketSphinxRecogniser) -> None:
    """With frequencies divided by 1.3 alone nothing of it is believed."""
    said = say("tell me a story about a girl", "slt", 6.0)
    (event,) = heard(recogniser, ListenFor.KEYPHRASE, said + QUIET)
    assert isinstance(event, Utterance) and event.sure and "girl" in event.text


def test_an_answer_is_decoded_as_the_call_before_it(recogniser: PocketSphinxRecogniser) -> None:
    call = say("tell me a story", "awb", 4.5)
    assert heard(recogniser, ListenFor.KEYPHRASE, call + QUIET) == [KeyphraseOnly()]
    (event,) = heard(recogniser, ListenFor.REQUEST, say("a dragon", "awb", 4.5))
    assert isinstance(event, Utterance) and event.sure
    request = understand(event.text)
    assert request is not None and [thing.word for thing in request.things] == ["dragon"]


@pytest.mark.parametrize("pause", [0.4, 0.6, 0.8, 1.0])
@pytest.mark.parametrize(
    ("begun", "rest", "voice"),
    [
        ("tell me", "a story about a dragon", "slt"),
        ("tell me a story about", "a dragon", "awb"),
        ("tell me a story about a", "dragon", "rms"),
        ("please tell me a story about the", "dragon", "kal16"),
        ("can you tell me a story about a big", "dragon", "awb"),
    ],
)
def test_a_pause_inside_a_request(
    recogniser: PocketSphinxRecogniser, begun: str, rest: str, voice: str, pause: float
) -> None:
    silence = bytes(2 * int(pause * 16000))
    sound = without_silence(say(begun, voice)) + silence + without_silence(say(rest, voice))
    (event,) = heard(recogniser, ListenFor.KEYPHRASE, sound)
    assert isinstance(event, Utterance) and event.sure
    assert "tell me a story about" in event.text and event.text.endswith("dragon")


@pytest.mark.parametrize("voice", VOICES)
@pytest.mark.parametrize("said", ["tell me a story about a", "tell me a story about"])
def test_what_breaks_off_is_a_call_and_names_no_thing(
    recogniser: PocketSphinxRecogniser, said: str, voice: str
) -> None:
    sound = without_silence(say(said, voice)) + 2 * QUIET
    assert heard(recogniser, ListenFor.KEYPHRASE, sound) == [KeyphraseOnly()]


@pytest.mark.parametrize(
    "name",
    [
        "after-tell-me-slt",
        "before-a-cat-awb",
        "before-about-rms",
        "before-cat-rms",
        "before-cat-slt",
    ],
)
def test_recordings_with_a_pause(recogniser: PocketSphinxRecogniser, name: str) -> None:
    recording = SHARED / "field" / "wav" / f"pause-{name}.wav"
    if not recording.exists():
        pytest.skip(f"{recording} is missing")
    answer = hear_recording(read_wav(recording), recogniser, SETTINGS)
    request = understand(answer.text) if answer is not None and answer.sure else None
    assert request is not None and [thing.word for thing in request.things] == ["cat"]


def test_a_request_in_a_little_noise(recogniser: PocketSphinxRecogniser) -> None:
    sound = noisy(QUIET + spoken("please tell me a story about the queen", "slt") + QUIET, 25)
    (event,) = heard(recogniser, ListenFor.KEYPHRASE, sound)
    assert isinstance(event, Utterance) and "queen" in event.text


@pytest.mark.skipif(bool(noise_suppression.missing()), reason=f"needs {PACKAGE}")
def test_a_request_in_more_noise(recogniser: PocketSphinxRecogniser) -> None:
    """Decoded as the microphone gave it, it is "can you tell me a funny story please"."""
    speech = spoken("can you tell me a story about a flower please")
    sound = noisy(bytes(8000) + speech + bytes(8000), 20)
    (event,) = heard(recogniser, ListenFor.KEYPHRASE, sound)
    assert isinstance(event, Utterance) and event.sure and "flower" in event.text
    assert event.pcm in QUIET + sound + QUIET, "a second recogniser gets what the microphone gave"


def test_keyphrase_first_and_then_the_answer(recogniser: PocketSphinxRecogniser) -> None:
    assert heard(recogniser, ListenFor.KEYPHRASE, spoken("tell me a story")) == [KeyphraseOnly()]
    (answer,) = heard(recogniser, ListenFor.REQUEST, spoken("about a monster", "rms"))
    assert isinstance(answer, Utterance) and answer.sure and "monster" in answer.text


@pytest.mark.parametrize("voice", ["slt", "rms", "kal16"])
def test_a_call_with_what_nobody_knows(recogniser: PocketSphinxRecogniser, voice: str) -> None:
    """It is heard as a call, and the answer after it as ever."""
    asked = "tell me a story about my teacher mister henderson"
    assert heard(recogniser, ListenFor.KEYPHRASE, spoken(asked, voice)) == [KeyphraseOnly()]
    (answer,) = heard(recogniser, ListenFor.REQUEST, spoken("about a monster", voice))
    assert isinstance(answer, Utterance) and answer.sure and "monster" in answer.text


@pytest.mark.parametrize(
    ("said", "voice", "word"),
    [
        ("a big dog", "kal16", "dog"),
        ("a princess", "rms", "princess"),
        ("dinosaurs", "awb", "dinosaur"),
    ],
)
def test_bare_answers(recogniser: PocketSphinxRecogniser, said: str, voice: str, word: str) -> None:
    """By who spoke last and by somebody else before: the cepstral mean is the caller's."""
    heard(recogniser, ListenFor.KEYPHRASE, spoken("good morning", "slt"))
    call = spoken("tell me a story", voice)
    assert heard(recogniser, ListenFor.KEYPHRASE, call) == [KeyphraseOnly()]
    (answer,) = heard(recogniser, ListenFor.REQUEST, spoken(said, voice))
    assert isinstance(answer, Utterance) and answer.sure
    request = understand(answer.text)
    assert request is not None and [thing.word for thing in request.things] == [word]


def test_who_spoke_before_does_not_count(recogniser: PocketSphinxRecogniser) -> None:
    said = spoken("tell me a story about a dragon", "kal16")
    (first,) = heard(recogniser, ListenFor.KEYPHRASE, said)
    for voice in ("slt", "awb"):
        heard(recogniser, ListenFor.KEYPHRASE, spoken("tell me a story about a cat", voice))
    (again,) = heard(recogniser, ListenFor.KEYPHRASE, said)
    assert isinstance(first, Utterance) and isinstance(again, Utterance)
    assert again.confidence == pytest.approx(first.confidence, abs=0.05)


def test_nonsense_after_a_call_is_no_request(recogniser: PocketSphinxRecogniser) -> None:
    heard(recogniser, ListenFor.KEYPHRASE, spoken("tell me a story", "rms"))
    (said,) = heard(recogniser, ListenFor.REQUEST, spoken("what is for dinner today", "rms"))
    assert isinstance(said, Utterance) and not said.sure


@pytest.mark.parametrize("name", ["listening", "not-understood"])
def test_the_robots_own_sign_is_not_taken_for_an_answer(
    recogniser: PocketSphinxRecogniser, name: str
) -> None:
    heard(recogniser, ListenFor.KEYPHRASE, spoken("tell me a story", "rms"))
    assert heard(recogniser, ListenFor.REQUEST, earcon(name, 16000)) == []


@pytest.mark.parametrize("command", ["another one", "softer", "good night"])
def test_commands(recogniser: PocketSphinxRecogniser, command: str) -> None:
    (event,) = heard(recogniser, ListenFor.KEYPHRASE, spoken(command, "rms"))
    assert isinstance(event, Utterance) and event.sure and event.text == command


@pytest.mark.parametrize("voice", VOICES)
@pytest.mark.parametrize("what", [ListenFor.STOP, ListenFor.KEYPHRASE])
@pytest.mark.parametrize("text", ["stop the story", "please stop"])
def test_stop_as_people_say_it(
    recogniser: PocketSphinxRecogniser, text: str, what: ListenFor, voice: str
) -> None:
    (event,) = heard(recogniser, what, spoken(text, voice))
    assert isinstance(event, Utterance) and event.sure and event.text == text


@pytest.mark.parametrize("milliseconds", range(200, 700, 50))
@pytest.mark.parametrize("voice", VOICES)
def test_the_end_of_a_stop_is_no_request(
    recogniser: PocketSphinxRecogniser, voice: str, milliseconds: int
) -> None:
    """The box was deaf until then; "the story" was taken for "another story"."""
    recogniser.listen_for(ListenFor.KEYPHRASE)
    tail = spoken("stop the story", voice)[32 * milliseconds :]
    events = recogniser.hear(tail + QUIET) + recogniser.finish()
    assert not any(isinstance(event, KeyphraseOnly) for event in events)
    wishes = [understand(e.text) for e in events if isinstance(e, Utterance) and e.sure]
    assert all(wish is None or wish.kind is RequestKind.STOP for wish in wishes)


def test_noise_that_was_there_first_hides_no_speech(recogniser: PocketSphinxRecogniser) -> None:
    recogniser.listen_for(ListenFor.KEYPHRASE)
    request = bytes(16000) + spoken("tell me a story about a monkey", "rms") + QUIET
    assert recogniser.hear(noisy(request, 10)) + recogniser.finish() != []


@pytest.mark.parametrize("voice", VOICES)
@pytest.mark.parametrize("text", ["please do not stop", "don't stop"])
def test_who_asks_for_more_stops_nothing(
    recogniser: PocketSphinxRecogniser, text: str, voice: str
) -> None:
    events = heard(recogniser, ListenFor.STOP, spoken(text, voice))
    assert not [e for e in events if getattr(e, "sure", True)]


def test_during_a_story_only_stop_is_heard(recogniser: PocketSphinxRecogniser) -> None:
    (stop,) = heard(recogniser, ListenFor.STOP, spoken("stop", "rms"))
    assert isinstance(stop, Utterance) and stop.sure and stop.text == "stop"
    story = spoken("once upon a time there was a little boy named Tim", "rms")
    assert [e for e in heard(recogniser, ListenFor.STOP, story) if getattr(e, "sure", True)] == []


UNRELATED = (
    "can you pass me the salt please",
    "the story in the newspaper was sad",
    "who left the door open again",
    "tell me what happened at school",
    "another day another problem",
    "he told me about his holiday",
)


CASES = list(zip(UNRELATED, ("slt", "rms", "awb") * 2, strict=True))


@pytest.mark.parametrize(("text", "voice"), CASES)
def test_unrelated_speech_is_not_sure(
    recogniser: PocketSphinxRecogniser, text: str, voice: str
) -> None:
    events = heard(recogniser, ListenFor.KEYPHRASE, spoken(text, voice))
    assert all(isinstance(event, Utterance) and not event.sure for event in events)


def test_silence_is_nothing(recogniser: PocketSphinxRecogniser) -> None:
    assert heard(recogniser, ListenFor.KEYPHRASE, QUIET) == []


def test_files_that_cannot_be_read_are_thrown_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("Failed to initialize PocketSphinx")

    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(ReducedModel, "decoder", fails)
    with pytest.raises(StorybotError, match="made anew") as fault:
        PocketSphinxRecogniser(SETTINGS, tmp_path)
    assert fault.value.code is Exit.FAULT
    assert list(tmp_path.iterdir()) == []


def started(cache: Path) -> int:
    """The exit status of a recogniser's start."""
    child = os.fork()
    if not child:
        faulthandler.disable()  # that it ends is wanted
        PocketSphinxRecogniser(SETTINGS, cache)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.parametrize("what", ["magic", "half"])
def test_files_that_end_the_process_end_it_once(tmp_path: Path, what: str) -> None:
    """PocketSphinx does so over a definition that is whole as it was written, and wrong."""
    assert started(tmp_path) == 0
    (definition,) = tmp_path.glob("*.mdef")
    good = definition.read_bytes()
    wrong = b"XXXX" + good[4:-CHECKSUM_LINE_BYTES] if what == "magic" else good[: len(good) // 2]
    definition.write_bytes(wrong + CHECKSUM_LINE % zlib.crc32(wrong))
    assert started(tmp_path) != 0
    assert started(tmp_path) == 0
    assert definition.read_bytes() == good
    assert {path.suffix for path in tmp_path.iterdir()} == {".dict", ".mdef"}


def test_what_was_made_anew_in_vain_gives_way_to_the_full_definition(tmp_path: Path) -> None:
    PocketSphinxRecogniser(SETTINGS, tmp_path)
    (definition,) = tmp_path.glob("*.mdef")
    definition.with_suffix(".crashes").write_bytes(b"++")
    PocketSphinxRecogniser(SETTINGS, tmp_path)
    assert definition.read_bytes().startswith(full_definition().read_bytes())
    assert {path.suffix for path in tmp_path.iterdir()} == {".dict", ".mdef"}


def test_a_keyphrase_that_cannot_be_spoken_is_refused(tmp_path: Path) -> None:
    settings = dataclasses.replace(SETTINGS, keyphrase="кот tell me a story")
    with pytest.raises(StorybotError, match="how to speak: кот") as fault:
        PocketSphinxRecogniser(settings, tmp_path)
    assert fault.value.code is Exit.CONFIG


def test_a_keyphrase_of_ones_own(tmp_path: Path) -> None:
    settings = dataclasses.replace(SETTINGS, keyphrase="Hello robot")
    own = PocketSphinxRecogniser(settings, tmp_path)
    assert heard(own, ListenFor.KEYPHRASE, spoken("hello robot", "rms")) == [KeyphraseOnly()]
