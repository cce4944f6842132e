"""`storybot models`: the known models, where they lie, and how to get them."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from storybot.cli.output import add_json, records, show
from storybot.cli.table import table
from storybot.config.schema import Settings
from storybot.config.values import nearest
from storybot.errors import Exit, StorybotError
from storybot.models import catalogue, installed
from storybot.models.packing import CODINGS, pack_checkpoint, pack_path, verify_pack
from storybot.system.engine_program import find_engine
from storybot.system.profile import resolve_profile


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("action", nargs="?", choices=["list", "get"], default="list")
    parser.add_argument("name", nargs="?", help="which model to get")
    parser.add_argument(
        "--pack",
        choices=[*CODINGS, "none"],
        help="how a story model is packed: int4 in the small profile, else int8",
    )
    parser.add_argument(
        "--original",
        choices=["keep", "remove"],
        default="keep",
        help="what becomes of the checkpoint once it is packed (default: keep)",
    )
    add_json(parser)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print the table, or download and pack one model."""
    if args.action == "get":
        return _get(args, settings)
    if args.name is not None:
        raise StorybotError(
            f"list shows all models; to get one: storybot models get {args.name}", Exit.USAGE
        )
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
    data = records(("default", "name", "size", "place", "sha256", "from", "what"), rows)
    show(args, data, table(("", "name", "size", "place", "sha256", "from", "what"), rows))
    return Exit.OK


def _get(args: argparse.Namespace, settings: Settings) -> int:
    known = catalogue.find_model(args.name or "")
    if known is None:
        names = ", ".join(k.name for k in catalogue.KNOWN_MODELS if k.files)
        hint = nearest(args.name or "", names.split(", "))
        raise StorybotError(f"say which model to get: one of {names}{hint}", Exit.USAGE)
    packs = bool(known.files) and not known.recogniser and args.pack != "none"
    if packs and args.pack is None and (pack := _whole_pack(known, settings)) is not None:
        told = f"{pack}, packed before"
    else:
        place = _downloaded(known)
        told = _packed(known, place, args, settings) if packs else str(place)
    show(args, {"name": known.name, "told": told}, f"{known.name}: {told}")
    return Exit.OK


def _downloaded(known: catalogue.KnownModel) -> Path:
    from storybot.models.downloads import get

    bar = Bar()
    place = get(known, installed.user_models(), bar.show)
    bar.end()
    return place


def _whole_pack(known: catalogue.KnownModel, settings: Settings) -> Path | None:
    """The pack that an earlier `get` made, if it is undamaged."""
    pack = pack_path(installed.user_models() / known.files[0].name)
    if not pack.is_file():
        return None
    try:
        verify_pack(find_engine(settings.telling.engine), pack)
    except StorybotError as error:
        if error.code != Exit.MODEL:
            raise
        return None
    return pack


def _packed(
    known: catalogue.KnownModel, checkpoint: Path, args: argparse.Namespace, settings: Settings
) -> str:
    """Pack the checkpoint and do with it as told; returns what to print."""
    small = resolve_profile(settings.service.profile) == "small"
    coding = args.pack or ("int4" if small else "int8")
    tokenizer = checkpoint.parent / known.files[1].name
    engine = find_engine(settings.telling.engine)
    pack = pack_checkpoint(engine, checkpoint, tokenizer, coding)
    if args.original == "remove":
        checkpoint.unlink()
    kept = "removed" if args.original == "remove" else f"kept: {checkpoint}"
    return f"{pack}, {coding}, {pack.stat().st_size / 1e6:.1f} MB; the original is {kept}"


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
