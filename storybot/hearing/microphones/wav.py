"""A recording as sound for the recognisers: any plain PCM wav is turned into 16 kHz mono."""

from __future__ import annotations

import struct
import wave
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from storybot.errors import Exit, StorybotError
from storybot.hearing.pcm import BLOCK_BYTES, SAMPLE_RATE_HZ, SincResampler, mixed_down

RECORDING_MAX_S = 300.0  # s; a request is said in a few
RATE_LIMITS_HZ = (4000, 192000)  # Hz
CLIPPED_SHARE = 0.02  # of all samples at full scale: the microphone was shouted into
CLIPPED_AMPLITUDE = 32700  # int16; what counts as full scale


@dataclass(frozen=True)
class Recording:
    """16 kHz mono int16 sound; `notes` tell what had to be done to it, one sentence each."""

    pcm: bytes
    notes: tuple[str, ...]

    @property
    def seconds(self) -> float:
        return len(self.pcm) / 2 / SAMPLE_RATE_HZ

    def blocks(self) -> Iterator[bytes]:
        """The sound in blocks as a microphone would hand it out."""
        for start in range(0, len(self.pcm), BLOCK_BYTES):
            yield self.pcm[start : start + BLOCK_BYTES]


def read_wav(path: Path) -> Recording:
    """The recording in this file; StorybotError(SOUND_IN) where it holds no usable sound."""
    try:
        with wave.open(str(path), "rb") as file:
            parameters = file.getparams()
            frames = file.readframes(parameters.nframes)
    except OSError as fault:
        raise _refusal(f"cannot read {path}: {fault.strerror}") from fault
    except (wave.Error, EOFError, struct.error, RuntimeError) as fault:
        raise _refusal(f"{path} is not a PCM wav file ({fault or 'it ends at once'})") from fault
    rate, channels, width = parameters.framerate, parameters.nchannels, parameters.sampwidth
    if not RATE_LIMITS_HZ[0] <= rate <= RATE_LIMITS_HZ[1] or channels > 8 or not 1 <= width <= 4:
        raise _refusal(f"{path} claims {rate} Hz, {channels} channels, {8 * width} bits: unusable")
    frame_bytes = channels * width
    if len(frames) < frame_bytes:
        raise _refusal(f"{path} holds no sound; record it again")
    if len(frames) > RECORDING_MAX_S * rate * frame_bytes:
        raise _refusal(f"{path} is longer than {RECORDING_MAX_S:.0f} s; cut it to the request")
    notes = []
    if len(frames) < parameters.nframes * frame_bytes:
        notes.append(f"{path} is cut short: it holds less sound than its header promises.")
    pcm = _int16(frames[: len(frames) // frame_bytes * frame_bytes], width)
    pcm = mixed_down(pcm, channels)
    if _is_clipped(pcm):
        notes.append(f"{path} is overdriven: speak less loudly or turn the microphone down.")
    if rate != SAMPLE_RATE_HZ:
        resampler = SincResampler(rate)
        pcm = resampler.resample(pcm) + resampler.rest()
    return Recording(pcm, tuple(notes))


def _int16(frames: bytes, width: int) -> bytes:
    """Samples of `width` bytes as the wav format has them (8 bit unsigned, else signed)."""
    if width == 2:
        return frames
    if width == 1:
        return array("h", ((sample - 128) << 8 for sample in frames)).tobytes()
    high = bytearray(len(frames) // width * 2)  # the two high bytes of each little-endian sample
    high[0::2] = frames[width - 2 :: width]
    high[1::2] = frames[width - 1 :: width]
    return bytes(high)


def _is_clipped(pcm: bytes) -> bool:
    samples = array("h", pcm)
    return sum(abs(sample) >= CLIPPED_AMPLITUDE for sample in samples) > CLIPPED_SHARE * len(
        samples
    )


def _refusal(sentence: str) -> StorybotError:
    return StorybotError(sentence, Exit.SOUND_IN)
