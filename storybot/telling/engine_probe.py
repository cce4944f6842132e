"""A few tokens from the engine in the way in which stories are written: does it work?"""

from __future__ import annotations

from contextlib import aclosing

from storybot.language.openings import TEST_OPENING, TEST_SENTENCE
from storybot.telling.engine import Engine

SEED = 1


async def probe(engine: Engine, planned: bool, tokens: int) -> None:
    """Have at most `tokens` written, as drafts where stories are `planned`.

    StorybotError when model or engine does not work.
    """
    if planned:
        await _draft(engine)
        return
    async with aclosing(engine.tell(TEST_OPENING, SEED, tokens)) as pieces:
        async for _ in pieces:
            pass


async def _draft(engine: Engine) -> None:
    """Every command of the drafts' protocol once."""
    from storybot.telling.plan import End  # with plans: not in memory before they are used

    drafts = engine.drafts()
    try:
        await drafts.start()
        await drafts.told(TEST_SENTENCE)
        tag = "duck: hat" if drafts.knows_keywords else ""
        found = await drafts.draft(tag, " The duck", 1, SEED, End.SENTENCE, ("lost", "hat"))
        await drafts.keep(found[0])
        await drafts.drop()
    finally:
        await drafts.stop()
