"""Keywords come from the sentence itself and say who acts or speaks where that is plain."""

from __future__ import annotations

import random

import pytest

from storybot.telling.small_words import COMMON_WORDS, SMALL_WORDS
from training.keywords import FUNCTION_WORDS, TagMaker, sentences

CORPUS = ["The duck had lost her hat. The fox saw a red kite."] * 3 + [
    "A duck swam. It was wet."
] * 9
MAKER = TagMaker.of(CORPUS, ("duck", "fox", "ducks"))
NAMES = frozenset(("Mia", "Tom"))


def test_no_plan_sends_a_keyword_that_training_never_shows() -> None:
    assert FUNCTION_WORDS <= SMALL_WORDS | COMMON_WORDS


def test_sentences_keep_what_is_said_together_with_who_says_it() -> None:
    text = (
        'Tom met Dr. Bear. "Hello! Who are you?" he asked. "I am Bear!" Bear said.\n'
        '"Help!" said Lily. "Hush!" cried the bear. '
        '"Oh!" Tom ran away. The end'
    )
    found = list(sentences(text))
    assert [one.strip() for _, one in found] == [
        "Tom met Dr. Bear.",
        '"Hello! Who are you?" he asked.',
        '"I am Bear!" Bear said.',
        '"Help!" said Lily.',
        '"Hush!" cried the bear.',
        '"Oh!"',
        "Tom ran away.",
        "The end",
    ]
    assert "".join(one for _, one in found) == text
    assert all(text[start:].startswith(one) for start, one in found)


@pytest.mark.parametrize(
    ("sentence", "who", "speaks"),
    [
        ("The duck had lost her hat.", ["duck"], False),
        ("One day, the little duck went for a walk.", ["duck"], False),
        ("The duck and the fox played.", ["duck", "fox"], False),
        ("Mia and Tom ran home.", ["Mia", "Tom"], False),
        ('"What is wrong?" asked the fox.', ["fox"], True),
        ('"Hello," Mia said.', ["Mia"], True),
        ('The duck said, "I lost my hat."', ["duck"], True),
        ("It was a sunny day.", ["it"], False),
        ("In the park there were many flowers.", [], False),
        ('"Thank you!"', [], True),
    ],
)
def test_who_acts_and_who_speaks(sentence: str, who: list[str], speaks: bool) -> None:
    assert MAKER.actor(sentence, NAMES, frozenset()) == (who, speaks)


def test_a_noun_that_the_story_speaks_of_often_can_act() -> None:
    story = "The muscle was big. The muscle ran. The muscle slept. Then the muscle woke up early."
    tags = [tag for _, tag in MAKER.tags(story, 1.0, random.Random(2))]
    assert any(tag.startswith("muscle:") for tag in tags)


def test_keywords_stand_in_the_sentence_in_their_order() -> None:
    sentence = "The fox saw a shiny red kite behind the old windmill."
    for seed in range(50):
        words = (
            MAKER.tag(sentence, NAMES, frozenset(), random.Random(seed)).replace("fox:", "").split()
        )
        places = [sentence.index(word) for word in words]
        assert places == sorted(places)
        assert len(words) <= 4


def test_the_share_of_sentences_with_a_tag() -> None:
    story = " ".join(["The fox has a shiny red kite."] * 400)
    tags = MAKER.tags(story, 0.5, random.Random(1))
    assert len(tags) == 400
    assert 0.4 < sum(bool(tag) for _, tag in tags) / 400 < 0.6, tags[:9]
