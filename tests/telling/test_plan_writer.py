"""A whole story from a plan: with the real engine, and with one whose drafts are given."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from storybot.config.schema import TellingSettings
from storybot.language.safety_filter import load_filter
from storybot.language.sentence_splitting import Sentence
from storybot.language.things import load_things
from storybot.stories.story_request import new_story_request
from storybot.system.engine_program import CHECKOUT_ENGINE
from storybot.telling.best_draft import ENOUGH, ROUNDS
from storybot.telling.drafts import Draft
from storybot.telling.engine import Engine
from storybot.telling.plan import Beat, Chapter, End, Length, Plan
from storybot.telling.plan_writer import PlanWriter
from storybot.telling.story_pipeline import StoryPipeline
from tests.telling.editor.scenes import BEAT, CAST
from tests.telling.test_engine import wait_until_gone

MODEL = Path(__file__).parents[2] / "storybot" / "data" / "default.story"
needs_engine = pytest.mark.skipif(
    not CHECKOUT_ENGINE.exists(), reason="needs the engine (make engine)"
)
CAT = next(thing for thing in load_things() if thing.word == "cat")
GIVEN = replace(BEAT, begin="Once there was a duck.", told=True)
LOST = replace(BEAT, begin="The duck", plain_begin="The duck", sentence="The duck lost her hat.")


class GivenDrafts:
    """Speaks the interface of DraftsEngine; `answers` are the texts of each command's drafts."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.said: list[str] = []
        self.drawn: dict[int, list[str]] = {}
        self.knows_keywords = True
        self.room = 500

    async def start(self) -> None:
        self.said.append("start")

    async def stop(self, grace: float = 0.0) -> None: ...

    async def told(self, text: str) -> None:
        self.said.append(f"told {text!r}")

    async def draft(
        self, tag: str, begin: str, number: int, seed: int, end: End, guides: Sequence[str] = ()
    ) -> tuple[Draft, ...]:
        self.said.append(f"draft [{tag}] {begin!r} {end.value}")
        self.guides = tuple(guides)
        if seed not in self.drawn:  # the same seed gives the same drafts
            self.drawn[seed] = self.answers.pop(0) if self.answers else [" saw the duck."]
        texts = self.drawn[seed]
        return tuple(Draft(k, 5, -5.0 - k, -10.0, end.value, t) for k, t in enumerate(texts))

    async def keep(self, draft: Draft) -> None:
        self.said.append(f"keep {draft.index}")

    async def drop(self) -> None:
        self.said.append("drop")


def written(
    engine: GivenDrafts, *beats: Beat, allows: Callable[[str], bool] = lambda text: True
) -> tuple[list[Sentence], PlanWriter]:
    chapter = Chapter("a plot", CAST, "", beats)
    writer = PlanWriter(cast(Any, engine), Plan((chapter,), Length.SHORT, False), 5, 2, allows)

    async def collect() -> list[Sentence]:
        return [sentence async for sentence in writer.sentences()]

    return asyncio.run(collect()), writer


def test_the_best_draft_that_breaks_no_rule_is_told() -> None:
    engine = GivenDrafts([" saw the duck.", " lost her yellow hat.", " lost it all."])
    sentence = "The duck lost her yellow hat."
    beat = replace(LOST, actors=("Dotty",), sentence=sentence, paragraph=True)
    beat = replace(beat, keywords=("lost", "hat"))
    sentences, writer = written(engine, GIVEN, beat)
    assert sentences == [
        Sentence("Once there was a duck.", 1),
        Sentence("The duck lost her yellow hat.", 2, paragraph=True),
    ]
    assert engine.said == [
        "start",
        "told 'Once there was a duck.'",
        "draft [Dotty: lost hat] '\\nThe duck' sentence",
        "keep 1",
    ]
    assert writer.counts.faults == {"named_twice": 1}
    assert (writer.counts.words_told, writer.counts.words_written) == (7, 4)


def test_a_beat_without_a_good_draft_is_told_by_the_plan_or_left_out() -> None:
    engine = GivenDrafts()
    sentences, writer = written(engine, GIVEN, LOST)
    assert [one.text for one in sentences] == [GIVEN.begin, LOST.sentence]
    assert writer.counts.given_up == 1
    assert writer.counts.drafts == ROUNDS
    sentences, writer = written(GivenDrafts(), GIVEN, replace(LOST, optional=True))
    assert [one.text for one in sentences] == [GIVEN.begin]
    assert writer.counts.skipped == 1


def test_the_first_sentence_waits_for_no_engine() -> None:
    class Slow(GivenDrafts):
        async def start(self) -> None:
            await super().start()
            await asyncio.sleep(60)

    async def first() -> str:
        chapter = Chapter("a plot", CAST, "", (GIVEN, LOST))
        plan = Plan((chapter,), Length.SHORT, False)
        writer = PlanWriter(cast(Any, Slow()), plan, 5, 2, lambda text: True)
        async with aclosing(writer.sentences()) as sentences:
            return (await anext(sentences)).text

    assert asyncio.run(asyncio.wait_for(first(), 5)) == GIVEN.begin


def test_a_second_round_has_another_seed_and_may_succeed() -> None:
    engine = GivenDrafts([" saw the duck."], [" lost her hat."])
    sentences, _ = written(engine, LOST)
    assert sentences[0].text == "The duck lost her hat."
    assert engine.said.count("drop") == 1


def test_the_best_of_two_rounds_is_drawn_again() -> None:
    texts = [" lost her bag."], [" sat on a chair."]
    engine = GivenDrafts(*texts)
    sentences, writer = written(engine, replace(LOST, sentence="The duck lost her hat today."))
    assert sentences[0].text == "The duck lost her bag."
    assert writer.counts.drafts == ENOUGH + 1
    assert [line.split()[0] for line in engine.said[-3:]] == ["drop", "draft", "keep"]


FAR = [" sat on a chair and ate some bread."]


def test_a_draft_far_from_its_plan_is_told_by_the_plan_where_the_model_has_written_enough() -> None:
    own = replace(LOST, begin="", plain_begin="", sentence="The duck saw a tree by the old wall.")
    beats = [replace(own, sentence=own.sentence.replace("tree", word)) for word in ("hen", "gate")]
    engine = GivenDrafts(FAR, FAR)
    sentences, writer = written(engine, LOST, *beats, *[own] * 3)
    assert sentences[0].text == LOST.sentence
    assert writer.counts.given_up >= 1
    sentences, writer = written(GivenDrafts(FAR, FAR, FAR), GIVEN, LOST)  # half would be told
    assert sentences[1].text == f"The duck{FAR[0]}"
    assert writer.counts.given_up == 0


def test_an_optional_beat_with_a_poor_draft_is_left_out() -> None:
    sentences, writer = written(GivenDrafts(FAR, FAR), GIVEN, replace(LOST, optional=True))
    assert [one.text for one in sentences] == [GIVEN.begin]
    assert writer.counts.skipped == 1


def test_drafts_are_drawn_to_the_words_of_the_plan() -> None:
    engine = GivenDrafts([" lost her hat."])
    written(engine, LOST)
    assert engine.guides == ("lost", "her", "hat", ".")


def test_who_spoke_is_told_after_words_that_wait_for_it() -> None:
    beat = replace(
        BEAT,
        begin='"I have',
        sentence='"I have lost my hat," said the fox.',
        end=End.QUOTATION,
    )
    sentences, _ = written(GivenDrafts([' lost my hat,"']), GIVEN, beat)
    assert sentences[1].text == '"I have lost my hat," said the fox.'
    sentences, _ = written(GivenDrafts([' lost my hat."']), GIVEN, beat)
    assert sentences[1].text == '"I have lost my hat."'


def test_a_model_without_keywords_gets_longer_beginnings() -> None:
    engine = GivenDrafts([" her hat."])
    engine.knows_keywords = False
    beat = replace(LOST, keywords=("lost",), plain_begin="The duck lost")
    sentences, _ = written(engine, beat)
    assert sentences[0].text == "The duck lost her hat."
    assert engine.said[1] == "draft [] 'The duck lost' sentence"


def test_an_unsuitable_draft_is_thrown_away() -> None:
    engine = GivenDrafts([" found a knife.", " found a spoon."])
    sentences, writer = written(engine, LOST, allows=lambda text: "knife" not in text)
    assert sentences[0].text == "The duck found a spoon."
    assert writer.counts.faults["unsuitable"] >= 1


def test_a_full_context_begins_anew_with_beginning_and_end() -> None:
    things = {"Now": "tree", "Then": "hat", "Later": "pond"}
    beats = [
        replace(LOST, begin=f"{word} she", sentence=f"{word} she saw a {thing}.")
        for word, thing in things.items()
    ]

    class Full(GivenDrafts):
        async def keep(self, draft: Draft) -> None:
            await super().keep(draft)
            self.room = 500 - 200 * self.said.count("keep 0")

    engine = Full([" saw a tree."], [" saw a hat."], [" saw a pond."])
    sentences, _ = written(engine, GIVEN, *beats)
    assert [one.number for one in sentences] == [1, 2, 3, 4]
    assert engine.said.count("start") == 2
    again = engine.said[engine.said.index("start", 1) + 1]
    assert again == "told 'Now she saw a tree. Then she saw a hat.'"


def pipeline(telling: TellingSettings, runs: int = 1) -> StoryPipeline:
    return StoryPipeline(lambda: Engine(telling, CHECKOUT_ENGINE, MODEL), load_filter(), runs)


def story(seed: int = 3, length: str = "short", **settings: Any) -> list[str]:
    telling = TellingSettings(length=length, **settings)
    line = pipeline(telling)

    async def collect() -> list[str]:
        request = new_story_request((CAT,), seed, telling)
        texts = [sentence.text async for sentence in line.sentences(request)]
        assert line.engine is None
        assert line.figures is not None and line.figures.ended
        return texts

    return asyncio.run(collect())


@needs_engine
def test_the_real_engine_tells_the_same_story_again() -> None:
    first = story()
    assert first == story()
    assert len(first) > 6
    assert any("cat" in sentence for sentence in first)
    assert first != story(seed=4)


@needs_engine
def test_the_number_of_drafts_belongs_to_the_story() -> None:
    assert story(drafts=1) != story(drafts=8)


@needs_engine
def test_a_long_story_has_chapters() -> None:
    sentences = story(length="long", drafts=2)
    assert sum(len(sentence.split()) for sentence in sentences) > 400


@needs_engine
def test_an_engine_that_dies_in_the_midst_of_a_story_is_run_again() -> None:
    telling = TellingSettings(length="short")

    async def scene() -> list[str]:
        line = pipeline(telling, runs=2)
        told: list[str] = []
        async for sentence in line.sentences(new_story_request((CAT,), 3, telling)):
            told.append(sentence.text)
            if len(told) == 4 and line.engine is not None and line.engine.pid is not None:
                os.kill(line.engine.pid, signal.SIGKILL)
        return told

    assert asyncio.run(scene()) == story()


@needs_engine
@pytest.mark.parametrize("plot", ["on", "off"])
def test_a_stop_in_the_midst_of_a_story_is_no_error(plot: str) -> None:
    telling = TellingSettings(plot=plot)

    async def scene() -> int:
        line = pipeline(telling)
        told, pid = 0, 0
        async for _ in line.sentences(new_story_request((CAT,), 1, telling)):
            told += 1
            assert line.engine is not None
            pid = line.engine.pid or pid
            if told == 3:
                await line.engine.stop(0.1)
        assert told >= 3  # and what was written before the stop: a fast engine is at the end
        return pid

    assert wait_until_gone(asyncio.run(scene()))
