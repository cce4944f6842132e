"""Which voices there are, and which one is spoken with."""

from __future__ import annotations

import importlib.util
import shutil
from dataclasses import dataclass

from storybot.config.schema import SpeakingSettings
from storybot.errors import Exit, StorybotError
from storybot.speaking.voices.voice import Voice

VOICE_NAMES = ("espeak", "espeak-child", "pyttsx3")  # the order in which auto tries them


@dataclass(frozen=True)
class Accent:
    """A way of speaking that `speaking.accent` may name."""

    language: str  # tag, such as en-us
    name: str  # espeak-ng's name for it


def make_voice(name: str) -> Voice:
    """The voice of that name (auto: the first that this machine has).

    Raises StorybotError(Exit.SOUND_OUT) when it is not installed.
    """
    if name == "auto":
        name = next((each for each in VOICE_NAMES if not missing_for(each)), VOICE_NAMES[0])
    if name == "espeak":
        from storybot.speaking.voices.espeak import EspeakVoice

        return EspeakVoice()
    if missing := missing_for(name):
        raise StorybotError(f"the voice {name} needs {missing}; install it", Exit.SOUND_OUT)
    if name == "espeak-child":
        from storybot.speaking.voices.espeak_child import EspeakChildVoice

        return EspeakChildVoice()
    from storybot.speaking.voices.pyttsx3 import Pyttsx3Voice

    return Pyttsx3Voice()


def missing_for(name: str) -> str:
    """What a voice needs and this machine has not; empty when the voice can be used."""
    if name == "espeak-child":
        return "" if shutil.which("espeak-ng") else "the package espeak-ng"
    if not _has_library():
        return "the package libespeak-ng1"
    if name == "pyttsx3" and importlib.util.find_spec("pyttsx3") is None:
        return "pip's pyttsx3"
    return ""


def chosen_voice(settings: SpeakingSettings) -> str:
    """The name of the voice that these settings lead to, as `storybot voices` marks it."""
    if settings.voice != "auto":
        return settings.voice
    return next((name for name in VOICE_NAMES if not missing_for(name)), VOICE_NAMES[0])


def accents() -> list[Accent]:
    """The accents of espeak-ng on this machine, English first."""
    from storybot.speaking.voices.espeak import EspeakVoice

    found = [Accent(*each) for each in EspeakVoice().accents()]
    return sorted(found, key=lambda accent: (not accent.language.startswith("en"), accent.language))


def _has_library() -> bool:
    from storybot.speaking.voices import espeak_library

    try:
        espeak_library.load()
    except StorybotError:
        return False
    return True
