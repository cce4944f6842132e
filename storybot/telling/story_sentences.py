"""A story as sentences: from an opening to an end that a listener takes for one."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

from storybot.errors import Exit, StorybotError
from storybot.language.sentence_splitting import Sentence, SentenceStream
from storybot.language.story_phrases import CLOSING_SENTENCE
from storybot.telling.engine import Engine


async def sentences_of(
    engine: Engine, opening: str, seed: int, longest: int | None = None, *, given: bool = False
) -> AsyncGenerator[Sentence, None]:
    """Yield the story's sentences as soon as each is sure.

    No half sentence is ever told: what the token limit (or a fault) cut off is left out. When the
    limit ended the story, and not the model, a closing sentence follows. Raises what
    Engine.tell() raises, after the sentences that were whole. `given`: the opening is somebody's
    own; StorybotError(Exit.USAGE) where it was cut off, or nothing was told.
    """
    stream = SentenceStream()
    number = 0
    begun = _letters(opening)  # of them in the opening that no sentence has told
    held: list[Sentence] = []  # one without an end mark: told only when more of the story follows
    async with aclosing(engine.tell(opening, seed, longest)) as pieces:
        async for piece in pieces:
            for sentence in stream.feed(piece):
                whole = [*held, sentence] if sentence.finished else held
                held = [] if sentence.finished else [sentence]
                for each in whole:
                    number, begun = each.number, begun - _letters(each.text)
                    yield each
    if engine.figures is None:  # stopped: nobody listens any more
        return
    held += stream.end()
    ended = engine.figures.ended
    if ended is None:  # an engine that does not say: a half sentence is the sign of the limit
        ended = not held or held[-1].finished
    while held and not (ended or held[-1].finished):
        held.pop()
    for last in held:
        number, begun = last.number, begun - _letters(last.text)
        yield last
    if given and (number == 0 or (begun > 0 and not ended)):
        raise _no_story()
    if not ended:
        yield Sentence(CLOSING_SENTENCE, number + 1, paragraph=True)


def _letters(text: str) -> int:
    """How many characters there are, blanks aside, which sentences do not keep."""
    return len("".join(text.split()))


def _no_story() -> StorybotError:
    return StorybotError(
        "no whole sentence of a story came behind this opening; give a shorter or another one, "
        "or raise telling.longest (--length)",
        Exit.USAGE,
    )
