"""A cache of computed files: each is complete or not there."""

from __future__ import annotations

import contextlib
import os
import stat
import zlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from storybot.errors import StorybotError

# the CRC of all before it; a comment in a dictionary, and past a model's end
CHECKSUM_LINE = b";; %08x\n"
CHECKSUM_LINE_BYTES = 12


def cached_file(cache: Path, name: str) -> Path | None:
    """The path of this file where it is complete; a power cut can leave a name without contents."""
    return next((path for folder in _folders(cache) if _whole(path := folder / name)), None)


def store_files(cache: Path, files: Mapping[str, bytes], attempt: Callable[..., object]) -> None:
    """Write files that belong together; they get their names only after `attempt` has used them.

    Without a writable cache they go into the temporary folder. `attempt` is called with their
    paths; what it raises is raised.
    """
    for folder in (cache, shared := _shared()):
        halves = {name: folder / f"{name}.{os.getpid()}" for name in files}
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if folder is shared and not _ours_alone(folder):
                continue
            for name, half in halves.items():
                _write(half, files[name])
            attempt(*halves.values())
            for name, half in halves.items():
                half.replace(folder / name)
        except OSError:
            continue
        finally:
            remove_files(halves.values())
        return
    raise StorybotError(
        f"cannot write the recogniser's {' and '.join(files)} into {cache}; "
        "set XDG_CACHE_HOME to a folder"
    )


def remove_other_files(cache: Path, kind: str, stem: str) -> None:
    """Remove files of this kind, also incomplete ones, except those with this stem."""
    for folder in _folders(cache):
        remove_files(path for path in folder.glob(f"{kind}-*") if path.stem != stem)


def remove_files(files: Iterable[Path]) -> None:
    """Remove the files that are there and can be removed."""
    for file in files:
        with contextlib.suppress(OSError):
            file.unlink()


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content + CHECKSUM_LINE % zlib.crc32(content))
        file.flush()
        os.fsync(file.fileno())  # or a power cut may leave the name without the contents


def _folders(cache: Path) -> list[Path]:
    return [cache, shared] if _ours_alone(shared := _shared()) else [cache]


def _shared() -> Path:
    return Path(os.environ.get("TMPDIR", "/tmp")) / f"storybot-{os.getuid()}"


def _whole(path: Path) -> bool:
    try:
        content = path.read_bytes()
    except OSError:
        return False
    return content[-CHECKSUM_LINE_BYTES:] == CHECKSUM_LINE % zlib.crc32(
        content[:-CHECKSUM_LINE_BYTES]
    )


def _ours_alone(folder: Path) -> bool:
    """Whether the folder belongs to this user, who alone can write into it."""
    try:
        state = folder.lstat()
    except OSError:
        return False
    mine = stat.S_ISDIR(state.st_mode) and state.st_uid == os.getuid()
    return mine and not state.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
