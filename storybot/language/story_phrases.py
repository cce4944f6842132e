"""Sentences that are added to a story: in place of refused ones, and to end it."""

from __future__ import annotations

# Spoken where the token limit cut a story short.
CLOSING_SENTENCE = "And that is the end of our story."
# Spoken in place of sentences that the safety filter refused.
BRIDGE_SENTENCES = (
    "And then something lovely happened.",
    "And so the day went on.",
    "Then everyone took a deep breath and smiled.",
    "And the sun was still shining.",
    "After that, all was well.",
)
# Spoken where the safety filter ends a story early.
SAFE_ENDING = "And everybody went home, safe and happy. The end."


def bridge_sentence(number: int) -> str:
    """The sentence spoken in place of refused sentence `number`."""
    return BRIDGE_SENTENCES[number % len(BRIDGE_SENTENCES)]
