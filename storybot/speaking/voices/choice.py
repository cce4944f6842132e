"""Which voice the settings choose."""

from __future__ import annotations

from storybot.config.schema import SpeakingSettings
from storybot.drivers import driver, names
from storybot.errors import Exit, StorybotError
from storybot.speaking.voices.voice import Voice


def make_voice(name: str) -> Voice:
    """The voice of that name; "auto" is the first that this machine has.

    Raises StorybotError(Exit.SOUND_OUT) when it is not installed.
    """
    if name == "auto":
        name = first_usable()
    module = driver("voice", name)
    missing = module.missing()
    # The message of espeak itself says more about what is wrong with its library.
    if missing and name != "espeak":
        raise StorybotError(f"the voice {name} needs {missing}; install it", Exit.SOUND_OUT)
    voice: Voice = module.make()
    return voice


def missing_for(name: str) -> str:
    """What a voice needs and this machine lacks; empty when the voice can be used."""
    return str(driver("voice", name).missing())


def first_usable() -> str:
    """The first voice of the list that can be used here, else the first."""
    voices = names("voice")
    return next((name for name in voices if not missing_for(name)), voices[0])


def chosen(settings: SpeakingSettings) -> str:
    """The name of the voice that these settings choose, as `storybot voices` marks it."""
    return first_usable() if settings.voice == "auto" else settings.voice
