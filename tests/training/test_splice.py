"""Needs sentencepiece, which only training needs; skips without it."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="PyTorch is installed by `make train` only")
pytest.importorskip("sentencepiece", reason="sentencepiece is installed by `make train` only")

from training.splice import CLOSE, OPEN, splice
from training.tokenizer import train

STORY = 'The duck was sad.\nOne day, she said, "Zoë — hello!" They saw a boat.'


@pytest.fixture(scope="module")
def processor(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    folder: Path = tmp_path_factory.mktemp("tokenizer")
    return train([STORY] * 40, 700, folder / "tokenizer")


def test_the_text_keeps_its_tokens(processor) -> None:  # type: ignore[no-untyped-def]
    tags = [(0, ""), (18, "she says: Zoë hello"), (STORY.index(" They"), "boat")]
    spliced = splice(processor, STORY, tags)
    assert spliced.ids[spliced.owners >= 0].tolist() == processor.encode(STORY)
    keywords = [spliced.ids[spliced.owners == -k].tolist() for k in (1, 2)]
    assert all(one[0] == OPEN and one[-1] == CLOSE for one in keywords if one)
    last = int(spliced.owners.max())
    assert processor.decode(spliced.ids[spliced.owners == last].tolist()) == "They saw a boat."


def test_a_sentence_that_begins_inside_a_piece_sees_no_keywords(processor) -> None:  # type: ignore[no-untyped-def]
    pieces = [processor.id_to_piece(one) for one in processor.encode(STORY)]
    at = STORY.index("boat") + 1
    assert any(piece.endswith("boat") for piece in pieces), pieces
    spliced = splice(processor, STORY, [(0, ""), (18, "she says: hello"), (at, "never")])
    assert set(spliced.owners.tolist()) == {0, -2, 2}
    assert spliced.owners[-1] == 0  # of the full stop


def test_keywords_without_room_for_their_positions_are_left_out(processor) -> None:  # type: ignore[no-untyped-def]
    spliced = splice(processor, STORY, [(0, "duck: sad")])
    assert spliced.owners.tolist() == [0] * len(processor.encode(STORY))
