"""Loudness of a sound by EBU R128, measured by libebur128 (Debian's package libebur128-1)."""

from __future__ import annotations

import ctypes
import math
from array import array
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
    library = ctypes.CDLL(LIBRARY)
    library.ebur128_init.restype = ctypes.c_void_p
    library.ebur128_init.argtypes = [ctypes.c_uint, ctypes.c_ulong, ctypes.c_int]
    state = ctypes.c_void_p(library.ebur128_init(1, rate, MODE_INTEGRATED | MODE_TRUE_PEAK))
    integrated, peak = ctypes.c_double(), ctypes.c_double()
    try:
        data = samples.tobytes()
        library.ebur128_add_frames_short(state, data, ctypes.c_size_t(len(samples)))
        library.ebur128_loudness_global(state, ctypes.byref(integrated))
        library.ebur128_true_peak(state, 0, ctypes.byref(peak))
    finally:
        library.ebur128_destroy(ctypes.byref(state))
    return Loudness(integrated.value, 20 * math.log10(max(peak.value, 1e-9)))
