"""PocketSphinx imports `logging` and logs nothing: in a lean process it gets the name alone."""

from __future__ import annotations

import sys

from storybot.system.lean_imports import LazyModules


def no_logger(name: str) -> None:
    """What PocketSphinx keeps and never asks for anything."""


if sys.flags.optimize == 2:
    answers = {"pocketsphinx": {"getLogger": no_logger}}
    sys.meta_path.insert(0, LazyModules({"logging": answers}))  # 0.5 MB
