from __future__ import annotations

from array import array
from pathlib import Path

import pytest
from test_pcm import tone

from storybot.errors import Exit, StorybotError
from storybot.hearing.microphones.wav import read_wav
from storybot.hearing.pcm import SAMPLE_RATE_HZ, level_dbfs
from tests.fakes.recognisers import write_wav

SOUND = tone(440, SAMPLE_RATE_HZ)


def test_sixteen_kilohertz_mono_is_taken_as_it_is(tmp_path: Path) -> None:
    recording = read_wav(write_wav(tmp_path / "a.wav", SOUND))
    assert recording.pcm == SOUND
    assert recording.notes == ()
    assert recording.seconds == 0.5
    assert b"".join(recording.blocks()) == SOUND
    assert {len(block) for block in recording.blocks()} == {3200}


def test_other_forms_are_turned_into_it(tmp_path: Path) -> None:
    samples = array("h", SOUND)
    eight_bit = bytes((sample >> 8) + 128 for sample in samples)
    three_bytes = b"".join(b"\0" + sample.to_bytes(2, "little", signed=True) for sample in samples)
    stereo = array("h", (s for sample in samples for s in (sample, sample))).tobytes()
    forms = {
        "8 bit": write_wav(tmp_path / "8.wav", eight_bit, width=1),
        "24 bit": write_wav(tmp_path / "24.wav", three_bytes, width=3),
        "stereo": write_wav(tmp_path / "2.wav", stereo, channels=2),
        "44.1 kHz": write_wav(tmp_path / "44.wav", tone(440, 44100), rate=44100),
        "8 kHz": write_wav(tmp_path / "8k.wav", tone(440, 8000), rate=8000),
    }
    for form, path in forms.items():
        recording = read_wav(path)
        assert recording.seconds == pytest.approx(0.5, abs=0.01), form
        assert level_dbfs(recording.pcm) == pytest.approx(level_dbfs(SOUND), abs=0.5), form


def test_shouting_and_a_cut_file_are_noticed_and_used(tmp_path: Path) -> None:
    shouted = array("h", (32767 if sample > 0 else -32768 for sample in array("h", SOUND)))
    recording = read_wav(write_wav(tmp_path / "loud.wav", shouted.tobytes()))
    assert len(recording.notes) == 1 and "overdriven" in recording.notes[0]
    whole = write_wav(tmp_path / "cut.wav", SOUND)
    whole.write_bytes(whole.read_bytes()[:5001])
    recording = read_wav(whole)
    assert "cut short" in recording.notes[0]
    assert len(recording.pcm) == 4956


def refused(path: Path) -> str:
    with pytest.raises(StorybotError) as fault:
        read_wav(path)
    assert fault.value.code is Exit.SOUND_IN
    return str(fault.value)


def test_what_holds_no_sound_is_refused_in_one_sentence(tmp_path: Path) -> None:
    empty = tmp_path / "empty.wav"
    empty.write_bytes(b"")
    text = tmp_path / "text.wav"
    text.write_text("RIFF is not all it takes" * 3)
    header = write_wav(tmp_path / "header.wav", SOUND)
    header.write_bytes(header.read_bytes()[:20])
    slow = write_wav(tmp_path / "slow.wav", SOUND, rate=100)
    long = write_wav(tmp_path / "long.wav", bytes(4000 * 301), rate=4000, width=1)
    assert "is not a PCM wav file" in refused(empty)
    assert "is not a PCM wav file" in refused(text)
    assert "is not a PCM wav file" in refused(header)
    assert "holds no sound" in refused(write_wav(tmp_path / "none.wav", b""))
    assert "100 Hz" in refused(slow)
    assert "longer than 300 s" in refused(long)
    assert "No such file" in refused(tmp_path / "missing.wav")
    assert "directory" in refused(tmp_path)
