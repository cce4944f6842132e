"""The drafts engine as a child process: what it is told, what it answers, that it always ends."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from pathlib import Path

import pytest

from storybot.config.schema import TellingSettings
from storybot.errors import Exit, StorybotError
from storybot.system.engine_program import CHECKOUT_ENGINE
from storybot.telling.drafts import Draft, DraftsEngine, escaped, unescaped
from storybot.telling.plan import End
from tests.telling.test_engine import wait_until_gone

PROGRAM = Path(__file__).parents[1] / "fakes" / "fake_drafts.py"
MODEL = Path(__file__).parents[2] / "storybot" / "data" / "default.story"
QUICK = TellingSettings(first_deadline=20.0)
needs_engine = pytest.mark.skipif(
    not CHECKOUT_ENGINE.exists(), reason="needs the engine (make engine)"
)


def engine(manner: str, **settings: object) -> DraftsEngine:
    changed = replace(QUICK, **settings)  # type: ignore[arg-type]
    return DraftsEngine(changed, PROGRAM, Path("/models") / manner)


async def drafted(one: DraftsEngine) -> tuple[Draft, ...]:
    await one.start()
    try:
        await one.told("Once.")
        return await one.draft("duck: lost", " The duck", 2, 7, End.SENTENCE)
    finally:
        await one.stop()


def fault_of(one: DraftsEngine) -> StorybotError:
    with pytest.raises(StorybotError) as caught:
        asyncio.run(drafted(one))
    assert one.pid is None
    assert "\n" not in str(caught.value)
    return caught.value


def test_drafts_come_as_they_were_written() -> None:
    first, second = asyncio.run(drafted(engine("whole")))
    assert first == Draft(0, 7, -3.5, -29.25, "sentence", " The duck was\n lost.")
    assert (second.index, second.end, second.text) == (1, "tokens", "a back\\slash")


def test_what_the_engine_is_told() -> None:
    async def talk() -> str:
        one = engine("whole")
        await one.start()
        await one.told("One.\nTwo \\ three.")
        drafts = await one.draft("fox says: hat", '\n"', 2, 9, End.QUOTATION, ("My", "hat"))
        await one.keep(drafts[1])
        await one.draft("", "", 1, 8, End.SENTENCE)
        await one.drop()
        assert one._process is not None and one._process.stdin is not None
        one._process.stdin.close()
        assert one._errors is not None
        said = await one._errors
        await one.stop()
        return said

    assert asyncio.run(talk()).splitlines() == [
        "told One.\\nTwo \\\\ three.",
        "plan fox says: hat",
        'begin \\n"',
        "bias 5 My hat",
        "draft 2 9 quotation 40",
        "keep 1",
        "draft 1 8 sentence 40",
        "drop",
    ]


def test_whether_the_model_knows_keywords() -> None:
    for manner, knows in (("whole", True), ("plain", False)):
        one = engine(manner)
        asyncio.run(drafted(one))
        assert one.knows_keywords is knows


@pytest.mark.parametrize(
    ("manner", "code", "sentence"),
    [
        ("bad-model", Exit.MODEL, "the engine gave up: the model is cut short; get it again"),
        ("crash", Exit.ENGINE, "the engine was ended by SIGSEGV"),
        ("ends", Exit.ENGINE, "the engine gave up"),
        ("refuses", Exit.ENGINE, "the engine gave up: the story is full"),
        ("raves", Exit.ENGINE, "'draft one two three', which is no draft"),
        ("endless", Exit.ENGINE, "which is no draft"),
    ],
)
def test_faults_are_told_in_one_sentence(manner: str, code: Exit, sentence: str) -> None:
    fault = fault_of(engine(manner))
    assert fault.code == code
    assert sentence in str(fault)


@pytest.mark.parametrize("manner", ["mute", "hang", "deaf"])
def test_an_engine_that_hangs_is_ended_at_its_deadline(manner: str) -> None:
    began = time.monotonic()
    assert "silent for 2 s" in str(fault_of(engine(manner, first_deadline=2.0)))
    assert time.monotonic() - began < 15


def test_an_engine_that_is_not_there() -> None:
    one = DraftsEngine(QUICK, Path("/nowhere/storyteller"), Path("/m"))
    assert "cannot be started" in str(fault_of(one))


def test_a_stop_ends_it_at_once_and_leaves_nothing() -> None:
    async def scene() -> int:
        one = engine("hang")
        asking = asyncio.create_task(drafted(one))
        while one.pid is None:
            await asyncio.sleep(0.01)
        pid = one.pid
        await asyncio.sleep(0.2)
        await one.stop(grace=0.1)
        with pytest.raises(StorybotError):
            await asking
        return pid

    assert wait_until_gone(asyncio.run(scene()))


def test_one_story_at_a_time() -> None:
    async def twice() -> None:
        one = engine("whole")
        await one.start()
        try:
            with pytest.raises(RuntimeError):
                await one.start()
        finally:
            await one.stop()

    asyncio.run(twice())


@pytest.mark.parametrize("text", ["", "a", "\n", "\\", "\\n", "\\\\n", "a\\\nb\r", "\\r\\", "é…"])
def test_any_text_is_one_line_and_comes_back(text: str) -> None:
    assert "\n" not in escaped(text) and "\r" not in escaped(text)
    assert unescaped(escaped(text)) == text


@needs_engine
def test_the_real_engine_draws_the_same_drafts_again() -> None:
    async def drafts() -> tuple[Draft, ...]:
        one = DraftsEngine(QUICK, CHECKOUT_ENGINE, MODEL)
        await one.start()
        try:
            await one.told("Once upon a time, there was a duck.")
            first = await one.draft("", " The duck", 4, 7, End.SENTENCE)
            await one.keep(first[0])
            await one.told(" It was a fine day.")
            second = await one.draft("", '\nThe duck said, "', 4, 8, End.QUOTATION)
            await one.drop()
            return first + second
        finally:
            await one.stop()

    once, again = asyncio.run(drafts()), asyncio.run(drafts())
    assert once == again
    assert len({draft.text for draft in once}) > 4
    assert all(draft.in_story < 0 and draft.alone < 0 and draft.tokens > 0 for draft in once)
    assert all(draft.text.rstrip()[-1] in '.!?"' for draft in once if draft.end == "sentence")
