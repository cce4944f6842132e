"""An evening with the box, by real sound; `make evening` leaves its transcript and sound."""

import shutil
from pathlib import Path

import pytest

from storybot.errors import StorybotError
from storybot.system.engine_program import find_engine
from tests.sound.evening import record
from tests.speaking.virtual_speaker import missing

pytest.importorskip("pocketsphinx")


@pytest.mark.sound
@pytest.mark.slow
def test_a_child_is_asked_back_corrects_wants_more_and_is_put_to_bed(tmp_path: Path) -> None:
    if lacking := missing() or ("" if shutil.which("flite") else "flite"):
        pytest.skip(f"needs {lacking}")
    try:
        find_engine("")
    except StorybotError:
        pytest.skip("the engine is not built: run `make engine`")
    evening = record(tmp_path)
    assert evening.whole, evening
    assert (tmp_path / "evening.wav").stat().st_size > 1_000_000
    assert "no, a boat" in (tmp_path / "transcript.txt").read_text("utf-8")
