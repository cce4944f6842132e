"""Train the story model within a time budget; stopped and started again, it goes on.

Muon for the matrices, AdamW for the embedding and norms; the learning rate rises over the first
steps, stays, and falls in a straight line to zero over the last part of the budget.
"""

from __future__ import annotations

import argparse
import os
import signal
import time
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path

import torch
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from training.batches import Batch, epoch, load_tokens, token_files
from training.budget import Budget
from training.model import ChunkedLoss, Shape, StoryModel, fast_dtype
from training.muon import Muon
from training.needs import require_device
from training.progress import Progress, load, model_of, restore, save
from training.scoring import bits_per_character, valid_loss

WARMUP = 60  # steps
CHECKPOINT_SECONDS = 180.0
REPORT_STEPS = 20
STORIES_BETWEEN = 100  # unseen stories scored at each checkpoint


class Epochs(IterableDataset[tuple[int, Batch]]):
    """(epoch, batch) without an end, each epoch from the next token file.

    Every process that loads makes its share of the batches; where one is ahead, the number of the
    epoch steps back by one.
    """

    def __init__(self, args: argparse.Namespace, context: int, first: int) -> None:
        self.args, self.context, self.first = args, context, first

    def __iter__(self) -> Iterator[tuple[int, Batch]]:
        worker = get_worker_info()
        mine, workers = (worker.id, worker.num_workers) if worker else (0, 1)
        files = token_files(self.args.out, self.args.tokens)
        for number in count(self.first):
            stories = load_tokens(files[number % len(files)])
            seed = 1000 * self.args.seed + number
            # in another epoch another one is the first: none is left without a batch for ever
            turn = (mine + number) % workers
            for batch in epoch(stories, self.args.batch, self.context, seed, turn, workers):
                yield number, batch


def leave_stopping(_: int) -> None:
    """In a process that makes batches: SIGTERM is for the main one, which saves first."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def make_optimizers(model: StoryModel, args: argparse.Namespace) -> list[torch.optim.Optimizer]:
    """Muon for the matrices, AdamW for the embedding and the norms."""
    matrices = [p for p in model.blocks.parameters() if p.ndim == 2]
    gains = [p for p in model.parameters() if p.ndim == 1]
    optimizers: list[torch.optim.Optimizer] = [
        Muon(matrices, args.lr, args.momentum, args.weight_decay, fast_dtype(args.device)),
        torch.optim.AdamW(
            [model.embedding, *gains], args.embedding_lr, betas=(0.9, 0.95), weight_decay=0.0
        ),
    ]
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["initial_lr"] = group["lr"]
    return optimizers


def set_rates(optimizers: Sequence[torch.optim.Optimizer], factor: float) -> None:
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["lr"] = group["initial_lr"] * factor


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("build/training"))
    parser.add_argument("--tokens", default="train.*.npz", help="token files inside OUT, in turn")
    parser.add_argument("--minutes", type=float, default=20, help="processor minutes per thread")
    parser.add_argument(
        "--deadline", help="HH:MM[:SS] of today at which the run ends at the latest"
    )
    parser.add_argument(
        "--decay", type=float, default=0.85, help="share of the run that cools down"
    )
    parser.add_argument("--batch", type=int, default=4096, help="tokens per step")
    parser.add_argument("--lr", type=float, default=0.01, help="Muon's learning rate")
    parser.add_argument("--momentum", type=float, default=0.95, help="Muon's")
    parser.add_argument("--embedding-lr", type=float, default=0.003)
    parser.add_argument("--weight-decay", type=float, default=0.05)
    for name in ("dim", "hidden", "layers", "heads"):
        parser.add_argument(f"--{name}", type=int, default=getattr(Shape, name))
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--loaders", type=int, default=0, help="processes that make batches")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--eager", action="store_true", help="do not compile: slower, no warm-up")
    return parser.parse_args(argv)


def seconds_of_today(clock: str | None) -> float:
    """HH:MM or HH:MM:SS of today in seconds since the epoch; infinity for None."""
    if clock is None:
        return float("inf")
    form = "%Y-%m-%d %H:%M:%S" if clock.count(":") == 2 else "%Y-%m-%d %H:%M"
    return time.mktime(time.strptime(time.strftime("%Y-%m-%d ") + clock, form))


def main(argv: Sequence[str] | None = None) -> None:
    args = arguments(argv)
    require_device(args.device)
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    checkpoint = args.out / "checkpoint.pt"
    saved = load(checkpoint) if checkpoint.exists() else None
    shape = Shape(args.dim, args.hidden, args.layers, args.heads)
    model = (model_of(saved) if saved else StoryModel(shape)).to(args.device)
    optimizers = make_optimizers(model, args)
    progress = restore(saved, optimizers) if saved else Progress()
    budget = Budget(
        args.minutes,
        seconds_of_today(args.deadline),
        args.threads,
        progress.seconds,
        progress.started,
    )
    valid = load_tokens(args.out / "valid.npz")
    print(f"train: {sum(p.numel() for p in model.parameters()):,} parameters", flush=True)
    stopped: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _: stopped.append(number))

    def keep() -> None:
        progress.seconds, progress.started = budget.seconds(), budget.started
        save(checkpoint, model, optimizers, progress)

    forward = model if args.eager else torch.compile(model, dynamic=True)
    smooth: torch.Tensor | None = None  # of the last 30 steps or so
    since, kept_at, seen_at = time.time(), time.time(), progress.seen
    dtype = fast_dtype(args.device)
    epochs = Epochs(args, model.shape.context, progress.epoch)
    for progress.epoch, host_batch in DataLoader(
        epochs, None, num_workers=args.loaders, worker_init_fn=leave_stopping
    ):
        left = budget.left()
        if left <= 0 or stopped:
            break
        set_rates(optimizers, min(1.0, (progress.steps + 1) / WARMUP, left / args.decay))
        real = host_batch.weights.flatten().nonzero()[:, 0].to(args.device)
        batch = host_batch.to(args.device)
        stream = forward(batch.inputs, dtype, batch.positions, batch.mask())
        loss = ChunkedLoss.apply(
            stream.flatten(0, 1)[real],
            model.embedding,
            batch.targets.flatten()[real],
            batch.weights.flatten()[real],
            dtype,
        )
        loss.backward()
        for optimizer in optimizers:
            optimizer.step()
        model.zero_grad(set_to_none=True)
        progress.steps += 1
        progress.seen += len(real)
        smooth = loss.detach() if smooth is None else smooth.lerp(loss.detach(), 0.03)
        if progress.steps % REPORT_STEPS:
            continue
        speed = (progress.seen - seen_at) / (time.time() - since)
        print(
            f"{time.strftime('%H:%M:%S')} step {progress.steps}, "
            f"{progress.seen / 1e6:.2f} M tokens, loss {smooth:.4f}, "
            f"{speed:.0f} tokens/s, {100 * left:.1f} % left",
            flush=True,
        )
        since, seen_at = time.time(), progress.seen
        if time.time() - kept_at > CHECKPOINT_SECONDS:
            kept_at = time.time()
            keep()
            nats = valid_loss(model, valid[:STORIES_BETWEEN], model.shape.context, dtype)
            print(f"  saved; nats on {STORIES_BETWEEN} unseen stories: {nats:.0f}", flush=True)
    keep()
    if stopped:
        print(f"train: stopped at step {progress.steps}; the same command goes on from here")
        return
    bits = bits_per_character(model, args.out, model.shape.context, torch.float32)
    print(f"train: {progress.steps} steps, {bits:.4f} bits per character on the unseen stories")


if __name__ == "__main__":
    main()
