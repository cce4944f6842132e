"""Who plays: what was asked for takes the role that fits, the plot and the seed fill the others."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from storybot.language.things import (
    Thing,
    find_thing,
    indefinite_article,
    load_things,
    regular_plural,
)
from storybot.telling.lore import CREATURES, Lore, load_lore
from storybot.telling.plots import Plot
from storybot.telling.roles import Role, Wanted

CHILDREN = 24  # how many of the commonest names the seed chooses from
USUAL = 250  # the seed chooses among the first so many things of the list
_STRANGE = Lore("", "small", ("in the garden",), ("play with it",), ("little",), ("it",), "", False)


def wanted(thing: Thing) -> Wanted:
    """A thing of the list, as it is asked for without a name or a number."""
    return Wanted("", thing.word) if thing.is_name else Wanted(thing.word)


def lore_of(one: Wanted) -> Lore:
    """Its line in the table; for "toy boat" that of "boat", for a word unknown a small thing."""
    table = load_lore()
    if not one.noun:
        known = find_thing(one.name)
        girl = known is not None and known.kind == "girl-name"
        boy = known is not None and known.kind == "boy-name"
        if girl or boy:
            return table["girl" if girl else "boy"]
        return table["child"]
    found = table.get(one.noun) or table.get(one.noun.capitalize())
    return found or table.get(one.noun.split()[-1]) or replace(_STRANGE, noun=one.noun)


def role_of(one: Wanted, role: str, rng: random.Random) -> Role:
    """What was asked for in that role."""
    lore = lore_of(one)
    noun = one.noun or lore.noun
    name = one.name or (lore.noun if lore.noun[:1].isupper() else "")
    listed = find_thing(noun)
    known = listed if listed is not None and listed.word == noun else None
    mass = lore.kind in ("weather", "stuff") or lore.first.startswith("some ")
    form = known.kind if known else "mass" if mass else "thing"
    many = not name and (one.plural or form == "plural-only")
    plural = known.plural if known else regular_plural(noun)
    head = name or (plural if many else noun)
    pronoun = "they" if many else rng.choice(_pronouns(name, lore))
    home, loves, own = (rng.choice(phrases) for phrases in (lore.home, lore.loves, lore.own))
    some = "some " if form in ("mass", "plural-only") else ""
    the = name or f"the {head}"
    nice = ""
    if one.name:
        little = "little " if noun in ("girl", "boy", "child") else ""
        a = f"{with_article(little + noun)} named {name}"
    elif one.plural:
        few = "three" if lore.kind in CREATURES else "some"
        a = f"{one.count or few} {plural}"
    elif lore.first and noun in (lore.noun, lore.noun.lower()):
        a = lore.first
        if a[0].isupper():  # "Christmas"
            head = a
        if not name and not a.startswith(("a ", "an ", "some ")):
            the = a
    else:
        a = f"some {noun}" if some else with_article(noun)
    if not name and not one.plural and lore.kind not in CREATURES | {"place", "event"}:
        alone = noun == lore.noun and a.startswith(("a ", "an "))
        nice = with_article(f"{own} {noun}") if alone else a
    if pronoun == "they":
        loves = re.sub(r"\bit\b", "them", loves)
    kind = lore.kind
    if role == "hero" and kind not in CREATURES | {"vehicle"}:  # "my kite called Bruno"
        kind, loves, own = "being", "play with the children", "red ribbon"
    return Role(role, noun, head, name, kind, pronoun, a, the, home, loves, own, nice)


def _pronouns(name: str, lore: Lore) -> tuple[str, ...]:
    """Those that go with the name, where it tells, or with the noun."""
    known = find_thing(name) if name else None
    if known is not None and known.is_name:
        return ("she",) if known.kind == "girl-name" else ("he",)
    if name and len(lore.pronouns) > 1:
        ending = {"a": "she", "i": "she", "o": "he"}.get(name[-1])
        return (ending,) if ending in lore.pronouns else lore.pronouns
    return lore.pronouns


def with_article(phrase: str) -> str:
    return f"{indefinite_article(phrase)} {phrase}"


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


_WORTH = {"thing": 4, "second": 2, "place": 1}


def fit_of(plot: Plot, roles: Mapping[str, Role]) -> int:
    """How many of the roles have a part in the plot, things before places; 0: not for this hero."""
    if "hero" in roles and roles["hero"].kind not in plot.hero:
        return 0
    if plot.nouns and "thing" in roles and roles["thing"].noun not in plot.nouns:
        return 0
    fit = 1
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
        cast["friend"] = _friend(cast["hero"], rng)
    if plot.nouns and "thing" not in cast:
        cast["thing"] = role_of(Wanted(rng.choice(sorted(plot.nouns))), "thing", rng)
    for name, kinds in (("thing", plot.thing), ("second", plot.second)):
        if name not in cast and (kinds or name == "thing"):
            cast[name] = _something(name, kinds or frozenset(("toy",)), cast, rng)
    if "place" not in cast:
        cast["place"] = _something("place", frozenset(("place",)), cast, rng)
    return cast


def _nouns(kinds: frozenset[str]) -> list[str]:
    return [noun for noun, lore in load_lore().items() if lore.kind in kinds]


def _somebody(plot: Plot, rng: random.Random) -> Role:
    """A child with a name, where the plot takes one, or one who is friendly."""
    if "person" in plot.hero and rng.random() < 0.5:
        names = [thing.word for thing in load_things() if thing.is_name][:CHILDREN]
        return role_of(Wanted("", rng.choice(names)), "hero", rng)
    friendly = [n for n, lore in load_lore().items() if lore.friendly and lore.kind in plot.hero]
    return role_of(Wanted(rng.choice(friendly or _nouns(plot.hero))), "hero", rng)


def _friend(hero: Role, rng: random.Random) -> Role:
    friends = [n for n, lore in load_lore().items() if lore.friendly and n != hero.noun]
    return role_of(Wanted(rng.choice(friends)), "friend", rng)


def _something(
    name: str, kinds: frozenset[str], cast: Mapping[str, Role], rng: random.Random
) -> Role:
    """What the hero owns, where that fits, or any thing of these kinds."""
    hero = cast["hero"]
    own = Wanted(hero.own)
    if (
        name == "thing"
        and hero.kind in CREATURES
        and lore_of(own).kind in kinds
        and rng.random() < 0.5
    ):
        return role_of(own, name, rng)
    taken = {role.noun for role in cast.values()}
    usual = {thing.word for thing in load_things()[:USUAL]}
    nouns = [noun for noun in _nouns(kinds) if noun not in taken]
    nouns = [noun for noun in nouns if noun in usual] or nouns
    return role_of(Wanted(rng.choice(nouns)), name, rng)
