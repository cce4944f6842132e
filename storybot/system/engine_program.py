"""Where the engine `storyteller` is."""

from __future__ import annotations

import os
from pathlib import Path

from storybot.errors import Exit, StorybotError

ENGINE_NAME = "storyteller"
CHECKOUT_ENGINE = Path(__file__).parents[2] / "build" / "native" / ENGINE_NAME  # in a checkout


def find_engine(setting: str) -> Path:
    """The engine to run: the setting, else the installed one, else a checkout's, else PATH's.

    Raises StorybotError when there is none.
    """
    if setting:
        engine = Path(setting).expanduser()
        if not _runs(engine):
            raise StorybotError(
                f"the engine {engine} is not there or may not be run; "
                "correct telling.engine in the settings",
                Exit.ENGINE,
            )
        return engine
    import sysconfig  # 0.1 MB that a small daemon, which is given the path, never needs

    for engine in (Path(sysconfig.get_path("scripts")) / ENGINE_NAME, CHECKOUT_ENGINE):
        if _runs(engine):
            return engine
    import shutil  # with bz2 and lzma: 0.5 MB that an installed storybot never needs

    found = shutil.which(ENGINE_NAME)
    if found is None:
        raise StorybotError(
            f"the engine {ENGINE_NAME} is not installed; build it with `make engine` or "
            "install storybot with pip",
            Exit.ENGINE,
        )
    return Path(found)


def _runs(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)
