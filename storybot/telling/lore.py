"""What is known of each thing that a story can be about: where it lives, what it loves and owns."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from storybot.data import DATA_FOLDER

LORE_FILE = DATA_FOLDER / "lore.txt"
CREATURES = frozenset(("animal", "person", "being"))
THINGS = frozenset(
    ("toy", "small", "food", "big", "vehicle", "sky", "weather", "stuff", "event", "art")
)
KINDS = CREATURES | THINGS | {"place"}
_FEWEST, _MOST = 5, 7  # fields of a line


@dataclass(frozen=True, slots=True)
class Lore:
    """One line of lore.txt; what its three phrases say depends on the kind (see the file)."""

    noun: str  # "duck", "fire truck"
    kind: str  # one of KINDS
    # Of each of these, the seed chooses one for a story.
    home: tuple[str, ...]  # "by the pond"; where one finds a thing; of a place: "at the park"
    loves: tuple[str, ...]  # "swim in the water"; what one does with a thing, in a place
    own: tuple[str, ...]  # "yellow hat"; of a thing: what it is like; of a place: what one sees
    pronouns: tuple[str, ...]  # of "he", "she", "it", "they": one of them holds in a story
    first: str  # how a story first speaks of it; "": "a" and the noun
    friendly: bool  # marked with *: may be the friend when none was asked for


@cache
def load_lore(path: Path = LORE_FILE) -> dict[str, Lore]:
    """Every line of the table by its noun; ValueError for a line that breaks the form."""
    table: dict[str, Lore] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        fields = [field.strip() for field in line.partition("#")[0].split("|")]
        if fields == [""]:
            continue
        if not _FEWEST <= len(fields) <= _MOST or not all(fields) or fields[1] not in KINDS:
            raise ValueError(
                f"{path}:{number}: expected noun | kind | home | loves | own and maybe | pronouns"
            )
        noun, kind, home, loves, own, *more = fields
        pronouns = tuple(more[0].split()) if more else ("it",)
        if not set(pronouns) <= {"he", "she", "it", "they"}:
            raise ValueError(f"{path}:{number}: a pronoun is he, she, it or they")
        word = noun.removeprefix("*")
        first = more[1] if len(more) > 1 else ""
        friendly = noun.startswith("*")
        homes, verbs, goods = (tuple(field.split(" / ")) for field in (home, loves, own))
        table[word] = Lore(word, kind, homes, verbs, goods, pronouns, first, friendly)
    return table
