"""What the robot is told of recognised words, by what is listened for."""

from __future__ import annotations

from collections.abc import Callable

from storybot.language.choices import says_second, told_apart
from storybot.language.listening import DURING_STORY, ListenFor, relevant_part
from storybot.language.requests import understand
from storybot.language.safety_filter import Filter
from storybot.robot.events import (
    AlikeHeard,
    Asked,
    Chosen,
    DoubtfulHeard,
    Event,
    NotUnderstood,
    RequestRefused,
    Source,
)
from storybot.stories.story_request import fresh_seed


def event_of(
    text: str,
    wanted: ListenFor | None,
    allowed: Filter,
    is_echo: Callable[[str], bool],
    open_words: bool = False,
) -> Event | None:
    """The event of `text`; None where nothing is done about it.

    During a story only what is listened for counts, and what the robot says itself does not.
    `open_words`: it may name what is on no list.
    """
    if open_words:  # in a box with a second recogniser
        from storybot.language.typed_requests import is_allowed, understand_typed

        request = understand_typed(text, allowed)
        suits = is_allowed(request, text, allowed)
    else:
        request, suits = understand(text), allowed.allows(text)
    if wanted in DURING_STORY:
        meant = relevant_part(text, wanted, "") is not None
        if request and meant and not is_echo(text) and suits:
            return Asked(request, fresh_seed(), Source.VOICE)
        return None
    if wanted is None:
        return None
    if not suits:
        return RequestRefused()
    if wanted is ListenFor.CHOICE and (second := says_second(text)) is not None:
        return Chosen(second)
    if request is None:
        return NotUnderstood()
    return Asked(request, fresh_seed(), Source.VOICE)


def event_of_doubtful(text: str, wanted: ListenFor | None, allowed: Filter) -> Event | None:
    """The same for words that the recogniser is not sure of: only a story may be asked about."""
    awaited = wanted in (ListenFor.KEYPHRASE, ListenFor.REQUEST)
    request = understand(text)
    if awaited and request is not None and request.things and allowed.allows(text):
        return DoubtfulHeard(request, fresh_seed())
    return None


def event_of_alike(
    text: str, other: str, wanted: ListenFor | None, allowed: Filter
) -> AlikeHeard | None:
    """The same for two wishes that sound alike; None where there is no choice between them."""
    awaited = wanted in (ListenFor.KEYPHRASE, ListenFor.REQUEST)
    first, second = understand(text), understand(other)
    if first is None or second is None or not (allowed.allows(text) and allowed.allows(other)):
        return None
    apart = told_apart(first, second)
    return AlikeHeard(first, second, fresh_seed()) if awaited and apart else None
