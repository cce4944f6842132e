"""Loudness of a sound by EBU R128, measured by libebur128 (Debian's package libebur128-1)."""

from __future__ import annotations

import contextlib
import ctypes
import math
from array import array
from collections.abc import Iterator
from dataclasses import dataclass

LIBRARY = "libebur128.so.1"
MODE_INTEGRATED, MODE_TRUE_PEAK = 0b000101, 0b110001  # EBUR128_MODE_I, EBUR128_MODE_TRUE_PEAK


@dataclass(frozen=True)
class Loudness:
    """Of one channel."""

    integrated: float  # LUFS
    true_peak: float  # dB below full scale, negative


def missing() -> str:
    """What has to be installed; empty where it is."""
    try:
        ctypes.CDLL(LIBRARY)
    except OSError:
        return "the package libebur128-1"
    return ""


def loudness(samples: array[int], rate: int) -> Loudness:
    """Integrated loudness and true peak of int16 mono samples of `rate` Hz."""
    integrated, peak = ctypes.c_double(), ctypes.c_double()
    with _meter(rate) as (library, state):
        _add(library, state, samples)
        library.ebur128_loudness_global(state, ctypes.byref(integrated))
        library.ebur128_true_peak(state, 0, ctypes.byref(peak))
    return Loudness(integrated.value, 20 * math.log10(max(peak.value, 1e-9)))


def momentary(samples: array[int], rate: int, step_s: float = 0.1) -> list[float]:
    """Momentary loudness (of the last 0.4 s) after each step, in LUFS."""
    told, now, size = [], ctypes.c_double(), round(step_s * rate)
    with _meter(rate) as (library, state):
        for at in range(0, len(samples), size):
            _add(library, state, samples[at : at + size])
            library.ebur128_loudness_momentary(state, ctypes.byref(now))
            told.append(now.value)
    return told


@contextlib.contextmanager
def _meter(rate: int) -> Iterator[tuple[ctypes.CDLL, ctypes.c_void_p]]:
    library = ctypes.CDLL(LIBRARY)
    library.ebur128_init.restype = ctypes.c_void_p
    library.ebur128_init.argtypes = [ctypes.c_uint, ctypes.c_ulong, ctypes.c_int]
    state = ctypes.c_void_p(library.ebur128_init(1, rate, MODE_INTEGRATED | MODE_TRUE_PEAK))
    try:
        yield library, state
    finally:
        library.ebur128_destroy(ctypes.byref(state))


def _add(library: ctypes.CDLL, state: ctypes.c_void_p, samples: array[int]) -> None:
    library.ebur128_add_frames_short(state, samples.tobytes(), ctypes.c_size_t(len(samples)))
