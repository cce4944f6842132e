"""Which second recogniser the settings choose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storybot.drivers import driver, names
from storybot.errors import Exit, StorybotError
from storybot.hearing.second.confirmation import ANSWER_WAIT_S, LOADING_WAIT_S, Confirmation

if TYPE_CHECKING:
    from storybot.config.schema import HearingSettings
    from storybot.hearing.second.second_recogniser import SecondRecogniser

KIND = "second_recogniser"
ELSEWHERE = "wyoming"  # the driver whose recogniser is another machine's


def make_second(settings: HearingSettings, profile: str) -> SecondRecogniser | None:
    """The recogniser, which begins to load; None where none is wanted.

    StorybotError (Exit.SOUND_IN) where one is named that this machine cannot have.
    """
    name = chosen(settings, profile)
    if name == "none":
        return None
    if missing := missing_for(name):
        raise StorybotError(f"hearing.second_opinion: {name} needs {missing}", Exit.SOUND_IN)
    made: SecondRecogniser = driver(KIND, name).make()
    return made


def loaded_confirmation(
    settings: HearingSettings, profile: str, wait: float = ANSWER_WAIT_S
) -> Confirmation | None:
    """Confirmation by that recogniser, whose loading is waited for; its troubles are in it."""
    second = make_second(settings, profile)
    if second is None:
        return None
    confirmation = Confirmation(second, settings.keyphrase, wait)
    confirmation.wait_until_loaded(LOADING_WAIT_S)
    return confirmation


def chosen(settings: HearingSettings, profile: str) -> str:
    """The driver's name, or "none". "auto" is the first that this machine itself can have."""
    if profile == "small" or settings.second_opinion == "none":
        return "none"
    if settings.second_opinion != "auto":
        return settings.second_opinion
    own = (name for name in names(KIND) if name != ELSEWHERE)
    return next((name for name in own if not missing_for(name)), "none")


def missing_for(name: str) -> str:
    """What a second recogniser needs and this machine lacks; empty where it can be used."""
    return str(driver(KIND, name).missing())
