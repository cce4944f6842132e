"""Loudspeakers through PortAudio: the choice of device and form, and its callback."""

from __future__ import annotations

import os
import sys
from array import array
from itertools import pairwise

import pytest

from storybot.errors import Exit, StorybotError
from storybot.speaking.outputs import portaudio
from storybot.speaking.outputs.portaudio import PortAudioOutput, device_names
from storybot.system.silenced_stderr import silence_alsa, silenced_stderr
from tests.fakes.portaudio import Device, FakePortAudio

RATE = 22050
SPEAKERS = [Device("Microphone", channels=0), Device("HDMI"), Device("USB Speaker")]


def use(
    monkeypatch: pytest.MonkeyPatch, *devices: Device, default: int | None = 0
) -> FakePortAudio:
    audio = FakePortAudio(list(devices), default)
    monkeypatch.setattr(portaudio, "portaudio", lambda: audio)
    return audio


class Source:
    """Counts up: 1, 2, 3 ... as samples, as far as it has some."""

    def __init__(self, frames: int) -> None:
        self.left = array("h", range(1, frames + 1))

    def __call__(self, frames: int) -> bytes:
        piece, self.left = self.left[:frames], self.left[frames:]
        return piece.tobytes()


def test_the_default_device_plays_mono_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    audio = use(monkeypatch, *SPEAKERS, default=1)
    output = PortAudioOutput()
    assert output.open(RATE, Source(700)) == 0.02
    assert output.name == "HDMI"
    stream = audio.streams[0]
    assert (stream.rate, stream.channels) == (RATE, 1)
    assert list(array("h", stream.play(512))) == list(range(1, 513))
    assert list(array("h", stream.play(512))) == [*range(513, 701), *[0] * 324]
    assert stream.play(512) == bytes(1024)
    output.close()
    assert stream.closed and not stream.drained
    assert audio.initialised == 0


def test_a_device_is_chosen_by_part_of_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, *SPEAKERS)
    output = PortAudioOutput("usb")
    output.open(RATE, Source(0))
    assert output.name == "USB Speaker"


@pytest.mark.parametrize("number", [1, 2])
def test_the_number_of_a_card_does_not_count(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"USB Device: Audio (hw:{number},0)"
    use(monkeypatch, Device("Headphones: - (hw:0,0)"), Device(name))
    assert portaudio.device_names() == [("Headphones", True), ("USB Device: Audio", False)]
    for stored in ("USB Device: Audio", "USB Device: Audio (hw:1,0)", "usb device"):
        output = PortAudioOutput(stored)
        output.open(RATE, Source(0))
        assert output.name == name


def test_underruns_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    audio = use(monkeypatch, Device("Speaker"))
    output = PortAudioOutput()
    output.open(RATE, Source(0))
    for status in (0, 4, 5, 2):  # paOutputUnderflow is 4
        audio.streams[0].callback(None, 512, None, status)
    assert output.underruns == 2


def test_finish_lets_the_device_play_out(monkeypatch: pytest.MonkeyPatch) -> None:
    audio = use(monkeypatch, Device("Speaker"))
    output = PortAudioOutput()
    output.open(RATE, Source(0))
    output.finish()
    assert audio.streams[0].drained and audio.streams[0].closed
    assert audio.initialised == 0


def test_finish_lets_a_device_go_that_broke(monkeypatch: pytest.MonkeyPatch) -> None:
    audio = use(monkeypatch, Device("Speaker"))
    output = PortAudioOutput()
    output.open(RATE, Source(0))
    audio.streams[0].broken = True
    output.finish()
    assert audio.streams[0].closed and audio.initialised == 0


def test_a_stream_that_broke_is_not_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    audio = use(monkeypatch, Device("Speaker"))
    output = PortAudioOutput()
    assert not output.alive()
    output.open(RATE, Source(0))
    assert output.alive()
    audio.streams[0].broken = True
    assert not output.alive()
    output.close()
    assert not output.alive()


def test_stereo_where_mono_is_not_possible(monkeypatch: pytest.MonkeyPatch) -> None:
    audio = use(monkeypatch, Device("Speaker", mono=False))
    PortAudioOutput().open(RATE, Source(3))
    assert list(array("h", audio.streams[0].play(4))) == [1, 1, 2, 2, 3, 3, 0, 0]


@pytest.mark.parametrize("mono", [True, False])
def test_another_rate_where_the_voices_is_not_possible(
    mono: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    audio = use(monkeypatch, Device("Speaker", rates=(44100,), mono=mono))
    PortAudioOutput().open(RATE, Source(1000))
    stream = audio.streams[0]
    assert stream.rate == 44100
    played = array("h", b"".join(stream.play(512) for _ in range(5)))
    left = played[:: stream.channels]
    rising = left[: left.index(999) + 1]
    assert all(b - a in (0, 1) for a, b in pairwise(rising))
    assert len(rising) == pytest.approx(2000, abs=4)
    assert not any(left[2010:])


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [("", "there is no loudspeaker; plug one in"), ("Bose", "there is no loudspeaker named Bose")],
)
def test_no_loudspeaker(wanted: str, sentence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    audio = use(monkeypatch, Device("Microphone", channels=0), default=None)
    with pytest.raises(StorybotError, match=sentence) as caught:
        PortAudioOutput(wanted).open(RATE, Source(0))
    assert caught.value.code == Exit.SOUND_OUT
    assert audio.initialised == 0


@pytest.mark.parametrize(
    ("fault", "advice"),
    [
        ("Device or resource busy", "another program plays through it"),
        ("Invalid sample rate", "name another"),
    ],
)
def test_a_device_that_will_not_open(
    fault: str, advice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    audio = use(monkeypatch, Device("Speaker", rates=(), fault=fault))
    with pytest.raises(StorybotError, match=advice) as caught:
        PortAudioOutput().open(RATE, Source(0))
    assert fault in str(caught.value)
    assert audio.initialised == 0


def test_the_list_marks_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, *SPEAKERS, default=2)
    assert device_names() == [("HDMI", False), ("USB Speaker", True)]
    use(monkeypatch, *SPEAKERS, default=None)
    assert device_names() == [("HDMI", False), ("USB Speaker", False)]


def test_the_real_portaudio_lists_without_a_word(capfd: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("pyaudio")
    assert isinstance(device_names(), list)
    assert capfd.readouterr().err == ""


def test_pyaudio_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyaudio", None)
    with pytest.raises(StorybotError, match="install the package portaudio19-dev"):
        portaudio.portaudio()


def test_silenced_stderr_swallows_what_c_prints_and_gives_stderr_back(
    capfd: pytest.CaptureFixture[str],
) -> None:
    silence_alsa()
    with silenced_stderr():
        os.write(2, b"ALSA lib pcm.c: chatter\n")
    os.write(2, b"heard\n")
    assert capfd.readouterr().err == "heard\n"


def test_silenced_stderr_twice_at_once_gives_stderr_back_in_the_end(
    capfd: pytest.CaptureFixture[str],
) -> None:
    outer, inner = silenced_stderr(), silenced_stderr()
    outer.__enter__()
    inner.__enter__()
    outer.__exit__(None, None, None)
    os.write(2, b"still silent\n")
    inner.__exit__(None, None, None)
    os.write(2, b"heard\n")
    assert capfd.readouterr().err == "heard\n"
