"""A file of lines that people and the box write; a power cut leaves the old one or the new one."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path

from storybot.errors import Exit, StorybotError


class ListFile:
    """Read and written whole. Every fault is a StorybotError; `what` names the content in it."""

    def __init__(self, path: Path, what: str) -> None:
        self.path, self._what = path, what

    def lines(self) -> list[str]:
        """None where there is no file."""
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
        unfinished = self.path.with_name(self.path.name + ".unfinished")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with unfinished.open("w", encoding="utf-8") as file:
                file.write("\n".join(lines) + "\n")
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(self.path)
        except OSError as fault:
            with contextlib.suppress(OSError):
                unfinished.unlink(missing_ok=True)
            raise StorybotError(
                f"{self._what} cannot be written ({fault.strerror}); "
                f"check who may write in {self.path.parent}."
            ) from fault

    def remove(self) -> None:
        """Forget it whole."""
        try:
            self.path.unlink(missing_ok=True)
        except OSError as fault:
            raise StorybotError(
                f"{self._what} cannot be removed ({fault.strerror}); "
                f"check who may write in {self.path.parent}."
            ) from fault
