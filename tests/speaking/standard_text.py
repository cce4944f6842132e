"""The text that speech is measured with: narration, dialogue, lists, in four paragraphs."""

from __future__ import annotations

TITLE = "The cat and the little boat."
PARAGRAPHS = (
    (
        "Once upon a time, there was a little cat named Tom.",
        "Tom lived in a small house by the river, and every morning he looked at the water.",
        "He wanted to know where it went.",
    ),
    (
        "One day, Tom found an old boat under a big tree.",
        '"Hello, boat!" said Tom.',
        '"Will you take me down the river?"',
        "The boat was red, blue and yellow, but it had a hole in its side.",
    ),
    (
        "A kind bird came down from the tree.",
        '"I can help you," said the bird, and she brought some leaves, some mud and a string.',
        "Together they closed the hole.",
    ),
    (
        "Soon the boat was in the water, and it did not sink!",
        "Tom and the bird went all the way to the sea.",
        "They saw big waves, white shells and a very large fish.",
        "When the sun went down, they sailed home, happy and tired.",
    ),
)
SENTENCES = tuple(sentence for paragraph in PARAGRAPHS for sentence in paragraph)
WORDS = sum(len(sentence.split()) for sentence in SENTENCES)  # without the title's
