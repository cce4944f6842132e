"""The report with an engine that plays the real one's part: what it prints and counts."""

from __future__ import annotations

import lzma
from pathlib import Path

import pytest

from storybot.measuring import stories

ENGINE = """#!/bin/sh
if [ "$1" = eval ]; then echo "bits per character: 0.5000"; exit 0; fi
[ "$1" = broken ] && { echo "storyteller: broken is no model" >&2; exit 1; }
while [ "$1" != -i ]; do shift; done
echo "$2 was here. Then it slept in its bed."
[ "$4 ${10}" = "1 412" ] && echo "And on it went."  # the story of seed 1 does not end
echo "achieved tok/s: 123.0" >&2
"""


@pytest.fixture
def engine(tmp_path: Path) -> Path:
    path = tmp_path / "engine"
    path.write_text(ENGINE, encoding="utf-8")
    path.chmod(0o755)
    return path


def run(engine: Path, model: str, shared: Path, *more: str) -> int:
    return stories.main(["--engine", str(engine), "--model", model, "--shared", str(shared), *more])


def test_the_report(engine: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "tinystories-valid.txt.xz").write_bytes(lzma.compress(b"One.\n<|endoftext|>\n"))
    model = tmp_path / "m.story"
    model.write_bytes(b"12345")
    assert run(engine, str(model), tmp_path, "--requests", "10", "--samples", "2") == 0
    said = capsys.readouterr().out
    assert "stories260K left out" in said
    assert "5 bytes" in said
    assert "unseen stories, int8: 0.5000" in said
    assert "end by themselves within 400 tokens | 90.0 %" in said
    assert "| 123 |" in said
    assert said.count("Then it slept in its bed.") == 2


def test_an_engine_that_fails_is_said_in_one_sentence(
    engine: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("broken").write_bytes(b"")
    assert run(engine, "broken", tmp_path / "nothing", "--requests", "2") != 0
    assert "broken told no story: storyteller: broken is no model" in capsys.readouterr().err
