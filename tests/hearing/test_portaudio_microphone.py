from __future__ import annotations

import sys
from array import array

import pytest

from storybot.errors import Exit, StorybotError
from storybot.hearing.microphones import portaudio
from storybot.hearing.microphones.portaudio import PortAudioMicrophone, device_names
from tests.fakes.microphones import FakePyAudio, install

DEVICES = [("Speaker", 0), ("Webcam", 1), ("Robot Ear", 2)]
SOUND = array("h", range(1600)).tobytes()


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portaudio, "SILENCE_TIMEOUT_S", 0.05)
    monkeypatch.setattr(portaudio, "POLL_INTERVAL_S", 0.001)


def fault_of(opening: str = "") -> StorybotError:
    with pytest.raises(StorybotError) as fault:
        PortAudioMicrophone(opening)
    assert fault.value.code is Exit.SOUND_IN
    return fault.value


def test_the_default_device_is_read_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    audio = install(monkeypatch, FakePyAudio(DEVICES, default=1, sound=SOUND * 2))
    microphone = PortAudioMicrophone()
    assert microphone.name == "Webcam"
    assert audio.opened["input_device_index"] == 1
    assert (microphone.read(), microphone.read()) == (SOUND, SOUND)
    microphone.close()
    assert audio.stream is not None and audio.stream.closed and audio.terminated == 1


def test_a_device_is_chosen_by_a_part_of_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    audio = install(monkeypatch, FakePyAudio(DEVICES))
    assert PortAudioMicrophone("robot").name == "Robot Ear"
    assert audio.opened["input_device_index"] == 2
    assert str(fault_of("speaker")) == (
        'no microphone is called "speaker"; there is: Webcam, Robot Ear'
    )
    assert audio.terminated == 1


@pytest.mark.parametrize("number", [1, 2])
def test_the_number_of_a_card_does_not_count(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    cards = [("Headphones: - (hw:0,0)", 0), (f"USB Device: Audio (hw:{number},0)", 1)]
    audio = install(monkeypatch, FakePyAudio(cards, default=1))
    assert portaudio.device_names() == [("USB Device: Audio", True)]
    for stored in ("USB Device: Audio", "USB Device: Audio (hw:1,0)", "usb device"):
        PortAudioMicrophone(stored)
        assert audio.opened["input_device_index"] == 1
    assert str(fault_of("hw:1,0")).endswith("there is: USB Device: Audio")


def test_a_device_with_more_channels_only(monkeypatch: pytest.MonkeyPatch) -> None:
    four = array("h", [1000, 2000, 3000, 4000] * 1600).tobytes()
    install(monkeypatch, FakePyAudio([("Array", 4)], can=[(16000, 4)], sound=four))
    assert set(array("h", PortAudioMicrophone().read())) == {2500}


def test_a_device_of_another_rate_and_two_channels_is_turned_into_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stereo = array("h", [1000, 3000] * 4800 * 3).tobytes()
    install(monkeypatch, FakePyAudio(DEVICES, default=2, can=[(48000, 2)], sound=stereo))
    microphone = PortAudioMicrophone()
    microphone.read()
    block = array("h", microphone.read())
    assert len(block) == 1600
    assert set(block) <= set(range(1990, 2011))


def test_a_device_that_falls_silent_or_fails_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    for fault in (None, OSError(-9985, "Device unavailable")):
        install(monkeypatch, FakePyAudio(DEVICES, default=1, sound=SOUND, fault=fault))
        microphone = PortAudioMicrophone()
        microphone.read()
        with pytest.raises(StorybotError, match=r"Webcam gives no more sound; is it plugged in\?"):
            microphone.read()
        microphone.close()


def test_what_cannot_be_opened_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, FakePyAudio([("Speaker", 0)], default=None))
    assert "there is no microphone" in str(fault_of())
    install(monkeypatch, FakePyAudio(DEVICES, default=1, open_fault=OSError(-9985, "busy")))
    assert "Webcam (busy)" in str(fault_of())
    install(monkeypatch, FakePyAudio(DEVICES, default=1, open_fault=OSError("in use", -9985)))
    assert "Webcam (in use)" in str(fault_of())
    install(monkeypatch, FakePyAudio(DEVICES, default=1, can=[]))
    assert "neither 16 kHz" in str(fault_of())
    monkeypatch.setitem(sys.modules, "pyaudio", None)
    assert "set hearing.driver: alsa" in str(fault_of())


def test_the_table_of_inputs_marks_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, FakePyAudio(DEVICES, default=2))
    assert device_names() == [("Webcam", False), ("Robot Ear", True)]
