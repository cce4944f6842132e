"""Loudspeakers through PortAudio (PyAudio): a callback stream of small blocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from storybot.config.schema import SpeakingSettings
from storybot.errors import Exit, StorybotError
from storybot.speaking.outputs.player import (
    BLOCK_FRAMES,
    FetchSamples,
    loudspeaker_cannot_open,
    no_loudspeaker,
)
from storybot.speaking.outputs.queued_player import QueuedPlayer
from storybot.speaking.outputs.resampler import LinearResampler
from storybot.system.silenced_stderr import silence_alsa, silenced_stderr

FALLBACK_RATES_HZ = (48000, 44100, 32000, 16000)  # Hz tried when the device cannot do the voice's


@dataclass(frozen=True)
class Format:
    """How a device is driven."""

    rate: int  # Hz
    channels: int  # 1 or 2


class PortAudioOutput:
    """One PortAudio device, chosen by part of its name, or the default one."""

    def __init__(self, wanted: str = "") -> None:
        self._wanted = wanted
        self.name = wanted or "default"
        self._library: Any = None
        self._stream: Any = None

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
                    stream_callback=_callback(audio.paContinue, form, rate, fetch),
                )
            except OSError as error:
                self._release()
                raise loudspeaker_cannot_open(self.name, _reason(error)) from None
            except StorybotError:
                self._release()
                raise
        return float(self._stream.get_output_latency())

    def alive(self) -> bool:
        stream = self._stream
        try:
            return stream is not None and bool(stream.is_active())
        except OSError:
            return False

    def discard(self) -> bool:
        return False  # it holds some tens of ms

    def finish(self) -> None:
        self._stream.stop_stream()  # waits until the device has played what it holds
        self._release()

    def close(self) -> None:
        self._release()

    def _release(self) -> None:
        stream, self._stream = self._stream, None
        library, self._library = self._library, None
        if stream is not None:
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
            return [(str(d["name"]), d["index"] == default) for d in _outputs(library)]
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
    if not wanted:
        default = _default_index(library)
        found = [device for device in devices if device["index"] == default]
    else:
        found = [device for device in devices if wanted.lower() in device["name"].lower()]
    if found:
        return found[0]
    raise no_loudspeaker(wanted)


def _format(library: Any, audio: Any, device: Mapping[str, Any], rate: int) -> Format:
    """The form nearest to mono at `rate` that the device can do."""
    for channels in (1, 2):
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


def _callback(go_on: int, form: Format, rate: int, fetch: FetchSamples) -> Any:
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
        stereo = bytearray(2 * size)
        stereo[0::4] = stereo[2::4] = mono[0::2]
        stereo[1::4] = stereo[3::4] = mono[1::2]
        return bytes(stereo), go_on

    return fill


def _reason(error: OSError) -> str:
    return str(error.args[-1] if error.args else error).strip()
