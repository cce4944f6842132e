"""The engine of the settings."""

from __future__ import annotations

from storybot.config.schema import TellingSettings
from storybot.models.engine_files import find_engine_files
from storybot.telling.engine import Engine


def make_engine(settings: TellingSettings) -> Engine:
    """An engine that is not running yet; StorybotError where a file that it needs is missing."""
    files = find_engine_files(settings.engine, settings.model, settings.tokenizer)
    return Engine(settings, files.program, files.model, files.tokenizer)
