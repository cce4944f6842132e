"""The model inside the repo, through the engine."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from storybot.language.things import find_thing, load_things
from storybot.measuring.stories import DEFAULT_MODEL, tell
from storybot.system.engine_program import CHECKOUT_ENGINE

pytestmark = pytest.mark.skipif(
    not CHECKOUT_ENGINE.is_file(), reason="the engine is not built: make engine"
)
MOST_BYTES = 7_000_000


def info(model: Path, *options: str) -> str:
    done = subprocess.run(
        [CHECKOUT_ENGINE, "info", model, *options], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_is_small_and_whole() -> None:
    assert DEFAULT_MODEL.stat().st_size <= MOST_BYTES
    said = info(DEFAULT_MODEL, "--verify")
    assert "int8" in said
    assert "context: 512" in said


@pytest.mark.parametrize("word", ["penguin", "umbrella", "castle", "moon", "Zoe", "snow"])
def test_it_tells_a_story_about_what_was_asked_for(word: str) -> None:
    thing = find_thing(word)
    assert thing
    stories = [tell(CHECKOUT_ENGINE, [str(DEFAULT_MODEL)], [thing], seed) for seed in range(1, 4)]
    assert all(story.text.startswith(story.opening) for story in stories)
    assert any(story.ended for story in stories)
    assert any(word in story.text[len(story.opening) :] for story in stories)


def test_most_things_are_one_entry() -> None:
    """Those of one word that the list had when the tokenizer was made; later ones are spelt."""
    data = DEFAULT_MODEL.read_bytes()
    words = [thing.word for thing in load_things() if " " not in thing.word]
    assert sum(f" {word}".encode() in data for word in words) > 0.9 * len(words)
