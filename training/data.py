"""Make the token files: valid.npz, and train.0.npz ... of which each epoch takes the next.

Every train file holds the whole corpus once, part of it with changed things and names, and beside
it some stories again under storybot's own openings (see steer.py). About two stories of three have
keywords before their sentences (see keywords.py).
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

import sentencepiece

from storybot.language.things import load_things
from training.batches import Tokens, save_tokens
from training.corpus import read_stories, require_corpus
from training.keywords import TagMaker
from training.splice import splice
from training.steer import Steerer

CONTEXT = 512  # tokens, BOS included
TAGGED_STORIES, TAGGED_SENTENCES = 0.7, 0.85  # shares of all, and within such a story


def mixture(stories: list[str], seed: int, changed: float, opened: float) -> list[str]:
    """One epoch: each story, with a chance of `changed` another thing or name in it, and with a
    chance of `opened` once more under one of storybot's openings where one fits."""
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=Path("../shared/corpus"))
    parser.add_argument("--out", type=Path, default=Path("build/training"))
    parser.add_argument("--files", type=int, default=4, help="train files to make (default 4)")
    parser.add_argument("--changed", type=float, default=0.2, help="share with another thing in it")
    parser.add_argument("--opened", type=float, default=1.0, help="chance of a second, opened copy")
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
    for index in range(args.files):
        told = mixture(stories, args.seed + index, args.changed, args.opened)
        rng = random.Random(args.seed + index)
        spliced = [
            splice(
                processor,
                story,
                maker.tags(story, TAGGED_SENTENCES, rng) if rng.random() < TAGGED_STORIES else [],
            )
            for story in told
        ]
        save_tokens(args.out / f"train.{index}.npz", spliced)
        text, keywords = (sum(int((s.owners >= 0).sum()) for s in spliced), sum(map(len, spliced)))
        print(
            f"data: train.{index}.npz holds {len(told)} stories, {len(told) - len(stories)} "
            f"of them opened anew, {text / 1e6:.2f} M tokens, "
            f"{(keywords - text) / 1e6:.2f} M of keywords beside them",
            flush=True,
        )


if __name__ == "__main__":
    main()
