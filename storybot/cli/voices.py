"""`storybot voices`: the voices and accents there are, the default marked."""

from __future__ import annotations

import argparse

from storybot import drivers
from storybot.cli.output import add_json, records, show
from storybot.cli.table import table
from storybot.config.schema import Settings
from storybot.errors import Exit
from storybot.speaking.voices import choice
from storybot.system.profile import resolve_profile


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--accents", action="store_true", help="list the accents of English, too")
    add_json(parser)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print the table."""
    used = choice.chosen(settings.speaking, resolve_profile(settings.service.profile))
    rows = []
    for name in drivers.names("voice"):
        missing = choice.missing_for(name)
        rows.append(("*" if name == used else "", name, f"needs {missing}" if missing else "ready"))
    data = {"voices": records(("default", "voice", "state"), rows)}
    text = table(("", "voice", "state"), rows)
    if args.accents:
        from storybot.speaking.voices.espeak import accents

        rows = [
            ("*" if a.language == settings.speaking.accent else "", a.language, a.name)
            for a in accents()
        ]
        data["accents"] = records(("default", "accent", "name"), rows)
        text += "\n\n" + table(("", "accent", "name"), rows)
    show(args, data, text)
    return Exit.OK
