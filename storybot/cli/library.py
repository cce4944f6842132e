"""the last stories: list, show, tell, rm"""

from __future__ import annotations

import argparse
import textwrap
from pathlib import Path

from storybot.config.schema import Settings
from storybot.controls.socket.client import ask
from storybot.controls.socket.messages import TellSaved
from storybot.stories.library import KeptStory, Library
from storybot.system.folders import daemon_state_folder

WIDTH = 78


def arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, and with which story."""
    what = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    for name, text in (
        ("list", "the stories kept, newest first"),
        ("show", "print a story"),
        ("tell", "let the daemon tell a story again"),
        ("rm", "forget a story"),
    ):
        one = what.add_parser(name, help=text)
        # As after every other command's words; SUPPRESS keeps one that came before them.
        one.add_argument(
            "--config",
            type=Path,
            metavar="FILE",
            default=argparse.SUPPRESS,
            help="a further settings file",
        )
        if name != "list":
            one.add_argument("number", type=int, help="as `storybot library list` shows it")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print what was asked for."""
    library = Library(settings.library, daemon_state_folder())
    if args.what == "list":
        lines = [row(story) for story in library.stories()]
        print("\n".join(lines) or f"No stories are kept in {library.folder}.")
    elif args.what == "show":
        print(page(library.get(args.number)))
    elif args.what == "tell":
        print(ask(settings.controls.socket, TellSaved(args.number))["said"])
    else:
        library.remove(args.number)
        print(f"Story {args.number} is forgotten.")
    return 0


def row(story: KeptStory) -> str:
    """One line of the list."""
    cut = "" if story.whole else " (cut short)"
    return f"{story.number:6}  {story.date[:16].replace('T', ' ')}  {story.title}{cut}"


def page(story: KeptStory) -> str:
    """A story to be read."""
    head = f"{story.title}  {story.date[:16].replace('T', ' ')}, seed {story.seed}"
    return f"{head}\n\n{textwrap.fill(story.text, WIDTH)}"
