"""The safety filter: what it refuses, what it must not refuse, and how it fails."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storybot.config.schema import SafetySettings
from storybot.errors import Exit, StorybotError
from storybot.language.safety_filter import (
    Filter,
    load_filter,
    parse,
)
from storybot.language.story_phrases import BRIDGE_SENTENCES, SAFE_ENDING, bridge_sentence

SHIPPED = load_filter()


@pytest.mark.parametrize(
    "text",
    [
        "The man killed the dragon.",
        "He KILLED it!",
        "a story about a gun",
        "They found guns.",
        "The wolf's bloody teeth",
        "k1ll the cat",
        "a sh1t day",
        "pørn and p\u200born",
        "Shut   up, said the fox.",
        "shut-up",
        "He cut off her head.",
        "the bird was dying",
        "Write to me@example.org",
        "a demon's house",
        "suicidal",
        "stabbed",
        "a gu-n",
        "a k-i-l-l",
        "a k1-ll",
        "a g'un",
        "a handgun",
        "fire-arms",
        "a firearm",
        "a revolver",
        "snipers",
        "ketamine",
        "bdsm",
        "a lynching",
        "the holocaust",
        "a slave",
        "the kkk",
        "a hanging",
        "sexting",
    ],
)
def test_refuses(text: str) -> None:
    assert not SHIPPED.allows(text)


@pytest.mark.parametrize(
    "text",
    [
        "Once upon a time, there was a little cat named Lily.",
        "The class was full of skill and passion.",
        "She put the glass on the grass.",
        "Timmy had a cockatoo, a peacock and a titmouse.",
        "They begun to study the diet of a beetle.",
        "Mom cut the apple with a knife and was very careful.",
        "The duck said: hello! It was 10 o'clock and 4 birds sang.",
        "Scunthorpe has an assembly hall.",
        "The sun shone, the shell shimmered, and the mushroom grew.",
        "He shot the ball into the basket.",
        "He'll see, she'd shell a pea, and we'll all be well.",
        "The picture was hanging on the wall beside a hanging basket.",
        "The sailor had a sextant, and the well-to-do owl a dressing-gown.",
        "A spider, a wolf, a witch and a dragon had tea.",
        "",
    ],
)
def test_lets_pass(text: str) -> None:
    assert SHIPPED.allows(text)


def test_what_the_box_says_itself_passes() -> None:
    for sentence in (*BRIDGE_SENTENCES, SAFE_ENDING):
        assert SHIPPED.allows(sentence)
    assert bridge_sentence(0) != bridge_sentence(1) == bridge_sentence(1 + len(BRIDGE_SENTENCES))


@given(st.text(max_size=300))
def test_any_text_is_decided(text: str) -> None:
    assert SHIPPED.allows(text) in (True, False)
    assert Filter().allows(text)


@given(st.sampled_from(["kill", "gun", "blood"]), st.text(" .,!?;", max_size=5))
def test_position_and_signs_do_not_hide_a_word(word: str, signs: str) -> None:
    assert not SHIPPED.allows(f"cat{signs or ' '}{word.upper()}{signs}")


def test_switched_off() -> None:
    assert load_filter(SafetySettings(filter=False)).allows("kill")


def test_own_list(tmp_path: Path) -> None:
    own = tmp_path / "own.txt"
    own.write_text("# ours\nspider+\nugly duck\n/\\bmoo{3,}\\b/\n", "utf-8")
    both = load_filter(SafetySettings(extra_words=str(own)))
    assert not both.allows("two spiders")
    assert not both.allows("the ugly, duck")
    assert not both.allows("moooo")
    assert not both.allows("a gun")
    assert both.allows("a pretty duck said moo")


def test_faults_of_an_own_list(tmp_path: Path) -> None:
    with pytest.raises(StorybotError, match="extra_words") as missing:
        load_filter(SafetySettings(extra_words=str(tmp_path / "none.txt")))
    assert missing.value.code is Exit.CONFIG
    with pytest.raises(StorybotError, match=r"line 2.*does not work"):
        parse(["cat", "/(/"], "own.txt")
