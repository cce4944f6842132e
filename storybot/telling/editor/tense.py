"""Rules about verbs: a sentence has one, in the past, and after "would" comes no past."""

from __future__ import annotations

from storybot.telling.editor.reading import NARRATION, Reading
from storybot.telling.editor.scene import Scene

# Forms of the past that do not end in -ed, as TinyStories has them.
PAST = frozenset(
    (
        *("was", "were", "had", "did", "could", "would", "might", "should", "wasn't", "weren't"),
        *("hadn't", "didn't", "couldn't", "wouldn't", "went", "said", "saw", "found", "took"),
        *("made", "got", "came", "ran", "gave", "knew", "felt", "heard", "thought", "told"),
        *("began", "kept", "held", "left", "let", "put", "sat", "stood", "fell", "lay", "sang"),
        *("swam", "flew", "ate", "drank", "slept", "woke", "wore", "won", "lost", "met"),
        *("brought", "bought", "caught", "taught", "fought", "built", "sent", "spent", "spoke"),
        *("broke", "hid", "hit", "cut", "shut", "set", "hurt", "cost", "read", "rode", "rose"),
        *("shone", "shook", "threw", "grew", "drew", "blew", "drove", "wrote", "chose", "forgot"),
        *("forgave", "became", "understood", "swung", "stuck", "dug", "hung", "sank", "rang"),
        *("bit", "lit", "slid", "spun", "led", "fed", "bent", "swept", "crept", "leapt", "dreamt"),
        *("learnt", "wept", "stole", "tore", "froze", "paid", "laid", "meant", "sold", "shot"),
        *("split", "spread", "beat", "sped", "knelt", "burst", "spilt", "wound", "strode"),
    )
)

_BEFORE_BASE_FORMS = frozenset(
    (
        *("would", "could", "should", "will", "can", "must", "might", "did", "wouldn't", "won't"),
        *("couldn't", "shouldn't", "can't", "cannot", "didn't"),
    )
)
# Base forms that look like a past, or nouns and adjectives that do.
_NO_PAST = frozenset(
    (
        *("put", "let", "set", "hit", "cut", "shut", "hurt", "cost", "read", "beat", "split"),
        *("spread", "burst", "lay", "fell", "saw", "found", "left", "shot", "wound", "need"),
        *("feed", "seed", "weed", "speed", "bleed", "breed", "shed", "bed", "red"),
    )
)


def no_past_verb(draft: Reading, scene: Scene) -> bool:
    """Narration in which nothing happened: "An old man at the road, far away"."""
    words = draft.words
    if any(word.quotation != NARRATION for word in words):
        return False
    return not any(word.text in PAST or word.text.endswith("ed") for word in words)


def wrong_verb_form(draft: Reading, scene: Scene) -> bool:
    """A past where a base form belongs: "would dreamed", "could not went"."""
    words = draft.words
    for at in range(max(1, draft.given), len(words)):
        word, before = words[at], words[at - 1]
        if before.text == "not" and at > 1:
            before = words[at - 2]
        if before.text not in _BEFORE_BASE_FORMS or before.clause != word.clause:
            continue
        if (word.text in PAST or word.text.endswith("ed")) and word.text not in _NO_PAST:
            return True
    return False
