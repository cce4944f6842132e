"""A PyAudio whose devices are made up: rates, channels and faults that no test machine has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Callback = Callable[[Any, int, Any, int], tuple[bytes, int]]


@dataclass
class Device:
    """One made-up loudspeaker (or a microphone: no channels)."""

    name: str
    channels: int = 2
    rates: tuple[int, ...] = (22050, 44100, 48000)
    mono: bool = True
    fault: str = ""  # what opening it says


@dataclass
class FakePortAudio:
    """Takes the place of the module pyaudio."""

    devices: list[Device]
    default: int | None = 0
    streams: list[FakeStream] = field(default_factory=list)
    initialised: int = 0
    paInt16 = 8
    paContinue = 0

    def PyAudio(self) -> FakeLibrary:
        self.initialised += 1
        return FakeLibrary(self)


@dataclass
class FakeLibrary:
    """One initialised PortAudio."""

    audio: FakePortAudio

    def get_device_count(self) -> int:
        return len(self.audio.devices)

    def get_device_info_by_index(self, index: int) -> dict[str, Any]:
        device = self.audio.devices[index]
        return {"index": index, "name": device.name, "maxOutputChannels": device.channels}

    def get_default_output_device_info(self) -> dict[str, Any]:
        if self.audio.default is None:
            raise OSError("No Default Output Device Available")
        return self.get_device_info_by_index(self.audio.default)

    def is_format_supported(self, rate: int, **how: Any) -> bool:
        device = self.audio.devices[how["output_device"]]
        if rate not in device.rates or (how["output_channels"] == 1 and not device.mono):
            raise ValueError("Invalid sample rate", -9997)
        return True

    def open(self, **how: Any) -> FakeStream:
        device = self.audio.devices[how["output_device_index"]]
        if device.fault:
            raise OSError(-9985, device.fault)
        stream = FakeStream(how["rate"], how["channels"], how["stream_callback"])
        self.audio.streams.append(stream)
        return stream

    def terminate(self) -> None:
        self.audio.initialised -= 1


@dataclass
class FakeStream:
    """An open stream; `play` is what its device's clock would do."""

    rate: int
    channels: int
    callback: Callback
    closed: bool = False
    drained: bool = False
    broken: bool = False

    def play(self, frames: int) -> bytes:
        data, go_on = self.callback(None, frames, None, 0)
        assert go_on == FakePortAudio.paContinue
        assert len(data) == 2 * frames * self.channels
        return data

    def get_output_latency(self) -> float:
        return 0.02

    def is_active(self) -> bool:
        self._fails_if_broken()
        return not self.closed

    def stop_stream(self) -> None:
        self._fails_if_broken()
        self.drained = True

    def close(self) -> None:
        self.closed = True
        self._fails_if_broken()

    def _fails_if_broken(self) -> None:
        if self.broken:
            raise OSError("Stream not open", -9988)
