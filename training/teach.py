"""Train the teacher on the stories, until a number of seconds is over; for a machine with a GPU.

AdamW; the learning rates rise over the first steps and fall in a straight line to zero.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import torch

from training.batches import Tokens, epoch, load_tokens, token_files
from training.model import fast_dtype
from training.needs import require, require_device
from training.scoring import bits_per_character, nats
from training.teacher import Teacher
from training.teacher_file import read

WARMUP = 40  # steps
REPORT_STEPS = 40
BETAS = (0.9, 0.95)


def text_only(story: Tokens) -> Tokens:
    """The story without keywords."""
    return Tokens.plain(story.ids[story.owners >= 0])


def train(teacher: Teacher, args: argparse.Namespace) -> None:
    files = token_files(args.out, "train.*.npz")
    stories = [text_only(story) for path in files for story in load_tokens(path)]
    matrices = [p for p in teacher.blocks.parameters() if p.ndim == 2]
    others = [p for p in teacher.parameters() if p.ndim == 1]
    optimizer = torch.optim.AdamW(
        [
            {"params": matrices, "lr": args.lr, "weight_decay": args.weight_decay},
            {"params": [teacher.embedding], "lr": args.embedding_lr, "weight_decay": 0.0},
            {"params": others, "lr": args.lr, "weight_decay": 0.0},
        ],
        betas=BETAS,
        fused=args.device != "cpu",
    )
    rates = [group["lr"] for group in optimizer.param_groups]
    began, steps, number, dtype = time.time(), 0, 0, fast_dtype(args.device)
    while True:
        for batch in epoch(stories, args.batch, teacher.shape.context, 1000 * args.seed + number):
            left = 1 - (time.time() - began) / args.seconds
            if left <= 0:
                return
            for group, rate in zip(optimizer.param_groups, rates, strict=True):
                group["lr"] = rate * min(left, (steps + 1) / WARMUP)
            loss = nats(teacher, batch.to(args.device), dtype) / batch.weights.sum()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(teacher.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            steps += 1
            if steps % REPORT_STEPS == 0:
                print(
                    f"teach: step {steps}, epoch {number}, loss {loss.item():.4f}, "
                    f"{100 * left:.0f} % left",
                    flush=True,
                )
        number += 1


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("build/training"))
    parser.add_argument("--seconds", type=float, default=90)
    parser.add_argument("--batch", type=int, default=32768, help="tokens per step")
    parser.add_argument("--lr", type=float, default=3e-4)
    parser.add_argument("--embedding-lr", type=float, default=1e-3)
    parser.add_argument("--weight-decay", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", default="cuda", help="or cpu, far too slow for more than a try")
    args = parser.parse_args(argv)
    require(args.out / "teacher.gguf", "training.teacher_file")
    require_device(args.device)
    torch.manual_seed(args.seed)
    teacher = read(args.out / "teacher.gguf").to(args.device)
    train(teacher, args)
    state = {"shape": asdict(teacher.shape), "model": teacher.state_dict()}
    torch.save(state, args.out / "teacher.pt")
    bits = bits_per_character(teacher, args.out, teacher.shape.context, fast_dtype(args.device))
    print(f"teach: {bits:.4f} bits per character on the unseen stories", flush=True)


if __name__ == "__main__":
    main()
