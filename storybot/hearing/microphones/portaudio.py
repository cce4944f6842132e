"""Microphones through PortAudio (PyAudio), without blocking calls of the library."""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Iterator, Mapping
from typing import Any

from storybot.config.schema import HearingSettings
from storybot.errors import Exit, StorybotError
from storybot.hearing.microphones.microphone import (
    SILENCE_TIMEOUT_S,
    microphone_cannot_open,
    microphone_lost,
    no_microphone,
)
from storybot.hearing.mixing import Mixer
from storybot.hearing.pcm import SAMPLE_RATE_HZ, SincResampler
from storybot.system.device_names import find_device, lasting_name
from storybot.system.silenced_stderr import silenced_stderr

BLOCK_S = 0.1  # s
USUAL_RATES_HZ = (48000, 44100, 32000, 8000)  # tried where a device has not its own default rate
POLL_INTERVAL_S = 0.02  # between two polls


class PortAudioMicrophone:
    """One input device, chosen by part of its name, or the default one.

    PortAudio's blocking read may wait for ever after a device was unplugged. So the stream is
    polled, and the device is lost when it has had no frames for SILENCE_TIMEOUT_S.
    """

    def __init__(self, wanted: str = "") -> None:
        self.name = wanted or "default"
        self.overruns = 0  # PyAudio's blocking read does not tell of them without losing more
        self._stream: Any = None
        audio = portaudio()
        with silenced_stderr():
            self._library = audio.PyAudio()  # anew each time: only then are new devices seen
            try:
                device = _choose(self._library, wanted)
                self.name = str(device["name"])
                self._rate, self._channels = _format(self._library, audio, device)
                self._stream = self._library.open(
                    rate=self._rate,
                    channels=self._channels,
                    format=audio.paInt16,
                    input=True,
                    input_device_index=device["index"],
                    frames_per_buffer=int(self._rate * BLOCK_S),
                )
            except OSError as fault:
                self.close()
                raise microphone_cannot_open(self.name, _reason(fault)) from None
            except StorybotError:
                self.close()
                raise
        self._mixer = Mixer(self._channels, self._rate)
        self._resampler = None if self._rate == SAMPLE_RATE_HZ else SincResampler(self._rate)

    def read(self) -> bytes:
        frames = int(self._rate * BLOCK_S)
        deadline = time.monotonic() + SILENCE_TIMEOUT_S
        try:
            while self._stream.get_read_available() < frames:
                if time.monotonic() > deadline:
                    raise microphone_lost(self.name)
                time.sleep(POLL_INTERVAL_S)
            pcm = self._stream.read(frames, exception_on_overflow=False)
        except OSError:
            raise microphone_lost(self.name) from None
        mono = self._mixer.mixed(pcm)
        return self._resampler.resample(mono) if self._resampler else mono

    def close(self) -> None:
        stream, self._stream = self._stream, None
        with silenced_stderr(), contextlib.suppress(OSError):
            if stream is not None:
                stream.close()
        self._library.terminate()


def portaudio() -> Any:
    """The module pyaudio; StorybotError where it or PortAudio is not installed."""
    try:
        import pyaudio
    except ImportError as fault:
        raise StorybotError(
            f"PortAudio is not usable ({fault}); install libportaudio2 or set hearing.driver: alsa",
            Exit.SOUND_IN,
        ) from None
    return pyaudio


def make(settings: HearingSettings) -> PortAudioMicrophone:
    """The microphone that hearing.microphone names."""
    return PortAudioMicrophone(settings.microphone)


def device_names() -> list[tuple[str, bool]]:
    """Name of every input device, and whether it is the default one."""
    audio = portaudio()
    with silenced_stderr():
        library = audio.PyAudio()
        try:
            usual = _default(library)
            return [(lasting_name(str(d["name"])), d["index"] == usual) for d in _inputs(library)]
        finally:
            library.terminate()


def _inputs(library: Any) -> Iterator[Mapping[str, Any]]:
    for index in range(library.get_device_count()):
        device = library.get_device_info_by_index(index)
        if device["maxInputChannels"] > 0:
            yield device


def _default(library: Any) -> int:
    try:
        return int(library.get_default_input_device_info()["index"])
    except OSError:
        return -1


def _choose(library: Any, wanted: str) -> Mapping[str, Any]:
    devices = list(_inputs(library))
    if wanted:
        found = find_device(wanted, [(str(d["name"]),) for d in devices])
        if found is None:
            raise no_microphone(wanted, [lasting_name(str(d["name"])) for d in devices])
        return devices[found]
    usual = _default(library)
    for device in devices:
        if device["index"] == usual:
            return device
    raise StorybotError("there is no microphone; plug one in", Exit.SOUND_IN)


def _format(library: Any, audio: Any, device: Mapping[str, Any]) -> tuple[int, int]:
    """Rate and channels: 16 kHz mono where the device can, else another rate, or more channels."""
    rates = dict.fromkeys((SAMPLE_RATE_HZ, int(device["defaultSampleRate"]), *USUAL_RATES_HZ))
    counts = dict.fromkeys((1, 2, int(device["maxInputChannels"])))
    for rate, channels in itertools.product(rates, counts):
        with contextlib.suppress(ValueError):
            library.is_format_supported(
                rate,
                input_device=device["index"],
                input_channels=channels,
                input_format=audio.paInt16,
            )
            return rate, channels
    raise microphone_cannot_open(
        str(device["name"]), "it can neither 16 kHz nor a usual rate in 16 bits"
    )


def _reason(fault: OSError) -> str:
    """PyAudio's faults hold a text and PortAudio's number, in either order."""
    return next((each for each in fault.args if isinstance(each, str)), str(fault)).strip()
