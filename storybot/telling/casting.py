"""Who plays: what was asked for takes the role that fits, the plot and the seed fill the others."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from storybot.language.things import Thing, load_things
from storybot.telling.describing import lore_of, role_of
from storybot.telling.lore import CREATURES, KINDS, load_lore
from storybot.telling.plots import Plot, names
from storybot.telling.roles import Role, Wanted

CHILDREN = 24  # how many of the commonest names the seed chooses from
USUAL = 250  # the seed chooses among the first so many things of the list


def wanted(thing: Thing) -> Wanted:
    """What was asked for, as the planner takes it."""
    if thing.is_name:
        return Wanted("", thing.word)
    return Wanted(thing.word, thing.name, bool(thing.count), thing.count)


def cast_asked(
    asked: Sequence[Wanted], rng: random.Random
) -> tuple[dict[str, Role], tuple[Role, ...]]:
    """Roles for what was asked for, and those for which no part was free.

    A creature or a person is the hero, the next one the friend; a place is where; of things, the
    first is what it is about. A vehicle with nobody else asked for may be the hero.
    """
    roles: dict[str, Role] = {}
    over: list[Role] = []
    alone = not any(lore_of(one).kind in CREATURES for one in asked)
    for one in asked:
        kind = lore_of(one).kind
        names: tuple[str, ...] = ("thing", "second")
        if kind in CREATURES:
            names = ("hero", "friend")
        elif kind == "place":
            names = ("place",)
        elif (one.name or kind == "vehicle") and alone and (one.name or rng.random() < 0.5):
            names = ("hero", "thing", "second")
        free = [name for name in names if name not in roles]
        if free:
            roles[free[0]] = role_of(one, free[0], rng)
        else:
            over.append(role_of(one, "extra", rng))
    return roles, tuple(over)


_WORTH = {"thing": 40, "second": 20, "place": 10}
# A plot that names vehicles, where a vehicle is the hero: one for anybody may speak of hands and a
# bed. Worth less than any part, so that what was asked for is not lost for it.
_FOR_VEHICLES = 5


def fit_of(plot: Plot, roles: Mapping[str, Role]) -> int:
    """How many of the roles have a part in the plot, things before places; 0: not for this hero."""
    if "hero" in roles and roles["hero"].kind not in plot.hero:
        return 0
    if plot.nouns and "thing" in roles and roles["thing"].noun not in plot.nouns:
        return 0
    if any(names(plot, role.noun) for name, role in roles.items() if name != "place"):
        return 0  # two mice in one story would be taken for each other
    fit = 1
    if "hero" in roles and roles["hero"].kind == "vehicle" and plot.hero != KINDS:
        fit += _FOR_VEHICLES
    for name, kinds in (("thing", plot.thing), ("second", plot.second)):
        if name in roles:
            if roles[name].kind in kinds:
                fit += _WORTH[name]
            elif kinds:
                return 0  # another thing would stand where this one belongs
    return fit + _WORTH["place"] * ("place" in roles and plot.place)


def fill_cast(plot: Plot, roles: Mapping[str, Role], rng: random.Random) -> dict[str, Role]:
    """`roles` with every part of the plot taken: by lore, by the seed."""
    cast = dict(roles)
    if "hero" not in cast:
        cast["hero"] = _somebody(plot, rng)
    if "friend" not in cast:
        cast["friend"] = _friend(plot, cast["hero"], rng)
    if plot.nouns and "thing" not in cast:
        cast["thing"] = role_of(Wanted(rng.choice(sorted(plot.nouns))), "thing", rng)
    for name, kinds in (("thing", plot.thing), ("second", plot.second)):
        if name not in cast and (kinds or name == "thing"):
            cast[name] = _something(plot, name, kinds or frozenset(("toy",)), cast, rng)
    if "place" not in cast:
        cast["place"] = _something(plot, "place", frozenset(("place",)), cast, rng)
    return cast


def _nouns(kinds: frozenset[str]) -> list[str]:
    return [noun for noun, lore in load_lore().items() if lore.kind in kinds]


def _somebody(plot: Plot, rng: random.Random) -> Role:
    """A child with a name, where the plot takes one, or one who is friendly."""
    if "person" in plot.hero and rng.random() < 0.5:
        children = [thing.word for thing in load_things() if thing.is_name][:CHILDREN]
        return role_of(Wanted("", rng.choice(children)), "hero", rng)
    friendly = [n for n, lore in load_lore().items() if lore.friendly and lore.kind in plot.hero]
    return role_of(Wanted(_one_of(friendly or _nouns(plot.hero), plot, rng)), "hero", rng)


def _friend(plot: Plot, hero: Role, rng: random.Random) -> Role:
    like = {hero.noun, hero.noun.split()[-1]}  # a baby monkey and a monkey would be confused
    friends = [n for n, lore in load_lore().items() if lore.friendly and n not in like]
    return role_of(Wanted(_one_of(friends, plot, rng)), "friend", rng)


def _one_of(nouns: list[str], plot: Plot, rng: random.Random) -> str:
    """Any that the plot does not name by itself."""
    nouns = list(nouns)
    rng.shuffle(nouns)
    return next((noun for noun in nouns if not names(plot, noun)), nouns[0])


def _something(
    plot: Plot, name: str, kinds: frozenset[str], cast: Mapping[str, Role], rng: random.Random
) -> Role:
    """What the hero owns, where that fits, or any thing of these kinds."""
    hero = cast["hero"]
    own = Wanted(hero.own)
    fitting = hero.kind in CREATURES and lore_of(own).kind in kinds
    if name == "thing" and fitting and not names(plot, own.noun) and rng.random() < 0.5:
        return role_of(own, name, rng)
    taken = {role.noun for role in cast.values()}
    usual = {thing.word for thing in load_things()[:USUAL]}
    nouns = [noun for noun in _nouns(kinds) if noun not in taken]
    nouns = [noun for noun in nouns if noun in usual] or nouns
    return role_of(Wanted(_one_of(nouns, plot, rng)), name, rng)
