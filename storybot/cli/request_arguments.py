"""What a command line or a recording asks for, as things to tell of."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from storybot.config.schema import HearingSettings
from storybot.errors import Exit, StorybotError
from storybot.language.requests import Request, RequestKind, understand
from storybot.language.safety_filter import Filter
from storybot.language.things import Thing
from storybot.language.typed_requests import is_allowed, understand_typed


def typed(words: Sequence[str], safe: Filter) -> tuple[Thing, ...]:
    """The things asked for in "about a cat", "a cat and a boat" or a whole request.

    Whoever types may ask for things that no recogniser knows. Raises StorybotError where the
    words ask for something else than a story.
    """
    text = " ".join(words)
    if not text:
        return ()
    return _story(understand_typed(text, safe), text, safe)


def heard(recording: Path, settings: HearingSettings, safe: Filter) -> tuple[Thing, ...]:
    """The things asked for in a recording; raises StorybotError where it asks for no story."""
    from storybot.hearing.recordings import hear_wav

    found = hear_wav(recording, settings)
    if found is None:
        raise StorybotError(
            f"no request was understood in {recording}; `storybot hear {recording}` tells more",
            Exit.NOT_HEARD,
        )
    return _story(understand(found.text), found.text, safe)


def _story(request: Request | None, text: str, safe: Filter) -> tuple[Thing, ...]:
    if request is None or request.kind not in (RequestKind.STORY, RequestKind.ANOTHER):
        raise StorybotError(
            f'"{text}" asks for no story; try "a story about a cat"', Exit.NOT_HEARD
        )
    if not is_allowed(request, text, safe):
        raise StorybotError("that is no subject for a child's story", Exit.NOT_HEARD)
    return request.things
