"""Train the story model within a time budget; stopped and started again, it goes on.

Muon for the matrices, AdamW for the embedding and norms; the learning rate rises over the first
steps, stays, and falls in a straight line to zero over the last part of the budget.
"""

from __future__ import annotations

import argparse
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import torch
from torch import Tensor

from training.batches import Ids, epoch, load_tokens, pad
from training.budget import Budget
from training.model import ChunkedLoss, Shape, StoryModel
from training.muon import Muon

WARMUP = 60  # steps
CHECKPOINT_SECONDS = 180.0
REPORT_STEPS = 20


def valid_loss(model: StoryModel, stories: list[Ids], dtype: torch.dtype) -> float:
    """What the model gives all `stories`, each from BOS and cut at the context, in nats."""
    total = 0.0
    with torch.no_grad():
        ordered = sorted(stories, key=len)
        for start in range(0, len(ordered), 16):
            inputs, targets, weights = pad(ordered[start : start + 16], model.shape.context)
            logits = model.logits(model(inputs, dtype)).float()
            losses = torch.nn.functional.cross_entropy(
                logits.flatten(0, 1), targets.flatten(), reduction="none"
            )
            total += float((losses * weights.flatten()).sum())
    return total


def endless(
    folder: Path, pattern: str, tokens: int, context: int, seed: int
) -> Iterator[tuple[Tensor, ...]]:
    """Epoch after epoch, each from the next file of `pattern`."""
    while True:
        files = sorted(folder.glob(pattern))
        yield from epoch(load_tokens(files[seed % len(files)]), tokens, context, seed)
        seed += 1


def set_rates(optimizers: list[torch.optim.Optimizer], factor: float) -> None:
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["lr"] = group["initial_lr"] * factor


def save(
    path: Path, model: StoryModel, optimizers: list[torch.optim.Optimizer], **rest: object
) -> None:
    """One file, written beside and renamed: an interruption leaves the one before."""
    part = path.with_suffix(".part")
    state = {
        "shape": asdict(model.shape),
        "model": model.state_dict(),
        "optimizers": [optimizer.state_dict() for optimizer in optimizers],
        **rest,
    }
    torch.save(state, part)
    part.rename(path)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("build/training"))
    parser.add_argument("--tokens", default="train.*.npz", help="token files inside OUT, in turn")
    parser.add_argument("--checkpoint", default="checkpoint.pt", help="file inside OUT")
    parser.add_argument("--start", help="weights to start from, inside OUT; not its progress")
    parser.add_argument("--minutes", type=float, default=20, help="processor minutes per thread")
    parser.add_argument("--deadline", help="HH:MM of today at which the run ends at the latest")
    parser.add_argument("--decay", type=float, default=0.5, help="share of the run that cools down")
    parser.add_argument("--batch", type=int, default=6144, help="tokens per step")
    parser.add_argument("--lr", type=float, default=0.025, help="Muon's learning rate")
    parser.add_argument("--momentum", type=float, default=0.95, help="Muon's")
    parser.add_argument("--embedding-lr", type=float, default=0.004)
    parser.add_argument("--weight-decay", type=float, default=0.05)
    parser.add_argument("--layers", type=int, default=Shape.layers)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--eager", action="store_true", help="do not compile: slower, no warm-up")
    return parser.parse_args()


def main() -> None:
    args = arguments()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    deadline = float("inf")
    if args.deadline:
        deadline = time.mktime(
            time.strptime(time.strftime("%Y-%m-%d ") + args.deadline, "%Y-%m-%d %H:%M")
        )
    checkpoint = args.out / args.checkpoint
    saved = torch.load(checkpoint, weights_only=True) if checkpoint.exists() else None
    shape = Shape(**saved["shape"]) if saved else Shape(layers=args.layers)
    model = StoryModel(shape)
    if args.start and not saved:
        model.load_state_dict(torch.load(args.out / args.start, weights_only=True)["model"])

    matrices = [p for p in model.blocks.parameters() if p.ndim == 2]
    gains = [p for p in model.parameters() if p.ndim == 1]
    optimizers: list[torch.optim.Optimizer] = [
        Muon(matrices, args.lr, args.momentum, args.weight_decay),
        torch.optim.AdamW(
            [model.embedding, *gains], args.embedding_lr, betas=(0.9, 0.95), weight_decay=0.0
        ),
    ]
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["initial_lr"] = group["lr"]
    steps, seen, seed = 0, 0, args.seed * 1000
    budget = Budget(args.minutes, deadline, args.threads)
    if saved:
        model.load_state_dict(saved["model"])
        for optimizer, state in zip(optimizers, saved["optimizers"], strict=True):
            rates = [dict(group) for group in optimizer.param_groups]  # those asked for now
            optimizer.load_state_dict(state)
            for group, asked in zip(optimizer.param_groups, rates, strict=True):
                group.update({name: asked[name] for name in asked if name != "params"})
        steps, seen, seed = saved["steps"], saved["seen"], saved["seed"] + 1
        budget = Budget(args.minutes, deadline, args.threads, saved["seconds"], saved["started"])
    valid = load_tokens(args.out / "valid.npz")
    characters = int((args.out / "valid.characters").read_text())
    dtype = torch.bfloat16
    forward = model if args.eager else torch.compile(model, dynamic=True)
    print(f"train: {sum(p.numel() for p in model.parameters()):,} parameters, {shape}", flush=True)

    stopped: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _: stopped.append(number))
    smooth, last_save, last_report, last_seen = 0.0, time.time(), time.time(), seen
    for inputs, targets, weights in endless(args.out, args.tokens, args.batch, shape.context, seed):
        left = budget.left()
        if left <= 0 or stopped:
            break
        set_rates(optimizers, min(1.0, (steps + 1) / WARMUP, left / args.decay))
        kept = weights.flatten().nonzero()[:, 0]
        stream = forward(inputs, dtype).flatten(0, 1)[kept]
        loss = ChunkedLoss.apply(
            stream, model.embedding, targets.flatten()[kept], weights.flatten()[kept], dtype
        )
        loss.backward()
        for optimizer in optimizers:
            optimizer.step()
        model.zero_grad(set_to_none=True)
        steps, seen = steps + 1, seen + len(kept)
        smooth = loss.item() if smooth == 0 else 0.97 * smooth + 0.03 * loss.item()
        if steps % REPORT_STEPS == 0:
            now = time.time()
            print(
                f"{time.strftime('%H:%M:%S')} step {steps}, {seen / 1e6:.2f} M tokens, "
                f"loss {smooth:.4f}, {(seen - last_seen) / (now - last_report):.0f} tokens/s, "
                f"{100 * left:.1f} % left",
                flush=True,
            )
            last_report, last_seen = now, seen
            if now - last_save > CHECKPOINT_SECONDS:
                last_save = now
                progress = {"steps": steps, "seen": seen, "seed": seed}
                clock = {"seconds": budget.seconds(), "started": budget.started}
                save(checkpoint, model, optimizers, **progress, **clock)
                bits = valid_loss(model, valid[:100], dtype)
                print(f"  saved; nats on 100 unseen stories {bits:.0f}", flush=True)
    clock = {"seconds": budget.seconds(), "started": budget.started}
    save(checkpoint, model, optimizers, steps=steps, seen=seen, seed=seed, **clock)
    if stopped:
        print(f"train: stopped at step {steps}; the same command goes on from here", flush=True)
        return
    bits = valid_loss(model, valid, torch.float32) / 0.6931472 / characters
    print(f"train: done, {steps} steps, {bits:.4f} bits per character on the unseen stories")


if __name__ == "__main__":
    main()
