"""Request -> story pairs out of the corpus: stories that begin as storybot begins them.

Three changes, each kept only where the result is plain English again:
- `open_anew` puts one of storybot's own openings in place of a story's beginning, about the thing
  that the rest of the story speaks of most;
- `exchange` puts another thing of the same kind in a story's place ("otter" for "dog" all through),
  so that rare things are told of as readily as common ones;
- `rename` gives the child of the story another name from the list.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from storybot.telling.openings import opening
from storybot.things import Thing, indefinite_article, load_things

# so common as scenery that a story is seldom about them
SCENERY = frozenset(
    ("girl", "boy", "child", "baby", "brother", "sister", "mother", "father", "grandma", "grandpa")
) | {"grandmother", "grandfather", "teacher", "sky", "sun", "water", "house", "park"}
LEAST_MENTIONS = 3  # after the opening, of the thing that a story is said to be about
NOT_VERBS = "(?:and|of|who|that|in|on|with|from|at|then)"
MOST_DROPPED = 0.45  # share of a story that a new opening may replace
WORD = re.compile(r"[A-Za-z]+")
HERO = re.compile(r"\b(?:named|called|name was) ([A-Z][a-z]+)")


class Steerer:
    """The list of things, ready for counting and exchanging; all choices come from `rng`."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        things = [thing for thing in load_things() if not thing.is_name]
        self.by_form: dict[str, Thing] = {}
        for thing in things:
            self.by_form.setdefault(thing.word, thing)
            self.by_form.setdefault(thing.plural, thing)
        self.names = {thing.word: thing for thing in load_things() if thing.is_name}
        self.kinds: dict[str, list[Thing]] = {}
        for thing in [*things, *self.names.values()]:
            if thing.word not in SCENERY:
                self.kinds.setdefault(thing.kind, []).append(thing)

    def mentions(self, text: str) -> list[tuple[Thing, int]]:
        """Things and how often `text` speaks of them, most often first, without scenery."""
        counts: dict[Thing, int] = {}
        for word in WORD.findall(text.lower()):
            thing = self.by_form.get(word)
            if thing and thing.word not in SCENERY:
                counts[thing] = counts.get(thing, 0) + 1
        return sorted(counts.items(), key=lambda item: -item[1])

    def exchange(self, text: str, old: Thing, new: Thing) -> str:
        """`text` with `new` for `old` in both numbers, a or an as it sounds."""
        forms = {old.word: new.word, old.plural: new.plural}

        def put(match: re.Match[str]) -> str:
            article, space, word = match["article"] or "", match["space"] or "", match["word"]
            other = forms[word.lower()]
            if article and word.lower() == old.word:
                right = indefinite_article(other)
                article = right.capitalize() if article[0].isupper() else right
            return article + space + (other.capitalize() if word[0].isupper() else other)

        words = "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))
        pattern = rf"(?:\b(?P<article>[Aa]n?)(?P<space> ))?\b(?P<word>(?i:{words}))\b"
        return re.sub(pattern, put, text)

    def exchanged(self, text: str) -> str:
        """The story with its main thing exchanged for any other of the same kind."""
        for thing, count in self.mentions(text)[:2]:
            others = self.kinds.get(thing.kind, [])
            new = self.rng.choice(others) if others else thing
            if count >= LEAST_MENTIONS and not re.search(rf"\b{new.word}", text, re.IGNORECASE):
                return self.exchange(text, thing, new)
        return text

    def renamed(self, text: str) -> str:
        """The story with one name exchanged for another of the list."""
        for word in dict.fromkeys(HERO.findall(text[:200])):
            name = self.names.get(word)
            if name:
                new = self.rng.choice(self.kinds[name.kind]).word
                if new not in text:
                    return re.sub(rf"\b{word}\b", new, text)
        return text

    def hero(self, beginning: str, text: str) -> Thing | None:
        """The girl or boy of the list who is introduced in `beginning`."""
        for word in HERO.findall(beginning):
            name = self.names.get(word)
            if name and text.count(word) >= 3:
                return name
        return None

    def open_anew(self, text: str) -> str | None:
        """The story under one of storybot's openings, or None where none fits."""
        first = re.search(r'[.!?]["\s]', text)
        if not first:
            return None
        beginning = text[: first.end()]
        hero = self.hero(beginning, text)
        tellers = [self._after_one_day, self._at_the_thing]
        self.rng.shuffle(tellers)
        for teller in tellers:
            story = teller(text, hero)
            if story:
                return story
        return None

    def _drawn(self, things: Sequence[Thing], end: str) -> str | None:
        """An opening for `things` that ends in `end`, or None."""
        for _ in range(12):
            words = opening(things, self.rng.randrange(1 << 20))
            if words.endswith(end):
                return words
        return None

    def _after_one_day(self, text: str, hero: Thing | None) -> str | None:
        """'... One day, she ...': everything before it makes room for what the story is about."""
        found = re.search(r"\bOne (?:\w+ )?day,? ((?:the |[A-Z])[a-z]+|he|she) (?!and )", text)
        if not found or found.start() > MOST_DROPPED * len(text):
            return None
        subject, rest = found.group(1), text[found.end() :]
        if subject.startswith("the "):
            hero = self.by_form.get(subject[4:])
            if not hero or hero.kind != "creature" or rest.count(hero.word) < 2:
                return None
            they = subject
        else:
            they = "she" if hero and hero.kind == "girl-name" else "he"
            if not hero or subject not in (hero.word, they):
                return None
        things = [thing for thing, count in self.mentions(rest) if count >= LEAST_MENTIONS]
        things = [thing for thing in things if thing.kind != "creature"][:2]
        if hero.kind == "creature":
            things = things[:1]
        if not things:
            return None
        if len(things) == 2 and self.rng.random() < 0.6:
            things = things[:1]
        words = self._drawn([hero, *things][:2], f"One day, {they}")
        return f"{words} {rest}" if words else None

    def _at_the_thing(self, text: str, hero: Thing | None) -> str | None:
        """The story from the first sentence that begins with the thing it is about."""
        for thing, _ in self.mentions(text)[:2]:
            again = f"The {thing.word}"
            found = re.search(rf"(?:^|[.!?]\"?\s)({again}) (?!{NOT_VERBS} )", text)
            if not found or found.start() > MOST_DROPPED * len(text):
                continue
            rest = text[found.end(1) + 1 :]
            if re.match(r"(?!was\b)\w*s\b", rest):
                continue  # told in the present tense, which no opening is in
            counts = dict(self.mentions(rest))
            if counts.get(thing, 0) < LEAST_MENTIONS - 1:
                continue
            if hero and rest.count(hero.word) >= 2:
                words = self._drawn([hero, thing], again)
            elif thing.kind == "creature" and not re.search(r"\b[A-Z][a-z]+\b(?<!The)", rest[:40]):
                others = [
                    other
                    for other, count in counts.items()
                    if other.kind == "creature" and other != thing and count >= 2
                ]
                words = self._drawn([thing, others[0]] if others else [thing], again)
                words = words or self._drawn([thing], again)
            elif thing.kind in ("thing", "place"):
                words = self._drawn([thing], again)
                if words and f"there was {thing.phrase}." not in words:
                    words = None  # it would bring in a child whom the story does not know
            else:
                words = None
            if words:
                return f"{words} {rest}"
        return None
