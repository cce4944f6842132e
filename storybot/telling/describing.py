"""One of the cast, from what was asked for: how sentences speak of it, what is known of it."""

from __future__ import annotations

import random
import re
from dataclasses import replace

from storybot.language.noun_forms import indefinite_article, regular_plural
from storybot.language.things import find_thing
from storybot.telling.lore import CREATURES, Lore, load_lore
from storybot.telling.roles import Role, Wanted

# What is on no list, by the kind of Thing that the family says it is.
_STRANGERS = {
    "": Lore("", "small", ("in the garden",), ("play with it",), ("little",), ("it",), "", False),
    "creature": Lore(
        *("", "animal", ("in a small town",), ("play outside",), ("red ball",)),
        *(("he", "she"), "", False),
    ),
    "place": Lore("", "place", ("in {the}",), ("play",), ("many friends",), ("it",), "", False),
}


def lore_of(one: Wanted) -> Lore:
    """Its line in the table; for "toy boat" that of "boat".

    A word unknown is a small thing, where the family does not say otherwise.
    """
    table = load_lore()
    if not one.noun:
        known = find_thing(one.name)
        girl = known is not None and known.kind == "girl-name"
        boy = known is not None and known.kind == "boy-name"
        if girl or boy:
            return table["girl" if girl else "boy"]
        return table["child"]
    found = table.get(one.noun) or table.get(one.noun.capitalize())
    return found or table.get(one.noun.split()[-1]) or _stranger(one.noun)


def _stranger(noun: str) -> Lore:
    known = find_thing(noun)
    lore = _STRANGERS.get(known.kind if known else "", _STRANGERS[""])
    the = known.definite if known else f"the {noun}"
    first = noun if noun[0].isupper() else ""
    return replace(lore, noun=noun, home=tuple(h.format(the=the) for h in lore.home), first=first)


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
