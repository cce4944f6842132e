"""The grammar of what is listened for."""

from __future__ import annotations

from collections.abc import Sequence

from storybot.language import spoken_grammar
from storybot.language.automaton import Transition
from storybot.language.listening import ListenFor
from storybot.language.spoken_grammar import Topics


def sentences(
    what: ListenFor, keyphrase: str, topics: Topics, between: Sequence[str]
) -> list[Transition]:
    """`between`: words of which one is awaited as the answer (ListenFor.CHOICE)."""
    if what is ListenFor.STOP:
        return spoken_grammar.stop_sentences()
    if what is ListenFor.CORRECTION:
        return spoken_grammar.correction_sentences(topics)
    if what is ListenFor.CHOICE:
        return spoken_grammar.choice_sentences(keyphrase, topics, between)
    if what is ListenFor.REQUEST:
        return spoken_grammar.answer_sentences(keyphrase, topics)
    return spoken_grammar.call_sentences(keyphrase, topics)
