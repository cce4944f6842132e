"""What ALSA's programs say on stderr, from real messages of aplay.c and alsa-lib."""

from __future__ import annotations

import os

import pytest

from storybot.system.alsa_devices import AlsaDevice, parse_devices
from storybot.system.alsa_messages import LINE_MAX_BYTES, AlsaMessages

XRUN = b"overrun!!! (at least 12.345 ms long)\n"


def said(*pieces: bytes) -> AlsaMessages:
    reading, writing = os.pipe()
    messages = AlsaMessages(reading)
    for piece in pieces:
        os.write(writing, piece)
        assert messages.read()
    os.close(writing)
    assert not messages.read()
    os.close(reading)
    return messages


def test_xruns_are_counted_however_they_come() -> None:
    assert said(XRUN * 3, XRUN[:5], XRUN[5:], b"underrun!!! (at least 1.0 ms long)").xruns == 5
    assert said(b"ALSA lib pcm.c:8675:(snd_pcm_recover) underrun occurred\n").xruns == 1
    assert said(b"Playing raw data 'stdin' : Signed 16 bit Little Endian\n").xruns == 0
    assert said(b"x" * 3 * LINE_MAX_BYTES, b"\n" + XRUN).xruns == 1


def test_another_rate_is_noticed() -> None:
    warning = b"Warning: rate is not accurate (requested = 16000Hz, got = 48000Hz)\n"
    advice = b"         please, try the plug plugin \n"
    assert said(b"Recording raw data 'stdin' : \n" + warning + advice).actual_rate == 48000
    assert said(XRUN).actual_rate == 0


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            b"arecord: main:831: audio open error: Device or resource busy\n",
            "Device or resource busy",
        ),
        (b"arecord: set_params:1358: Channels count non available", "Channels count non available"),
        (
            b"ALSA lib pcm_dmix.c:1032:(snd_pcm_dmix_open) unable to open slave\n"
            b"aplay: main:831: audio open error: No such file or directory\n",
            "No such file or directory",
        ),
        (
            b"Recording raw data 'stdin' : Mono\n"
            b"arecord: set_params:1387: Unable to install hw params:\nACCESS:  RW_INTERLEAVED\n",
            "Unable to install hw params",
        ),
        (b"Playing raw data 'stdin' : Mono\n" + XRUN, ""),
        (b"", ""),
        (b"\xff\xfe broken\n", "�� broken"),
    ],
)
def test_why_it_ended(text: bytes, reason: str) -> None:
    assert said(text).reason == reason


def test_devices_that_convert_come_before_a_users_own_and_the_bare_ones() -> None:
    names = ["hw:CARD=A,DEV=0", "mine", "front:CARD=A", "plughw:CARD=A,DEV=0", "default", "null"]
    listed = "\n".join(f"{name}\n    What it is\n    And more" for name in names)
    devices = parse_devices(listed)
    assert devices[0] == AlsaDevice("hw:CARD=A,DEV=0", "What it is")
    ranked = [device.name for device in sorted(devices, key=lambda device: device.rank)]
    assert ranked == ["default", "plughw:CARD=A,DEV=0", "mine", "front:CARD=A", "hw:CARD=A,DEV=0"]
    assert [device.is_bare for device in devices] == [True, False, True, False, False]
