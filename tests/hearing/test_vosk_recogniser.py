"""VoskRecogniser against a Kaldi that answers what the test wants; `make test-vosk` runs Vosk."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, ClassVar

import pytest

from storybot.config.schema import HearingSettings
from storybot.errors import Exit, StorybotError
from storybot.hearing.utterance import Utterance
from storybot.language.listening import KeyphraseOnly, ListenFor
from storybot.language.phrase_list import phrase_list
from storybot.language.things import usual_things

SETTINGS = HearingSettings()


class Kaldi:
    """Answers each AcceptWaveform from `ends`, and FinalResult from `final`."""

    ends: ClassVar[list[dict[str, Any] | None]] = []
    final: ClassVar[dict[str, Any]] = {"text": ""}
    phrases: ClassVar[list[str]] = []
    partial: ClassVar[str] = ""
    alternatives: ClassVar[list[dict[str, Any]]] = []  # of a decoder that was asked for them
    decoded_again: ClassVar[list[bytes]] = []

    def __init__(self, model: object, rate: int, phrases: str) -> None:
        assert rate == 16000
        Kaldi.phrases = json.loads(phrases)
        self._result: dict[str, Any] = {}
        self._several = False
        self._given = b""

    def SetMaxAlternatives(self, most: int) -> None:
        self._several = most > 1

    def SetWords(self, wanted: bool) -> None:
        assert wanted

    def AcceptWaveform(self, block: bytes) -> bool:
        if self._several:
            self._given += block
            return False
        answer = Kaldi.ends.pop(0) if Kaldi.ends else None
        self._result = answer or {}
        return answer is not None

    def Result(self) -> str:
        return json.dumps(self._result)

    def PartialResult(self) -> str:
        return json.dumps({"partial": Kaldi.partial})

    def FinalResult(self) -> str:
        if not self._several:
            return json.dumps(Kaldi.final)
        Kaldi.decoded_again.append(self._given)
        self._given = b""
        return json.dumps({"alternatives": Kaldi.alternatives})


def answer(text: str, confidence: float = 0.9, start: float = 1.0) -> dict[str, Any]:
    words = [
        {"word": word, "conf": confidence, "start": start, "end": start + 0.3}
        for word in text.split()
    ]
    return {"text": text, "result": words}


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    def model(model_path: str) -> SimpleNamespace:
        known = {word: n for n, word in enumerate(("tell", "me", "a", "story"))}
        return SimpleNamespace(vosk_model_find_word=lambda word: known.get(word, -1))

    fake = SimpleNamespace(KaldiRecognizer=Kaldi, Model=model, SetLogLevel=lambda level: None)
    monkeypatch.setitem(sys.modules, "vosk", fake)
    monkeypatch.delitem(sys.modules, "storybot.hearing.recognisers.vosk", raising=False)
    monkeypatch.setattr(Kaldi, "ends", [])
    monkeypatch.setattr(Kaldi, "final", {"text": ""})
    monkeypatch.setattr(Kaldi, "alternatives", [])
    monkeypatch.setattr(Kaldi, "decoded_again", [])
    module = importlib.import_module("storybot.hearing.recognisers.vosk")
    yield module
    sys.modules.pop("storybot.hearing.recognisers.vosk", None)


def heard(room: ModuleType, result: dict[str, Any], what: ListenFor = ListenFor.KEYPHRASE) -> Any:
    recogniser = room.VoskRecogniser(SETTINGS, Path("/m/vosk-model-x"), ["tell", "me"])
    recogniser.listen_for(what)
    Kaldi.ends = [None, result]
    assert recogniser.hear(b"") == []
    return recogniser.hear(b"")


def test_text_at_an_endpoint(room: ModuleType) -> None:
    (event,) = heard(room, answer("tell me a story about a cat"))
    assert event.text == "tell me a story about a cat" and event.sure
    assert event.confidence == pytest.approx(0.9)
    assert Kaldi.phrases == ["tell", "me", "[unk]"]


def test_text_at_the_end_of_the_sound(room: ModuleType) -> None:
    recogniser = room.VoskRecogniser(SETTINGS, Path("/m/vosk-model-x"), [])
    assert recogniser.name == "vosk (vosk-model-x)"
    assert recogniser.finish() == []
    Kaldi.final = answer("tell me a story")
    assert recogniser.finish() == [KeyphraseOnly()]


def test_a_command_that_may_have_begun_before_the_listening_is_not_taken(room: ModuleType) -> None:
    tail = answer("another story", start=0.05)
    assert heard(room, tail) == []
    (event,) = heard(room, tail, ListenFor.REQUEST)
    assert event.sure


def test_what_is_unsure_or_not_for_us(room: ModuleType) -> None:
    (unsure,) = heard(room, answer("tell me a story about a cat", 0.3))
    assert unsure == Utterance("tell me a story about a cat", pytest.approx(0.3), sure=False)
    (other,) = heard(room, answer("[unk] cat [unk]"))
    assert not other.sure
    assert heard(room, answer("[unk] [unk]")) == []
    (during,) = heard(room, answer("louder"), ListenFor.STOP)
    assert not during.sure
    assert heard(room, {"text": ""}) == []


def test_a_broken_model_is_one_sentence(room: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(model_path: str) -> None:
        raise Exception("Failed to create a model")

    monkeypatch.setattr(room, "Model", broken)
    with pytest.raises(StorybotError, match=r"is no Vosk model \(Failed") as fault:
        room.VoskRecogniser(SETTINGS, Path("/m"), [])
    assert fault.value.code is Exit.MODEL


def test_a_keyphrase_with_a_word_that_the_model_lacks(room: ModuleType) -> None:
    settings = HearingSettings(keyphrase="tell storybot")
    with pytest.raises(StorybotError, match="vosk does not know the words: storybot") as caught:
        room.VoskRecogniser(settings, Path("/m/vosk-model-x"), ["tell"])
    assert caught.value.code == Exit.CONFIG


@pytest.mark.parametrize(
    ("text", "confidence", "likely"),
    [
        ("tell me a story about a cat", 0.5, True),
        ("tell me a story about a cat", 0.3, False),
        ("tell me a story", 0.5, False),
        ("louder", 0.5, False),
    ],
)
def test_what_is_nearly_sure_is_asked_about(
    room: ModuleType, text: str, confidence: float, likely: bool
) -> None:
    (found,) = heard(room, answer(text, confidence))
    assert not found.sure and found.likely is likely


def test_yes_no_and_corrections_pass_where_they_are_listened_for(room: ModuleType) -> None:
    for text in ("yes", "no", "no a cat"):
        assert heard(room, answer(text), ListenFor.REQUEST)[0].sure
        assert not heard(room, answer(text))[0].sure
    assert heard(room, answer("no a cat"), ListenFor.CORRECTION)[0].sure
    assert not heard(room, answer("yes"), ListenFor.CORRECTION)[0].sure
    phrases = phrase_list("tell me a story", usual_things(500))
    assert {"yes", "no", "go on", "called noah", "two cats", "tell me a long story"} <= {*phrases}


def test_whether_somebody_speaks(room: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    ear = room.VoskRecogniser(SETTINGS, Path("model"), [])
    assert not ear.speaking
    monkeypatch.setattr(Kaldi, "partial", "tell me")
    assert ear.speaking


def test_the_sound_of_the_words_is_kept_for_a_second_recogniser(room: ModuleType) -> None:
    recogniser = room.VoskRecogniser(SETTINGS, Path("/m/vosk-model-x"), [])
    silence, speech = bytes(2 * 16000), b"\x01\x02" * 16000
    Kaldi.ends = [None, answer("tell me a story", start=1.2)]
    assert recogniser.hear(silence) == []
    (call,) = recogniser.hear(speech)
    assert isinstance(call, KeyphraseOnly)
    assert call.pcm == bytes(round(0.1 * 32000)) + speech, "from 0.3 s before it"
    recogniser.listen_for(ListenFor.REQUEST)
    Kaldi.ends = [None, answer("a cat", start=2.5)]
    assert recogniser.hear(silence) == []
    (cat,) = recogniser.hear(speech)
    assert cat.pcm.startswith(call.pcm) and cat.pcm.endswith(speech)
    for _ in range(60):
        recogniser.hear(silence)
    assert len(recogniser._sound) == recogniser._kept, "and no more than a request's length"


def sounds_like(*wishes: tuple[str, float]) -> list[dict[str, Any]]:
    """What the second decoder answers."""
    return [
        {"text": f"tell me a story about {said}", "confidence": score} for said, score in wishes
    ]


def test_of_two_that_sound_alike_the_other_is_told_too(room: ModuleType) -> None:
    Kaldi.alternatives = sounds_like(
        ("the teddy", 120.0),
        ("a teddy", 119.5),
        ("a teddy and a bear", 119.4),
        ("the daddy", 118.9),
    )
    (event,) = heard(room, answer("tell me a story about the teddy"))
    assert event.sure and event.alternative == "tell me a story about the daddy"
    for said in ("the first", "the second", "no", "tell me a story about a bear"):
        (found,) = heard(room, answer(said), ListenFor.CHOICE)
        assert found.sure and found.text == said and not found.alternative
    assert {"the first", "the second one"} <= {*phrase_list("tell me a story", usual_things(500))}
    Kaldi.alternatives = sounds_like(("a princess", 130.0))
    (event,) = heard(room, answer("tell me a story about a princess"))
    assert event.sure and not event.alternative


def test_what_is_far_or_of_other_words_is_no_alternative(room: ModuleType) -> None:
    for others in (
        sounds_like(("a boat", 120.0), ("a book", 117.9)),
        sounds_like(("a goat", 120.0), ("a book", 119.9)),  # "a boat" is not among them
        sounds_like(("a boat", 120.0), ("the boat", 119.9)),
        [],
    ):
        Kaldi.alternatives = others
        (event,) = heard(room, answer("tell me a story about a boat"))
        assert event.sure and not event.alternative
    Kaldi.alternatives = sounds_like(("a mommy", 120.0), ("a mama", 119.9))
    (event,) = heard(room, answer("tell me a story about a mama"))
    assert not event.alternative, "one meaning"


def test_only_a_sure_wish_is_decoded_again_and_only_for_a_question(room: ModuleType) -> None:
    for text, confidence in (("louder", 0.9), ("tell me a story", 0.9), ("a boat", 0.3)):
        heard(room, answer(text, confidence))
    heard(room, answer("a boat"), ListenFor.REQUEST)
    assert Kaldi.decoded_again == []
    recogniser = room.VoskRecogniser(SETTINGS, Path("/m/vosk-model-x"), [])
    beats: list[int] = []
    recogniser.meanwhile = beats.append
    Kaldi.ends = [answer("tell me a story about a boat", start=0.5)]
    (event,) = recogniser.hear(b"\x01\x02" * 16000)
    assert [event.pcm] == Kaldi.decoded_again and sum(beats) == len(event.pcm) // 2
    taciturn = room.VoskRecogniser(HearingSettings(questions="off"), Path("/m/vosk-model-x"), [])
    Kaldi.ends = [answer("tell me a story about a boat")]
    assert taciturn.hear(b"")[0].sure and len(Kaldi.decoded_again) == 1
