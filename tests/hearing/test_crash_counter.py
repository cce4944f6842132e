from __future__ import annotations

import os
from pathlib import Path

import pytest

from storybot.hearing.recognisers.pocketsphinx.crash_counter import count_crashes


def die(count: Path) -> int:
    """The crashes before, by a process that dies of it too."""
    child = os.fork()
    if not child:
        with count_crashes(count) as died:
            os._exit(died)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_they_are_counted_until_one_gets_out(tmp_path: Path) -> None:
    count = tmp_path / "count"
    assert [die(count), die(count)] == [0, 1]
    with pytest.raises(RuntimeError), count_crashes(count) as died:
        assert died == 2
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []
    with count_crashes(count) as died:
        assert died == 0


def test_who_is_still_in_there_is_not_dead(tmp_path: Path) -> None:
    with count_crashes(tmp_path / "count"):
        assert die(tmp_path / "count") == 0
        assert (tmp_path / "count").stat().st_size == 1


@pytest.mark.parametrize("place", ["missing/count", "full"])
def test_where_it_cannot_be_written_none_died(tmp_path: Path, place: str) -> None:
    (tmp_path / "full").symlink_to("/dev/full")
    with count_crashes(tmp_path / place) as died:
        assert died == 0
