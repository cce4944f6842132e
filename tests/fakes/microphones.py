"""Microphones without hardware: one to read from, a PortAudio to open, an arecord to run."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from storybot.errors import Exit, StorybotError

UNPLUGGED = StorybotError("the microphone fake gives no more sound", Exit.SOUND_IN)


class FakeMicrophone:
    """Hands out these blocks, then is unplugged."""

    def __init__(self, blocks: Iterable[bytes], name: str = "fake") -> None:
        self.name = name
        self.closed = False
        self.overruns = 0
        self._blocks = iter(blocks)

    def read(self) -> bytes:
        for block in self._blocks:
            return block
        raise UNPLUGGED

    def close(self) -> None:
        self.closed = True


@dataclass
class FakeStream:
    """An input stream: `sound` comes in at once; then nothing, or the fault."""

    sound: bytes
    frame_bytes: int
    fault: OSError | None = None
    closed: bool = False

    def get_read_available(self) -> int:
        if not self.sound and self.fault:
            raise self.fault
        return len(self.sound) // self.frame_bytes

    def read(self, frames: int, exception_on_overflow: bool) -> bytes:
        block = self.sound[: frames * self.frame_bytes]
        self.sound = self.sound[frames * self.frame_bytes :]
        return block

    def close(self) -> None:
        self.closed = True


@dataclass
class FakePyAudio:
    """The module pyaudio with these devices; `can` lists the (rate, channels) they do."""

    devices: Sequence[tuple[str, int]]  # name and number of input channels
    default: int | None = 0
    can: Sequence[tuple[int, int]] = ((16000, 1),)
    own_rate: float = 48000.0
    sound: bytes = b""
    fault: OSError | None = None
    open_fault: OSError | None = None
    opened: dict[str, Any] = field(default_factory=dict)
    terminated: int = 0
    paInt16: int = 8
    stream: FakeStream | None = None

    def PyAudio(self) -> FakePyAudio:
        return self

    def get_device_count(self) -> int:
        return len(self.devices)

    def get_device_info_by_index(self, index: int) -> dict[str, Any]:
        name, channels = self.devices[index]
        return {
            "index": index,
            "name": name,
            "maxInputChannels": channels,
            "defaultSampleRate": self.own_rate,
        }

    def get_default_input_device_info(self) -> dict[str, Any]:
        if self.default is None:
            raise OSError("No Default Input Device Available")
        return self.get_device_info_by_index(self.default)

    def is_format_supported(self, rate: int, **given: Any) -> bool:
        if (rate, given["input_channels"]) not in self.can:
            raise ValueError("Invalid sample rate", -9997)
        return True

    def open(self, **given: Any) -> FakeStream:
        if self.open_fault:
            raise self.open_fault
        self.opened = given
        self.stream = FakeStream(self.sound, 2 * given["channels"], self.fault)
        return self.stream

    def terminate(self) -> None:
        self.terminated += 1


def install(monkeypatch: Any, fake: FakePyAudio) -> FakePyAudio:
    """Puts the fake where `import pyaudio` finds it."""
    monkeypatch.setitem(sys.modules, "pyaudio", fake)
    return fake


ARECORD = """#!{python}
import sys, time
from pathlib import Path
if "-L" in sys.argv:
    sys.stdout.write({listing!r})
    sys.exit()
sys.stderr.write({chatter!r})
sys.stderr.flush()
if {complaint!r}:
    sys.stderr.write({complaint!r} + "\\n")
    sys.exit(1)
# Real time, as a device has it: nobody can read faster than the sound is made.
sound = Path({sound!r}).read_bytes()
for start in range(0, len(sound), 3200):
    sys.stdout.buffer.write(sound[start : start + 3200])
    sys.stdout.buffer.flush()
    time.sleep({pace})
if {stays}:
    time.sleep(60)
"""
LISTING = """null
    Discard all samples (playback) or generate zero samples (capture)
default
    Playback/recording through the PulseAudio sound server
plughw:CARD=Camera,DEV=0
    USB Camera, USB Audio
    Hardware device with all software conversions
plughw:CARD=Robot,DEV=0
    Robot Ear, USB Audio
sysdefault
"""


def fake_arecord(
    folder: Path,
    sound: bytes = bytes(32000),
    *,
    complaint: str = "",
    chatter: str = "",
    stays: bool = False,
    pace: float = 0.0,
    listing: str = LISTING,
) -> SimpleNamespace:
    """An arecord in this folder that records `sound`, or complains; put the folder into PATH."""
    raw = folder / "sound.raw"
    raw.write_bytes(sound)
    script = folder / "arecord"
    script.write_text(
        ARECORD.format(
            python=sys.executable,
            listing=listing,
            complaint=complaint,
            chatter=chatter,
            sound=str(raw),
            stays=stays,
            pace=pace,
        )
    )
    script.chmod(0o755)
    return SimpleNamespace(path=f"{folder}:/usr/bin:/bin", script=script)
