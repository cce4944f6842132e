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
    """A Markdown table with the first column's rows; another's cell is empty where it has none."""
    lines = [f"| | {' | '.join(columns)} | wanted |", "|---" * (len(columns) + 2) + "|"]
    first, *others = ({row.name: row for row in rows} for rows in columns.values())
    for name, row in first.items():
        values = [other[name].value if name in other else "" for other in others]
        lines.append(f"| {' | '.join([name, row.value, *values, row.wanted])} |")
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
