"""Which story to tell: everything that makes the engine write the same one again."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from storybot.language.openings import opening
from storybot.language.requests import Request, RequestKind, spoken_back
from storybot.language.things import Thing, load_things

# the first so many things of the list are picked from when none was asked for
FAMILIAR_THINGS = 100
SEED_LIMIT = 2**31  # seeds are drawn below this


@dataclass(frozen=True)
class StoryRequest:
    """A story that was asked for; equal requests give equal texts with one model and settings."""

    title: str  # what is said back: "A story about a cat."
    opening: str  # the beginning that the model continues
    seed: int
    things: tuple[Thing, ...] = ()  # what was asked for; empty: anything
    number: int = field(default=0, compare=False)  # in the library; 0: it was never begun


def new_story_request(things: tuple[Thing, ...], seed: int) -> StoryRequest:
    """A request for a story about `things`; where there are none, the seed picks a thing."""
    about = things or (random.Random(seed).choice(load_things()[:FAMILIAR_THINGS]),)
    title = spoken_back(Request(RequestKind.STORY, about))
    return StoryRequest(title, opening(about, seed), seed, things)
