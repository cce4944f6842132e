"""Which triphones (a phone between two others, at a place in the word) some words need (pure)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

INTERNAL, BEGIN, END, SINGLE = range(4)  # places in the word, as PocketSphinx numbers them
PLACES = 4

Triphone = tuple[int, int, int, int]  # place, phone, left, right
Node = tuple[int, int, int]  # context, number of nodes below, the first of them or the leaf's value


def asked_for(words: Sequence[Sequence[int]], silence: int) -> set[Triphone]:
    """All that these words, as numbers of phones, need beside one another and beside silence."""
    lefts = {word[-1] for word in words} | {silence}
    rights = {word[0] for word in words} | {silence}
    asked: set[Triphone] = set()
    for word in words:
        if len(word) == 1:
            asked |= {(SINGLE, word[0], left, right) for left, right in product(lefts, rights)}
            continue
        asked |= {(BEGIN, word[0], left, word[1]) for left in lefts}
        asked |= {(END, word[-1], word[-2], right) for right in rights}
        inner = zip(word, word[1:], word[2:], strict=False)
        asked |= {(INTERNAL, phone, left, right) for left, phone, right in inner}
    return asked


def context_tree(leaves: Mapping[Triphone, int], phones: int) -> list[Node]:
    """PocketSphinx's tree of contexts: the places, their phones, then lefts, then rights."""
    below: dict[tuple[int, int], dict[int, list[Node]]] = {}
    for (place, phone, left, right), value in leaves.items():
        below.setdefault((place, phone), {}).setdefault(left, []).append((right, 0, value))
    middles: list[Node] = []
    lefts: list[Node] = []
    rights: list[Node] = []
    first_left = PLACES + PLACES * phones
    first_right = first_left + sum(map(len, below.values()))
    for middle in product(range(PLACES), range(phones)):
        group = below.get(middle, {})
        middles.append((middle[1], len(group), first_left + len(lefts) if group else -1))
        for left, last in group.items():
            lefts.append((left, len(last), first_right + len(rights)))
            rights += last
    places = [(place, phones, PLACES + place * phones) for place in range(PLACES)]
    return [*places, *middles, *lefts, *rights]
