"""Takes steady noise out of a stretch of speech, by Speex's preprocessor where it is installed.

The preprocessor lowers each band by how likely it holds noise alone: Ephraim and Malah, Speech
Enhancement Using a Minimum Mean-Square Error Log-Spectral Amplitude Estimator, 1985.
"""

from __future__ import annotations

import math
from array import array
from functools import cache
from operator import mul
from typing import Any

from storybot.hearing.pcm import SAMPLE_RATE_HZ

LIBRARY = "libspeexdsp.so.1"
PACKAGE = "the package libspeexdsp1"
FRAME = SAMPLE_RATE_HZ // 100  # samples; with 20 ms what is left is less like the clean speech
SET_NOISE_SUPPRESS = 18  # SPEEX_PREPROCESS_SET_NOISE_SUPPRESS
SUPPRESSION_DB = -15  # Speex's default
# Without noise its musical rest would make speech less clear. White noise 20 dB below the speech
# gives 24 to 26, speech without any 33 and more, in a reverberant room 30 and more.
SUPPRESSED_BELOW_DB = 29.0
QUIET_SHARE, LOUD_SHARE = 0.1, 0.9  # of the frames, from the quietest


def without_noise(pcm: bytes) -> bytes:
    """These int16 samples with less noise; empty where there is little, or the library is missing.

    It goes over them twice, because the noise is known only after the first time.
    """
    if loud_above_quiet(pcm) > SUPPRESSED_BELOW_DB or (library := _library()) is None:
        return b""
    import ctypes  # only where there is noise: 0.5 MB

    state = ctypes.c_void_p(library.speex_preprocess_state_init(FRAME, SAMPLE_RATE_HZ))
    wanted = ctypes.c_int(SUPPRESSION_DB)
    library.speex_preprocess_ctl(state, SET_NOISE_SUPPRESS, ctypes.byref(wanted))
    # Each frame comes out one later, overlapped with the next.
    whole = pcm + bytes(2 * (FRAME + -len(pcm) // 2 % FRAME))
    for _ in range(2):
        samples = ctypes.create_string_buffer(whole, len(whole))
        for start in range(0, len(whole), 2 * FRAME):
            library.speex_preprocess_run(state, ctypes.byref(samples, start))
    library.speex_preprocess_state_destroy(state)
    return samples.raw[2 * FRAME : 2 * FRAME + len(pcm)]


def loud_above_quiet(pcm: bytes) -> float:
    """By how many dB the loudest tenth of the frames lies above the quietest, at least.

    Infinite where as many are all zeros: then what is not is speech.
    """
    samples = array("h", pcm)
    pieces = (samples[start : start + FRAME] for start in range(0, len(samples), FRAME))
    powers = sorted(sum(map(mul, piece, piece)) for piece in pieces) or [0]
    quiet, loud = (powers[int(len(powers) * share)] for share in (QUIET_SHARE, LOUD_SHARE))
    return 10 * math.log10(loud / quiet) if quiet else math.inf


def missing() -> str:
    """The package that has to be installed before noise is suppressed; empty where it is."""
    return "" if _library() else PACKAGE


@cache
def _library() -> Any:
    """None where it is not installed."""
    import ctypes

    try:
        library = ctypes.CDLL(LIBRARY)
    except OSError:
        return None
    library.speex_preprocess_state_init.restype = ctypes.c_void_p
    return library
