"""`storybot models`: the known models, where they lie, and how to get them."""

from __future__ import annotations

import argparse
import sys
import time

from storybot.cli.table import table
from storybot.config.schema import Settings
from storybot.errors import Exit, StorybotError
from storybot.models import catalogue, installed


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("action", nargs="?", choices=["list", "get"], default="list")
    parser.add_argument("name", nargs="?", help="which model to get")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print the table, or download one model."""
    if args.action == "get":
        return _get(args.name)
    rows = []
    for known in catalogue.KNOWN_MODELS:
        place = installed.installed_path(known)
        files = known.files
        size = sum(f.size for f in files) or (place.stat().st_size if place else 0)
        rows.append(
            (
                "*" if known.name == settings.telling.model else "",
                known.name,
                f"{size / 1e6:.1f} MB",
                str(place) if place else "not here",
                (files[0].sha256[:12] if files else "") or "-",
                files[0].url if files else "shipped",
                known.what,
            )
        )
    print(table(("", "name", "size", "place", "sha256", "from", "what"), rows))
    return Exit.OK


def _get(name: str | None) -> int:
    known = catalogue.find_model(name or "")
    if known is None:
        names = ", ".join(k.name for k in catalogue.KNOWN_MODELS if k.files)
        raise StorybotError(f"say which model to get: one of {names}", Exit.USAGE)
    from storybot.models.downloads import get

    bar = Bar()
    place = get(known, installed.user_models(), bar.show)
    bar.end()
    print(f"{known.name}: {place}")
    return Exit.OK


class Bar:
    """A progress bar on the terminal; silent where standard error is none."""

    def __init__(self) -> None:
        self.shown = 0.0  # s, monotonic time of the last drawing

    def show(self, done: int, total: int) -> None:
        """Draw at most ten times a second."""
        now = time.monotonic()
        if not sys.stderr.isatty() or (now - self.shown < 0.1 and done < total):
            return
        self.shown = now
        full = 30 * done // total
        bar = "#" * full + "." * (30 - full)
        print(f"\r[{bar}] {done / 1e6:.1f} of {total / 1e6:.1f} MB", end="", file=sys.stderr)

    def end(self) -> None:
        """Leave the line of the bar."""
        if self.shown:
            print(file=sys.stderr)
