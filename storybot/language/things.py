"""What stories are about: the things and names of things.txt, with article and plural right."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from storybot.data import DATA_FOLDER
from storybot.language.noun_forms import indefinite_article, looks_plural, regular_plural

THINGS_FILE = DATA_FOLDER / "things.txt"
THING_KINDS = frozenset(
    ("creature", "thing", "place", "one", "mass", "plural-only", "girl-name", "boy-name")
)
NAME_KINDS = frozenset(("girl-name", "boy-name"))
ONE_FORM = NAME_KINDS | {"one", "mass", "plural-only"}


@dataclass(frozen=True, slots=True)
class Thing:
    """One entry of the list; `plural` equals `word` where there is no plural of its own."""

    word: str  # "cat", "snow", "Lily"
    kind: str  # one of THING_KINDS
    plural: str  # "cats", "snow", "Lily"

    @property
    def is_name(self) -> bool:
        return self.kind in NAME_KINDS

    @property
    def phrase(self) -> str:
        """As a story introduces it: "a cat", "an owl", "the moon", "some snow", "Lily"."""
        if self.is_name:
            return self.word
        if self.kind == "one":
            return f"the {self.word}"
        if self.kind in ("mass", "plural-only"):
            return f"some {self.word}"
        return f"{indefinite_article(self.word)} {self.word}"

    @property
    def definite(self) -> str:
        """As a story names it from then on: "the cat", "Lily"."""
        return self.word if self.is_name else f"the {self.word}"

    @property
    def loved(self) -> str:
        """After "loves": "cats", "snow", "the moon", "Lily"."""
        return self.phrase if self.kind == "one" else self.plural


@cache
def load_things() -> tuple[Thing, ...]:
    """All things, the likeliest first, then the names; ValueError for a line that breaks the form.

    The form of a line: word, kind and, where it is irregular, the plural; # begins a comment.
    """
    things = []
    for number, line in enumerate(THINGS_FILE.read_text(encoding="utf-8").splitlines(), 1):
        fields = line.partition("#")[0].split()
        if not fields:
            continue
        if len(fields) not in (2, 3) or fields[1] not in THING_KINDS:
            raise ValueError(f"{THINGS_FILE}:{number}: expected word, kind and maybe plural")
        word, kind = fields[:2]
        plural = fields[2] if len(fields) == 3 else regular_plural(word)
        things.append(Thing(word, kind, word if kind in ONE_FORM else plural))
    return tuple(things)


def unlisted_thing(word: str) -> Thing:
    """A thing that is on no list; one that looks like a plural is taken for one."""
    if looks_plural(word):
        return Thing(word, "plural-only", word)
    return Thing(word, "thing", regular_plural(word))


def usual_things(most: int) -> tuple[Thing, ...]:
    """The `most` likeliest things and a tenth as many names."""
    things = load_things()
    names = tuple(t for t in things if t.is_name)[: most // 10]
    return tuple(t for t in things if not t.is_name)[:most] + names


@cache
def _by_form() -> dict[str, Thing]:
    forms: dict[str, Thing] = {}
    for thing in load_things():
        forms.setdefault(thing.word.lower(), thing)
        forms.setdefault(thing.plural.lower(), thing)
    return forms


def find_thing(word_or_plural: str) -> Thing | None:
    """The thing of that name in singular or plural, whatever its capitals."""
    return _by_form().get(word_or_plural.lower())
