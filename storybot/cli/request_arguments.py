"""Which story a command line or a recording asks for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from storybot.config.schema import HearingSettings, TellingSettings
from storybot.controls.socket.request_fields import TEXT_MAX_CHARACTERS
from storybot.errors import Exit, StorybotError
from storybot.language.requests import STORY_KINDS, Request, RequestKind, understand
from storybot.language.safety_filter import Filter
from storybot.language.typed_requests import is_allowed, understand_typed
from storybot.stories.library import Library
from storybot.stories.story_request import StoryRequest, new_story_request, next_chapter

NO_WISH = Request(RequestKind.STORY)


def typed(words: Sequence[str], safe: Filter) -> Request:
    """The request in "about a cat", "a cat and a boat" or a whole sentence.

    Whoever types may ask for things that no recogniser knows. Raises StorybotError where the
    words ask for something else than a story.
    """
    text = " ".join(words)
    if not text:
        return NO_WISH
    if len(text) > TEXT_MAX_CHARACTERS:  # as for the daemon; much longer ones would take hours
        raise StorybotError(
            f"a request has at most {TEXT_MAX_CHARACTERS} characters; --opening takes longer texts",
            Exit.USAGE,
        )
    return _story(understand_typed(text, safe), text, safe)


def heard(recording: Path, settings: HearingSettings, safe: Filter) -> Request:
    """The request in a recording; raises StorybotError where it asks for no story."""
    from storybot.hearing.recordings import hear_wav

    found = hear_wav(recording, settings)
    if found is None:
        raise StorybotError(
            f"no request was understood in {recording}; `storybot hear {recording}` tells more",
            Exit.NOT_HEARD,
        )
    understood = understand_typed(found.text, safe) if found.open else understand(found.text)
    return _story(understood, found.text, safe)


def story_of(
    request: Request, seed: int, telling: TellingSettings, library: Library
) -> StoryRequest:
    """The story to tell; what was told before is looked for in the library.

    StorybotError where it holds no story that could be told again or go on.
    """
    if request.kind not in (RequestKind.AGAIN, RequestKind.GO_ON):
        return new_story_request(request.things, seed, telling, style=request.style)
    kept = library.last_about(request.things) if request.things else library.last()
    if kept is None:
        raise StorybotError(f"no such story is kept in {library.folder}", Exit.NOT_HEARD)
    return next_chapter(kept.request()) if request.kind is RequestKind.GO_ON else kept.request()


def _story(request: Request | None, text: str, safe: Filter) -> Request:
    if request is None or request.kind not in STORY_KINDS:
        raise StorybotError(
            f'"{text}" asks for no story; try "a story about a cat"', Exit.NOT_HEARD
        )
    if not is_allowed(request, text, safe):
        raise StorybotError("that is no subject for a child's story", Exit.NOT_HEARD)
    return request
