"""The token files: the corpus, changed, and a teacher's stories. Needs sentencepiece; skips."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="PyTorch is installed by `make train` only")
pytest.importorskip("sentencepiece", reason="sentencepiece is installed by `make train` only")

from training.batches import Tokens, save_tokens
from training.data import Annotator, told_stories
from training.keywords import TagMaker
from training.tokenizer import train

STORIES = [f"Once there was a cat. The cat had {number} hats." for number in range(600)]


@pytest.fixture(scope="module")
def processor(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    return train(STORIES, 330, tmp_path_factory.mktemp("tokenizer") / "tokenizer")


def annotated(processor, tagged: float) -> list[Tokens]:  # type: ignore[no-untyped-def]
    annotator = Annotator(processor, TagMaker.of(STORIES, ["cat"]), tagged, processes=2)
    return annotator.all(STORIES, seed=3, changed=0, opened=0)


def test_all_stories_in_their_order_however_many_processes(processor) -> None:  # type: ignore[no-untyped-def]
    plain = annotated(processor, 0)
    assert [processor.decode(one.ids.tolist()) for one in plain] == STORIES
    assert not any(one.owners.any() for one in plain)


def test_keywords_stand_beside_the_same_text(processor) -> None:  # type: ignore[no-untyped-def]
    tagged = annotated(processor, 1)
    texts = [processor.decode(one.ids[one.owners >= 0].tolist()) for one in tagged]
    assert texts == STORIES
    assert any((one.owners < 0).any() for one in tagged)


def test_a_teachers_stories_are_read_back_as_text(processor, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    for number in range(2):
        ids = [processor.encode(STORIES[number])]
        save_tokens(tmp_path / f"told.{number:03}.npz", [Tokens.plain(one) for one in ids])
    assert told_stories(tmp_path, processor) == STORIES[:2]
    assert told_stories(tmp_path / "none", processor) == []
