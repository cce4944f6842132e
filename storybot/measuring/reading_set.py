"""Stories to be read blind: of the box as it was, from plans, and real ones, in mixed order.

    python -m storybot.measuring.reading_set FOLDER [--seed COMMIT] [--model FILE]

Writes FOLDER/stories.md, which tells nothing of where a story is from, and FOLDER/key.txt, which
does. Everything is drawn from the seed, by default the hash of the commit checked out: requests,
which real stories, the order; nothing is picked. Stories end as their writers ended them.
"""

from __future__ import annotations

import argparse
import lzma
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from storybot.config.schema import TellingSettings
from storybot.errors import StorybotError
from storybot.language.safety_filter import load_filter
from storybot.language.things import load_things
from storybot.measuring import stories
from storybot.measuring.planned_stories import Writing, write_all
from storybot.measuring.requests import Request, single_requests
from storybot.measuring.story_quality import mentions
from storybot.telling.plan import Length

OF_EACH_KIND = 20
LEAST_WORDS, MOST_WORDS = 80, 420  # of a real story: about as long as the others
LEAST_MENTIONS = 2  # of the thing that its request names


@dataclass(frozen=True)
class Entry:
    """One story of the set."""

    kind: str  # "real", "plot: off" or "plans"
    line: str  # how it was asked for
    text: str


def real_stories(path: Path, rng: random.Random, number: int) -> list[Entry]:
    """Stories of the validation text, each asked for by the thing that it names most."""
    with lzma.open(path, "rt", encoding="utf-8", errors="replace") as file:
        texts = [text.strip() for text in file.read().split("<|endoftext|>")]
    rng.shuffle(texts)
    things = [thing for thing in load_things() if not thing.is_name]
    found: list[Entry] = []
    for text in texts:
        if len(found) == number:
            break
        if not LEAST_WORDS <= len(text.split()) <= MOST_WORDS or "\ufffd" in text:
            continue
        counted = Counter({thing: mentions(text, thing) for thing in things})
        thing, most = counted.most_common(1)[0]
        if most >= LEAST_MENTIONS:
            found.append(Entry("real", f"a story about {thing.phrase}", _plain(text)))
    return found


def _plain(text: str) -> str:
    """The same paragraphs and quotation marks as the box writes."""
    straight = text.translate({0x201C: '"', 0x201D: '"', 0x2019: "'", 0x2018: "'"})
    return "\n".join(line.strip() for line in straight.splitlines() if line.strip())


def told_stories(
    args: argparse.Namespace, requests: Sequence[Request], plain: Sequence[Request]
) -> list[Entry]:
    """From plans for `requests`, and as with `plot: off` for `plain`."""
    usual = TellingSettings()
    length, allows = Length(usual.length), load_filter()
    writing = Writing(args.engine, args.model, usual, usual.drafts, length, allows)
    entries = [
        Entry("plans", one.request.line, one.text) for one in write_all(writing, requests, 1)
    ]
    model = [str(args.plain_model or args.model)]
    for number, request in enumerate(plain, 1):
        told = stories.tell(args.engine, model, request.things, number, usual)
        entries.append(Entry("plot: off", request.line, _plain(told.text)))
    return entries


def head_commit() -> str:
    """The hash of the commit checked out."""
    done = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, check=True, text=True)
    return done.stdout.strip()


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="storybot.measuring.reading_set", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", help="any text; default: the commit's hash")
    parser.add_argument("--engine", type=Path, default=Path("build/native/storyteller"))
    parser.add_argument("--model", type=Path, default=stories.DEFAULT_MODEL)
    parser.add_argument("--plain-model", type=Path, help="of the stories without plans")
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--each", type=int, default=OF_EACH_KIND, help="stories of each kind")
    args = parser.parse_args(argv)
    seed = args.seed or head_commit()
    rng = random.Random(seed)
    unseen = args.shared / "corpus" / "tinystories-valid.txt.xz"
    if not unseen.is_file():
        print(f"reading-set: {unseen} is missing; put the TinyStories there", file=sys.stderr)
        return 1
    requests = rng.sample(single_requests(), 2 * args.each)
    try:
        entries = told_stories(args, requests[: args.each], requests[args.each :])
    except StorybotError as error:
        print(f"reading-set: {error}", file=sys.stderr)
        return int(error.code)
    entries += real_stories(unseen, rng, args.each)
    rng.shuffle(entries)
    args.folder.mkdir(parents=True, exist_ok=True)
    parts = [f"## {n}. {entry.line}\n\n{entry.text}\n" for n, entry in enumerate(entries, 1)]
    (args.folder / "stories.md").write_text("\n".join(parts), encoding="utf-8")
    key = [f"{n} {entry.kind}\n" for n, entry in enumerate(entries, 1)]
    (args.folder / "key.txt").write_text(f"seed {seed}\n" + "".join(key), encoding="utf-8")
    print(f"{args.folder}: {len(entries)} stories, seed {seed}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
