"""`storybot devices`: microphones and loudspeakers, the default marked."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from storybot.cli.output import add_json, records, show
from storybot.cli.table import table
from storybot.config.schema import Settings
from storybot.errors import Exit, StorybotError
from storybot.hearing.microphones.choice import microphone_names
from storybot.speaking.outputs.choice import loudspeaker_names
from storybot.system.profile import resolve_profile


def arguments(parser: argparse.ArgumentParser) -> None:
    """For people or for programs."""
    add_json(parser)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print the table; fails where there is neither microphone nor loudspeaker."""
    profile = resolve_profile(settings.service.profile)
    rows = [
        *_rows("microphone", lambda: microphone_names(settings.hearing, profile)),
        *_rows("loudspeaker", lambda: loudspeaker_names(settings.speaking, profile)),
    ]
    found = [row for row in rows if row[2] != NONE]
    text = table(("", "kind", "name"), rows)
    if found:
        text += "\n\nhearing.microphone and speaking.speaker take such a name, or a part of it"
        text += ", in quotes"
    show(args, records(("default", "kind", "name"), found), text)
    return Exit.OK if found else Exit.SOUND_OUT


NONE = "none found"


def _rows(kind: str, find: Callable[[], list[tuple[str, bool]]]) -> list[tuple[str, str, str]]:
    try:
        found = find()
    except StorybotError:
        found = []
    return [("*" if default else "", kind, name) for name, default in found] or [("", kind, NONE)]
