"""Who and what a story is about, as its sentences speak of them."""

from __future__ import annotations

from dataclasses import dataclass

# he, him, his, himself, was, has
_PRONOUNS = {
    "he": ("he", "him", "his", "himself", "was", "has"),
    "she": ("she", "her", "her", "herself", "was", "has"),
    "it": ("it", "it", "its", "itself", "was", "has"),
    "they": ("they", "them", "their", "themselves", "were", "have"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Something that was asked for: "a cat called Mimi", "two brothers", "my teddy bear"."""

    noun: str  # singular: "cat", "brother", "teddy bear"; "" where there is only a name
    name: str = ""  # "Mimi"; "" where it has none
    plural: bool = False  # "cats", "two brothers"
    count: str = ""  # "two"; "" where no number was said


@dataclass(frozen=True, slots=True)
class Role:
    """One of the cast."""

    role: str  # "hero", "friend", "thing", "second", "place", "extra"
    noun: str  # "duck", "fire truck", "girl"; singular
    head: str  # as a keyword: "duck", "fire truck", "dinosaurs"; the name where there is one
    name: str  # "Mimi"; ""
    kind: str  # as in lore.txt: animal, person, being, toy, small, food, vehicle, place, ...
    pronoun: str  # "he", "she", "it" or "they"
    a: str  # at first: "a duck", "a cat named Mimi", "two brothers", "some snow", "the moon"
    the: str  # from then on: "the duck", "Mimi", "the brothers"
    home: str = ""  # "by the pond"; of a thing, where it usually is
    loves: str = ""  # "swim in the water"; of a thing, what is done with it: "fly it high"
    own: str = ""  # "yellow hat"; of a thing, what it is like: "red"; of a place, what is there
    nice: str = ""  # at first, with what it is like: "a red ball"; "": the same as `a`

    @property
    def plural(self) -> bool:
        return self.pronoun == "they"

    @property
    def actor(self) -> str:
        """As a tag speaks of it: the name, or the last word of the noun in the text's form."""
        return self.name or self.head.split()[-1]

    @property
    def words(self) -> frozenset[str]:
        """The lower-case words by which a sentence names it."""
        return frozenset((*self.noun.lower().split(), *self.head.lower().split())) | (
            frozenset((self.name.lower(),)) if self.name else frozenset()
        )

    @property
    def pronouns(self) -> tuple[str, str, str, str, str, str]:
        """he, him, his, himself, was, has; in the forms that go with it."""
        return _PRONOUNS[self.pronoun]


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody and everything that has a part; `asked` names the roles that were asked for."""

    hero: Role
    friend: Role
    thing: Role
    place: Role
    second: Role | None = None  # a second thing
    asked: tuple[str, ...] = ()  # "hero", "thing" ...: these are still there at the end
    extras: tuple[Role, ...] = ()  # asked for, too, but with no part of their own in the plot

    @property
    def roles(self) -> tuple[Role, ...]:
        all_roles = (self.hero, self.friend, self.thing, self.place, self.second)
        return (*(role for role in all_roles if role is not None), *self.extras)
