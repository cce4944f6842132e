"""The rule that a sentence has a verb, in the past, in which stories are told."""

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


def no_past_verb(draft: Reading, scene: Scene) -> bool:
    """Narration in which nothing happened: "An old man at the road, far away"."""
    words = draft.words
    if any(word.quotation != NARRATION for word in words):
        return False
    return not any(word.text in PAST or word.text.endswith("ed") for word in words)
