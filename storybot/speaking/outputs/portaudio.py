"""Loudspeakers through PortAudio (PyAudio): a callback stream of small blocks."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from storybot.config.schema import SpeakingSettings
from storybot.errors import Exit, StorybotError
from storybot.record import Record
from storybot.speaking.outputs.player import (
    BLOCK_FRAMES,
    FetchSamples,
    loudspeaker_cannot_open,
    no_loudspeaker,
)
from storybot.speaking.outputs.queued_player import QueuedPlayer
from storybot.speaking.outputs.resampler import LinearResampler
from storybot.system.device_names import find_device, lasting_name
from storybot.system.silenced_stderr import silence_alsa, silenced_stderr

FALLBACK_RATES_HZ = (48000, 44100, 32000, 16000)  # Hz tried when the device cannot do the voice's

OUTPUT_UNDERFLOW = 4  # paOutputUnderflow of PortAudio's status flags
Callback = Callable[[Any, int, Any, int], tuple[bytes, int]]  # (_, frames, times, status flags)


class Format(Record):
    """How a device is driven."""

    rate: int  # Hz
    channels: int  # all of them play the same


class PortAudioOutput:
    """One PortAudio device, chosen by part of its name, or the default one."""

    def __init__(self, wanted: str = "") -> None:
        self._wanted = wanted
        self.name = wanted or "default"
        self._library: Any = None
        self._stream: Any = None
        self.underruns = 0

    def open(self, rate: int, fetch: FetchSamples) -> float:
        audio = portaudio()
        with silenced_stderr():
            self._library = audio.PyAudio()  # anew each time: only then are new devices seen
            try:
                device = _choose(self._library, self._wanted)
                self.name = str(device["name"])
                form = _format(self._library, audio, device, rate)
                self._stream = self._library.open(
                    rate=form.rate,
                    channels=form.channels,
                    format=audio.paInt16,
                    output=True,
                    output_device_index=device["index"],
                    frames_per_buffer=BLOCK_FRAMES,
                    stream_callback=self._counted(_callback(audio.paContinue, form, rate, fetch)),
                )
            except OSError as error:
                self._release()
                raise loudspeaker_cannot_open(self.name, _reason(error)) from None
            except StorybotError:
                self._release()
                raise
        return float(self._stream.get_output_latency())

    def _counted(self, fill: Callback) -> Callback:
        """The same, and each time that the device says it ran dry is counted."""

        def counted(unused: Any, frames: int, times: Any, status: int) -> tuple[bytes, int]:
            if status & OUTPUT_UNDERFLOW:
                self.underruns += 1
            return fill(unused, frames, times, status)

        return counted

    def alive(self) -> bool:
        stream = self._stream
        try:
            return stream is not None and bool(stream.is_active())
        except OSError:
            return False

    def discard(self) -> bool:
        return False  # it holds some tens of ms

    def finish(self) -> None:
        with contextlib.suppress(OSError):  # the device is gone
            self._stream.stop_stream()  # waits until the device has played what it holds
        self._release()

    def close(self) -> None:
        self._release()

    def _release(self) -> None:
        stream, self._stream = self._stream, None
        library, self._library = self._library, None
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()
        if library is not None:
            library.terminate()


def portaudio() -> Any:
    """The module pyaudio; StorybotError when it or PortAudio is not installed."""
    try:
        with silenced_stderr():
            import pyaudio
    except ImportError:
        raise StorybotError(
            "PortAudio is not installed; install the package portaudio19-dev and pip's pyaudio, "
            "or set speaking.driver to alsa",
            Exit.SOUND_OUT,
        ) from None
    silence_alsa()
    return pyaudio


def make(settings: SpeakingSettings, rate: int, _: object) -> QueuedPlayer:
    """A player on the loudspeaker that speaking.speaker names."""
    return QueuedPlayer(PortAudioOutput(settings.speaker), rate, settings.volume)


def device_names() -> list[tuple[str, bool]]:
    """Name of every loudspeaker, and whether it is the default one."""
    audio = portaudio()
    with silenced_stderr():
        library = audio.PyAudio()
        try:
            default = _default_index(library)
            return [
                (lasting_name(str(d["name"])), d["index"] == default) for d in _outputs(library)
            ]
        finally:
            library.terminate()


def _outputs(library: Any) -> Iterator[Mapping[str, Any]]:
    for index in range(library.get_device_count()):
        device = library.get_device_info_by_index(index)
        if device["maxOutputChannels"] > 0:
            yield device


def _default_index(library: Any) -> int | None:
    try:
        return int(library.get_default_output_device_info()["index"])
    except OSError:
        return None


def _choose(library: Any, wanted: str) -> Mapping[str, Any]:
    devices = list(_outputs(library))
    if wanted:
        found = find_device(wanted, [(str(d["name"]),) for d in devices])
        if found is None:
            raise no_loudspeaker(wanted, [lasting_name(str(d["name"])) for d in devices])
        return devices[found]
    default = _default_index(library)
    for device in devices:
        if device["index"] == default:
            return device
    raise no_loudspeaker()


def _format(library: Any, audio: Any, device: Mapping[str, Any], rate: int) -> Format:
    """The form nearest to mono at `rate` that the device can do."""
    for channels in dict.fromkeys((1, 2, device["maxOutputChannels"])):
        for offered in (rate, *FALLBACK_RATES_HZ):
            if channels > device["maxOutputChannels"]:
                continue
            try:
                if library.is_format_supported(
                    offered,
                    output_device=device["index"],
                    output_channels=channels,
                    output_format=audio.paInt16,
                ):
                    return Format(offered, channels)
            except ValueError:
                continue
    return Format(rate, 1)  # opening it will say why not


def _callback(go_on: int, form: Format, rate: int, fetch: FetchSamples) -> Callback:
    """PortAudio's callback: exactly the frames it asks for, silence where there are none."""
    resampler = LinearResampler(rate, form.rate) if form.rate != rate else None
    spare = b""

    def fill(_in: Any, frames: int, _time: Any, _status: Any) -> tuple[bytes, int]:
        nonlocal spare
        size = 2 * frames
        if resampler is None:
            mono = fetch(frames)
        else:
            while len(spare) < size and (drawn := fetch(resampler.needed(frames))):
                spare += resampler.convert(drawn)
            mono, spare = spare[:size], spare[size:]
        mono = mono.ljust(size, b"\0")
        if form.channels == 1:
            return mono, go_on
        frame_bytes = 2 * form.channels
        every = bytearray(frames * frame_bytes)
        for channel in range(form.channels):
            every[2 * channel :: frame_bytes] = mono[0::2]
            every[2 * channel + 1 :: frame_bytes] = mono[1::2]
        return bytes(every), go_on

    return fill


def _reason(error: OSError) -> str:
    """PyAudio's faults hold a text and PortAudio's number, in either order."""
    return next((each for each in error.args if isinstance(each, str)), str(error)).strip()
