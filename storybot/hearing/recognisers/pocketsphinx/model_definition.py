"""PocketSphinx's model definition, and one cut down to the triphones of some words.

It names the senones (states) of each triphone: in the model for English of 137,053, in 2.9 MB that
PocketSphinx looks through when it starts. 300 things need 14,728. Format: src/bin_mdef.c of
PocketSphinx, "BMDF" version 1, little-endian; lookup: its bin_mdef_phone_id_nearest.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

from storybot.hearing.recognisers.pocketsphinx.triphones import (
    BEGIN,
    END,
    PLACES,
    SINGLE,
    Triphone,
    asked_for,
    context_tree,
)

HEAD = struct.Struct("<4sii")  # magic, version, bytes of description that follow
COUNTS = struct.Struct("<10i")  # as unpacked in __init__
NODE = struct.Struct("<hhi")  # of the tree of contexts
ENTRY = struct.Struct("<ii4B")  # sequence, matrix; place, phone, left, right or: is it a noise
LENGTH = struct.Struct("<i")  # of all sequences
SENONE = struct.Struct("<H")

Entry = tuple[int, ...]


class ModelDefinition:
    """The full definition; ValueError where it is of another format."""

    def __init__(self, raw: bytes) -> None:
        magic, version, described = HEAD.unpack_from(raw)
        if magic != b"BMDF" or version != 1:
            raise ValueError("no model definition of the known format")
        start = HEAD.size + described
        counts = COUNTS.unpack_from(raw, start)
        self._bases, entries, self._states, *self._totals, _, self._around, nodes = counts[:9]
        self._silence = counts[9]
        self._raw = raw
        names = raw[start + COUNTS.size :].split(b"\0", self._bases)[: self._bases]
        self._phones = {name.decode(): number for number, name in enumerate(names)}
        self._names = b"".join(name + b"\0" for name in names)
        self._names += b"\0" * (-len(self._names) % 4)
        self._tree = start + COUNTS.size + len(self._names)
        self._entries = self._tree + nodes * NODE.size
        self._sequences = self._entries + entries * ENTRY.size + LENGTH.size

    def reduced(self, spoken: Iterable[str]) -> bytes:
        """The definition with the triphones of the words that are spoken thus."""
        words = [self.numbered(phones) for phones in spoken]
        entries = [self._entry(number) for number in range(self._bases)]
        numbers: dict[tuple[int, int], int] = {}  # of the entries, by phone and sequence
        leaves: dict[Triphone, int] = {}
        for triphone in sorted(asked_for(words, self._silence)):
            entry = self._entry(self._nearest(triphone))
            leaves[triphone] = numbers.setdefault((triphone[1], entry[0]), len(entries))
            if leaves[triphone] == len(entries):
                entries.append(entry)
        return self._written([*entries, *self._others(entries)], leaves)

    def numbered(self, phones: str) -> list[int]:
        """The numbers of these phones ("K AE T")."""
        return [self._phones[phone] for phone in phones.split()]

    def senones(self, triphone: Triphone) -> bytes:
        """The numbers of its senones, 16 bits each."""
        return self._sequence(self._entry(self._nearest(triphone)))

    def _written(self, entries: list[Entry], leaves: dict[Triphone, int]) -> bytes:
        tree = context_tree(leaves, self._bases)
        sequences = {entry[0]: self._sequence(entry) for entry in entries}
        new = {old: number for number, old in enumerate(sequences)}
        counts = (self._bases, len(entries), self._states, *self._totals)
        return b"".join(
            (
                HEAD.pack(b"BMDF", 1, 0),
                COUNTS.pack(*counts, len(new), self._around, len(tree), self._silence),
                self._names,
                *(NODE.pack(*node) for node in tree),
                *(ENTRY.pack(new[old], *rest) for old, *rest in entries),
                LENGTH.pack(len(new) * self._states),
                *sequences.values(),
            )
        )

    def _others(self, entries: list[Entry]) -> list[Entry]:
        """Entries that name the senones that are left: each must belong to a phone.

        For PocketSphinx finds the active ones in steps of at most 255, and scores each step.
        """
        named = {s for entry in entries for s in SENONE.iter_unpack(self._sequence(entry))}
        found = []
        for entry in ENTRY.iter_unpack(self._raw[self._entries : self._sequences - LENGTH.size]):
            if not named.issuperset(here := set(SENONE.iter_unpack(self._sequence(entry)))):
                named |= here
                found.append(entry)
        return found

    def _sequence(self, entry: Entry) -> bytes:
        size = self._states * SENONE.size
        first = self._sequences + entry[0] * size
        return self._raw[first : first + size]

    def _entry(self, number: int) -> Entry:
        return ENTRY.unpack_from(self._raw, self._entries + number * ENTRY.size)

    def _nearest(self, triphone: Triphone) -> int:
        """Its number; else that at another place, or beside silence, or that of the phone."""
        place, phone, left, right = triphone
        further_left = self._silence if place in (BEGIN, SINGLE) else left
        further_right = self._silence if place in (END, SINGLE) else right
        for around in ((left, right), (further_left, further_right)):
            for at in (place, *range(PLACES)):
                if (found := self._find((at, phone, *map(self._heard, around)))) is not None:
                    return found
        return phone

    def _heard(self, phone: int) -> int:
        """Noises count as silence."""
        return self._silence if self._entry(phone)[2] else phone

    def _find(self, path: tuple[int, ...]) -> int | None:
        first, count = 0, PLACES
        for wanted in path:
            for number in range(first, first + count):
                context, count, first = NODE.unpack_from(self._raw, self._tree + number * NODE.size)
                if context == wanted:
                    break
            else:
                return None
            if count == 0:
                return first if first >= 0 else None
        return None
