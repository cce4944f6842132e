"""Which of two sound drafts is told."""

from __future__ import annotations

from dataclasses import replace

from storybot.telling.editor.ranking import Likelihood, obeyed, rank
from tests.telling.editor.scenes import BEAT, reading

ASKED = replace(BEAT, keywords=("Lost", "hat"))
FAIR = Likelihood(5, -5.0, -10.0)


def test_keywords_count_in_their_very_form_and_others_half() -> None:
    assert obeyed(reading("She lost her hat."), ASKED) == 2.0
    assert obeyed(reading("She loses a hut."), ASKED) == 0.0
    assert obeyed(reading("She looked."), replace(BEAT, keywords=("looking",))) == 0.5
    assert obeyed(reading("The hat's gone."), ASKED) == 1.0


def test_a_keyword_more_is_worth_more_than_likelihood() -> None:
    better = rank(reading("She lost her hat."), ASKED, Likelihood(5, -9.0, -10.0))
    assert better > rank(reading("She lost it all."), ASKED, FAIR)


def test_what_only_this_story_makes_likely_is_preferred() -> None:
    draft = reading("They were very happy.")
    assert rank(draft, BEAT, Likelihood(5, -5.0, -20.0)) > rank(draft, BEAT, FAIR)
    assert rank(draft, BEAT, Likelihood(5, -3.0, -10.0)) > rank(draft, BEAT, FAIR)


def test_a_draft_of_no_tokens_has_a_rank() -> None:
    assert rank(reading(""), BEAT, Likelihood(0, 0.0, 0.0)) == 0.0
