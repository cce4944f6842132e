"""What stories are about: the things and names of things.txt, with article and plural right."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cache

from storybot.data import DATA_FOLDER
from storybot.language.noun_forms import indefinite_article, looks_plural, regular_plural

THINGS_FILE = DATA_FOLDER / "things.txt"
NAME_KINDS = frozenset(("girl-name", "boy-name", "name"))
ONE_FORM = NAME_KINDS | {"one", "bare", "mass", "plural-only"}
THING_KINDS = ONE_FORM | {"creature", "thing", "place"}
COUNTS = ("two", "three", "four", "five", "six", "seven")
_COUNTED = re.compile(rf"({'|'.join(COUNTS)}) (.+)")


def plain(text: str) -> str:
    """Lower case without accents."""
    if text.isascii():
        return text.lower()
    import unicodedata  # 0.2 MB, which words of the list never need

    folded = unicodedata.normalize("NFKD", text).lower()
    return "".join(letter for letter in folded if unicodedata.category(letter) != "Mn")


@dataclass(frozen=True, slots=True)
class Thing:
    """One entry of the list, or what was asked for with a name or a number.

    `plural` equals `word` where there is no plural of its own.
    """

    word: str  # "cat", "fire truck", "snow", "Lily"
    kind: str  # one of THING_KINDS
    plural: str  # "cats", "fire trucks", "snow", "Lily"
    name: str = ""  # "Mimi" of "a cat called Mimi"
    count: str = ""  # "two" of "two cats"; one of COUNTS
    sounds: str = field(default="", compare=False)  # "M IY M IY"; "": as the dictionary says

    @property
    def is_name(self) -> bool:
        return self.kind in NAME_KINDS

    @property
    def phrase(self) -> str:
        """As a story introduces it: "a cat", "the moon", "some snow", "Lily", "two cats"."""
        if self.count:
            return f"{self.count} {self.plural}"
        if self.name:
            return f"{indefinite_article(self.word)} {self.word} called {self.name}"
        if self._is_proper:
            return self.word
        if self.kind == "one":
            return f"the {self.word}"
        if self.kind in ("mass", "plural-only"):
            return f"some {self.word}"
        return f"{indefinite_article(self.word)} {self.word}"

    @property
    def definite(self) -> str:
        """As a story names it from then on: "the cat", "Lily", "the two cats"."""
        if self.count:
            return f"the {self.count} {self.plural}"
        return self.name or (self.word if self._is_proper else f"the {self.word}")

    @property
    def loved(self) -> str:
        """After "loves": "cats", "snow", "the moon", "Lily"."""
        return self.name or (self.phrase if self.kind == "one" else self.plural)

    @property
    def forms(self) -> tuple[str, ...]:
        """The lower-case words that ask for it."""
        return (plain(self.name),) if self.name else (plain(self.word), plain(self.plural))

    @property
    def key(self) -> str:
        """What thing_of() finds it by again: "cat", "two cats", "cat called Mimi"."""
        if self.count:
            return self.phrase
        return f"{self.word} called {self.name}" if self.name else self.word

    @property
    def _is_proper(self) -> bool:
        return self.kind == "bare" or self.word[0].isupper()


# Those of the family, which stand before all others; see family.py.
_family: tuple[Thing, ...] = ()


def use_family_things(things: tuple[Thing, ...]) -> None:
    """Make the family's things known in this process, in place of those before."""
    global _family
    _family = things
    _by_form.cache_clear()


def family_children() -> tuple[Thing, ...]:
    """Whom a child means by "me": the family's girls and boys."""
    return tuple(thing for thing in _family if thing.is_name)


@cache
def load_things() -> tuple[Thing, ...]:
    """All things of the list, the likeliest first, then the names; ValueError for a broken line.

    The form of a line: one word or several, the kind and, where it is irregular, the plural of
    the last of them; # begins a comment.
    """
    things = []
    for number, line in enumerate(THINGS_FILE.read_text(encoding="utf-8").splitlines(), 1):
        fields = line.partition("#")[0].split()
        if not fields:
            continue
        irregular = fields.pop() if fields[-1] not in THING_KINDS else ""
        if len(fields) < 2 or fields[-1] not in THING_KINDS:
            raise ValueError(f"{THINGS_FILE}:{number}: expected word, kind and maybe plural")
        *words, kind = fields
        word = " ".join(words)
        plural = " ".join((*words[:-1], irregular)) if irregular else regular_plural(word)
        things.append(Thing(word, kind, word if kind in ONE_FORM else plural))
    return tuple(things)


def unlisted_thing(word: str) -> Thing:
    """A thing that is on no list; one that looks like a plural is taken for one."""
    if looks_plural(word):
        return Thing(word, "plural-only", word)
    return Thing(word, "thing", regular_plural(word))


def family_forms() -> frozenset[str]:
    """The words, in lower case, that are the family's own."""
    return frozenset(word for one in _family for form in one.forms for word in form.lower().split())


def usual_things(most: int) -> tuple[Thing, ...]:
    """The `most` likeliest things, a seventh as many names, and what is the family's."""
    things = load_things()
    names = tuple(t for t in things if t.is_name)[: most // 7]
    return tuple(t for t in things if not t.is_name)[:most] + names + _family


@cache
def _by_form() -> dict[str, Thing]:
    forms: dict[str, Thing] = {}
    for thing in (*_family, *load_things()):
        for form in thing.forms:
            forms.setdefault(form, thing)
    return forms


def find_thing(word_or_plural: str) -> Thing | None:
    """The thing of that name in singular or plural, whatever its capitals."""
    return _by_form().get(plain(word_or_plural))


def thing_of(key: str) -> Thing:
    """The thing of this `Thing.key`; also of a word that is on no list."""
    if (known := find_thing(key)) is not None:
        return known
    if counted := _COUNTED.fullmatch(key):
        one = find_thing(counted[2]) or unlisted_thing(counted[2])
        return replace(one, count=counted[1])
    noun, called, name = key.partition(" called ")
    return replace(thing_of(noun), name=name) if called else unlisted_thing(key)
