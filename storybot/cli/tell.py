"""`storybot tell`: a story from the command line, shown word by word as it is spoken."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from storybot.cli import request_arguments
from storybot.cli.lifetime import ended_by_signals, seconds_since_start
from storybot.cli.output import add_json
from storybot.cli.standard_streams import STREAM, story_as_json, wav_to_stdout, words_from
from storybot.config.schema import Settings, SpeakingSettings, TellingSettings
from storybot.config.values import checked
from storybot.errors import Exit, StorybotError
from storybot.language.family import use_family
from storybot.language.requests import Style
from storybot.language.safety_filter import Filter
from storybot.language.sentence_splitting import Sentence
from storybot.speaking.pauses import Place
from storybot.speaking.speaker import Speaker
from storybot.speaking.synthesizer import Spoken
from storybot.stories.family_file import FamilyFile
from storybot.stories.forbidden_file import household_filter
from storybot.stories.library import Library
from storybot.stories.story_request import SEED_LIMIT, StoryRequest, fresh_seed
from storybot.system.folders import daemon_state_folder
from storybot.system.profile import resolve_profile
from storybot.telling.ahead import begun_ahead
from storybot.telling.engine_factory import make_engine
from storybot.telling.engine_figures import EngineFigures
from storybot.telling.story_pipeline import StoryPipeline


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    add = parser.add_argument
    add("words", nargs="*", metavar="WORDS", help='"about a cat", a whole request, or - for stdin')
    add("--opening", metavar="TEXT", help="how the story begins, instead of what it is about")
    add("--heard", type=Path, metavar="WAV", help="take the request from a recording")
    add("--seed", type=int, help="the same seed and request tell the same story")
    add("--length", help="short, middle or long; with --plot off, at most so many tokens")
    add("--plot", help="on, or off: the model goes on from an opening by itself")
    add("--drafts", type=int, help="of each sentence, of which the best is told")
    add("--model", help="a name of `storybot models`, or a path")
    add("--voice", help="one of `storybot voices`")
    add("--silent", action="store_true", help="text only")
    add("--wav", type=Path, metavar="FILE", help="write the speech into FILE; - is stdout")
    add_json(parser)
    add("--or-wav", type=Path, metavar="FILE", help="write FILE where there is no loudspeaker")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Tell one story; returns when its last word has been heard."""
    if args.opening is None and args.heard is None:
        args.words = words_from(sys.stdin, args.words)
    if args.seed is None:
        args.seed = fresh_seed()
    if args.wav == STREAM:
        return wav_to_stdout(args, lambda: _run(args, settings))
    if args.json:
        return story_as_json(args, args.opening is None, lambda: _run(args, settings))
    return _run(args, settings)


def _run(args: argparse.Namespace, settings: Settings) -> int:
    _outputs(args)
    telling, speaking = settings.telling, settings.speaking
    if args.model:
        telling = replace(telling, model=args.model, tokenizer="")
    telling = _telling(args, telling)
    if args.voice:
        speaking = replace(speaking, voice=_given("--voice", speaking, "voice", args.voice))
    if not 0 <= args.seed < SEED_LIMIT:
        raise StorybotError(f"--seed: expected a number from 0 to {SEED_LIMIT - 1}", Exit.USAGE)
    settings = replace(settings, speaking=speaking, telling=telling)
    safe = household_filter(settings.safety, daemon_state_folder())
    use_family(FamilyFile(settings.hearing.family_words, daemon_state_folder()).words())
    request = _story_request(args, settings, safe)
    engine = make_engine(telling)
    pipeline = StoryPipeline(lambda: engine, safe)
    try:
        return asyncio.run(_tell(args, settings, request, pipeline))
    except asyncio.CancelledError:
        return Exit.TERMINATED


def _telling(args: argparse.Namespace, telling: TellingSettings) -> TellingSettings:
    """The settings with the options that stand for some of them."""
    if args.plot is not None:
        telling = replace(telling, plot=_given("--plot", telling, "plot", args.plot))
    if args.opening is not None:  # no plan begins so
        telling = replace(telling, plot="off")
    if args.drafts is not None:
        telling = replace(telling, drafts=_given("--drafts", telling, "drafts", args.drafts))
    if args.length is not None:
        key = "length" if telling.plot == "on" else "longest"
        telling = replace(telling, **{key: _given("--length", telling, key, args.length)})
    return telling


def _outputs(args: argparse.Namespace) -> None:
    """The wav files named can be such, and nobody waits for one that is not written."""
    for option, wav in (("--wav", args.wav), ("--or-wav", args.or_wav)):
        if wav is None:
            continue
        if not wav.name or wav == STREAM or wav.is_dir():
            raise StorybotError(f"{option}: give the name of a file, such as x.wav", Exit.USAGE)
        if args.silent:
            raise StorybotError(
                f"--silent speaks nothing that {option} could write; leave one of them out",
                Exit.USAGE,
            )


def _given(option: str, part: TellingSettings | SpeakingSettings, key: str, value: object) -> Any:
    """An option that stands for a setting, bounded as the setting is."""
    sound, wrong = checked(part.__dataclass_fields__[key], value)
    if wrong:
        raise StorybotError(f"{option}: {wrong}", Exit.USAGE)
    return sound


def _story_request(args: argparse.Namespace, settings: Settings, safe: Filter) -> StoryRequest:
    seed = args.seed
    given = [bool(args.words), args.opening is not None, args.heard is not None]
    if sum(given) > 1:
        raise StorybotError("give words, --opening or --heard, not several", Exit.USAGE)
    if args.opening is not None:
        return StoryRequest("", args.opening.strip(), seed)
    if args.heard is not None:
        asked = request_arguments.heard(args.heard, settings.hearing, safe)
    else:
        asked = request_arguments.typed(args.words, safe)
    if args.length is not None:  # the option has the last word
        asked = replace(asked, style=Style(mood=asked.style.mood))
    library = Library(settings.library, daemon_state_folder())
    return request_arguments.story_of(asked, seed, settings.telling, library)


async def _tell(
    args: argparse.Namespace, settings: Settings, request: StoryRequest, pipeline: StoryPipeline
) -> int:
    with ended_by_signals():
        # The plan is made while the loudspeaker opens, which is mostly waiting.
        async with begun_ahead(pipeline.sentences(request)) as sentences:
            speaker = None if args.silent else await _speaker(args, settings)
            page = Page()
            try:
                spoken = await _tell_aloud(speaker, page, request.title, sentences)
            finally:
                if speaker is not None:
                    await speaker.close()
        first = None if speaker is None or speaker.first_sound is None else page.first_word
        print(_figures(pipeline.figures, spoken, first, request.seed), file=sys.stderr)
        return Exit.OK


async def _tell_aloud(
    speaker: Speaker | None, page: Page, title: str, sentences: AsyncIterator[Sentence]
) -> list[Spoken]:
    """Every sentence spoken and shown; returns when the last word has been heard."""
    if title:
        page.line(title)
    spoken: list[Spoken] = []
    try:
        async for sentence in sentences:
            if speaker is None:
                page.words(sentence)(sentence.text)
            else:
                place = Place.PARAGRAPH if sentence.paragraph else Place.WITHIN
                spoken.append(
                    await speaker.say(
                        sentence.text, page.words(sentence), place, sentence.quotations
                    )
                )
        if speaker is not None:
            await speaker.drain()
    finally:
        page.end()
    return spoken


async def _speaker(args: argparse.Namespace, settings: Settings) -> Speaker | None:
    """An open speaker: the loudspeaker, or the wav where that is wanted or all there is.

    None: there is no loudspeaker and no wav is wanted, so the story is only shown.
    """
    profile = resolve_profile(settings.service.profile)
    speaker = Speaker(settings.speaking, profile, args.wav)
    try:
        await speaker.open()
    except StorybotError as error:
        await speaker.close()
        if args.or_wav is None:
            if args.wav is not None or not speaker.has_voice:
                raise
            print(
                f"storybot: {error}; here is the text. "
                "`storybot tell --wav story.wav` writes what would be heard into a file",
                file=sys.stderr,
            )
            return None
        print(f"storybot: {error}; the story goes into {args.or_wav}", file=sys.stderr)
        speaker = Speaker(settings.speaking, profile, args.or_wav)
        await speaker.open()
    return speaker


class Page:
    """The story on the terminal, word by word, as paragraphs."""

    def __init__(self) -> None:
        self.first_word: float | None = None  # s from the start of the program
        self._began = False

    def line(self, text: str) -> None:
        """A line of its own before the story."""
        print(text + "\n", flush=True)

    def words(self, sentence: Sentence) -> Callable[[str], None]:
        """What takes the words of `sentence` as they are heard."""
        gap = "\n" if sentence.paragraph else " "
        begun = False

        def show(word: str) -> None:
            nonlocal begun
            if self.first_word is None:
                self.first_word = seconds_since_start()
            before = gap if self._began and not begun else ""
            self._began = begun = True
            print(before + word, end="", flush=True)

        return show

    def end(self) -> None:
        """Close the last line."""
        if self._began:
            print(flush=True)


def _figures(
    engine: EngineFigures | None, spoken: list[Spoken], first: float | None, seed: int
) -> str:
    parts = []
    if engine is not None and engine.tokens_per_second is not None:
        parts.append(f"{engine.tokens_per_second:.0f} tokens/s")
    if first is not None:
        parts.append(f"first sound after {first:.2f} s")
    if spoken:
        work, sound = (
            sum(one.seconds_synthesis for one in spoken),
            sum(one.seconds_audio for one in spoken),
        )
        parts.append(f"speech: {sound:.1f} s, synthesised in {work:.2f} s")
    return f"[{'; '.join([*parts, f'seed {seed}'])}]"
