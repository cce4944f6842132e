"""Which of two sound drafts is told."""

from __future__ import annotations

from dataclasses import replace

from storybot.telling.editor.ranking import Likelihood, nearness, obeyed, rank, turned_up
from tests.telling.editor.scenes import BEAT, reading, scene

ASKED = replace(BEAT, keywords=("Lost", "hat"))
FAIR = Likelihood(5, -5.0, -10.0)


def test_keywords_count_in_their_very_form_and_others_half() -> None:
    assert obeyed(reading("She lost her hat."), ASKED) == 2.0
    assert obeyed(reading("She loses a hut."), ASKED) == 0.0
    assert obeyed(reading("She looked."), replace(BEAT, keywords=("looking",))) == 0.5
    assert obeyed(reading("The hat's gone."), ASKED) == 1.0


PLANNED = replace(BEAT, keywords=("lost", "hat"), sentence="One day, the duck lost her hat.")
HERE = scene(keywords=PLANNED.keywords, sentence=PLANNED.sentence)


def test_the_planned_words_in_their_order_are_worth_more_than_likelihood() -> None:
    better = rank(reading("One day, the duck lost a hat."), HERE, Likelihood(5, -9.0, -10.0))
    assert better > rank(reading("The duck was lost, and it was sad."), HERE, FAIR)


def test_nearness_counts_what_both_say_in_the_same_order() -> None:
    assert nearness(reading(PLANNED.sentence), PLANNED) == 1.0
    assert nearness(reading("One day, |the duck lost her hat."), PLANNED) == 1.0
    turned = nearness(reading("One day, |her hat lost the duck."), PLANNED)
    longer = nearness(reading("One day, |the duck lost her hat and found a big ball."), PLANNED)
    assert 0.0 < turned < longer < 1.0
    assert nearness(reading("They were very happy."), PLANNED) == 0.0
    whose = replace(BEAT, sentence="It was the duck's well-known hat.")
    assert nearness(reading(whose.sentence), whose) == 1.0
    mine = replace(BEAT, sentence='The duck asked, "Where is your mother?"')
    yours = nearness(reading('The duck asked, "Where is your father?"'), mine)
    assert yours > nearness(reading('The duck asked, "Where is my father?"'), mine)


def test_who_acts_on_what_counts_more_than_how() -> None:
    cast = frozenset(("duck", "hat"))
    planned = replace(BEAT, sentence="The wind carried the hat into the tall tree.")
    right = reading("The wind blew the hat into the tree.")
    swapped = reading("The wind carried the duck into the tall tree.")
    assert nearness(right, planned) < nearness(swapped, planned)
    assert nearness(right, planned, cast) > nearness(swapped, planned, cast)


def test_what_turns_up_from_nowhere_ranks_lower() -> None:
    cake = reading("One day, the duck lost her cake.")
    assert turned_up(cake, HERE) == {"cake"}
    assert turned_up(cake, scene(("There was a cake.",), sentence=PLANNED.sentence)) == set()
    assert turned_up(reading("The duck lost a big hat."), HERE) == set()
    told = scene(("A cake.",), keywords=PLANNED.keywords, sentence=PLANNED.sentence)
    assert rank(cake, told, FAIR) > rank(cake, HERE, FAIR)


def test_what_denies_the_plan_ranks_lower() -> None:
    denied = rank(reading("One day, the duck never lost her hat."), HERE, FAIR)
    assert rank(reading("One day, the duck just lost her hat."), HERE, FAIR) > denied + 1.0


def test_what_only_this_story_makes_likely_is_preferred() -> None:
    draft = reading("They were very happy.")
    assert rank(draft, scene(), Likelihood(5, -5.0, -20.0)) > rank(draft, scene(), FAIR)
    assert rank(draft, scene(), Likelihood(5, -3.0, -10.0)) > rank(draft, scene(), FAIR)


def test_a_draft_of_no_tokens_has_a_rank() -> None:
    assert rank(reading(""), scene(), Likelihood(0, 0.0, 0.0)) == 0.0
