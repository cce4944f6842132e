"""`storybot voices`: the voices there are, the default marked; `voices get NAME` installs one."""

from __future__ import annotations

import argparse
import sys
import textwrap
from dataclasses import replace

from storybot import drivers
from storybot.cli.output import add_json, records, show
from storybot.cli.table import table
from storybot.config.schema import Settings
from storybot.config.trial import fault_of_voice
from storybot.errors import Exit, StorybotError
from storybot.speaking.voices import choice
from storybot.speaking.voices.obtainable import OBTAINABLE, ObtainableVoice
from storybot.system.packages import are_installed, install, requirements

WIDTH = 98  # characters of a line


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("action", nargs="?", choices=["list", "get"], default="list")
    parser.add_argument("name", nargs="?", help="which voice to get")
    parser.add_argument("--accents", action="store_true", help="list the accents of English, too")
    add_json(parser)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print the table, or install one voice."""
    if args.action == "get":
        return _get(args, settings)
    if args.name is not None:
        raise StorybotError(
            f"list shows all voices; to get one: storybot voices get {args.name}", Exit.USAGE
        )
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
    wanting = [one for one in OBTAINABLE if one.wanting]
    data["obtainable"] = [one.name for one in wanting]
    for one in wanting:
        text += f"\n\nTo get {one.driver}: {one.command}"
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


def _get(args: argparse.Namespace, settings: Settings) -> int:
    known = {one.name: one for one in OBTAINABLE}
    voice = known.get(args.name)
    if voice is None:
        names = ", ".join(f"{one.name} ({one.about})" for one in OBTAINABLE)
        asked = f"no voice {args.name!r} can be got" if args.name else "say which voice to get"
        raise StorybotError(f"{asked}; there is: {names}", Exit.USAGE)
    told = f"{voice.name} was here already" if _is_here(voice) else _got(voice)
    if wrong := fault_of_voice(replace(settings.speaking, voice=voice.driver)):
        raise StorybotError(
            f"{voice.name} is installed and does not speak: {wrong}", Exit.SOUND_OUT
        )
    how = f"storybot tell --voice {voice.name} tries it, speaking.voice: {voice.name} chooses it"
    show(args, {"name": voice.name, "told": told}, f"{told}; {how}")
    return Exit.OK


def _is_here(voice: ObtainableVoice) -> bool:
    return not voice.missing and are_installed(requirements(voice.extra))


def _got(voice: ObtainableVoice) -> str:
    if voice.missing and not voice.wanting:
        raise StorybotError(f"{voice.name} needs {voice.missing}", Exit.SOUND_OUT)
    size = voice.download_bytes // 10**6
    print(f"getting {voice.name}: {size} MB, which takes a while", file=sys.stderr, flush=True)
    try:
        install(requirements(voice.extra), voice.room_bytes)
    except StorybotError as fault:
        raise StorybotError(f"{voice.name} was not installed: {fault}", Exit.SOUND_OUT) from fault
    return f"{voice.name} is here"
