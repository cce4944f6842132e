"""The functions of flite that storybot uses, as its headers flite.h and cst_audio.h have them."""

from __future__ import annotations

import ctypes
from _ctypes import dlclose
from typing import Any

from storybot.errors import Exit, StorybotError

PACKAGE = "the package libflite1"
CONTINUE, STOP = 0, -1  # CST_AUDIO_STREAM_CONT, CST_AUDIO_STREAM_STOP
# Names of features: flite keeps the pointers, so these must live as long as the library.
STRETCH = b"duration_stretch"  # of the durations of all sounds
PITCH_FACTOR = b"f0_shift"  # of the pitch, for voices from statistics (slt, rms, awb)
PITCH_MEAN = b"int_f0_target_mean"  # Hz, for voices from recorded diphones (kal16)
_STREAMING = b"streaming_info"


class Wave(ctypes.Structure):
    """cst_wave."""

    _fields_ = (
        ("type", ctypes.c_char_p),
        ("sample_rate", ctypes.c_int),  # Hz
        ("num_samples", ctypes.c_int),
        ("num_channels", ctypes.c_int),
        ("samples", ctypes.POINTER(ctypes.c_short)),
    )


class _Voice(ctypes.Structure):
    """The beginning of cst_voice."""

    _fields_ = (("name", ctypes.c_char_p), ("features", ctypes.c_void_p))


class _StreamingInfo(ctypes.Structure):
    """The beginning of cst_audio_streaming_info."""

    _fields_ = (("min_buffsize", ctypes.c_int), ("callback", ctypes.c_void_p))


# Gets the wave, the first new sample, how many are new, whether they are the last, and the info.
Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(Wave), ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_void_p
)


class FliteVoiceLibrary:
    """One of flite's voices, with the libraries it needs, until close()."""

    def __init__(self, speaker: str, callback: Any) -> None:
        """`speaker`: slt, rms, awb or kal16; `callback`: a Callback, which the caller keeps."""
        self._library = load(speaker)
        library = self._library
        library.feat_set.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
        library.feat_set_float.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_float]
        library.flite_text_to_wave.restype = ctypes.c_void_p
        library.flite_text_to_wave.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
        library.delete_wave.argtypes = [ctypes.c_void_p]
        library.new_audio_streaming_info.restype = ctypes.POINTER(_StreamingInfo)
        library.audio_streaming_info_val.restype = ctypes.c_void_p
        library.audio_streaming_info_val.argtypes = [ctypes.c_void_p]
        library.flite_init()
        register = getattr(library, f"register_cmu_us_{speaker}")
        register.restype, register.argtypes = ctypes.POINTER(_Voice), [ctypes.c_char_p]
        self._unregister = getattr(library, f"unregister_cmu_us_{speaker}")
        self._unregister.restype, self._unregister.argtypes = None, [ctypes.c_void_p]
        self._voice = register(None)
        info = library.new_audio_streaming_info()  # the voice frees it
        info.contents.callback = ctypes.cast(callback, ctypes.c_void_p).value
        library.feat_set(self._features, _STREAMING, library.audio_streaming_info_val(info))

    @property
    def _features(self) -> Any:
        return self._voice.contents.features

    def set(self, feature: bytes, value: float) -> None:
        """Set one of the features named above."""
        self._library.feat_set_float(self._features, feature, value)

    def speak(self, text: bytes) -> bool:
        """Synthesise an ASCII text; its sound goes to the callback. False: flite refused it."""
        wave = self._library.flite_text_to_wave(text, self._voice)
        if wave:
            self._library.delete_wave(wave)
        return bool(wave)

    def close(self) -> None:
        """Give back the voice and its libraries: their tables take 5 to 8 MB."""
        self._unregister(self._voice)
        dlclose(self._library._handle)
        if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):  # of glibc
            trim(0)


def load(speaker: str = "slt") -> ctypes.CDLL:
    """The library of one voice, which brings flite itself; StorybotError where it is missing."""
    try:
        return ctypes.CDLL(f"libflite_cmu_us_{speaker}.so.1")
    except OSError:
        raise StorybotError(
            f"the voice flite is missing; install {PACKAGE}", Exit.SOUND_OUT
        ) from None


def missing() -> str:
    """The package that has to be installed before load() works; empty where it does."""
    try:
        dlclose(load()._handle)
    except StorybotError:
        return PACKAGE
    return ""
