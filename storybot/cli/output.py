"""What a command shows: text for people, or with --json a line of JSON for programs."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence


def add_json(parser: argparse.ArgumentParser, default: object = False) -> None:
    """The option --json; `default` is argparse.SUPPRESS where another parser gives it, too."""
    parser.add_argument(
        "--json", action="store_true", default=default, help="for programs: lines of JSON"
    )


def show(args: argparse.Namespace, data: object, text: str) -> None:
    """Print `data` as one line of JSON where that was asked for, else `text`."""
    print(json.dumps(data) if args.json else text, flush=True)


def records(names: Sequence[str], rows: Sequence[Sequence[object]]) -> list[dict[str, object]]:
    """Rows of a table as objects. A column named "default" holds its mark, which becomes a bool."""
    return [
        {
            name: bool(cell) if name == "default" else cell
            for name, cell in zip(names, row, strict=True)
        }
        for row in rows
    ]


def show_reply(args: argparse.Namespace, reply: dict[str, object], text: str) -> None:
    """`show` of what the daemon answered, without the protocol's own fields."""
    show(args, {key: value for key, value in reply.items() if key not in ("v", "ok")}, text)
