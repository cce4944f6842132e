"""Rules about a draft's words: known, suitable, and not said over and over."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from storybot.language.noun_forms import indefinite_article
from storybot.language.things import load_things
from storybot.telling.editor.naming import ARTICLES, named_as
from storybot.telling.editor.reading import NARRATION, Reading, Word, word_texts
from storybot.telling.editor.scene import Scene, grams
from storybot.telling.editor.tense import PAST

# After these comes what belongs to a noun.
_ONLY_ARTICLES = frozenset(("a", "an", "the", "my", "your", "their", "our"))
_NO_NOUN_BEGINS = frozenset(
    (
        *("a", "an", "the", "my", "your", "his", "her", "their", "our", "and", "but", "so"),
        *("because", "though", "that", "this", "he", "she", "it", "they", "we", "i", "you"),
        *("him", "them", "is", "was", "were", "are", "am", "had", "has", "have", "did", "do"),
        *("to", "of", "for", "with", "at", "from", "into", "who", "could", "would", "went"),
        *("said", "asked", "everyone", "everybody", "not", "if", "then", "when"),
    )
)
_ALSO_NOUNS = frozenset(  # or adjectives
    (
        *("lost", "left", "cut", "hurt", "set", "felt", "saw", "might", "fell", "lay", "hit"),
        *("spread", "shot", "wound", "beat", "split", "bit", "found", "broke", "stuck", "rose"),
        *("burst", "fed"),
    )
)
_NEVER_AFTER_OF = frozenset(("liked", "lived", "loved", "wanted", "went", "was", "said", "had"))
_NEVER_LAST = frozenset(("who", "which", "and", "but", "or", "every", "because"))
_BEFORE_NOUNS = frozenset(
    (
        *("big", "small", "little", "red", "blue", "green", "yellow", "new", "old", "pretty"),
        *("happy", "nice", "good", "soft", "shiny", "tall", "round", "sweet", "brown", "tiny"),
        *("black", "white", "pink", "purple", "gray", "dark", "strong", "warm", "long", "wet"),
    )
)

# With these no sentence ends after an article: "look for your new".
_NEVER_ALONE = frozenset(("new", "shiny", "tiny", "pretty", "happy", "nice", "soft", "tall", "wet"))

ECHO = 0.5  # share of the 4-grams of a draft, above which it says again what was said
TELLING = 4  # least rarity of a word that tells something
ASIDE = 2  # words on: "waited and waited"
SHORT = 3  # words of a sentence that may be said twice: "Thank you!"

_DOUBLED = frozenset(("very", "so", "ha", "bye"))  # also without a comma: "very very big"
_AND = frozenset(("and", "or"))
_AGAIN = frozenset(("round", "again", "more", "on", "up", "down", "over", "far"))


def unknown_word(draft: Reading, scene: Scene) -> bool:
    """A word that is neither in the vocabulary nor in the story's plan."""
    known, familiar = scene.story.vocabulary, scene.story.familiar
    return any(word.text not in known and word.text not in familiar for word in draft.own_words)


def unsuitable(draft: Reading, scene: Scene) -> bool:
    """Something that the safety filter holds back."""
    return not scene.story.allows(draft.line)


def stutter(draft: Reading, scene: Scene) -> bool:
    """The same twice: "the park and the park", "happy and happy", "to to"."""
    words = draft.words
    for at in range(max(1, draft.given), len(words)):
        word = words[at]
        before = words[at - 1]
        doubled = word.text == before.text and word.clause == before.clause
        if doubled and word.text not in _DOUBLED:
            return True
        if before.text in _AND and at > 1 and _same_again(words[at - 2].text, word.text):
            return True
        apart = before.text in ARTICLES and at > 2 and words[at - 2].text in _AND
        if apart and words[at - 3].text == word.text:
            return True
    return False


def _same_again(one: str, other: str) -> bool:
    """ "Happy and happy"; but one may have walked and walked, grown higher and higher."""
    return one == other and not (one.endswith(("ed", "er")) or one in PAST or one in _AGAIN)


def word_twice(draft: Reading, scene: Scene) -> bool:
    """A word that tells something stands twice in a sentence: "a big pillow and a soft pillow".

    1.6 % of the sentences of TinyStories do so, for a reason; a tenth of the model's, for none.
    Words side by side are for stutter(), the cast for named_twice().
    """
    cast = frozenset().union(*map(named_as, scene.story.roles))
    seen: dict[tuple[str, int, int], list[int]] = {}
    for at, word in enumerate(draft.words):
        if word.text in cast or (scene.story.vocabulary.rarity(word.text) or 0) < TELLING:
            continue
        places = seen.setdefault((word.text, word.quotation, word.sentence), [])
        places.append(at)
        if at >= draft.given and (len(places) > 2 or at - places[0] > ASIDE):
            return True
    return False


def broken_phrase(draft: Reading, scene: Scene) -> bool:
    """A small word with nothing to stand before: "the though", "a big wheels", "who, saw"."""
    words = draft.words
    for at in range(max(1, draft.given), len(words)):
        before, word = words[at - 1], words[at]
        quoted = word.quotation not in (NARRATION, before.quotation)  # the "king"
        ends = before.clause != word.clause and not quoted and not before.first
        if ends and before.text in _ONLY_ARTICLES | _NEVER_LAST:
            return True
        if before.text in _ONLY_ARTICLES and word.text in _NO_NOUN_BEGINS | PAST - _ALSO_NOUNS:
            return True
        if before.text == "of" and word.text in _NEVER_AFTER_OF:
            return True
        if before.text in ("his", "its", "every") and word.text in ("a", "an", "the"):
            return True
        alone = at + 1 == len(words) and word.text in _NEVER_ALONE
        if before.text in _ONLY_ARTICLES and alone:
            return True
        if before.text in ("a", "an") and not quoted:
            wrong = before.text != indefinite_article(word.text)
            if wrong or _is_plural(words[at : at + 4]):
                return True
    return bool(words) and words[-1].text in _ONLY_ARTICLES | _NEVER_LAST


def _is_plural(after: Sequence[Word]) -> bool:
    """Whether "a" stands before "wheels", "big wheels" or "big, red wheels"."""
    for word in after:
        if word.written.lower() in plurals():
            return True
        if word.text not in _BEFORE_NOUNS:
            return False
    return False


@cache
def plurals() -> frozenset[str]:
    """The plurals of things.txt that are no singulars."""
    things = load_things()
    singulars = frozenset(t.word for t in things if t.kind != "plural-only")
    return frozenset(t.plural for t in things) - singulars


def said_before(draft: Reading, scene: Scene) -> bool:
    """The whole sentence was told before, and the plan does not say it again."""
    words = tuple(word.text for word in draft.words)
    again = words in scene.past.sentences and words != word_texts(scene.beat.sentence)
    return len(words) > SHORT and again


def echo(draft: Reading, scene: Scene) -> bool:
    """Half of its runs of four words were told before, and the plan does not say them again."""
    own = grams(tuple(word.text for word in draft.own_words))
    again = scene.past.grams - {*grams(word_texts(scene.beat.sentence))}
    return bool(own) and sum(gram in again for gram in own) >= ECHO * len(own)
