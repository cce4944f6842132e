"""Looks in the library for the story that is wanted again: "the dragon story again"."""

from __future__ import annotations

from dataclasses import replace

from storybot.daemon.narrator_service import NarratorService
from storybot.language.requests import RequestKind
from storybot.robot.events import Asked, Event, ReplayAsked


async def with_kept_story(event: Event, narrator: NarratorService) -> Event:
    """The event, with the story of the library where it asks for one by what it is about.

    Where there is none such, a new story about that is asked for.
    """
    if not isinstance(event, Asked) or event.request.kind is not RequestKind.AGAIN:
        return event
    things = event.request.things
    if not things:
        return event
    kept = await narrator.read_library(lambda library: library.last_about(things))
    if kept is not None:
        return ReplayAsked(kept.request())
    new = replace(event.request, kind=RequestKind.STORY)
    return Asked(new, event.seed, event.source)
