from __future__ import annotations

from pathlib import Path

import pytest

from storybot.config.schema import HearingSettings
from storybot.hearing import recordings
from storybot.hearing.microphones.wav import Recording
from storybot.hearing.recordings import hear_recording, hear_wav
from storybot.hearing.utterance import Utterance
from storybot.language.listening import KeyphraseOnly, ListenFor
from tests.fakes.recognisers import FakeRecogniser, spoken, write_wav

SETTINGS = HearingSettings(recogniser="pocketsphinx")
SOUND = Recording(bytes(3200 * 5), ())


def test_the_surest_utterance_counts() -> None:
    heard = [Utterance("a", -9, sure=False), Utterance("b", -2), Utterance("c", -1, sure=False)]
    recogniser = FakeRecogniser({0: [heard[0]], 3: [heard[1]], -1: [heard[2]]})
    assert hear_recording(SOUND, recogniser, SETTINGS) == heard[1]
    assert recogniser.blocks == 25, "a second of quiet before and after"
    assert hear_recording(SOUND, FakeRecogniser({0: heard[::2]}), SETTINGS) == heard[2]
    assert hear_recording(SOUND, FakeRecogniser(), SETTINGS) is None


def test_after_the_keyphrase_it_listens_for_the_answer() -> None:
    recogniser = FakeRecogniser({2: [KeyphraseOnly()], 9: [Utterance("a cat", -2)]})
    heard = hear_recording(SOUND, recogniser, SETTINGS)
    assert recogniser.listened_for == [ListenFor.KEYPHRASE, ListenFor.REQUEST]
    assert heard == Utterance("a cat", -2)


def test_the_keyphrase_alone_is_heard() -> None:
    heard = hear_recording(SOUND, FakeRecogniser({2: [KeyphraseOnly()]}), SETTINGS)
    assert heard is not None and heard.text == "tell me a story" and heard.sure


def test_a_wav_file_is_heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pocketsphinx")
    monkeypatch.setenv("STORYBOT_CACHE", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    request = write_wav(tmp_path / "a.wav", spoken("tell me a story about a robot", "awb"))
    heard = hear_wav(request, SETTINGS)
    assert heard is not None and "robot" in heard.text
    other = write_wav(tmp_path / "b.wav", spoken("what time is dinner tonight", "awb"))
    assert hear_wav(other, SETTINGS) is None


def test_an_unsure_one_is_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unsure = FakeRecogniser({0: [Utterance("tell me a story", -9, sure=False)]})
    monkeypatch.setattr(recordings, "make_recogniser", lambda settings: unsure)
    assert hear_wav(write_wav(tmp_path / "a.wav", bytes(3200)), SETTINGS) is None
