"""Have the teacher tell stories, thousands at a time, until a number of seconds is over.

Half of them begin as the teacher likes, half with one of storybot's own openings about a thing of
the list, so that what is rare in the corpus ("a digger", "a zombie") is told of as well. Tokens are
drawn at temperature 1; those less likely than a share of the likeliest are left out (min-p).
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import sentencepiece
import torch
from torch import Tensor

from storybot.language.openings import opening
from storybot.language.things import load_things
from training.batches import BOS, Tokens, save_tokens
from training.model import fast_dtype
from training.needs import require, require_device
from training.teacher import Teacher, TeacherShape

OPENED = 0.5  # share of the stories that begin with one of our openings
TWO_THINGS = 0.2  # share of these that ask for two things
PACKED_EVERY = 16  # steps after which the rows of finished stories are given up


def beginnings(
    processor: sentencepiece.SentencePieceProcessor, count: int, rng: random.Random
) -> list[list[int]]:
    """The first tokens of `count` stories, without BOS; [] where the teacher begins itself."""
    things = load_things()
    texts = [
        opening(rng.sample(things, 2 if rng.random() < TWO_THINGS else 1), rng.randrange(1 << 20))
        if rng.random() < OPENED
        else ""
        for _ in range(count)
    ]
    return [list(ids) for ids in processor.encode(texts)]


def drawn(logits: Tensor, min_p: float) -> Tensor:
    """One token of each row: (rows, vocabulary) -> (rows)."""
    logits = logits.float()
    least = logits.max(dim=-1, keepdim=True).values + float(np.log(min_p))
    noise = -torch.empty_like(logits).exponential_().log_()  # Gumbel's
    return (logits + noise).masked_fill_(logits < least, -torch.inf).argmax(dim=-1)


@torch.no_grad()
def tell(
    teacher: Teacher, starts: Sequence[Sequence[int]], length: int, min_p: float
) -> list[Tokens]:
    """The stories that end within `length` tokens; each begins with the tokens of its start."""
    shape, count, device = teacher.shape, len(starts), teacher.embedding.device
    asked = torch.full((count, length), -1)  # -1: the teacher decides
    for row, ids in enumerate(starts):
        asked[row, : len(ids)] = torch.tensor(ids[:length], dtype=torch.long)
    asked = asked.to(device)
    said = torch.full((count, length), BOS, device=device)
    size = (2, count, shape.kv_heads, length, shape.dim // shape.heads)
    dtype = teacher.embedding.dtype
    caches = [torch.empty(size, dtype=dtype, device=device) for _ in range(shape.layers)]
    rows = torch.arange(count, device=device)  # those that are still told
    tokens = torch.full((count,), BOS, device=device)
    ended = torch.zeros(count, dtype=torch.bool, device=device)
    for at in range(length):
        tokens = drawn(teacher.step(tokens, caches, at), min_p)
        tokens = torch.where(asked[rows, at] >= 0, asked[rows, at], tokens)
        ended |= tokens == BOS
        said[rows, at] = torch.where(ended, BOS, tokens)
        if at % PACKED_EVERY == PACKED_EVERY - 1:
            alive = (~ended).nonzero()[:, 0]
            if len(alive) == 0:
                break
            rows, tokens, ended = rows[alive], tokens[alive], ended[alive]
            for index in range(len(caches)):  # one by one: two of them all do not fit
                caches[index] = caches[index][:, alive]
    table = said[said[:, -1] == BOS].cpu().numpy()
    ends = (table == BOS).argmax(axis=1)
    return [Tokens.plain(row[:end]) for row, end in zip(table, ends, strict=True) if end]


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("build/training"))
    parser.add_argument("--seconds", type=float, default=150)
    parser.add_argument(
        "--rows", type=int, default=4096, help="stories at a time; 4096 take 39 GB of GPU memory"
    )
    parser.add_argument("--length", type=int, default=416, help="tokens of a story at most")
    parser.add_argument("--min-p", type=float, default=0.02)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", default="cuda", help="or cpu, far too slow for more than a try")
    args = parser.parse_args(argv)
    require(args.out / "teacher.pt", "training.teach")
    require_device(args.device)
    for old in args.out.glob("told.*.npz"):
        old.unlink()
    torch.manual_seed(args.seed)
    saved = torch.load(args.out / "teacher.pt", weights_only=True, map_location=args.device)
    teacher = Teacher(TeacherShape(**saved["shape"])).to(args.device)
    teacher.load_state_dict(saved["model"])
    teacher.to(fast_dtype(args.device))
    processor = sentencepiece.SentencePieceProcessor(model_file=str(args.out / "tokenizer.model"))
    rng = random.Random(args.seed)
    began, told, tokens, longest = time.time(), 0, 0, 0.0
    for number in range(1_000_000):
        since = time.time()
        if since - began + longest > args.seconds and number:
            break
        starts = beginnings(processor, args.rows, rng)
        stories = tell(teacher, starts, args.length, args.min_p)
        if stories:
            save_tokens(args.out / f"told.{number:03}.npz", stories)
        told, tokens = told + len(stories), tokens + sum(map(len, stories))
        longest = max(longest, time.time() - since)
        print(
            f"told: {told} stories, {tokens / 1e6:.2f} M tokens, {time.time() - began:.0f} s",
            flush=True,
        )


if __name__ == "__main__":
    main()
