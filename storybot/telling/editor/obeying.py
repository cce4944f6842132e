"""Rules of the beat: what the plan says must and must not be told here."""

from __future__ import annotations

from itertools import pairwise

from storybot.telling.editor.ranking import obeyed
from storybot.telling.editor.reading import Reading, word_texts
from storybot.telling.editor.scene import Scene
from storybot.telling.plan import denies

LEAST_OBEYED = 0.5  # share of the keywords
CLOSING_WORDS = frozenset(("learned", "lesson", "lessons", "moral", "goodbye"))
CLOSING_PAIRS = frozenset(
    (
        *("ever after", "lived happily", "best friends", "good friends", "great friends"),
        *("became friends", "of friends", "friends forever", "the end", "day on", "then on"),
    )
)
DENIED_WITHIN = 4  # words that stand between "not" and what it denies, with it

_BETWEEN = frozenset(("to", "be", "a", "the", "so", "very", "is", "was", "were"))


def off_plan(draft: Reading, scene: Scene) -> bool:
    """Less than half of the keywords: the story would go on elsewhere."""
    return obeyed(draft, scene.beat) < LEAST_OBEYED * len(scene.beat.keywords)


def early_end(draft: Reading, scene: Scene) -> bool:
    """It closes the story, or draws its moral, where the plan does not."""
    if scene.last:
        return False
    planned = closings(word_texts(scene.beat.sentence))
    return not closings(tuple(word.text for word in draft.own_words)) <= planned


def closings(words: tuple[str, ...]) -> frozenset[str]:
    """What of it stands mostly in the last fifth of a story (counted in TinyStories)."""
    return (CLOSING_WORDS & {*words}) | (
        CLOSING_PAIRS & {f"{one} {other}" for one, other in pairwise(words)}
    )


def missing_need(draft: Reading, scene: Scene) -> bool:
    """A word without which the story has a hole."""
    return not scene.beat.meets_needs(draft.texts)


def banned(draft: Reading, scene: Scene) -> bool:
    """A word that gives away or denies what the plan tells."""
    own = [word.written.lower() for word in draft.own_words]
    cries = [at for at in range(1, len(own)) if own[at - 1 : at + 1] == ["oh", "no"]]
    return scene.beat.breaks_ban(frozenset(w for at, w in enumerate(own) if at not in cries))


def missing_not(draft: Reading, scene: Scene) -> bool:
    """The plan says that something is not so, and the draft does not: "But it was not there"."""
    denied = any(map(denies, word_texts(scene.beat.sentence)))
    return denied and not any(denies(word.written.lower()) for word in draft.words)


def keyword_denied(draft: Reading, scene: Scene) -> bool:
    """What the plan tells is denied: "happy" becomes "not happy"."""
    asked = frozenset(keyword.lower() for keyword in scene.beat.keywords)
    if any(map(denies, word_texts(scene.beat.sentence))):
        return False
    words = draft.words
    for at in range(draft.given, len(words)):
        near = words[max(draft.given, at - DENIED_WITHIN) : at]  # what is given may deny
        denied = any(denies(w.text) and w.clause == words[at].clause for w in near)
        if words[at].text in asked and denied:
            return True
    return False


def self_contradiction(draft: Reading, scene: Scene) -> bool:
    """It denies what it says itself: "to be patient and not be patient"."""
    words = [word.text for word in draft.words]
    for at, word in enumerate(words):
        if word == "not" and words[at - 1 : at] in (["and"], ["but"]):
            denied = next((other for other in words[at + 1 :] if other not in _BETWEEN), "")
            if denied and denied in words[:at]:
                return True
    return False
