"""Printing the story model's report: a table with one column a model, and sample stories."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One figure of one model."""

    name: str
    value: str
    wanted: str  # what we hold it to, empty for a figure that is only shown


def table_text(columns: Mapping[str, Sequence[Row]]) -> str:
    """A Markdown table; every column's rows are the same, in the same order."""
    lines = [f"| | {' | '.join(columns)} | wanted |", "|---" * (len(columns) + 2) + "|"]
    for same in zip(*columns.values(), strict=False):
        cells = [same[0].name, *(row.value for row in same), same[0].wanted]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def samples_text(stories: Sequence[tuple[str, str]], count: int, seed: int) -> str:
    """`count` of (thing, story), chosen by `seed` alone, as Markdown quotes."""
    chosen = random.Random(seed).sample(range(len(stories)), count)
    parts = []
    for index in sorted(chosen):
        thing, story = stories[index]
        quoted = "\n".join(f"> {line}".rstrip() for line in story.splitlines())
        parts.append(f"\n**{thing}**\n\n{quoted}")
    return "\n".join(parts)
