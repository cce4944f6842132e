"""What is listened for as a list of phrases, for a recogniser without grammars: Vosk (pure)."""

from __future__ import annotations

from collections.abc import Sequence

from storybot.language.choices import BY_NUMBER
from storybot.language.request_patterns import STYLES
from storybot.language.spoken_grammar import (
    COMMANDS,
    Form,
    answer_sentences,
    call_sentences,
    correction_sentences,
    topics_of,
    words_of,
)
from storybot.language.things import Thing, plain


def phrase_list(keyphrase: str, things: Sequence[Thing]) -> list[str]:
    """Phrases and single words: what is listened for in every state but the story's."""
    topics = topics_of(things)
    about = [f"about {plain(thing.name or thing.phrase)}" for thing in things]
    many = topics.forms.get(Form.MANY, ())
    counted = [f"{few} {form}" for few in ("two", "three") for form in many]
    called = [f"called {name}" for name in topics.names]
    words = words_of(
        call_sentences(keyphrase, topics),
        answer_sentences(keyphrase, topics),
        correction_sentences(topics),
    )
    call = [keyphrase, *_styled(keyphrase)]
    return [*call, *COMMANDS, *BY_NUMBER, *about, *counted, *called, *sorted(words)]


def _styled(call: str) -> list[str]:
    """The call for a story of each style: "tell me a long story"."""
    before, story, after = call.partition("story")
    return [f"{before}{style} {story}{after}" for style in STYLES] if story and before else []
