"""What is asked for when stories are measured: every thing of the list, and harder requests."""

from __future__ import annotations

import random
from dataclasses import dataclass

from storybot.language.things import Thing, load_things, unlisted_thing
from storybot.telling.casting import wanted
from storybot.telling.roles import Wanted

HARDER = 100
NAMED = ("Mimi", "Bruno", "Noah", "Zoe", "Pip", "Emma", "Finn", "Rosa", "Otis", "Ida")
# Nouns that no list of ours holds.
UNKNOWN = (
    *("ladle", "bassoon", "capybara", "yurt", "excavator", "quokka", "gondola", "thimble"),
    *("trombone", "meerkat", "igloo", "narwhal", "catapult", "lantern fish", "zeppelin"),
)


@dataclass(frozen=True)
class Request:
    """One request for a story."""

    wanted: tuple[Wanted, ...]
    things: tuple[Thing, ...]  # the same for a box that knows no names of things

    @property
    def words(self) -> tuple[str, ...]:
        """What must be spoken of: names where there are some."""
        return tuple(one.name or one.noun for one in self.wanted)

    @property
    def line(self) -> str:
        """As somebody may ask: "a story about a cat named Mimi and a boat"."""
        parts = []
        for one, thing in zip(self.wanted, self.things, strict=True):
            named = one.noun and one.name
            parts.append(f"{thing.phrase} named {one.name}" if named else thing.phrase)
        return f"a story about {' and '.join(parts)}"


def single_requests() -> list[Request]:
    """Each thing and name of things.txt once."""
    return [Request((wanted(thing),), (thing,)) for thing in load_things()]


def harder_requests(seed: int, number: int = HARDER) -> list[Request]:
    """In turn: a creature with a name, two things, a word that is on no list."""
    rng = random.Random(seed)
    things = [thing for thing in load_things() if not thing.is_name]
    creatures = [thing for thing in things if thing.kind == "creature"]
    requests = []
    for turn in range(number):
        if turn % 3 == 0:
            thing = rng.choice(creatures)
            named = Wanted(thing.word, rng.choice(NAMED))
            requests.append(Request((named,), (thing,)))
        elif turn % 3 == 1:
            two = tuple(rng.sample(things, 2))
            requests.append(Request(tuple(map(wanted, two)), two))
        else:
            word = rng.choice(UNKNOWN)
            requests.append(Request((Wanted(word),), (unlisted_thing(word),)))
    return requests
