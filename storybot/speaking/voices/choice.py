"""Which voice the settings choose."""

from __future__ import annotations

from storybot.config.schema import DEFAULT_ACCENT, SpeakingSettings
from storybot.drivers import driver
from storybot.errors import Exit, StorybotError
from storybot.speaking.voices.voice import Voice

OF_ESPEAK = ("espeak", "espeak-process")
# The order in which "auto" tries them. flite takes 6 MB more than espeak while it speaks, which the
# small board does not have.
AUTO = (*OF_ESPEAK, "flite", "pyttsx3")


def make_voice(settings: SpeakingSettings) -> Voice:
    """The voice that the settings choose; "auto" is the first of the list that this machine has.

    Raises StorybotError(Exit.SOUND_OUT) when it is not installed.
    """
    name = chosen(settings)
    module = driver("voice", name)
    missing = module.missing()
    # The message of espeak itself says more about what is wrong with its library.
    if missing and name != "espeak":
        raise StorybotError(
            f"the voice {name} needs {missing}; install it, `storybot voices` says more",
            Exit.SOUND_OUT,
        )
    voice: Voice = module.make(settings)
    return voice


def about(name: str) -> str:
    """What a voice sounds like, in a few words."""
    return str(driver("voice", name).ABOUT)


def missing_for(name: str) -> str:
    """What a voice needs and this machine lacks; empty when the voice can be used."""
    return str(driver("voice", name).missing())


def chosen(settings: SpeakingSettings) -> str:
    """The name of the voice that these settings choose, as `storybot voices` marks it."""
    if settings.voice != "auto":
        return settings.voice
    # Whoever chose an accent wants a voice that has accents.
    voices = AUTO if settings.accent == DEFAULT_ACCENT else OF_ESPEAK
    return next((name for name in voices if not missing_for(name)), "espeak")
