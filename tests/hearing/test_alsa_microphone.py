from __future__ import annotations

import os
from pathlib import Path

import pytest

from storybot.config.schema import HearingSettings
from storybot.errors import Exit, StorybotError
from storybot.hearing.microphones import alsa, arecord
from storybot.hearing.microphones.alsa import AlsaMicrophone, device_names
from storybot.hearing.microphones.choice import microphone_names, open_microphone
from tests.fakes.microphones import fake_arecord

ALSA = HearingSettings(driver="alsa")


def test_blocks_come_until_the_device_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = bytes(range(256)) * 25
    monkeypatch.setenv("PATH", fake_arecord(tmp_path, sound).path)
    microphone = open_microphone(ALSA, "full")
    assert microphone.name == "default"
    assert microphone.read() + microphone.read() == sound
    with pytest.raises(StorybotError, match="gives no more sound") as fault:
        microphone.read()
    assert fault.value.code is Exit.SOUND_IN
    microphone.close()


def test_a_device_that_falls_silent_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", fake_arecord(tmp_path, bytes(3200), stays=True).path)
    microphone = AlsaMicrophone()
    monkeypatch.setattr(alsa, "SILENCE_TIMEOUT_S", 0.1)
    microphone.read()
    with pytest.raises(StorybotError, match="gives no more sound"):
        microphone.read()
    child = microphone._child._pid
    microphone.close()
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def test_a_device_is_chosen_by_name_or_description(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", fake_arecord(tmp_path).path)
    microphone = AlsaMicrophone("robot ear")
    assert microphone.name == "plughw:CARD=Robot,DEV=0"
    microphone.close()
    with pytest.raises(StorybotError, match='no microphone is called "radio"; there is: default'):
        AlsaMicrophone("radio")


USB_MICROPHONE = """hw:CARD=Mic,DEV=0
    USB Mic, USB Audio
    Direct hardware device without any conversions
front:CARD=Mic,DEV=0
    USB Mic, USB Audio
plughw:CARD=Mic,DEV=0
    USB Mic, USB Audio
    Hardware device with all software conversions
"""


@pytest.mark.parametrize(
    "wanted", ["mic", "USB Mic", "hw:CARD=Mic", "hw:CARD=Mic,DEV=0", "plughw:CARD=Mic,DEV=0"]
)
def test_a_device_that_converts_comes_first(
    wanted: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", fake_arecord(tmp_path, listing=USB_MICROPHONE).path)
    microphone = AlsaMicrophone(wanted)
    assert microphone.name == "plughw:CARD=Mic,DEV=0"
    microphone.close()


def test_the_name_as_the_list_shows_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", fake_arecord(tmp_path, listing=USB_MICROPHONE).path)
    [(label, _)] = alsa.device_names()
    microphone = AlsaMicrophone(label)
    assert label.startswith(microphone.name) and "plughw" in label
    microphone.close()


def test_another_rate_or_number_of_channels_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = USB_MICROPHONE.partition("plughw")[0]
    refused = "arecord: set_params:1358: Channels count non available"
    monkeypatch.setenv("PATH", fake_arecord(tmp_path, complaint=refused, listing=bare).path)
    with pytest.raises(
        StorybotError, match=r"\(Channels count non available\); name a device that converts"
    ) as fault:
        AlsaMicrophone("mic")
    assert fault.value.code is Exit.SOUND_IN
    warning = "Warning: rate is not accurate (requested = 16000Hz, got = 44100Hz)\n"
    monkeypatch.setenv("PATH", fake_arecord(tmp_path, chatter=warning, listing=bare).path)
    with pytest.raises(StorybotError, match="it gives 44100 Hz where 16000 Hz are asked for"):
        AlsaMicrophone("mic")


def test_overruns_are_counted_and_their_messages_never_hold_up_the_sound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """200 kB of messages: three times what fits into the pipe that nobody read before."""
    chatter = "overrun!!! (at least 12.345 ms long)\n" * 5400
    sound = bytes(range(256)) * 25
    monkeypatch.setenv("PATH", fake_arecord(tmp_path, sound, chatter=chatter).path)
    microphone = AlsaMicrophone()
    assert microphone.read() + microphone.read() == sound
    assert microphone.overruns == 5400
    microphone.close()


def test_what_cannot_be_opened_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    busy = "arecord: main:831: audio open error: Device or resource busy"
    monkeypatch.setenv("PATH", fake_arecord(tmp_path, complaint=busy).path)
    with pytest.raises(StorybotError, match=r"default \(Device or resource busy\)"):
        AlsaMicrophone()
    monkeypatch.setenv("PATH", fake_arecord(tmp_path, b"").path)
    with pytest.raises(StorybotError, match="it gives no sound"):
        AlsaMicrophone()
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    with pytest.raises(StorybotError, match="install alsa-utils"):
        AlsaMicrophone()


def test_the_table_of_inputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", fake_arecord(tmp_path).path)
    assert (
        device_names()
        == microphone_names(ALSA, "full")
        == microphone_names(HearingSettings(), "small")
    )
    assert device_names() == [
        ("default (Playback/recording through the PulseAudio sound server)", True),
        ("plughw:CARD=Camera,DEV=0 (USB Camera, USB Audio)", False),
        ("plughw:CARD=Robot,DEV=0 (Robot Ear, USB Audio)", False),
        ("sysdefault", False),
    ]


def test_a_list_that_never_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "arecord"
    program.write_text("#!/bin/sh\necho half\nexec sleep 60\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(arecord, "LIST_TIMEOUT_S", 0.3)
    for call in (alsa.device_names, lambda: AlsaMicrophone("USB")):
        with pytest.raises(StorybotError, match="arecord does not answer"):
            call()
