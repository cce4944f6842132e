"""The functions of libespeak-ng that storybot uses, as its header speak_lib.h declares them."""

from __future__ import annotations

import contextlib
import ctypes
from collections.abc import Iterator
from typing import Any

from storybot.data import DATA_FOLDER
from storybot.errors import Exit, StorybotError

LIBRARY = "libespeak-ng.so.1"
# A libpcaudio that plays nothing (native/pcaudio/silent.c): installed, or of a checkout.
SILENT_PCAUDIO = (
    DATA_FOLDER / "silent-pcaudio.so",
    DATA_FOLDER.parents[1] / "build" / "native" / "silent-pcaudio.so",
)
SYNCHRONOUS = 2  # AUDIO_OUTPUT_SYNCHRONOUS: samples go to the callback inside espeak_Synth
BUFFER_MS = 60  # ms of sound a callback gets
DONT_EXIT = 0x8000  # espeakINITIALIZE_DONT_EXIT: return an error where the data is missing
UTF8 = 1  # espeakCHARS_UTF8
IPA = 0x02  # phonememode of espeak_TextToPhonemes: the names are those of the IPA
POSITION_CHARACTER = 1
RATE, PITCH, WORDGAP = 1, 3, 7  # espeak_PARAMETER
EVENT_END, EVENT_WORD = 0, 1  # espeak_EVENT_TYPE
CONTINUE, ABORT = 0, 1  # what a callback returns
ENGLISH = b"en"  # how the language tags of its voices begin


class Event(ctypes.Structure):
    """espeak_EVENT."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),  # characters from the start of the text, from 1
        ("length", ctypes.c_int),  # characters of the word
        ("audio_position", ctypes.c_int),  # ms
        ("sample", ctypes.c_int),  # samples from the start of the text
        ("user_data", ctypes.c_void_p),
        ("id", ctypes.c_void_p),
    )


class VoiceSpec(ctypes.Structure):
    """espeak_VOICE."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_char_p),  # a priority byte and a language, repeated; then a 0
        ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte),
        ("variant", ctypes.c_ubyte),
        ("xx1", ctypes.c_ubyte),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    )


Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(Event)
)


def load(name: str = LIBRARY) -> ctypes.CDLL:
    """The library, not yet initialised; StorybotError when it is not installed."""
    _spare_playback()
    try:
        library = ctypes.CDLL(name)
    except OSError:
        raise StorybotError(
            "the voice library libespeak-ng is missing; install the package libespeak-ng1",
            Exit.SOUND_OUT,
        ) from None
    library.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(VoiceSpec))
    library.espeak_ListVoices.argtypes = [ctypes.c_void_p]
    library.espeak_TextToPhonemes.restype = ctypes.c_char_p
    library.espeak_TextToPhonemes.argtypes = [
        ctypes.POINTER(ctypes.c_char_p),
        ctypes.c_int,
        ctypes.c_int,
    ]
    library.espeak_GetCurrentVoice.restype = ctypes.POINTER(VoiceSpec)
    return library


def missing() -> str:
    """The package that has to be installed before load() works; empty where it does."""
    try:
        load()
    except StorybotError:
        return "the package libespeak-ng1"
    return ""


def _spare_playback() -> None:
    """Keep out the 25 libraries for a playback that is never used; without ours they come in."""
    for library in SILENT_PCAUDIO:
        with contextlib.suppress(OSError):
            ctypes.CDLL(str(library))
            return


def initialise(library: ctypes.CDLL) -> int:
    """Make the library ready; returns its sample rate in Hz. Once in a process is enough."""
    rate = int(library.espeak_Initialize(SYNCHRONOUS, BUFFER_MS, None, DONT_EXIT))
    if rate <= 0:
        raise StorybotError(
            "the voice library has no data; install the package espeak-ng-data", Exit.SOUND_OUT
        )
    return rate


def voice_names(library: ctypes.CDLL) -> Iterator[tuple[str, str]]:
    """Language tag and name of every voice of the initialised library."""
    for voice in _listed(library.espeak_ListVoices(None)):
        yield voice.languages[1:].decode(), voice.name.decode()


def set_voice(library: ctypes.CDLL, accent: str) -> bool:
    """Choose an English voice by file, name or whole language tag; +VARIANT may follow.

    False where there is none: the library's own search by language would take the first two
    letters alone, and speak Ukrainian for uk-english.
    """
    plain, _, variant = accent.partition("+")
    if variant and variant.lower() not in map(str.lower, variants(library)):
        return False
    if library.espeak_SetVoiceByName(accent.encode()) != 0:
        wanted = plain.lower().encode()
        files = (
            voice.identifier
            for voice in _listed(library.espeak_ListVoices(None))
            if voice.languages[1:].lower() == wanted
        )
        file = next(files, None)
        if file is None or library.espeak_SetVoiceByName(file + accent[len(plain) :].encode()):
            return False
    return bool(library.espeak_GetCurrentVoice().contents.languages[1:3] == ENGLISH)


def phonemes(library: ctypes.CDLL, text: str) -> str:
    """How the chosen voice speaks `text`, in the International Phonetic Alphabet."""
    rest = ctypes.c_char_p(text.encode("utf-8"))
    clauses = []
    while rest.value is not None:  # each call reads one clause and moves on behind it
        clauses.append(library.espeak_TextToPhonemes(ctypes.byref(rest), UTF8, IPA))
    return b" ".join(clause for clause in clauses if clause).decode("utf-8")


def variants(library: ctypes.CDLL) -> set[str]:
    """The names of the variants, as +VARIANT takes them: m3, Storm."""
    wanted = VoiceSpec(languages=b"variant")
    found = _listed(library.espeak_ListVoices(ctypes.byref(wanted)))
    return {voice.identifier.decode().rpartition("/")[2] for voice in found}


def _listed(voices: Any) -> Iterator[Any]:
    """The voices of an array that a null pointer ends."""
    index = 0
    while voices[index]:
        yield voices[index].contents
        index += 1
