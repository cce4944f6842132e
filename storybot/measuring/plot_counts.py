"""What is counted over many stories from plans: obedience, sameness, and whose words they are."""

from __future__ import annotations

import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from storybot.measuring.recorded_drafts import Asked, Record
from storybot.measuring.sentence_faults import speaker_in
from storybot.measuring.story_quality import words_of
from storybot.telling.roles import Cast, Role

GRAM = 5  # words in a row that two stories may share
RARITIES = {"common": range(0, 7), "less common": range(7, 10), "rare": range(10, 99)}  # log2


def people_of(cast: Cast) -> dict[str, str]:
    """Every word for somebody or something of the cast, in lower case, and its pronoun."""
    return {word: role.pronoun for role in cast.roles for word in _names(role)}


def _names(role: Role) -> set[str]:
    texts = (role.noun, role.head, role.name)
    return {text.lower().split()[-1] for text in texts if text}


def last_third(text: str) -> str:
    """The last third of a story by its words."""
    words = [match.start() for match in re.finditer(r"\S+", text)]
    return text[words[len(words) * 2 // 3] :] if words else ""


def speaks_of(text: str, words: Iterable[str]) -> bool:
    """Whether a text holds all these words or their plurals, owners and last parts."""
    said = {word.removesuffix("'s") for word in words_of(text)}
    return all(not said.isdisjoint(_forms(word.lower().split()[-1])) for word in words)


def _forms(word: str) -> set[str]:
    forms = {word, f"{word}s", f"{word}es", word.removesuffix("s")}
    if word.endswith("y"):
        forms.add(f"{word[:-1]}ies")
    if word.endswith(("f", "fe")):
        forms.add(f"{word.removesuffix('e')[:-1]}ves")
    return forms


def grams(text: str) -> set[tuple[str, ...]]:
    """All runs of GRAM words."""
    words = words_of(text)
    return {tuple(words[at : at + GRAM]) for at in range(len(words) - GRAM + 1)}


def shared(stories: Sequence[tuple[str, str]]) -> float:
    """Mean share of 5-grams common to two stories of one plot, each (plot, text)."""
    by_plot: dict[str, list[set[tuple[str, ...]]]] = defaultdict(list)
    for plot, text in stories:
        by_plot[plot].append(grams(text))
    shares = [
        len(one & other) / max(1, min(len(one), len(other)))
        for group in by_plot.values()
        for one, other in combinations(group, 2)
    ]
    return statistics.fmean(shares) if shares else 0.0


def obeyed(asked: Asked, text: str) -> Iterator[tuple[str, bool]]:
    """Each keyword, and whether the sentence holds it in its very form."""
    said = set(words_of(asked.begin + text))
    for keyword in asked.keywords:
        yield keyword, keyword.lower() in said


def obedience(records: Iterable[Record], rarity: Mapping[str, int]) -> dict[str, dict[str, float]]:
    """Share of keywords obeyed by "single" drafts and "kept" ones: in all, and by rarity.

    Those that the given beginning holds already are not counted.
    """
    counted: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for record in records:
        for asked in record.asked:
            given = set(words_of(asked.begin))
            texts = [("single", draft.text) for draft in asked.drafts]
            texts += [("kept", asked.kept.text)] if asked.kept is not None else []
            for which, text in texts:
                for keyword, held in obeyed(asked, text):
                    if keyword.lower() in given:
                        continue
                    counted[which, "all"].append(held)
                    rare = rarity.get(keyword.lower(), 99)
                    name = next((n for n, span in RARITIES.items() if rare in span), "rare")
                    counted[which, name].append(held)
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for (which, name), all_held in counted.items():
        found[which][name] = statistics.fmean(all_held)
    return found


def words_by_model(record: Record) -> float:
    """Share of a story's words that stand in kept drafts, of all that was sent and kept."""
    given = sum(len(words_of(text)) for text in record.told)
    written = 0
    for asked in record.asked:
        if asked.kept is not None:
            given += len(words_of(asked.begin))
            written += len(words_of(asked.kept.text))
    return written / max(1, written + given)


def words_guided(record: Record) -> float:
    """Share of the words in kept drafts that the drafts were drawn to."""
    guided = written = 0
    for asked in record.asked:
        if asked.kept is not None:
            said = Counter(words_of(asked.kept.text))
            written += said.total()
            guided += (said & Counter(words_of(" ".join(asked.guides)))).total()
    return guided / max(1, written)


def wrong_speakers(record: Record, cast: Mapping[str, str]) -> int:
    """Kept drafts in which another of the cast speaks than was asked for."""
    wrong = 0
    for asked in record.asked:
        if asked.speaker and asked.kept is not None:
            found = speaker_in(asked.begin.rpartition("\n")[2] + asked.kept.text, frozenset(cast))
            wrong += found in cast and found != asked.speaker
    return wrong
