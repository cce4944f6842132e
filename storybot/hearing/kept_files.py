"""Files that are made once and kept in a cache, whole or not at all."""

from __future__ import annotations

import os
import stat
import zlib
from pathlib import Path

from storybot.errors import StorybotError

END = b";; %08x\n"  # the CRC of all before it; a comment in a dictionary, and past a model's end
END_BYTES = 12


def kept(cache: Path, name: str) -> Path | None:
    """Where this file is, whole: a power cut can leave a name without its contents."""
    shared = _shared()
    folders = [cache, shared] if _ours_alone(shared) else [cache]
    return next((path for folder in folders if _whole(path := folder / name)), None)


def keep(cache: Path, name: str, content: bytes) -> Path:
    """Writes it; without a usable cache into the temporary folder."""
    for folder in (cache, shared := _shared()):
        half = folder / f"{name}.{os.getpid()}"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if folder is shared and not _ours_alone(folder):
                continue
            with half.open("wb") as file:
                file.write(content + END % zlib.crc32(content))
                file.flush()
                os.fsync(file.fileno())  # or a power cut may leave the name without the contents
            half.replace(folder / name)
        except OSError:
            continue
        return folder / name
    raise StorybotError(
        f"cannot write the recogniser's {name} into {cache}; set XDG_CACHE_HOME to a folder"
    )


def _shared() -> Path:
    return Path(os.environ.get("TMPDIR", "/tmp")) / f"storybot-{os.getuid()}"


def _whole(path: Path) -> bool:
    try:
        content = path.read_bytes()
    except OSError:
        return False
    return content[-END_BYTES:] == END % zlib.crc32(content[:-END_BYTES])


def _ours_alone(folder: Path) -> bool:
    """Whether nobody else put the folder there, or can write into it."""
    try:
        state = folder.lstat()
    except OSError:
        return False
    mine = stat.S_ISDIR(state.st_mode) and state.st_uid == os.getuid()
    return mine and not state.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
