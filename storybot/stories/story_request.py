"""Which story to tell: everything that makes the engine write the same one again."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from storybot.language.openings import opening
from storybot.language.requests import Request, RequestKind, says_back
from storybot.language.things import Thing, load_things

FAMILIAR = 100  # the first so many things of the list are picked from when none was asked for
SEEDS = 2**31  # seeds are drawn below this


@dataclass(frozen=True)
class Tale:
    """One story to be told; equal tales become equal texts with one model and its settings."""

    title: str  # what is said back: "A story about a cat."
    opening: str  # the beginning that the model continues
    seed: int
    asked: tuple[Thing, ...] = ()  # what was asked for; empty: anything
    number: int = field(default=0, compare=False)  # in the library; 0: it was never begun


def new_tale(asked: tuple[Thing, ...], seed: int) -> Tale:
    """The tale about `asked` with this seed; with nothing asked for, the seed picks a thing."""
    things = asked or (random.Random(seed).choice(load_things()[:FAMILIAR]),)
    title = says_back(Request(RequestKind.STORY, things))
    return Tale(title, opening(things, seed), seed, asked)
