"""The library: kept, found, dropped, and whole whatever happens while it is written."""

from __future__ import annotations

import errno
import os
import random
import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storybot.config.schema import LibrarySettings
from storybot.errors import StorybotError
from storybot.language.things import load_things
from storybot.stories import library
from storybot.stories.library import KeptStory, Library, kept_story
from storybot.stories.story_request import new_story_request

CAT = next(thing for thing in load_things() if thing.word == "cat")
# In St. John's, with an offset that is no whole hour.
NOW = time.struct_time((2026, 3, 1, 19, 30, 0, 6, 60, 0), {"tm_gmtoff": -12600})


def a_story(text: str = "Once there was a cat. The end.", seed: int = 5) -> KeptStory:
    return kept_story(new_story_request((CAT,), seed), text, True, NOW)


@pytest.fixture
def shelf(tmp_path: Path) -> Library:
    return Library(LibrarySettings(folder=str(tmp_path / "stories"), keep=3))


def test_what_is_saved_is_found_again(shelf: Library) -> None:
    kept = shelf.save(a_story())
    assert kept.number == 1
    assert shelf.get(1) == kept == shelf.last()
    assert kept.request() == replace(new_story_request((CAT,), 5), recent=())
    assert kept.date == "2026-03-01T19:30:00-03:30"


def test_plots_are_kept_with_the_story(shelf: Library) -> None:
    request = replace(new_story_request((CAT,), 5), recent=("the race", "the big storm"))
    first = shelf.save(kept_story(request, "Once there was a cat.", True, NOW, ("the lost toy",)))
    assert shelf.get(first.number) == first
    assert first.request() == request
    shelf.save(a_story(seed=6))
    assert [story.plots for story in shelf.latest(9)] == [(), ("the lost toy",)]
    assert [story.plots for story in shelf.latest(1)] == [()]


def test_only_the_last_are_kept(shelf: Library) -> None:
    for seed in range(5):
        shelf.save(a_story(seed=seed))
    assert shelf.numbers() == [3, 4, 5]
    assert [story.seed for story in shelf.stories()] == [4, 3, 2]


def test_told_again_is_no_further_entry(shelf: Library) -> None:
    first = shelf.save(a_story("Once.", seed=0))
    cut = shelf.save(replace(a_story("Once there", seed=1), whole=False))
    shelf.save(a_story(seed=2))
    for told, text in ((first, "Another text."), (cut, "Once there was a cat.")):
        again = kept_story(told.request(), text, True, NOW)
        assert shelf.save(again).number == told.number
        assert shelf.save(replace(again, text="Once", whole=False)).number == told.number
    assert shelf.numbers() == [1, 2, 3]
    assert shelf.get(1) == first
    assert shelf.get(2).whole and shelf.get(2).text == "Once there was a cat."


def test_a_number_that_another_story_has(shelf: Library) -> None:
    """The folder may have been changed while the daemon ran: nothing is lost."""
    first = shelf.save(a_story(seed=0))
    assert shelf.save(replace(a_story(seed=1), number=1)).number == 2
    assert shelf.save(replace(a_story(seed=2), number=7)).number == 7
    assert shelf.get(1) == first and shelf.newest() == 7


def test_keep_none(tmp_path: Path) -> None:
    shelf = Library(LibrarySettings(folder=str(tmp_path / "none"), keep=0))
    shelf.save(a_story())
    assert shelf.last() is None
    assert not (tmp_path / "none").exists()


def test_removed(shelf: Library) -> None:
    shelf.save(a_story())
    shelf.remove(1)
    assert shelf.numbers() == []
    for again in (shelf.remove, shelf.get):
        with pytest.raises(StorybotError, match="no story 1"):
            again(1)


@given(content=st.binary(max_size=200))
def test_spoilt_files_are_skipped(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.mktemp("spoilt")
    shelf = Library(LibrarySettings(folder=str(folder)))
    shelf.save(a_story())
    (folder / "000002.json").write_bytes(content)
    (folder / "notes.txt").write_bytes(content)
    last = shelf.last()
    assert last is not None and last.number == 1
    with pytest.raises(StorybotError, match="library rm 2"):
        shelf.get(2)
    assert shelf.save(a_story()).number == 3


def test_what_is_no_file_is_not_waited_for(shelf: Library) -> None:
    shelf.save(a_story())
    os.mkfifo(shelf.folder / "000002.json")
    (shelf.folder / "000003.json").symlink_to("/dev/zero")
    assert [story.number for story in shelf.stories()] == [1]


def test_a_full_disk_touches_nothing(shelf: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in range(3):
        shelf.save(a_story(seed=seed))

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            shelf.save(a_story())
    assert shelf.numbers() == [1, 2, 3]
    assert len(list(shelf.folder.iterdir())) == 3
    assert shelf.save(a_story()).number == 4


def test_a_real_full_disk(tmp_path: Path) -> None:
    """/dev/full stands for a disk without room: the write itself fails."""
    shelf = Library(LibrarySettings(folder=str(tmp_path)))
    (tmp_path / "000001.json.unfinished").symlink_to("/dev/full")
    shelf._sweep = lambda: None  # type: ignore[method-assign]
    with pytest.raises(OSError):
        shelf.save(a_story())
    assert shelf.numbers() == []


def test_on_disk_before_it_has_its_name(shelf: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    fsync, rename = os.fsync, Path.replace

    def synced(handle: int) -> None:
        order.append("folder" if Path(f"/proc/self/fd/{handle}").is_dir() else "file")
        fsync(handle)

    def renamed(path: Path, to: Path) -> Path:
        order.append("rename")
        return rename(path, to)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", renamed)
    shelf.save(a_story())
    assert order == ["file", "rename", "folder"]


def test_a_save_reads_no_favourite_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many there are."""
    shelf = Library(LibrarySettings(folder=str(tmp_path), keep=2))
    read: list[int] = []
    for number in range(1, 6):
        shelf.save(a_story(seed=number))
        shelf.mark(number, True)
    shelf.save(a_story(seed=6))
    get = shelf.get

    def counted(number: int) -> KeptStory:
        read.append(number)
        return get(number)

    monkeypatch.setattr(shelf, "get", counted)
    shelf.save(a_story(seed=7))
    assert read == [0, 5], "0: the one that comes; 5: the first that this save would drop"
    shelf.mark(1, False)
    shelf.save(a_story(seed=8))
    assert shelf.numbers() == [2, 3, 4, 5, 7, 8]


def test_favourites_stay(tmp_path: Path) -> None:
    """However many stories come, also when one is told again; unmarked they are as all others."""
    shelf = Library(LibrarySettings(folder=str(tmp_path), keep=2))
    shelf.save(a_story(seed=1))
    shelf.mark(1, True)
    for seed in range(2, 6):
        shelf.save(a_story(seed=seed))
    assert shelf.numbers() == [1, 4, 5]
    assert shelf.save(shelf.get(1)).favourite
    shelf.mark(1, False)
    shelf.save(a_story(seed=6))
    assert shelf.numbers() == [5, 6]
    with pytest.raises(StorybotError, match="no story 1"):
        shelf.mark(1, True)


def test_power_cut_at_200_moments(tmp_path: Path) -> None:
    """kill -9 while stories are saved: what is there is whole, and numbers never go back."""
    chance = random.Random(11)
    settings = LibrarySettings(folder=str(tmp_path), keep=5)
    text = "A cat sat. " * 400
    begun = time.monotonic()
    newest = Library(settings).save(a_story(text)).number
    one_save = time.monotonic() - begun  # s, on this machine as busy as it is
    for _ in range(200):
        child = os.fork()
        if child == 0:
            seed = 0
            while True:
                seed += 1
                Library(settings).save(a_story(text, seed))
        time.sleep(chance.uniform(0.0, 4 * one_save))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        shelf = Library(settings)
        numbers = shelf.numbers()
        for number in numbers:
            assert shelf.get(number).text == text
        assert not numbers or numbers[-1] >= newest
        newest = numbers[-1] if numbers else 0
    assert newest > 20
    kept = Library(settings).save(a_story(text))
    assert kept.number == newest + 1
    assert len(Library(settings).numbers()) == 5
    assert not [path for path in tmp_path.iterdir() if path.suffix != ".json"]


def test_where_it_lies(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", f"{tmp_path}/one:{tmp_path}/two")
    assert Library(LibrarySettings()).folder == tmp_path / "one" / "stories"
    monkeypatch.delenv("STATE_DIRECTORY")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert library.state_folder() == tmp_path / "state" / "storybot"


def test_clearing_takes_what_a_power_cut_left(tmp_path: Path) -> None:
    shelf = Library(LibrarySettings(folder=str(tmp_path)))
    shelf.save(a_story())
    (tmp_path / "000002.json.unfinished").write_text("half a story")
    assert shelf.cleared() == 0 and shelf.clear() == 1 and shelf.cleared() == 1
    assert [path.name for path in tmp_path.iterdir()] == [library.CLEARED]


def test_how_often_it_was_cleared_is_not_made_up(tmp_path: Path) -> None:
    """A spoilt file is no nought: whoever compares would think that it was cleared since."""
    shelf = Library(LibrarySettings(folder=str(tmp_path)))
    for spoilt in (b"", b"[]", b"\xff"):
        (tmp_path / library.CLEARED).write_bytes(spoilt)
        assert shelf.cleared() is None
    assert shelf.clear() > 1000 and shelf.clear() == shelf.cleared()
