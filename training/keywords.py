"""Keywords before sentences, so that the model learns to write the sentence that a plan asks for.

A tag is what a plan says of the sentence that follows it: who acts or speaks, and one to four words
that stand in it. "The duck had lost her hat." gets "duck: lost hat", '"Hello," said the fox.' gets
"fox says: Hello". Everything is taken from the sentence itself.
"""

from __future__ import annotations

import math
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

VERBS_OF_SPEECH = (
    "said|asked|replied|answered|shouted|cried|whispered|yelled|exclaimed|called|thought|begged|"
    "laughed|explained|told"
)
WORD = re.compile(r"[A-Za-z']+")
_STOP = re.compile(r"(?<!Mr)(?<!Mrs)(?<!Dr)[.!?]+(?P<quote>[\"”]?)(?=\s|$)|\n+")
_ATTRIBUTION = re.compile(rf"\s(?:(?:[Tt]he )?\w+ )?(?:{VERBS_OF_SPEECH})\b")
COMMON = 75  # the most frequent words of the corpus are no keywords
_FUNCTION = (
    "once upon very too its them him us our your been could would can will did does do not no yes "
    "didn't don't can't more when what who so if by at from then than as or about into out up "
    "down mr mrs"
)
FUNCTION_WORDS = frozenset(_FUNCTION.split())
COUNTS, COUNT_WEIGHTS = (1, 2, 3, 4), (30, 40, 22, 8)  # how many keywords, how often in percent

_PEOPLE_NOUNS = (
    "mom mommy mum mummy mama dad daddy papa grandma grandpa grandmother grandfather mother "
    "father girl boy man woman lady friend teacher people children kids parents everyone animals"
)
PEOPLE = frozenset(_PEOPLE_NOUNS.split())
PRONOUNS = frozenset(("he", "she", "they", "it"))
PRONOUN_SHARE = 0.5  # of the sentences that a pronoun begins, how many tags name it
ACTOR_SHARE = 0.85  # of the tags whose sentence shows who acts or speaks, how many say so
ACTOR_ALONE = 0.08  # of those, how many hold no keywords

HERO_MENTIONS = 3  # a noun that "the" stands before so often acts in this story

# up to four words in which the first that can act is looked for: "the little old duck"
_PHRASE = (
    r"(?:(?:[Tt]he|[Aa]n?|[Hh]is|[Hh]er|[Tt]heir|[Ii]ts|[Mm]y|[Oo]ne) )?"
    r"(?:(?!and\b)[A-Za-z]+\b ?){1,3}"
)
_SPEAKER_AFTER = re.compile(
    rf'["”,] ?(?:(?:{VERBS_OF_SPEECH}) (?P<after>{_PHRASE})'
    rf"|(?P<before>{_PHRASE}?)(?:{VERBS_OF_SPEECH})\b)"
)
_SPEAKER_BEFORE = re.compile(rf'^(?:\w+, |Then |But |And |So )?(?P<before>{_PHRASE})[^"“”]*?["“]')
_SUBJECT = re.compile(
    r"^(?:(?:One|Every|That|The next|Later|Suddenly|Then|At last|Finally|But|So|And|Soon|After|"
    r"When|In|On|At|From)\b[^,.]{0,40}?, |(?:Then|But|So|And|Soon) )?"
    rf"(?P<first>{_PHRASE})(?:and (?P<second>{_PHRASE}))?"
)


def sentences(story: str) -> Iterator[tuple[int, str]]:
    """(where it begins, sentence with the white space before it), end to end.

    What is said stays with who says it: a full stop inside quotation marks ends nothing, and
    '"Hello!" Lily said.' is one sentence. A line's end ends a sentence always.
    """
    start, end_of_text = 0, len(story)
    for match in _STOP.finditer(story):
        said = story[start : match.end()]
        open_quotation = (said.count('"') % 2 == 1) or said.count("“") > said.count("”")
        at_line_end = story[match.end() : match.end() + 1] in ("\n", "") or "\n" in match.group()
        if not at_line_end and (
            open_quotation or (match["quote"] and _ATTRIBUTION.match(story, match.end()))
        ):
            continue
        if said.strip():
            yield start, said
            start = match.end()
    if story[start:end_of_text].strip():
        yield start, story[start:end_of_text]


@dataclass(frozen=True)
class TagMaker:
    """What is known of the corpus: how rare each word is, and which words can act."""

    rarity: dict[str, float]  # nats: ln(stories / stories with the word)
    stop: frozenset[str]
    actors: frozenset[str]  # lower-case nouns that act and speak

    @classmethod
    def of(cls, stories: Sequence[str], creatures: Iterable[str]) -> TagMaker:
        counts: Counter[str] = Counter()
        for story in stories:
            counts.update(set(WORD.findall(story.lower())))
        stop = {word for word, _ in counts.most_common(COMMON)} | FUNCTION_WORDS
        rarity = {word: math.log(len(stories) / n) for word, n in counts.items()}
        return cls(rarity, frozenset(stop), frozenset(creatures) | PEOPLE)

    def keywords(self, sentence: str, rng: random.Random, without: Iterable[str]) -> str:
        """One to four words of the sentence, the rare ones more often, in their order."""
        seen = {word.lower() for word in without}
        found: list[tuple[int, str]] = []
        for at, word in enumerate(WORD.findall(sentence)):
            lower = word.lower().strip("'")
            if lower in self.stop or len(lower) < 3 or lower in seen:
                continue
            seen.add(lower)
            found.append((at, word.strip("'")))
        (count,) = rng.choices(COUNTS, COUNT_WEIGHTS)
        drawn = [(self.rarity.get(w.lower(), 9.0) * rng.uniform(0.4, 1), at, w) for at, w in found]
        kept = sorted(drawn, reverse=True)[:count]
        return " ".join(word for _, _, word in sorted(kept, key=lambda one: one[1]))

    def _actor_in(
        self, phrase: str | None, names: frozenset[str], heroes: frozenset[str]
    ) -> str | None:
        """The first word of the phrase that can act, a noun or pronoun in lower case."""
        for word in WORD.findall(phrase or ""):
            if word in names:
                return str(word)
            if word.lower() in PRONOUNS | self.actors | heroes:
                return str(word.lower())
        return None

    def actor(
        self, sentence: str, names: frozenset[str], heroes: frozenset[str]
    ) -> tuple[list[str], bool]:
        """Who acts in the sentence and whether they speak; nobody where it is not plain."""
        if '"' in sentence or "“" in sentence:
            outside = re.sub(r'(["“])[^"“”]*(["”]|$)', r"\1\2", sentence)
            match = _SPEAKER_AFTER.search(outside)
            phrase = (match["after"] or match["before"]) if match else None
            if not phrase:
                match = _SPEAKER_BEFORE.search(outside)
                phrase = match["before"] if match else None
            speaker = self._actor_in(phrase, names, heroes)
            return [speaker] if speaker else [], True
        match = _SUBJECT.search(sentence)
        first = self._actor_in(match["first"], names, heroes) if match else None
        if not match or not first:
            return [], False
        second = self._actor_in(match["second"], names, heroes)
        return [first, second] if second else [first], False

    def tag(
        self, sentence: str, names: frozenset[str], heroes: frozenset[str], rng: random.Random
    ) -> str:
        """The tag's text without brackets, empty where the sentence offers nothing."""
        who, speaks = self.actor(sentence, names, heroes)
        share = ACTOR_SHARE * (PRONOUN_SHARE if PRONOUNS & set(who) else 1)
        if not who or rng.random() >= share:
            return self.keywords(sentence, rng, ())
        head = " and ".join(who) + (" says:" if speaks else ":")
        words = "" if rng.random() < ACTOR_ALONE else self.keywords(sentence, rng, who)
        return f"{head} {words}".rstrip()

    def tags(self, story: str, share: float, rng: random.Random) -> list[tuple[int, str]]:
        """(character at which it begins, tag) of every sentence, about `share` of them with a tag
        that is not empty.

        A sentence begins at the white space before it, except after a line's end.
        """
        names = frozenset(
            word for word in re.findall(r"(?<=[a-z,] )[A-Z][a-z]+\b", story) if word != "I"
        )
        heard = Counter(re.findall(r"\b[Tt]he ([a-z]+)", story))
        heroes = frozenset(word for word, count in heard.items() if count >= HERO_MENTIONS)
        found = []
        for start, sentence in sentences(story):
            body = sentence.lstrip()
            lead = sentence[: len(sentence) - len(body)]
            text = self.tag(body, names, heroes, rng) if rng.random() < share else ""
            found.append((start + (len(lead) if "\n" in lead else 0), text))
        return found
