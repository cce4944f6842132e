"""The story model's report: bits per character, and what 412 requests get for stories.

`make eval-model` prints it. Each thing of things.txt is asked for once; the model goes on from the
opening that the box would use, sampled as its settings say, and what it wrote is counted.
"""

from __future__ import annotations

import argparse
import random
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from storybot.config.schema import TellingSettings
from storybot.data import DATA_FOLDER
from storybot.errors import Exit, StorybotError
from storybot.language.openings import opening
from storybot.language.safety_filter import Filter, load_filter
from storybot.language.things import Thing, load_things
from storybot.measuring.story_bits import bits_per_character
from storybot.measuring.story_quality import (
    WORD_LIST,
    load_words,
    mentions,
    repeats_sentence,
    unknown_words,
    words_of,
)
from storybot.measuring.story_table import Row, samples_text, table_text
from storybot.telling.engine_figures import read_figures

LONGEST = 400  # tokens, opening included
MORE = 12  # tokens: a story that is no longer with so many more had ended by itself
DEFAULT_MODEL = DATA_FOLDER / "default.story"


@dataclass(frozen=True)
class MeasuredStory:
    """One request and the story it got."""

    things: tuple[Thing, ...]
    opening: str
    text: str  # opening included
    ended: bool  # by the model itself within LONGEST tokens
    tokens_per_second: float | None


def tell(
    engine: Path,
    model: Sequence[str],
    things: Sequence[Thing],
    seed: int,
    sampling: TellingSettings | None = None,
) -> MeasuredStory:
    """Let the engine tell one story about `things`; StorybotError when it fails."""
    begins = opening(things, seed)
    sampling = sampling or TellingSettings()
    command = [str(engine), *model, "-i", begins, "-s", str(seed)]
    command += ["-t", str(sampling.temperature), "-p", str(sampling.topp)]
    text, said = _run([*command, "-n", str(LONGEST)])
    longer, _ = _run([*command, "-n", str(LONGEST + MORE)])
    speed = read_figures(said, 0.0).tokens_per_second
    return MeasuredStory(tuple(things), begins, text, ended=text == longer, tokens_per_second=speed)


def _run(command: Sequence[str]) -> tuple[str, str]:
    """What the engine wrote as story and what it said beside it."""
    done = subprocess.run(command, capture_output=True, check=False)
    said = done.stderr.decode("utf-8", "replace")
    if done.returncode != 0:
        raise StorybotError(f"{command[1]} told no story: {said.strip()}", Exit.ENGINE)
    return done.stdout.decode("utf-8", "replace").strip(), said


def tell_all(
    args: argparse.Namespace, model: Sequence[str], requests: Sequence[Sequence[Thing]]
) -> list[MeasuredStory]:
    """One story for each request, seeds counted up from that of `args`, two at a time."""
    sampling = replace(TellingSettings(), topp=args.top_p)
    with ThreadPoolExecutor(2) as pool:
        return list(
            pool.map(
                lambda item: tell(args.engine, model, item[1], args.seed + item[0], sampling),
                enumerate(requests),
            )
        )


def speaks_of(text: str, told: MeasuredStory) -> bool:
    """True when `text` mentions everything that was asked for at least twice."""
    return all(mentions(text, thing) >= 2 for thing in told.things)


def rows(
    stories: Sequence[MeasuredStory],
    of_two: Sequence[MeasuredStory],
    known: frozenset[str],
    safe: Filter,
) -> Iterator[Row]:
    """The table's rows for one model."""

    def share(name: str, counted: Sequence[bool], wanted: str) -> Row:
        return Row(name, f"{100 * sum(counted) / len(counted):.1f} %", wanted)

    own = [told.text[len(told.opening) :] for told in stories]
    pairs = list(zip(stories, own, strict=True))
    yield Row("stories", str(len(stories)), "")
    yield share(
        "mention the thing at least twice",
        [speaks_of(told.text, told) for told in stories],
        ">= 85 %",
    )
    yield share("... the opening not counted", [speaks_of(text, told) for told, text in pairs], "")
    yield share(
        f"{len(of_two)} requests for two: mention both twice",
        [speaks_of(told.text, told) for told in of_two],
        "",
    )
    yield share(f"end by themselves within {LONGEST} tokens", [t.ended for t in stories], ">= 80 %")
    yield share("repeat a sentence", [repeats_sentence(t.text) for t in stories], "<= 5 %")
    words = sum(len(words_of(text)) for text in own)
    if known:
        unknown = sum(len(unknown_words(text, known)) for text in own)
        yield Row("words not in the word list", f"{100 * unknown / words:.2f} %", "<= 1 %")
    else:
        yield Row("words not in the word list", f"skipped: no {WORD_LIST}", "<= 1 %")
    yield share("pass the safety filter", [safe.allows(t.text) for t in stories], "")
    yield Row("words a story", f"{words / len(stories):.0f}", "")
    speeds = [told.tokens_per_second for told in stories if told.tokens_per_second]
    if speeds:
        yield Row("tokens/s on this machine, median", f"{statistics.median(speeds):.0f}", "")


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="storybot.measuring.stories", description=__doc__)
    parser.add_argument("--engine", type=Path, default=Path("build/native/storyteller"))
    parser.add_argument("--model", type=Path, default=DEFAULT_MODEL)
    parser.add_argument("--fp32", type=Path, help="folder of a training: model.bin, tokenizer.bin")
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--requests", type=int, default=0, help="ask for so many things only")
    parser.add_argument("--samples", type=int, default=0, help="print so many of the stories")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--top-p", type=float, default=TellingSettings().topp)
    return parser.parse_args(argv)


def report(args: argparse.Namespace) -> None:
    things = list(load_things())
    if args.requests:  # evenly from the whole list
        things = [things[i * len(things) // args.requests] for i in range(args.requests)]
    models: dict[str, list[str]] = {args.model.name: [str(args.model)]}
    small = args.shared / "models" / "stories260K.bin"
    if small.is_file():
        models["stories260K"] = [str(small), "-z", str(small.with_name("tok512.bin"))]
    else:
        print(f"stories260K left out: {small} is not there")
    measured: dict[str, list[str]] = {"int8": models[args.model.name]}
    if args.fp32 and (args.fp32 / "model.bin").is_file():
        measured["fp32"] = [str(args.fp32 / "model.bin"), "-z", str(args.fp32 / "tokenizer.bin")]
    if "stories260K" in models:
        measured["stories260K"] = models["stories260K"]
    print(f"{args.model}: {args.model.stat().st_size:,} bytes")
    unseen = args.shared / "corpus" / "tinystories-valid.txt.xz"
    if unseen.is_file():
        for name, model in measured.items():
            bits = bits_per_character(args.engine, model, unseen)
            print(f"bits per character on unseen stories, {name}: {bits:.4f}")
    else:
        print(f"bits per character left out: {unseen} is not there")
    known, safe = load_words(), load_filter()
    chosen = random.Random(args.seed)
    single = [(thing,) for thing in things]
    double = [tuple(chosen.sample(things, 2)) for _ in range(max(1, len(things) // 4))]
    columns: dict[str, list[Row]] = {}
    samples: list[tuple[str, str]] = []  # of the first model
    for name, model in models.items():
        stories = tell_all(args, model, single)
        of_two = tell_all(args, model, double)
        columns[name] = list(rows(stories, of_two, known, safe))
        samples = samples or [(one.things[0].word, one.text) for one in stories]
    print(table_text(columns))
    if args.samples:
        print(samples_text(samples, args.samples, args.seed))


def main(argv: Sequence[str] | None = None) -> int:
    try:
        report(arguments(argv))
    except StorybotError as error:
        print(f"eval-model: {error}", file=sys.stderr)
        return int(error.code)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
