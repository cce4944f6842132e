"""The library: the last stories told, one file each, safe against power cuts.

A story is written beside its final name, fsynced and renamed, and the folder is fsynced: a file
with a final name is complete. Incomplete files are removed at the next save.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import time
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path

from storybot.config.schema import LibrarySettings
from storybot.errors import StorybotError
from storybot.language.things import Thing, thing_of
from storybot.stories.story_request import StoryRequest
from storybot.system.folders import state_folder, sync_folder

FILE_VERSION = 1  # of the files
_NAME = re.compile(r"(\d{6,})\.json")
ROWS = ("asked", "recent", "plots")  # fields that are lists in a file
_UNFINISHED = ".unfinished"
CLEARED = "cleared.json"  # beside the stories: how often all of them were forgotten


@dataclass(frozen=True)
class KeptStory:
    """A story of the library, as it was told."""

    number: int  # counts up, also when the clock goes back
    title: str  # "A story about a cat."
    opening: str
    seed: int
    asked: tuple[str, ...]  # the keys of what was asked for: "cat", "two brothers"
    date: str  # local time, ISO 8601 with offset
    text: str
    whole: bool = True  # False: it was stopped or lost before its end
    planned: bool = False  # this and the rest as in StoryRequest; older files have none of it
    drafts: int = 1
    length: str = "short"
    calm: bool = False
    funny: bool = False
    part: int = 0
    recent: tuple[str, ...] = ()
    plots: tuple[str, ...] = ()  # the names of those that it follows
    favourite: bool = False  # it stays, however many stories come after it

    @property
    def things(self) -> tuple[Thing, ...]:
        """What was asked for."""
        return tuple(map(thing_of, self.asked))

    def request(self) -> StoryRequest:
        """The request that makes the engine write this story again."""
        return StoryRequest(
            self.title,
            self.opening,
            self.seed,
            self.things,
            self.number,
            self.planned,
            self.drafts,
            self.length,
            self.calm,
            funny=self.funny,
            part=self.part,
            recent=self.recent,
        )


def kept_story(
    request: StoryRequest,
    text: str,
    whole: bool,
    now: time.struct_time,
    plots: tuple[str, ...] = (),
) -> KeptStory:
    """A story to be saved, under the number of its request; `now` is local time."""
    asked = tuple(thing.key for thing in request.things)
    return KeptStory(
        request.number,
        request.title,
        request.opening,
        request.seed,
        asked,
        _iso_8601(now),
        text,
        whole,
        request.planned,
        request.drafts,
        request.length,
        request.calm,
        funny=request.funny,
        part=request.part,
        recent=request.recent or (),
        plots=plots,
    )


def _iso_8601(local: time.struct_time) -> str:
    """With the offset to UTC: 2026-03-01T19:30:00+01:00."""
    day, offset = time.strftime("%Y-%m-%dT%H:%M:%S", local), time.strftime("%z", local)
    return f"{day}{offset[:3]}:{offset[3:]}"


class Library:
    """The folder of stories. Files that are damaged are skipped in reading."""

    def __init__(self, settings: LibrarySettings, state: Path | None = None) -> None:
        """`state`: the folder that `stories` lies in where the settings name none."""
        given = Path(settings.folder).expanduser() if settings.folder else None
        self.folder = given or (state or state_folder()) / "stories"
        self._keep = settings.keep
        self._favourites: set[int] = set()  # of those that a save would drop, as far as known

    def numbers(self) -> list[int]:
        """The numbers of the stories, oldest first."""
        try:
            names = [path.name for path in self.folder.iterdir()]
        except OSError:
            return []
        return sorted(int(found[1]) for name in names if (found := _NAME.fullmatch(name)))

    def newest(self) -> int:
        """The highest number given so far; 0 where there is no story."""
        return max(self.numbers(), default=0)

    def stories(self, before: int | None = None) -> Iterator[KeptStory]:
        """All stories that can be read, newest first; those older than story `before`, if given."""
        for number in reversed(self.numbers()):
            if before is not None and number >= before:
                continue
            with contextlib.suppress(StorybotError):
                yield self.get(number)

    def last(self) -> KeptStory | None:
        """The newest whole story."""
        return next(self.stories(), None)

    def last_about(self, things: Collection[Thing]) -> KeptStory | None:
        """The newest story about all of these, one told to its end where there is one."""
        words = {thing.key for thing in things}
        found = [s for s in self.stories() if words <= {*s.asked, *(t.word for t in s.things)}]
        return next((story for story in found if story.whole), found[0] if found else None)

    def latest(self, most: int) -> list[KeptStory]:
        """The newest stories, the newest first; at most so many."""
        return list(islice(self.stories(), most))

    def get(self, number: int) -> KeptStory:
        """One story; StorybotError when it is not there or its file is spoilt."""
        path = self._path(number)
        try:
            if path.exists() and not path.is_file():
                raise ValueError("it is no file")  # a pipe would be waited for, for ever
            found = json.loads(path.read_text("utf-8"))
            if found.pop("version") != FILE_VERSION:
                raise ValueError("another version")
            rows = {key: tuple(found[key]) for key in ROWS if key in found}
            story = KeptStory(**(found | rows))
        except FileNotFoundError:
            raise StorybotError(
                f"There is no story {number}; `storybot library list` shows those there are."
            ) from None
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise StorybotError(
                f"Story {number} cannot be read ({error}); "
                f"`storybot library rm {number}` removes it."
            ) from error
        return story

    def save(self, story: KeptStory) -> KeptStory:
        """Keep a story under its number, or the next one free, and drop the oldest ones too many.

        A story told again stays the one entry it is: only one cut short is replaced. Favourites
        are not dropped. Blocks until it is on the disk. Raises OSError when the disk does not take
        it; then no older story was touched.
        """
        if self._keep == 0:
            return story
        self.folder.mkdir(parents=True, exist_ok=True)
        self._sweep()
        before = self._told_before(story)
        if before is not None and (before.whole or not story.whole):
            return before
        numbers, number = self.numbers(), story.number
        if number == 0 or (before is None and number in numbers):
            number = self.newest() + 1
        kept = replace(story, number=number, favourite=before is not None and before.favourite)
        self._put(kept)
        for old in sorted({*numbers, number})[: -self._keep]:
            if not self._is_favourite(old):
                self._path(old).unlink(missing_ok=True)
        return kept

    def mark(self, number: int, favourite: bool) -> None:
        """Let a story stay, or not; StorybotError when it is not there or cannot be written."""
        story = self.get(number)
        try:
            self._put(replace(story, favourite=favourite))
            self._favourites.discard(number)
        except OSError as error:
            raise StorybotError(
                f"Story {number} cannot be written ({error.strerror}); make room on the disk, and "
                f"check who may write in {self.folder}."
            ) from error

    def _put(self, story: KeptStory) -> None:
        self._write(self._path(story.number), {"version": FILE_VERSION} | asdict(story))

    def _is_favourite(self, number: int) -> bool:
        """Each file is read once: with many favourites a save would read them all every time."""
        with contextlib.suppress(StorybotError):
            if number not in self._favourites and self.get(number).favourite:
                self._favourites.add(number)
        return number in self._favourites

    def _told_before(self, story: KeptStory) -> KeptStory | None:
        with contextlib.suppress(StorybotError):
            kept = self.get(story.number)
            if kept.request() == story.request():
                return kept
        return None

    def remove(self, number: int) -> None:
        """Forget one story; StorybotError when it is not there or cannot be removed."""
        try:
            self._path(number).unlink()
            self._favourites.discard(number)
            sync_folder(self.folder)
        except FileNotFoundError:
            raise StorybotError(
                f"There is no story {number}; `storybot library list` shows those there are."
            ) from None
        except OSError as error:
            raise StorybotError(
                f"Story {number} cannot be removed ({error.strerror}); "
                f"check who may write in {self.folder}."
            ) from error

    def clear(self) -> int:
        """Forget all stories; returns how often that was done. StorybotError where it fails."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._sweep()  # a story that a power cut left half written, too
            for number in self.numbers():
                self._path(number).unlink(missing_ok=True)
            self._favourites.clear()
            before = self.cleared()
            # Where it cannot be read, a figure that nobody has seen before.
            count = round(time.time()) if before is None else before + 1
            self._write(self.folder / CLEARED, {"times": count})
        except OSError as error:
            raise StorybotError(
                f"The stories cannot be removed ({error.strerror}); "
                f"check who may write in {self.folder}."
            ) from error
        return count

    def cleared(self) -> int | None:
        """How often all stories were forgotten; None where that cannot be read."""
        try:
            return int(json.loads((self.folder / CLEARED).read_text("utf-8"))["times"])
        except FileNotFoundError:
            return 0
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:06d}.json"

    def _write(self, path: Path, content: dict[str, object]) -> None:
        unfinished = path.with_name(path.name + _UNFINISHED)
        try:
            with unfinished.open("w", encoding="utf-8") as file:
                json.dump(content, file, ensure_ascii=False, indent=1)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        except OSError:
            with contextlib.suppress(OSError):
                unfinished.unlink(missing_ok=True)
            raise
        sync_folder(self.folder)

    def _sweep(self) -> None:
        for left in self.folder.glob("*" + _UNFINISHED):
            left.unlink(missing_ok=True)
