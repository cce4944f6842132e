"""The words after a command that does several things: `storybot library list`."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from storybot.cli.output import add_json


def add_actions(
    parser: argparse.ArgumentParser, texts: Mapping[str, str]
) -> dict[str, argparse.ArgumentParser]:
    """A parser for each action by its name, from the sentence that help shows; `what` holds it."""
    add_json(parser)
    what = parser.add_subparsers(dest="what", metavar="WHAT", parser_class=type(parser))
    found = {}
    for name, text in texts.items():
        found[name] = one = what.add_parser(name, help=text)
        # As after every other command's words; SUPPRESS keeps one that came before them.
        one.add_argument(
            "--config",
            type=Path,
            metavar="FILE",
            default=argparse.SUPPRESS,
            help="a further settings file",
        )
        add_json(one, argparse.SUPPRESS)
    return found
