"""How well each phone of what was understood fits the sound (pure).

A grammar answers the nearest of its sentences to any speech: "louder" to "a letter". The mean score
of its words is then little worse than that of "louder" said in haste. But where the sentence's
phones are laid out along the sound, the one that was not said stands out: it is left the three
frames that each must have, and fits them badly.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from storybot.language.spoken_grammar import ABOUT, ARTICLES

PLOSIVES = frozenset("BDGKPT")
# By so much lower do these score where they are right: much of one is a silence.
PLOSIVE_SLACK = 1.5
PLURAL_ENDINGS = frozenset("SZ")  # the same thing with and without
REDUCED = "AH"  # the vowel that many leave out: "cas'l"
WORST = -8.0  # mean ln score per frame; what is below fits no better or worse
WEIGHT = 0.5
NOISY_DB = 27.0  # speech that is less above what lies around it is noisy
# Below the gate: of commands 53 of 54 fit better, of 32 near sounds understood as one 2; of wishes
# in noise 31 of 42 right ones and 8 of 15 wrong ones. Where another wish is about as likely, 15 of
# 20 of which neither was said fit worse, and 6 of 21 others.
SLACK = 1.2
# Below it, of wishes without noise and without another so likely: none of 68 fits worse, in a
# reverberant room 3 of 53.
CLEAR_SLACK = 1.7
# Below it, of wishes in what noise was taken out of, without another so likely: of 50 at 20 dB
# 6 of 36 right ones fit worse and 7 of 14 wrong ones; below SLACK it is 1 and 4.
DENOISED_SLACK = 0.6
NO_THINGS = frozenset((*ARTICLES, *ABOUT, "and", "called", "story", "again", "please"))


@dataclass(frozen=True)
class Phone:
    """One phone of the words that were understood, where it fits best."""

    word: str
    name: str  # "AW", as in the dictionary
    score: float  # mean ln acoustic score per frame
    last: bool = False  # of its word


def slack(denoised: bool, above_noise: float) -> float:
    """How far below the gate a wish without another so likely may fit."""
    if denoised:
        return DENOISED_SLACK
    return CLEAR_SLACK if above_noise > NOISY_DB else SLACK


def fits(score: float, phones: Iterable[Phone], lowest: float) -> bool:
    """Whether words with this mean ln score per frame and these phones may be what was said."""
    return score + WEIGHT * worst_fit(phones) >= lowest


def worst_fit(phones: Iterable[Phone]) -> float:
    """The score of the phone that fits worst; WORST without any, for then none fits."""
    scores = [one.score + PLOSIVE_SLACK * (one.name in PLOSIVES) for one in phones]
    return max(WORST, min(scores, default=WORST))


def of_things(phones: Iterable[Phone], guessed: Collection[str] = ()) -> list[Phone]:
    """Those by which things differ, of the words from "about" on.

    Not of the words in `guessed`: how they are spoken is only a guess.
    """
    return [
        one
        for one in phones
        if one.word not in NO_THINGS
        and one.word not in guessed
        and one.name != REDUCED
        and not (one.last and one.name in PLURAL_ENDINGS)
    ]


def topic_of(text: str) -> str:
    """The words of a request from "about" on."""
    words = text.split()
    begins = [words.index(word) for word in ABOUT if word in words]
    return " ".join(words[min(begins, default=0) :])
