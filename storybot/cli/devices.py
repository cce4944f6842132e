"""`storybot devices`: microphones and loudspeakers, the default marked."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from storybot.cli.table import table
from storybot.config.schema import Settings
from storybot.errors import Exit, StorybotError
from storybot.hearing.microphones.choice import microphone_names
from storybot.speaking.outputs.choice import loudspeaker_names
from storybot.system.profile import resolve_profile


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command takes none of its own."""


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print the table; fails where there is neither microphone nor loudspeaker."""
    profile = resolve_profile(settings.service.profile)
    rows = [
        *_rows("microphone", lambda: microphone_names(settings.hearing, profile)),
        *_rows("loudspeaker", lambda: loudspeaker_names(settings.speaking, profile)),
    ]
    print(table(("", "kind", "name"), rows))
    if any(name != NONE for _, _, name in rows):
        print(
            "\nhearing.microphone and speaking.speaker take such a name, or a part of it, in quotes"
        )
    return Exit.OK if any(name != NONE for _, _, name in rows) else Exit.SOUND_OUT


NONE = "none found"


def _rows(kind: str, find: Callable[[], list[tuple[str, bool]]]) -> list[tuple[str, str, str]]:
    try:
        found = find()
    except StorybotError:
        found = []
    return [("*" if default else "", kind, name) for name, default in found] or [("", kind, NONE)]
