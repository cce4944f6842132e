"""The small profile's processes start from code that was compiled before.

Python compiles what it finds no compiled code for, and is 5 MB larger for the rest of its life.
So the code, without docstrings and columns, is kept in a cache of our own, and a daemon that had
to compile starts once more.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from pathlib import Path

from storybot.lean import BEGAN

AGAIN = "STORYBOT_STARTED_AGAIN"
TICK = 0.02  # s by which a file's time may lag behind the clock
# What is imported only when it is needed, by the daemon or in the ear.
LATER = (
    "storybot.hearing.ear",
    "storybot.hearing.alsa_in",
    "storybot.hearing.pocketsphinx_recogniser",
    "storybot.speaking.alsa_out",
    "storybot.speaking.espeak_voice",
)


def environment(cache: Path) -> dict[str, str]:
    """What the small profile adds to the environment; `cache` is a folder for compiled code.

    Where that cannot be written Python takes the code as it was compiled by whoever installed it,
    which costs 3 MB in each process.
    """
    added = {"MALLOC_ARENA_MAX": "1"}  # one heap for all threads
    with contextlib.suppress(OSError):
        cache.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.access(cache, os.W_OK):
        added |= {"PYTHONPYCACHEPREFIX": str(cache), "PYTHONDONTWRITEBYTECODE": ""}
        added |= {"PYTHONOPTIMIZE": "2", "PYTHONNODEBUGRANGES": "1"}
    return added


def start_again_if_compiled() -> None:
    """Start this program anew, once, where it had to compile what was imported so far."""
    if os.environ.pop(AGAIN, "") or not any(_new(module) for module in list(sys.modules.values())):
        return
    for name in LATER:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    os.environ[AGAIN] = "1"
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])


def _new(module: object) -> bool:
    """Whether its compiled code was written since this process began."""
    try:
        return Path(getattr(module, "__cached__", "")).stat().st_mtime > BEGAN - TICK
    except (OSError, TypeError):  # not written; no code of its own
        return False
