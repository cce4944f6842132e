"""From the lines of a plot and a cast to beats with every slot filled."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import replace

from storybot.telling.editor.vocabulary import load_vocabulary
from storybot.telling.plan import Beat, End, words_of
from storybot.telling.plot_lines import Choice, Line
from storybot.telling.plots import Plot, choices_of
from storybot.telling.roles import Role
from storybot.telling.slots import fill, said_by_many
from storybot.telling.small_words import COMMON_WORDS, SMALL_WORDS

MOST_KEYWORDS = 4  # in one tag
_STARRED = re.compile(r"(\*\*?)(.+?)\1")


def beats_of(
    plot: Plot,
    roles: Mapping[str, Role],
    met: set[str],
    detail: float,
    rng: random.Random,
    without: str = "",
) -> list[Beat]:
    """The plot's beats; `met` holds the roles spoken of so far and learns new ones.

    `detail` is the share of optional beats that are kept; lines that hold the slot `without` are
    left out. KeyError for a slot that has no meaning.
    """
    picks = {name: rng.choice(values) for name, values in plot.picks}
    begun = bool(met)
    beats: list[Beat] = []
    for choice in choices_of(plot):
        lines = [one for one in choice.lines if not without or without not in one.begin + one.rest]
        if not lines or (choice.optional and rng.random() > detail):
            continue
        line = rng.choice(lines)
        beat = _beat(line, choice, not (begun or beats), roles, picks, met)
        if beats:
            beat = _with_pronoun(beat, beats, roles)
        beats.append(_left_to_the_model(beat, roles))
    return beats


def with_fitting_tags(beats: list[Beat]) -> list[Beat]:
    """The first beats of a story with so few keywords that their tags are shorter than it.

    A tag stands at the positions of the tokens before it (docs/drafts.md); tokens are estimated
    from above for the tag, from below for the story.
    """
    told = 0
    fitting = []
    vocabulary = load_vocabulary()
    for beat in beats:
        keywords = beat.keywords
        while keywords and _tokens((*beat.actors, *keywords)) > told:
            commonest = min(keywords, key=lambda word: vocabulary.rarity(word.lower()) or 0)
            keywords = tuple(word for word in keywords if word != commonest)
        actors = beat.actors if _tokens((*beat.actors, *keywords)) <= told else ()
        speaks = beat.speaks and bool(actors)
        fitting.append(replace(beat, actors=actors, speaks=speaks, keywords=keywords))
        told += len(words_of(beat.begin if beat.told else beat.begin + " x y"))
    return fitting


def _tokens(words: tuple[str, ...]) -> int:
    """At most so many tokens a tag of these words has, brackets and colon among them."""
    return 3 + sum(1 + len(word) // 5 for word in words)


def _left_to_the_model(beat: Beat, roles: Mapping[str, Role]) -> Beat:
    """The beat with less of its beginning, where the tag says the same.

    Who acts is left out, of who speaks `said, "`.
    """
    names = {_capital(roles[name].the) for name in ("hero", "friend")}
    if beat.speaks and beat.begin in {f'{name} said, "' for name in names}:
        return replace(beat, begin=beat.begin.removesuffix(' said, "'), end=End.SENTENCE)
    if beat.speaks or len(beat.actors) != 1 or not beat.keywords or beat.begin not in names:
        return beat
    if beat.actors[0].lower() not in load_vocabulary():  # the model cannot spell it
        return beat
    return replace(beat, begin="")


def _with_pronoun(beat: Beat, before: list[Beat], roles: Mapping[str, Role]) -> Beat:
    """The beat that begins with "He" in place of "The duck" where that is plain.

    The sentence before names the same actor and nobody else, and the paragraph goes on.
    """
    last = before[-1]
    if beat.paragraph or beat.told or len(beat.actors) != 1 or beat.actors != last.actors:
        return beat
    people = [roles["hero"], roles["friend"]]
    one, other = people if people[0].actor == beat.actors[0] else people[::-1]
    he = _capital(one.pronouns[0])
    name = _capital(one.the)
    if one.pronoun == "it" or other.words & set(words_of(last.sentence + beat.sentence)):
        return beat
    if not re.match(rf"{name}\b", beat.begin) or name.lower() not in last.sentence.lower():
        return beat
    rest = len(name)
    return replace(
        beat,
        begin=he + beat.begin[rest:],
        plain_begin=he + beat.plain_begin[rest:],
        sentence=he + beat.sentence[rest:],
    )


def _capital(phrase: str) -> str:
    return phrase[0].upper() + phrase[1:]


def _beat(
    line: Line,
    choice: Choice,
    first: bool,
    roles: Mapping[str, Role],
    picks: Mapping[str, str],
    met: set[str],
) -> Beat:
    whole = fill(f"{line.begin}|{line.rest}", roles, picks, met)
    if line.speaks and roles[line.actor].plural:
        whole = said_by_many(whole)
    begin, _, rest = (part.strip() for part in whole.partition("|"))
    quoted = begin.count('"') % 2 == 1
    joined = not begin or not rest or (quoted and begin.endswith('"'))
    gap = "" if joined else " "
    starred = _STARRED.findall(rest)
    need = [tuple(_forms(words_of(words)[-1])) for stars, words in starred if stars == "**"]
    need += [words_of(fill(" ".join(words), roles, picks, met)) for words in line.need]
    words = _keywords(" ".join(words for _, words in starred))
    acting = {roles[line.actor].actor} if line.actor in roles else set()
    own = rest.rpartition('"')[0] if quoted else rest
    keywords = _tag_words(words, _STARRED.sub(r"\2", own), acting)
    both = (roles["hero"].actor, roles["friend"].actor)
    one = (roles[line.actor].actor,) if line.actor in roles else ()
    return Beat(
        actors=both if line.actor == "both" else one,
        speaks=line.speaks,
        keywords=keywords,
        begin=begin,
        plain_begin=_plain_begin(begin + gap, rest),
        sentence=begin + gap + _STARRED.sub(r"\2", rest),
        end=End.QUOTATION if quoted else End.SENTENCE,
        need=tuple(frozenset(words) for words in need),
        ban=frozenset(words_of(fill(" ".join(line.ban), roles, picks, met))),
        paragraph=first or choice.paragraph,
        optional=choice.optional,
        told=choice.told,
    )


def _keywords(words: str) -> tuple[str, ...]:
    found = re.findall(r"[A-Za-z'-]+", words)
    return tuple(w for w in found if len(w) > 2 and w.lower() not in SMALL_WORDS)


def _tag_words(starred: tuple[str, ...], rest: str, without: set[str]) -> tuple[str, ...]:
    """The starred words and, where there are few, the rarest others, in the sentence's order."""
    vocabulary = load_vocabulary()
    said = [w for w in dict.fromkeys(_keywords(rest)) if w.lower() not in COMMON_WORDS]
    first = [w for w in said if w in starred][:MOST_KEYWORDS]
    others = [w for w in said if w not in first and w not in without]
    others.sort(key=lambda w: -(vocabulary.rarity(w.lower()) or 0))
    chosen = {*first, *others[: MOST_KEYWORDS - len(first)]}
    return tuple(word for word in said if word in chosen)


def _forms(word: str) -> set[str]:
    """The word as it stands and with other endings: looked, look, looks, looking."""
    base = re.sub(r"(?:ed|ing|s|d|e)$", "", word) if len(word) > 4 else word
    return {word} | {base + ending for ending in ("", "s", "e", "es", "d", "ed", "ing")}


def _plain_begin(begin: str, rest: str) -> str:
    """Up to and with the first keyword, if two words are left to write; else up to it."""
    first = _STARRED.search(rest)
    if first is None:
        return begin.strip()
    after = _STARRED.sub(r"\2", rest[first.end() :])
    cut = rest[: first.end() if len(words_of(after)) > 1 else first.start()]
    return (begin + _STARRED.sub(r"\2", cut)).strip()
