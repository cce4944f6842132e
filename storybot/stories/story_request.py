"""Which story to tell: what makes the engine write the same one again."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace

from storybot.config.schema import TellingSettings
from storybot.language.openings import opening, opening_of_next_day
from storybot.language.requests import AS_USUAL, Request, RequestKind, Style, spoken_back
from storybot.language.things import Thing, load_things

# where none was asked for, one of the first so many of the list is chosen
FAMILIAR_THINGS = 100
USUAL_TELLING = TellingSettings()
SEED_LIMIT = 2**31  # seeds are drawn below this


@dataclass(frozen=True)
class StoryRequest:
    """A story that was asked for; equal requests give equal texts with one model and settings."""

    title: str  # what is said back: "A story about a cat."
    opening: str  # the beginning that the model continues where there is no plan
    seed: int
    things: tuple[Thing, ...] = ()  # what was asked for; empty: anything
    number: int = field(default=0, compare=False)  # in the library; 0: it was never begun
    planned: bool = False  # written from a plan
    drafts: int = 1  # of each sentence of a planned story
    length: str = "short"  # of a planned story: "short", "middle" or "long"
    calm: bool = False  # a planned story for bedtime
    funny: bool = False  # a planned story to laugh about
    part: int = 0  # how many chapters went before, each told as a story of its own
    # Plots told lately, which a planned story avoids; None: whoever tells it knows them.
    recent: tuple[str, ...] | None = None

    @property
    def about(self) -> tuple[Thing, ...]:
        """What was asked for; where that is nothing, what the seed picks."""
        return self.things or _familiar_thing(self.seed)


def new_story_request(
    things: tuple[Thing, ...],
    seed: int,
    telling: TellingSettings = USUAL_TELLING,
    calm: bool = False,
    style: Style = AS_USUAL,
) -> StoryRequest:
    """A request for a story about `things`; where there are none, the seed picks a thing.

    What `style` does not say is as `telling` and `calm` say.
    """
    about = things or _familiar_thing(seed)
    title = spoken_back(Request(RequestKind.STORY, about, style=style))
    return StoryRequest(
        title,
        opening(about, seed),
        seed,
        things,
        planned=telling.plot == "on",
        drafts=telling.drafts,
        length=style.length or telling.length,
        calm=calm or style.mood == "calm",
        funny=style.mood == "funny",
    )


def next_chapter(story: StoryRequest) -> StoryRequest:
    """What is told when the story is to go on."""
    about = " and ".join(thing.definite for thing in story.about)
    return replace(
        story,
        title=f"More about {about}.",
        opening=opening_of_next_day(story.about, story.seed),
        number=0,
        part=story.part + 1,
    )


def fresh_seed() -> int:
    """The seed of a new story, below SEED_LIMIT; not 0, for which the engine takes the time."""
    return 1 + int.from_bytes(os.urandom(8)) % (SEED_LIMIT - 1)


def _familiar_thing(seed: int) -> tuple[Thing, ...]:
    import random  # 0.2 MB until the first story about anything

    return (random.Random(seed).choice(load_things()[:FAMILIAR_THINGS]),)
