"""What each thing is and does: complete, in words that the stories' readers know."""

import lzma
import os
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from storybot.language.things import load_things
from storybot.telling.lore import CREATURES, Lore, load_lore

SHARED = Path(os.environ.get("STORYBOT_SHARED", Path(__file__).parents[3] / "shared"))
LORE = load_lore()
NOT_NAMES = [thing for thing in load_things() if not thing.is_name]
FEWEST = 3  # times that a word stands in the corpus
# Words that only their own thing needs.
OWN = {"Santa": {"north", "pole", "santa"}, "north pole": {"north"}}


@cache
def corpus() -> Counter[str]:
    path = SHARED / "corpus" / "tinystories-train.txt.xz"
    if not path.exists():
        pytest.skip(f"{path} is not here")
    return Counter(re.findall(r"[a-z']+", lzma.open(path, "rt").read().lower()))


def test_every_thing_has_its_line() -> None:
    for thing in NOT_NAMES:
        lore = LORE[thing.word]
        assert (lore.kind in CREATURES) == (thing.kind == "creature"), thing.word
        assert lore.home and lore.loves and lore.own and lore.pronouns, thing.word
        assert lore.kind not in CREATURES or "they" not in lore.pronouns, thing.word


def rare_words(lore: Lore) -> set[str]:
    words = set(re.findall(r"[a-z']+", " ".join((*lore.home, *lore.loves, *lore.own)).lower()))
    own = set(lore.noun.lower().split()) | OWN.get(lore.noun, set())
    return {word for word in words - own if corpus()[word] < FEWEST}


def test_phrases_are_in_words_of_the_corpus() -> None:
    assert {lore.noun: rare for lore in LORE.values() if (rare := rare_words(lore))} == {}


def test_what_somebody_owns_is_in_the_table() -> None:
    for lore in LORE.values():
        for own in lore.own if lore.kind in CREATURES else ():
            thing = LORE.get(own) or LORE[own.split()[-1]]
            assert thing.kind in ("toy", "small", "food", "big", "vehicle", "sky"), own


def test_what_it_loves_is_the_same_for_all() -> None:
    """It is said of "him", "her" and "them", and in quotation marks."""
    said = {lore.noun: " ".join(lore.loves) for lore in LORE.values()}
    wrong = re.compile(r"\b(?:his|her|its|their)\b")
    assert {noun: loves for noun, loves in said.items() if wrong.search(loves)} == {}


def test_there_are_things_beyond_the_list() -> None:
    assert len(LORE) >= 500
    for noun in ("fire truck", "teddy bear", "digger", "zombie", "mama", "papa", "Santa"):
        assert noun in LORE


def test_some_may_be_friends() -> None:
    assert sum(lore.friendly for lore in LORE.values()) >= 20


def test_a_wrong_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "lore.txt"
    for line in ("duck | animal | by the pond", "duck | bird | a | b | c", "duck|animal|a|b|c|we"):
        path.write_text(f"# mine\n{line}\n", encoding="utf-8")
        load_lore.cache_clear()
        with pytest.raises(ValueError, match=r"lore\.txt:2: "):
            load_lore(path)
