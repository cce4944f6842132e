"""All rules in the order in which they are asked: the cheap ones and the worst faults first."""

from __future__ import annotations

from collections.abc import Callable

from storybot.telling.editor import form, naming, obeying, speaking, wording
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
    naming.stranger,
    naming.named_twice,
    naming.wrong_actor,
    naming.wrong_pronoun,
    speaking.wrong_speaker,
    obeying.early_end,
    wording.broken_phrase,
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
