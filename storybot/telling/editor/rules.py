"""All rules in the order in which they are asked: the cheap ones and the worst faults first."""

from __future__ import annotations

from collections.abc import Callable

from storybot.telling.editor import (
    clauses,
    form,
    naming,
    nouns,
    obeying,
    speaking,
    tense,
    times,
    wording,
)
from storybot.telling.editor.reading import Reading
from storybot.telling.editor.scene import Scene

Rule = Callable[[Reading, Scene], bool]  # true: the draft is thrown away

RULES: tuple[Rule, ...] = (
    form.unfinished,
    form.open_quotation,
    form.number,
    form.strange_mark,
    form.wrong_length,
    wording.unknown_word,
    obeying.banned,
    obeying.missing_need,
    tense.no_past_verb,
    tense.wrong_verb_form,
    clauses.clause_without_verb,
    clauses.loose_end,
    clauses.verb_left_out,
    clauses.let_somebody_did,
    clauses.question_without_mark,
    times.misplaced_time,
    times.misplaced_manner,
    naming.stranger,
    naming.introduced_again,
    naming.named_twice,
    naming.name_in_parts,
    naming.eats_somebody,
    nouns.eats_no_food,
    naming.wrong_actor,
    naming.wrong_pronoun,
    naming.it_for_somebody,
    speaking.wrong_speaker,
    obeying.early_end,
    wording.broken_phrase,
    nouns.noun_alone,
    wording.stutter,
    wording.word_twice,
    obeying.missing_not,
    obeying.keyword_denied,
    obeying.self_contradiction,
    wording.said_before,
    wording.echo,
    obeying.off_plan,
    wording.unsuitable,
)


def fault_of(draft: Reading, scene: Scene) -> str:
    """The name of the first rule that a draft breaks; "" for a draft that may be told."""
    return next((rule.__name__ for rule in RULES if rule(draft, scene)), "")
