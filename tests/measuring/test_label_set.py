"""Labels of a reader beside what was counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from storybot.measuring.label_set import LabelSet, agreement, main
from storybot.measuring.sentence_faults import FAULTS

SENTENCES = ["The duck saw the duck.", "A frog came.", "She was glad."]


def label_set(folder: Path, labels: str) -> Path:
    made = LabelSet()
    faults = {fault: list[str]() for fault in FAULTS} | {"somebody twice": SENTENCES[:1]}
    made.add("a story about a duck", SENTENCES, faults)
    assert made.lines[2:5] == [f"{n}. {text}" for n, text in enumerate(SENTENCES, 1)]
    assert made.counted["somebody twice"] == [1]
    (folder / "counted.json").write_text(str(made.counted).replace("'", '"'))
    (folder / "labels").write_text(labels)
    return folder / "labels"


def test_what_both_found_and_what_one_found(tmp_path: Path) -> None:
    labels = label_set(tmp_path, "1 somebody twice\n\n2 stranger\n250 unknown word\n")
    rows = list(agreement(tmp_path, labels))
    assert "| somebody twice | 1 | 1 | 1 | 100.0 % |" in rows
    assert "| stranger | 0 | 1 | 0 | 99.5 % |" in rows
    assert "| unknown word | 0 | 1 | 0 | 99.0 % |" in rows  # of 100 sentences without plans


def test_a_line_that_is_no_label(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    labels = label_set(tmp_path, "1 odd\n")
    assert main([str(tmp_path), "--labels", str(labels)]) == 1
    assert "label-set: '1 odd' is no number and one of" in capsys.readouterr().err
