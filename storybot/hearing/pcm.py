"""Sound as the recognisers need it: 16 kHz, mono, int16 in native byte order."""

from __future__ import annotations

import math
from array import array
from operator import mul

SAMPLE_RATE_HZ = 16000  # Hz
BLOCK_SAMPLES = 1600  # 0.1 s: what a microphone hands out at a time
BLOCK_BYTES = 2 * BLOCK_SAMPLES
FULL_SCALE = 32768.0
SILENCE_DBFS = -96.0  # of digital silence, one step of int16
ZERO_CROSSINGS = 8  # of the sinc on each side: 60 dB and more of stop band with a Hann window


def level_dbfs(pcm: bytes) -> float:
    """Root mean square of int16 mono samples relative to full scale, in dB."""
    samples = array("h", pcm)
    if not samples:
        return SILENCE_DBFS
    mean_square = sum(map(mul, samples, samples)) / len(samples)
    return max(SILENCE_DBFS, 10 * math.log10(max(mean_square, 1e-9) / FULL_SCALE**2))


class SincResampler:
    """Changes the rate of a mono int16 stream to SAMPLE_RATE_HZ, by a windowed sinc for each phase.

    The filter is Hann windowed and cuts at the lower of the two Nyquist frequencies; see
    J. O. Smith, Digital Audio Resampling. It delays by ZERO_CROSSINGS of its own samples.
    """

    def __init__(self, rate: int) -> None:
        common = math.gcd(rate, SAMPLE_RATE_HZ)
        self._up, self._down = SAMPLE_RATE_HZ // common, rate // common
        cutoff = min(1.0, SAMPLE_RATE_HZ / rate)  # of the input's Nyquist frequency
        self._half = math.ceil(ZERO_CROSSINGS / cutoff)  # input samples on each side
        self._taps = [self._phase(phase / self._up, cutoff) for phase in range(self._up)]
        self._kept = array("h", bytes(2 * self._half))
        self._time = 0  # of the next output sample after the first kept one, in 1/up inputs

    def _phase(self, offset: float, cutoff: float) -> list[float]:
        taps = []
        for place in range(-self._half + 1, self._half + 1):
            x = (place - offset) * cutoff
            sinc = math.sin(math.pi * x) / (math.pi * x) if x else 1.0
            window = 0.5 + 0.5 * math.cos(math.pi * (place - offset) / (self._half + 1))
            taps.append(sinc * window)
        total = sum(taps)
        return [tap / total for tap in taps]

    def resample(self, pcm: bytes) -> bytes:
        """The next stretch of the stream at SAMPLE_RATE_HZ; what is still needed is kept."""
        self._kept.frombytes(pcm)
        width, kept, out = 2 * self._half, self._kept, array("h")
        while (start := self._time // self._up) + width <= len(kept):
            taps = self._taps[self._time % self._up]
            value = round(sum(map(mul, taps, kept[start : start + width])))
            out.append(max(-32768, min(32767, value)))
            self._time += self._down
        self._kept = kept[start:]
        self._time -= start * self._up
        return out.tobytes()

    def rest(self) -> bytes:
        """The samples that are left when the stream has ended."""
        return self.resample(bytes(2 * self._half))
