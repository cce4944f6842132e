"""The report on stories from plans, and the set to be read blind, with the real engine."""

from __future__ import annotations

import lzma
from pathlib import Path

import pytest

from storybot.measuring import plot_report, reading_set
from storybot.measuring.plot_counts import (
    last_third,
    obedience,
    shared,
    speaks_of,
    words_by_model,
    words_guided,
    wrong_speakers,
)
from storybot.measuring.recorded_drafts import Asked, Record
from storybot.measuring.requests import harder_requests, single_requests
from storybot.measuring.story_table import Row, table_text
from storybot.system.engine_program import CHECKOUT_ENGINE
from storybot.telling.drafts import Draft

needs_engine = pytest.mark.skipif(
    not CHECKOUT_ENGINE.exists(), reason="needs the engine (make engine)"
)
REAL = "A cat sat. " + "The cat ran to the park and saw a tree and a bird. " * 8


def draft(index: int, text: str) -> Draft:
    return Draft(index, 4, -1.0, -2.0, "sentence", text)


def record() -> Record:
    drafts = (draft(0, " lost her hat."), draft(1, ' hat," said the fox.'))
    return Record(
        ["Once there was a duck."],
        [
            Asked("duck says: lost hat", ' "My', drafts, ("lost", "hat"), drafts[1]),
            Asked("", " The duck", ()),
        ],
    )


def test_what_is_asked_for() -> None:
    single = single_requests()
    assert len(single) > 400
    assert single[0].line.startswith("a story about a ")
    harder = harder_requests(1)
    assert harder == harder_requests(1) and len(harder) == 100
    assert " named " in harder[0].line and " and " in harder[1].line
    assert len(harder[1].words) == 2


def test_the_end_and_what_it_speaks_of() -> None:
    assert last_third("One two three. Four five six.") == "five six."
    assert last_third("") == ""
    assert speaks_of("The ponies' puppies, Mia's wolves.", ("pony", "Mia", "wolf", "puppies"))
    assert not speaks_of("A pond.", ("pony",))
    assert speaks_of("A big truck came.", ("fire truck",))


def test_stories_of_one_plot_are_compared() -> None:
    one, other = "a b c d e f", "a b c d e g"
    assert shared([("p", one), ("p", other), ("q", one)]) == 0.5
    assert shared([("p", one), ("q", one)]) == 0.0


def test_obedience_and_words_are_counted_from_what_was_sent() -> None:
    found = obedience([record()], {"lost": 4, "hat": 8})
    assert found["single"] == {"all": 0.75, "common": 0.5, "less common": 1.0}
    assert found["kept"] == {"all": 0.5, "common": 0.0, "less common": 1.0}
    assert words_by_model(record()) == 4 / 10
    assert words_guided(record()) == 1 / 4
    assert wrong_speakers(record(), {"duck": "she", "fox": "he"}) == 1
    assert "duck says: lost hat" in record().given


def test_a_column_may_have_fewer_rows() -> None:
    table = table_text({"a": [Row("x", "1", "2"), Row("y", "3", "")], "b": [Row("y", "4", "")]})
    assert table.splitlines()[2:] == ["| x | 1 |  | 2 |", "| y | 3 | 4 |  |"]


@needs_engine
def test_the_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--engine", str(CHECKOUT_ENGINE), "--sample", "2", "--drafts", "2"]
    options += ["--length", "short", "--stories", str(tmp_path)]
    assert plot_report.main(options) == 0
    said = capsys.readouterr().out
    for row in ("stories", "somebody twice", "words by the model, median", "tokens drawn for one"):
        assert f"| {row}" in said
    assert "different stories in 2 about a cat" in said
    assert (tmp_path / "stories.md").read_text().count("## a story about") == 2


@needs_engine
def test_a_report_without_a_model_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--engine", str(CHECKOUT_ENGINE), "--sample", "1", "--model", str(tmp_path / "no")]
    assert plot_report.main(options) != 0
    assert capsys.readouterr().err.startswith("eval-stories: the engine gave up")


@needs_engine
def test_stories_to_be_read_blind(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    text = f"{REAL}\n<|endoftext|>\nToo short.\n<|endoftext|>\n"
    (tmp_path / "corpus" / "tinystories-valid.txt.xz").write_bytes(lzma.compress(text.encode()))
    out = tmp_path / "out"
    options = [str(out), "--seed", "abc", "--engine", str(CHECKOUT_ENGINE), "--each", "1"]
    assert reading_set.main([*options, "--shared", str(tmp_path)]) == 0
    stories, key = (out / "stories.md").read_text(), (out / "key.txt").read_text()
    assert stories.count("## ") == 3 and "plot" not in stories
    assert sorted(line.partition(" ")[2] for line in key.splitlines()) == [
        "abc",
        "plans",
        "plot: off",
        "real",
    ]
    assert "a story about a cat\n\nA cat sat." in stories


def test_a_reading_set_needs_the_validation_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert reading_set.main([str(tmp_path), "--shared", str(tmp_path)]) == 1
    assert "tinystories-valid.txt.xz is missing" in capsys.readouterr().err
