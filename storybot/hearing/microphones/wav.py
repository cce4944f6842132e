"""A recording as sound for the recognisers: any plain wav is turned into 16 kHz mono."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from storybot.errors import Exit, StorybotError
from storybot.hearing.microphones.wav_format import WavFault, parse_wav
from storybot.hearing.mixing import Mixer
from storybot.hearing.pcm import BLOCK_BYTES, SAMPLE_RATE_HZ, SincResampler

RECORDING_MAX_S = 300.0  # s; a request is said in a few
FILE_MAX_MB = 128  # MB; a minute of most forms has 20 at most
RATE_LIMITS_HZ = (4000, 192000)  # Hz
CHANNELS_MAX = 32
CLIPPED_SHARE = 0.02  # of all samples at full scale, from which a recording counts as overdriven
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
        with path.open("rb") as file:
            data = file.read(FILE_MAX_MB * 1_000_000 + 1)
        if len(data) > FILE_MAX_MB * 1_000_000:
            raise _refusal(f"{path} is larger than {FILE_MAX_MB} MB; cut it to the request")
        sound = parse_wav(data)
    except OSError as fault:
        raise _refusal(f"cannot read {path}: {fault.strerror}") from fault
    except WavFault as fault:
        raise _refusal(f"{path} is not a PCM wav file ({fault}); save it as 16-bit PCM") from fault
    rate, channels = sound.rate, sound.channels
    if not RATE_LIMITS_HZ[0] <= rate <= RATE_LIMITS_HZ[1] or channels > CHANNELS_MAX:
        raise _refusal(
            f"{path} claims {rate} Hz and {channels} channels; save it with 16000 Hz, mono"
        )
    if not sound.pcm:
        raise _refusal(f"{path} holds no sound; record it again")
    if len(sound.pcm) > RECORDING_MAX_S * rate * channels * 2:
        raise _refusal(f"{path} is longer than {RECORDING_MAX_S:.0f} s; cut it to the request")
    notes = []
    if sound.is_cut:
        notes.append(f"{path} is cut short: it holds less sound than its header promises.")
    pcm = Mixer(channels).mixed(sound.pcm)
    if _is_clipped(pcm):
        notes.append(f"{path} is overdriven: speak less loudly or turn the microphone down.")
    if rate != SAMPLE_RATE_HZ:
        resampler = SincResampler(rate)
        pcm = resampler.resample(pcm) + resampler.rest()
    return Recording(pcm, tuple(notes))


def _is_clipped(pcm: bytes) -> bool:
    samples = array("h", pcm)
    return sum(abs(sample) >= CLIPPED_AMPLITUDE for sample in samples) > CLIPPED_SHARE * len(
        samples
    )


def _refusal(sentence: str) -> StorybotError:
    return StorybotError(sentence, Exit.SOUND_IN)
