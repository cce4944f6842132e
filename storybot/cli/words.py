"""the family's words: list, add, remove"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict

from storybot.cli.actions import add_actions
from storybot.cli.output import show
from storybot.cli.table import table
from storybot.config.schema import Settings
from storybot.controls.socket.client import NotRunning, ask
from storybot.controls.socket.requests import AddWord, ControlRequest, RemoveWord, ShowWords
from storybot.language.family import FamilyWord
from storybot.stories.family_file import FamilyFile, allowed_word
from storybot.stories.forbidden_file import household_filter
from storybot.system.folders import daemon_state_folder


def arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, and with which word."""
    actions = add_actions(
        parser,
        {
            "list": "the names, toys, pets and places that storybot knows of this family",
            "add": "a word, in place of one that is written the same",
            "remove": "forget a word",
        },
    )
    for name in ("add", "remove"):
        actions[name].add_argument(
            "word", metavar="WORD", help='such as Mimi, "Grandma Rose", digger'
        )
    actions["add"].add_argument(
        "--is",
        dest="kind",
        default="",
        metavar="WHAT",
        help="girl, boy, creature, thing, place, or what a story can be about, such as cat",
    )
    actions["add"].add_argument(
        "--sounds",
        default="",
        metavar="PHONES",
        help='how it is spoken, such as "M IY M IY"; else as it is read',
    )


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Have the running daemon do it, which knows the word at once; else change its file."""
    words = _changed(args, settings)
    shown = _table(words) if words else "No words of the family are known."
    show(args, [asdict(word) for word in words], shown)
    return 0


def _changed(args: argparse.Namespace, settings: Settings) -> Sequence[FamilyWord]:
    request: ControlRequest = ShowWords()
    if args.what == "add":
        request = AddWord(args.word, args.kind, args.sounds)
    elif args.what == "remove":
        request = RemoveWord(args.word)
    try:
        return [FamilyWord(**word) for word in ask(settings.controls.socket, request)["words"]]
    except NotRunning:
        file = FamilyFile(settings.hearing.family_words, daemon_state_folder())
        if args.what == "add":
            safe = household_filter(settings.safety, daemon_state_folder())
            file.add(allowed_word(args.word, args.kind, args.sounds, safe))
        elif args.what == "remove":
            file.remove(args.word)
        return file.words()


def _table(words: Sequence[FamilyWord]) -> str:
    rows = [(one.word, one.what or "-", one.sounds or "as it is read") for one in words]
    return table(("word", "is", "sounds"), rows)
