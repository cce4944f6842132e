"""`storybot config`: the settings in force and where each is from."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict, fields
from pathlib import Path

from storybot.cli.output import add_json, show
from storybot.cli.table import table
from storybot.config import load
from storybot.config.check import CheckLevel
from storybot.config.schema import Settings
from storybot.errors import Exit


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--check", type=Path, metavar="FILE", help="say the faults of a file")
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Print the table, or the faults of one file."""
    if args.check is not None:
        faults = load.check_file(args.check)
        for fault in faults if not args.json else ():
            print(f"storybot: {fault}", file=sys.stderr)
        if args.json or not faults:
            show(args, [asdict(fault) for fault in faults], f"{args.check}: ok")
        return Exit.CONFIG if faults else Exit.OK
    loaded = load.load_settings(args.config, trial=CheckLevel.USE)
    rows, data = [], {}
    for section in fields(Settings):
        part = getattr(loaded.settings, section.name)
        for key in fields(part):
            name = f"{section.name}.{key.name}"
            value = getattr(part, key.name)
            data[name] = {"value": value, "from": loaded.origin[name]}
            rows.append((name, '""' if value == "" else str(value), loaded.origin[name]))
    show(args, data, table(("setting", "value", "from"), rows))
    return Exit.OK
