"""Flags and environment of a Python as the small profile starts it, to run code of a test in it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from storybot.hearing.recogniser_client import SMALL_FLAGS, SMALL_HEAP_ENVIRONMENT


def small_start() -> tuple[tuple[str, ...], dict[str, str]]:
    places = dict.fromkeys((*filter(None, sys.path), str(Path(__file__).parents[2])))
    environment = {**os.environ, **SMALL_HEAP_ENVIRONMENT, "PYTHONPATH": os.pathsep.join(places)}
    return ("-OO", *SMALL_FLAGS), environment
