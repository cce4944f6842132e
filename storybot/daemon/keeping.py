"""Which stories are worth keeping in the library."""

from __future__ import annotations

from storybot.language.story_phrases import BRIDGE_SENTENCES, SAFE_ENDING

LEAST_SENTENCES = 2  # begun, of a story cut short that is worth keeping: the first one was heard


def is_worth_keeping(told: list[str], whole: bool) -> bool:
    """Whether these sentences were a story: no few words cut short, and not all refused."""
    own = [text for text in told if text not in BRIDGE_SENTENCES and text != SAFE_ENDING]
    return len(own) >= (1 if whole else LEAST_SENTENCES)
