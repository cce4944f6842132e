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

from storybot.language.openings import opening
from storybot.language.things import Thing, indefinite_article, load_things

# so common as scenery that a story is seldom about them
SCENERY = frozenset(
    ("girl", "boy", "child", "baby", "brother", "sister", "mother", "father", "grandma", "grandpa")
) | {"grandmother", "grandfather", "teacher", "sky", "sun", "water", "house", "park"}
LEAST_MENTIONS = 3  # after the opening, of the thing that a story is said to be about
NOT_VERBS = "(?:and|of|who|that|in|on|with|from|at|then)"
DRAWS = 8  # openings tried on one story
NEAR = 160  # characters after the opening within which the story speaks of what was asked for
STRANGER = 60  # characters within which no child may turn up whom the opening does not name
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

    def child(self, text: str) -> Thing | None:
        """The girl or boy whom the first sentence introduces, of the list or not."""
        end = re.search(r'[.!?]["\s]', text)
        for word in HERO.findall(text[: end.end()] if end else ""):
            if text.count(word) < LEAST_MENTIONS:
                continue
            she, he = (len(re.findall(rf"\b{one}\b", text, re.IGNORECASE)) for one in ("she", "he"))
            kind = "girl-name" if she > he else "boy-name"
            return self.names.get(word) or Thing(word, kind, word)
        return None

    def open_anew(self, text: str) -> str | None:
        """The story under one of storybot's openings, or None where none fits."""
        child = self.child(text)
        things = [one for one, count in self.mentions(text)[:3] if count >= LEAST_MENTIONS]
        if not things:
            return None
        for _ in range(DRAWS):
            request = self.rng.sample(things, self.rng.choice((1, 1, min(2, len(things)))))
            if child and len(request) == 1 and self.rng.random() < 0.3:
                request = [child, *request]
            words = opening(request, self.rng.randrange(1 << 20))
            story = self._joined(words, text, child, request)
            if story:
                return story
        return None

    def _joined(
        self, words: str, text: str, child: Thing | None, request: Sequence[Thing]
    ) -> str | None:
        """`words`, then the story from where one of its sentences begins as `words` end.

        The child whom `words` name takes the place of the story's own.
        """
        named = HERO.search(words)
        drawn = self.names.get(named[1]) or child if named else None
        if drawn and not (child and child.kind == drawn.kind):
            return None
        last = words.rpartition(". ")[2]
        pattern = re.escape(last).replace("One\\ day,", r"One\ (?:\w+\ )?day,?")
        if drawn and child:
            pattern = re.sub(r"\b[Ss]?[Hh]e\b", lambda they: f"(?:{they[0]}|{child.word})", pattern)
        found = re.search(
            rf"(?:^|(?<=[.!?] )|(?<=[.!?]\" )|(?<=\n)){pattern} (?!{NOT_VERBS} )", text
        )
        if not found or found.start() > MOST_DROPPED * len(text):
            return None
        rest = text[found.end() :]
        if re.match(r"(?!was\b)\w*s\b", rest):
            return None  # told in the present tense, which no opening is in
        counts = dict(self.mentions(rest))
        if any(counts.get(one, 0) < 2 for one in request if not one.is_name):
            return None
        if not last.startswith("The ") and self._far(rest, request):
            return None
        if drawn and child:
            rest = re.sub(rf"\b{child.word}\b", drawn.word, rest)
        elif child and child.word in rest[:STRANGER]:
            return None
        return f"{words} {rest}"

    def _far(self, rest: str, request: Sequence[Thing]) -> bool:
        near = {one for one, _ in self.mentions(rest[:NEAR])}
        return not any(one in near for one in request)
