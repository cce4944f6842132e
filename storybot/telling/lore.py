"""What is known of each thing that a story can be about: where it lives, what it loves and owns."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

LORE_FILE = Path(__file__).parents[1] / "data" / "lore.txt"
CREATURES = frozenset(("animal", "person", "being"))
THINGS = frozenset(
    ("toy", "small", "food", "big", "vehicle", "sky", "weather", "stuff", "event", "sound")
)
KINDS = CREATURES | THINGS | {"place"}
_FIELDS = 5


@dataclass(frozen=True, slots=True)
class Lore:
    """One line of lore.txt; what its three phrases say depends on the kind (see the file)."""

    noun: str  # "duck", "fire truck"
    kind: str  # one of KINDS
    home: str  # "by the pond"; of a thing: where one finds it; of a place: "at the park"
    loves: str  # "swim in the water"; of a thing: what one does with it; of a place: what one does
    own: str  # "yellow hat"; of a thing: what it is like; of a place: what one sees there
    pronouns: tuple[str, ...]  # of "he", "she", "it", "they": one of them holds in a story
    friendly: bool  # marked with *: may be the friend when none was asked for


@cache
def load_lore(path: Path = LORE_FILE) -> dict[str, Lore]:
    """Every line of the table by its noun; ValueError for a line that breaks the form."""
    table: dict[str, Lore] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        fields = [field.strip() for field in line.partition("#")[0].split("|")]
        if fields == [""]:
            continue
        if len(fields) not in (_FIELDS, _FIELDS + 1) or not all(fields) or fields[1] not in KINDS:
            raise ValueError(
                f"{path}:{number}: expected noun | kind | home | loves | own and maybe | pronouns"
            )
        noun, kind, home, loves, own = fields[:_FIELDS]
        pronouns = tuple(fields[_FIELDS].split()) if len(fields) > _FIELDS else ("it",)
        if not set(pronouns) <= {"he", "she", "it", "they"}:
            raise ValueError(f"{path}:{number}: a pronoun is he, she, it or they")
        word = noun.removeprefix("*")
        table[word] = Lore(word, kind, home, loves, own, pronouns, noun.startswith("*"))
    return table
