"""Make the token files: valid.npz, and train.0.npz ... of which each epoch takes the next.

Every train file holds the whole corpus once, part of it with changed things and names, and beside
it some stories again under storybot's own openings (see steer.py). About two stories of three have
keywords before their sentences (see keywords.py). Stories that a teacher told (told.*.npz, see
teacher_stories.py) come with --told: each file has an equal part of them beside `kept` of the
corpus.
"""

from __future__ import annotations

import argparse
import os
import random
import re
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

import sentencepiece

from storybot.language.things import load_things
from training.batches import Tokens, load_tokens, save_tokens
from training.corpus import read_stories, require_corpus
from training.keywords import TagMaker
from training.splice import splice
from training.steer import Steerer

CONTEXT = 512  # tokens, BOS included
TAGGED_SENTENCES = 0.85  # share of the sentences of a story with keywords
CHUNK = 256  # stories that a process takes at a time
_NOT_TOLD = re.compile("[\ufffd\\[\\]]")  # broken characters, and the brackets of keywords


def mixture(stories: list[str], seed: int, changed: float, opened: float) -> list[str]:
    """One epoch: each story, with a chance of `changed` another thing or name in it, and with a
    chance of `opened` once more under one of storybot's openings where one fits."""
    if not changed and not opened:
        return stories
    rng = random.Random(seed)
    steerer = Steerer(rng)
    told = []
    for story in stories:
        other = steerer.renamed(steerer.exchanged(story)) if rng.random() < 0.6 else story
        anew = steerer.open_anew(other) if rng.random() < opened else None
        if anew:
            told.append(anew)
        told.append(other if rng.random() < changed / 0.6 else story)
    return told


@dataclass(frozen=True)
class Annotator:
    """Stories -> tokens, `tagged` of them with keywords."""

    processor: sentencepiece.SentencePieceProcessor
    maker: TagMaker
    tagged: float
    processes: int

    def chunk(self, stories: list[str], seed: int, changed: float, opened: float) -> list[Tokens]:
        """The `mixture` of some stories."""
        rng = random.Random(seed)
        return [
            splice(
                self.processor,
                story,
                self.maker.tags(story, TAGGED_SENTENCES, rng) if rng.random() < self.tagged else [],
            )
            for story in mixture(stories, seed, changed, opened)
        ]

    def all(self, stories: list[str], seed: int, changed: float, opened: float) -> list[Tokens]:
        """The `mixture` of the stories, a chunk a process."""
        chunks = [stories[at : at + CHUNK] for at in range(0, len(stories), CHUNK)]
        seeds = [10_000 * seed + index for index in range(len(chunks))]
        with ProcessPoolExecutor(self.processes) as pool:
            parts = pool.map(self.chunk, chunks, seeds, repeat(changed), repeat(opened))
            return [one for part in parts for one in part]


def told_stories(folder: Path, processor: sentencepiece.SentencePieceProcessor) -> list[str]:
    """What the teacher told, as text, without stories that hold broken characters."""
    paths = sorted(folder.glob("told.*.npz"))
    found = [one.ids.tolist() for path in paths for one in load_tokens(path)]
    texts = processor.decode(found) if found else []
    return [text for text in texts if not _NOT_TOLD.search(text)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=Path("../shared/corpus"))
    parser.add_argument("--out", type=Path, default=Path("build/training"))
    parser.add_argument("--files", type=int, default=4, help="train files to make (default 4)")
    parser.add_argument("--changed", type=float, default=0.2, help="share with another thing in it")
    parser.add_argument("--opened", type=float, default=1.0, help="chance of a second, opened copy")
    parser.add_argument("--kept", type=float, default=1.0, help="share of the corpus in each file")
    parser.add_argument("--told", action="store_true", help="with the teacher's stories")
    parser.add_argument("--tagged", type=float, default=0.7, help="share of stories with keywords")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    folder = require_corpus(args.corpus)
    processor = sentencepiece.SentencePieceProcessor(model_file=str(args.out / "tokenizer.model"))
    valid = read_stories(folder / "tinystories-valid.txt.xz")
    tokens = processor.encode(valid)
    save_tokens(args.out / "valid.npz", [Tokens.plain(ids) for ids in tokens])
    scored = [processor.decode(story[:CONTEXT]) for story in tokens]
    (args.out / "valid.characters").write_text(str(sum(map(len, scored))))
    stories = read_stories(folder / "tinystories-train.txt.xz")
    more = folder / "tinystories-more.txt.xz"
    stories += read_stories(more) if more.is_file() else []
    creatures = [thing for thing in load_things() if thing.kind == "creature"]
    maker = TagMaker.of(stories, [form for one in creatures for form in (one.word, one.plural)])
    annotator = Annotator(processor, maker, args.tagged, args.processes)
    told = told_stories(args.out, processor) if args.told else []
    for old in args.out.glob("train.*.npz"):
        old.unlink()
    for index in range(args.files):
        seed = args.seed + index
        rng = random.Random(seed)
        kept = [story for story in stories if rng.random() < args.kept]
        mixed = annotator.all(kept, seed, args.changed, args.opened)
        dealt = annotator.all(told[index :: args.files], seed, 0, 0)
        spliced = mixed + dealt
        save_tokens(args.out / f"train.{index}.npz", spliced)
        text, keywords = (sum(int((s.owners >= 0).sum()) for s in spliced), sum(map(len, spliced)))
        print(
            f"data: train.{index}.npz holds {len(spliced)} stories, {len(mixed) - len(kept)} "
            f"of them opened anew, {len(dealt)} told by a teacher, "
            f"{text / 1e6:.2f} M tokens, {(keywords - text) / 1e6:.2f} M of keywords beside them",
            flush=True,
        )


if __name__ == "__main__":
    main()
