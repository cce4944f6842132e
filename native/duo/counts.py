"""What the counting emulator wrote, per token, and the cost model of the C906 on top of it.

The model (cycles of one C906 core with 128-bit vector registers):

    cycles = 2 * beats + vset + 1.3 * scalar + 0.15 * vector bytes read
             + 4 * elements summed in order + 8 * elements divided

A beat is one 128-bit register of a group; the vector unit takes 64 bits a cycle, for arithmetic,
loads and stores alike. The first four terms were fitted to published results of the board and hold
within about 25 %; the last two, for operations that run element by element, are assumptions on
the safe side and make 2 % of the sum.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

SCALAR = ("integer", "load", "store", "branch", "multiply", "divide", "float", "other")
VECTOR = ("vload", "vstore", "vinteger", "vwiden", "vfloat", "vdivide", "vreduce", "vmove")

ATTENTION = ("rvv_attend", "rvv_attend_halves", "rvv_softmax", "kvcache_store", "kvcache_attend")
PARTS = ("matrices", "attention", "classifier", "sampling", "rest")


@dataclass(frozen=True)
class Cost:
    """What was executed between two points, in instructions, bytes, beats and modelled cycles."""

    counts: Counter[str]

    @property
    def scalar(self) -> int:
        return sum(self.counts[k] for k in SCALAR)

    @property
    def vector(self) -> int:
        return sum(self.counts[k] for k in VECTOR)

    @property
    def instructions(self) -> int:
        return self.scalar + self.vector + self.counts["vset"]

    @property
    def beats(self) -> int:
        return sum(self.counts[k] for k in ("beats", "vload_beats", "vstore_beats"))

    @property
    def cycles(self) -> float:
        return (
            2 * self.beats
            + self.counts["vset"]
            + 1.3 * self.scalar
            + 0.15 * self.counts["vload_bytes"]
            + 4 * self.counts["ordered_elements"]
            + 8 * self.counts["divide_elements"]
        )


def part_of(phase: str, function: str) -> str:
    """The part of a token's work that a function belongs to in a phase of the program."""
    if phase == "transformer_forward":
        if function.startswith("rvv_matmul"):
            return "matrices"
        return "attention" if function in ATTENTION else "rest"
    if function.startswith("rvv_matmul") or phase in ("transformer_logits", "screen_pick"):
        return "classifier"
    return "sampling" if phase == "sampler_pick" else "rest"


def read_tokens(path: Path) -> list[dict[str, Counter[str]]]:
    """Cumulative counts per part, [token]: as they stood when that token's pass started."""
    tokens: dict[int, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    with path.open() as file:
        for line in file:
            token, phase, function, *classes = line.split()
            counts = tokens[int(token)][part_of(phase, function)]
            for item in classes:
                name, value = item.split("=")
                counts[name] += int(value)
    return [dict(tokens[t]) for t in sorted(tokens)]


def token_cost(tokens: list[dict[str, Counter[str]]], first: int, end: int) -> dict[str, Cost]:
    """The mean cost of the tokens at positions first .. end - 1, per part."""
    before, after, n = tokens[first], tokens[end], end - first
    costs = {}
    for part in PARTS:
        difference = after.get(part, Counter()) - before.get(part, Counter())
        costs[part] = Cost(Counter({name: value // n for name, value in difference.items()}))
    return costs


def total(costs: dict[str, Cost]) -> Cost:
    """The sum over all parts."""
    everything: Counter[str] = Counter()
    for cost in costs.values():
        everything.update(cost.counts)
    return Cost(everything)
