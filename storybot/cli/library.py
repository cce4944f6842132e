"""the last stories: list, show, tell, rm"""

from __future__ import annotations

import argparse
import textwrap
from dataclasses import asdict

from storybot.cli.actions import add_actions
from storybot.cli.output import show, show_reply
from storybot.config.schema import Settings
from storybot.controls.socket.client import ask
from storybot.controls.socket.requests import TellSaved
from storybot.stories.library import KeptStory, Library
from storybot.system.folders import daemon_state_folder

WIDTH = 78
ROW_TEXT = 50  # characters of the text in the list


def arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, and with which story."""
    texts = {
        "list": "the stories kept, newest first",
        "show": "print a story",
        "tell": "let the daemon tell a story again",
        "rm": "forget a story",
    }
    for name, one in add_actions(parser, texts).items():
        if name != "list":
            one.add_argument("number", type=int, help="as `storybot library list` shows it")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print what was asked for; the list where nothing was."""
    library = Library(settings.library, daemon_state_folder())
    if args.what in (None, "list"):
        stories = list(library.stories())
        lines = "\n".join(map(row, stories)) or f"No stories are kept in {library.folder}."
        show(args, [asdict(story) for story in stories], lines)
    elif args.what == "show":
        story = library.get(args.number)
        show(args, asdict(story), page(story))
    elif args.what == "tell":
        reply = ask(settings.controls.socket, TellSaved(args.number))
        show_reply(args, reply, reply["said"])
    else:
        library.remove(args.number)
        show(args, {"removed": args.number}, f"Story {args.number} is forgotten.")
    return 0


def row(story: KeptStory) -> str:
    """One line of the list: what it is about, how long it is, and how it goes on.

    The words that began it were given and are much the same in all stories about one thing.
    """
    cut = ", cut short" if not story.whole else ""
    words = len(story.text.split())
    told = story.text.removeprefix(story.opening).strip(" ,.;:!?\n")
    day, title = story.date[:16].replace("T", " "), story.title.rstrip(".")
    head = f"{story.number:6}  {day}  {title or 'A story'} ({words} words{cut})"
    return f"{head}: {textwrap.shorten(told, ROW_TEXT, placeholder=' ...')}" if told else head


def page(story: KeptStory) -> str:
    """A story to be read."""
    head = f"{story.title}  {story.date[:16].replace('T', ' ')}, seed {story.seed}"
    return f"{head}\n\n{textwrap.fill(story.text, WIDTH)}"
