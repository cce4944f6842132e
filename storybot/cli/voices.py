"""`storybot voices`: the voices there are, the default marked, and what else could be installed."""

from __future__ import annotations

import argparse
import textwrap

from storybot import drivers
from storybot.cli.output import add_json, records, show
from storybot.cli.table import table
from storybot.config.schema import Settings
from storybot.errors import Exit
from storybot.speaking.voices import choice

WIDTH = 98  # characters of a line


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--accents", action="store_true", help="list the accents of English, too")
    add_json(parser)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print the table."""
    used = choice.chosen(settings.speaking)
    rows = []
    for name in drivers.names("voice"):
        missing = choice.missing_for(name)
        state = f"needs {missing}" if missing else "ready"
        rows.append(("*" if name == used else "", name, state, choice.about(name)))
    data: dict[str, object] = {"voices": records(("default", "voice", "state", "about"), rows)}
    text = table(("", "voice", "state", "sounds like"), rows)
    if not choice.missing_for("espeak"):
        from storybot.speaking.voices.espeak import EspeakVoice

        data["variants"] = variants = EspeakVoice().variants()
        told = f"Variants of espeak, as in speaking.accent: en-us+m3: {', '.join(variants)}"
        text += "\n\n" + textwrap.fill(told, WIDTH)
    if args.accents:
        from storybot.speaking.voices.espeak import accents

        listed = [
            ("*" if a.language == settings.speaking.accent else "", a.language, a.name)
            for a in accents()
        ]
        data["accents"] = records(("default", "accent", "name"), listed)
        text += "\n\n" + table(("", "accent", "name"), listed)
    show(args, data, text)
    return Exit.OK
