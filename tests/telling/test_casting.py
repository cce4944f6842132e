"""What was asked for takes the role that fits, and is spoken of as it should be."""

import random

import pytest

from storybot.language.things import find_thing
from storybot.telling.casting import cast_asked, wanted
from storybot.telling.describing import role_of
from storybot.telling.roles import Role, Wanted
from storybot.telling.slots import fill, said_by_many


def role(one: Wanted, name: str = "hero") -> Role:
    return role_of(one, name, random.Random(1))


@pytest.mark.parametrize(
    ("one", "a", "the", "pronoun"),
    [
        (Wanted("owl"), "an owl", "the owl", None),
        (Wanted("cat", "Mimi"), "a cat named Mimi", "Mimi", "she"),
        (Wanted("", "Noah"), "a little boy named Noah", "Noah", "he"),
        (Wanted("", "Zuri"), "a little child named Zuri", "Zuri", "she"),
        (Wanted("brother", "", True, "two"), "two brothers", "the brothers", "they"),
        (Wanted("dinosaur", "", True), "three dinosaurs", "the dinosaurs", "they"),
        (Wanted("mouse", "", True, "four"), "four mice", "the mice", "they"),
        (Wanted("santa"), "a kind old man named Santa", "Santa", "he"),
        (Wanted("moon"), "the moon", "the moon", "it"),
        (Wanted("snow"), "some snow", "the snow", "it"),
        (Wanted("scissors"), "some scissors", "the scissors", "they"),
        (Wanted("ice cream"), "some ice cream", "the ice cream", "it"),
        (Wanted("teddy bear", "Bruno"), "a teddy bear named Bruno", "Bruno", "he"),
        (Wanted("gruffalo"), "a gruffalo", "the gruffalo", "it"),
        (Wanted("fire truck"), "a fire truck", "the fire truck", None),
        (Wanted("christmas"), "Christmas", "Christmas", "it"),
        (Wanted("sea"), "the sea", "the sea", "it"),
        (Wanted("pink unicorn"), "a pink unicorn", "the pink unicorn", None),
    ],
)
def test_how_it_is_spoken_of(one: Wanted, a: str, the: str, pronoun: str | None) -> None:
    found = role(one)
    assert (found.a, found.the) == (a, the)
    assert pronoun is None or found.pronoun == pronoun


@pytest.mark.parametrize(
    ("asked", "roles"),
    [
        (["cat"], {"hero": "cat"}),
        (["cat", "dog"], {"hero": "cat", "friend": "dog"}),
        (["boat", "cat"], {"hero": "cat", "thing": "boat"}),
        (["dragon", "castle"], {"hero": "dragon", "place": "castle"}),
        (["hat", "key"], {"thing": "hat", "second": "key"}),
        (["forest", "key"], {"thing": "key", "place": "forest"}),
    ],
)
def test_who_takes_which_role(asked: list[str], roles: dict[str, str]) -> None:
    found, over = cast_asked([Wanted(noun) for noun in asked], random.Random(1))
    assert {name: one.noun for name, one in found.items()} == roles
    assert over == ()


def test_a_name_with_a_thing() -> None:
    found, _ = cast_asked([Wanted("", "Noah"), Wanted("digger")], random.Random(1))
    assert found["hero"].name == "Noah" and found["thing"].noun == "digger"


def test_what_is_too_much_is_left_over() -> None:
    found, over = cast_asked([Wanted(n) for n in ("cat", "dog", "cow")], random.Random(1))
    assert set(found) == {"hero", "friend"}
    assert [one.noun for one in over] == ["cow"]


def test_a_vehicle_may_be_the_hero_or_the_thing() -> None:
    heroes = {
        next(iter(cast_asked([Wanted("tractor")], random.Random(seed))[0])) for seed in range(20)
    }
    assert heroes == {"hero", "thing"}


def test_a_thing_with_a_name_is_somebody() -> None:
    found, _ = cast_asked([Wanted("kite", "Bob")], random.Random(1))
    assert found["hero"].kind == "being" and found["hero"].actor == "Bob"


def test_a_thing_of_the_list_is_wanted() -> None:
    lily, cat = find_thing("Lily"), find_thing("cats")
    assert lily is not None and cat is not None
    assert wanted(lily) == Wanted("", "Lily")
    assert wanted(cat) == Wanted("cat")


def test_as_a_tag_speaks_of_them() -> None:
    assert role(Wanted("cat", "Mimi")).actor == "Mimi"
    assert role(Wanted("fire truck")).actor == "truck"
    assert role(Wanted("brother", "", True)).actor == "brothers"
    assert role(Wanted("cat", "Mimi")).words == {"cat", "mimi"}


def test_a_slot_that_begins_a_sentence_has_a_capital() -> None:
    roles = {"hero": role(Wanted("duck")), "friend": role(Wanted("fox"), "friend")}
    met: set[str] = set()
    text = '{a hero} met {a friend}. {the friend} said, "{the hero}!" and {a friend} ran.'
    assert fill(text, roles, {}, met) == (
        'A duck met a fox. The fox said, "The duck!" and the fox ran.'
    )
    assert met == {"hero", "friend"}


@pytest.mark.parametrize("slot", ["nobody", "the nobody", "colour hero"])
def test_a_slot_without_a_meaning_is_named(slot: str) -> None:
    with pytest.raises(KeyError, match=slot):
        fill(f"x {{{slot}}}", {"hero": role(Wanted("duck"))}, {}, set())


def test_what_several_say() -> None:
    said = said_by_many('The cats said, "I lost my hat. I am sad, and I was late. Help me!" I ran.')
    assert said == (
        'The cats said, "We lost our hat. We are sad, and we were late. Help us!" I ran.'
    )


def test_whose_it_is() -> None:
    roles = {"hero": role(Wanted("brother", "", True))}
    assert fill("{the hero}'s house", roles, {}, set()) == "The brothers' house"
