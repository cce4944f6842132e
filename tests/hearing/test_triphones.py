from __future__ import annotations

from storybot.hearing.recognisers.pocketsphinx.triphones import (
    BEGIN,
    END,
    INTERNAL,
    PLACES,
    SINGLE,
    Triphone,
    asked_for,
    context_tree,
)

SILENCE, A, B, C = range(4)


def test_a_word_asks_for_its_ends_beside_all_that_may_be_its_neighbour() -> None:
    asked = asked_for([[A, B, C]], SILENCE)
    assert asked == {
        (BEGIN, A, SILENCE, B),
        (BEGIN, A, C, B),
        (INTERNAL, B, A, C),
        (END, C, B, SILENCE),
        (END, C, B, A),
    }


def test_a_word_of_one_phone_has_neighbours_on_both_sides() -> None:
    asked = asked_for([[A], [B, C]], SILENCE)
    assert {t for t in asked if t[0] == SINGLE} == {
        (SINGLE, A, left, right) for left in (SILENCE, A, C) for right in (SILENCE, A, B)
    }
    assert (BEGIN, B, A, C) in asked and (END, C, B, A) in asked


def test_the_tree_leads_to_each_leaf() -> None:
    leaves: dict[Triphone, int] = {
        (INTERNAL, A, B, C): 7,
        (INTERNAL, A, B, SILENCE): 8,
        (INTERNAL, A, C, C): 9,
        (END, C, B, A): 10,
    }
    tree = context_tree(leaves, phones=4)
    assert [node[0] for node in tree[:PLACES]] == [INTERNAL, BEGIN, END, SINGLE]
    found: dict[Triphone, int] = {}

    def walk(nodes: range, path: tuple[int, ...]) -> None:
        for context, below, leads in (tree[number] for number in nodes):
            if below:
                walk(range(leads, leads + below), (*path, context))
            elif leads >= 0:
                place, phone, left, right = (*path, context)
                found[place, phone, left, right] = leads

    walk(range(PLACES), ())
    assert found == leaves
