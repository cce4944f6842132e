from __future__ import annotations

from collections.abc import Iterator

import pytest

from storybot.errors import Exit, StorybotError
from storybot.language import family
from storybot.language.family import FamilyWord, known_family, parse, use_family
from storybot.language.openings import opening
from storybot.language.things import family_children, find_thing, usual_things


@pytest.fixture(autouse=True)
def nobody_else() -> Iterator[None]:
    yield
    use_family(())


@pytest.mark.parametrize(
    ("line", "phrase", "forms"),
    [
        ("Mimi | cat", "a cat called Mimi", ("mimi",)),
        ("Noah | boy", "Noah", ("noah", "noah")),
        ("Zoë | girl | Z OW IY", "Zoë", ("zoe", "zoe")),
        ("Oma", "Oma", ("oma", "oma")),
        ("Grandma Rose | grandma", "a grandma called Grandma Rose", ("grandma rose",)),
        ("quokka | creature", "a quokka", ("quokka", "quokkas")),
        ("gizmo", "a gizmo", ("gizmo", "gizmos")),
        ("backhoe | digger", "a backhoe", ("backhoe", "backhoes")),
        ("Playland | place", "Playland", ("playland", "playland")),
    ],
)
def test_a_line_and_its_thing(line: str, phrase: str, forms: tuple[str, ...]) -> None:
    (word,) = parse([line], "x")
    assert word.line == line
    assert word.thing.phrase == phrase and word.thing.forms == forms
    use_family([word])
    assert find_thing(forms[0]) == word.thing
    assert usual_things(10)[-1] == word.thing
    assert opening((word.thing,), 3)


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("Mimi | blorb", '"blorb" is nothing that storybot knows'),
        ("Кот | cat", "no name"),
        ("x", "no name"),
        ("7up", "no name"),
        ("a b c d", "no name"),
        ("Mimi | cat | MI MI", "no phones"),
        ("The | girl", '"The" is a word of every wish'),
        ("two | boy", "a word of every wish"),
        ("Grandma Rose | grandma | R OW Z", "one word only"),
        ("Mimi | cat | M IY | more", "a line is the word, then"),
    ],
)
def test_a_wrong_line_is_named(line: str, wrong: str) -> None:
    with pytest.raises(StorybotError) as fault:
        parse(["# ours", "", line], "ours.txt")
    assert "ours.txt, line 3" in str(fault.value) and wrong in str(fault.value)
    assert fault.value.code is Exit.CONFIG


def test_later_lines_win_and_there_is_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    assert parse(["Mimi | cat", "MIMI | dog  # she grew"], "x") == (FamilyWord("MIMI", "dog"),)
    monkeypatch.setattr(family, "MOST_WORDS", 1)
    with pytest.raises(StorybotError, match="at most 1 words"):
        parse(["Mimi", "Bruno"], "x")


def test_children_are_whom_me_means() -> None:
    use_family(parse(["Mimi | cat", "Noah | boy", "Oma"], "x"))
    assert [thing.word for thing in family_children()] == ["Noah", "Oma"]
    assert len(known_family()) == 3
