"""A file of lines that people and the box write; a power cut leaves the old one or the new one."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path

from storybot.errors import Exit, StorybotError
from storybot.system.folders import sync_folder


class ListFile:
    """Read and written whole. Every fault is a StorybotError; `what` names the content in it."""

    def __init__(self, path: Path, what: str) -> None:
        self.path, self._what = path, what

    @property
    def _unfinished(self) -> Path:
        return self.path.with_name(self.path.name + ".unfinished")

    def lines(self) -> list[str]:
        """None of them where there is no file."""
        try:
            return self.path.read_text("utf-8").splitlines()
        except FileNotFoundError:
            return []
        except (OSError, UnicodeDecodeError) as fault:
            raise StorybotError(
                f"{self._what} in {self.path} cannot be read ({fault}); see who may read it.",
                Exit.CONFIG,
            ) from fault

    def write(self, lines: Sequence[str]) -> None:
        """In place of what is there."""
        unfinished = self._unfinished
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with unfinished.open("w", encoding="utf-8") as file:
                file.write("\n".join(lines) + "\n")
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(self.path)
            sync_folder(self.path.parent)
        except OSError as fault:
            with contextlib.suppress(OSError):
                unfinished.unlink(missing_ok=True)
            raise StorybotError(
                f"{self._what} cannot be written ({fault.strerror}); "
                f"check who may write in {self.path.parent}."
            ) from fault

    def clear(self, state: Path, head: Sequence[str]) -> None:
        """Forget it whole: in the folder `state` the file goes, elsewhere `head` alone stays."""
        if not self.path.resolve().is_relative_to(state.resolve()):
            if self.lines():
                self.write(head)
            return
        try:
            for path in (self.path, self._unfinished):
                path.unlink(missing_ok=True)
            with contextlib.suppress(FileNotFoundError):  # nothing was ever kept there
                sync_folder(self.path.parent)
        except OSError as fault:
            raise StorybotError(
                f"{self._what} cannot be removed ({fault.strerror}); "
                f"check who may write in {self.path.parent}."
            ) from fault
