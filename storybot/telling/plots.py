"""Plots as they stand in the files of storybot/data/plots/; docs/plots.md documents the form."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from storybot.data import DATA_FOLDER
from storybot.telling.lore import CREATURES, KINDS
from storybot.telling.plot_lines import Choice, choices_in, fault_in

PLOTS_FOLDER = DATA_FOLDER / "plots"
_HEADER = re.compile(r"(hero|thing|noun|second|place|calm|funny|pick \w+)(?:: (.*))?")


@dataclass(frozen=True, slots=True)
class Plot:
    """One plot; `thing`, `second` and `place` are empty where it has no such role."""

    name: str
    family: str  # the name of its file
    hero: frozenset[str]  # kinds of lore.txt
    thing: frozenset[str]
    second: frozenset[str]
    place: bool
    calm: bool  # good at bedtime
    funny: bool
    nouns: frozenset[str]  # the only things that it is about; empty: any of those kinds
    picks: tuple[tuple[str, tuple[str, ...]], ...]  # a slot's name and what it may be
    body: tuple[str, ...] = field(repr=False)  # the lines of its beats, read when it is chosen


_PLAIN = re.compile(r"\{[^{}]*\}|;.*")


def names(plot: Plot, noun: str) -> bool:
    """Whether the plot speaks of such a one by itself: a mouse that comes along."""
    noun = noun.split()[-1].lower()
    texts = [line for line in plot.body if noun in line.lower()]
    texts += [value for _, values in plot.picks for value in values if noun in value.lower()]
    found = re.compile(rf"\b{re.escape(noun)}s?\b", re.IGNORECASE)
    return any(found.search(_PLAIN.sub("", text)) for text in texts)


@cache
def load_family(path: Path) -> tuple[Plot, ...]:
    """The plots of one file; ValueError, which names the plot and the line, where it is wrong."""
    text = "\n" + path.read_text(encoding="utf-8")
    return tuple(_plot(part, path.stem) for part in text.split("\n== ")[1:])


def load_plots(folder: Path = PLOTS_FOLDER) -> tuple[Plot, ...]:
    """Every plot of the folder's files, openings and closings apart, in the order of names."""
    paths = [p for p in sorted(folder.glob("*.txt")) if p.stem not in ("openings", "closings")]
    return tuple(plot for path in paths for plot in load_family(path))


def _kinds(plot: str, line: str, words: str) -> frozenset[str]:
    kinds = KINDS if words == "any" else frozenset(words.split())
    if not kinds or not kinds <= KINDS:
        raise fault_in(plot, line, f"kinds are {', '.join(sorted(KINDS))} or any")
    return kinds


def _plot(part: str, family: str) -> Plot:
    name, *lines = (line.strip() for line in part.split("\n"))
    found: dict[str, frozenset[str]] = {}
    flags: set[str] = set()
    nouns: frozenset[str] = frozenset()
    picks: list[tuple[str, tuple[str, ...]]] = []
    while lines and lines[0]:
        line = lines.pop(0)
        if line.startswith("#"):
            continue
        header = _HEADER.fullmatch(line)
        if header is None:
            raise fault_in(name, line, "what a plot fits stands before its first empty line")
        key, value = header[1], header[2] or ""
        if key.startswith("pick "):
            picks.append((key[5:], tuple(one.strip() for one in value.split("/"))))
        elif key in ("place", "calm", "funny"):
            flags.add(key)
        elif key == "noun":
            nouns = frozenset(value.split())
        else:
            found[key] = _kinds(name, line, value)
    nothing: frozenset[str] = frozenset()
    return Plot(
        name,
        family,
        found.get("hero", CREATURES),
        found.get("thing", nothing),
        found.get("second", nothing),
        "place" in flags,
        "calm" in flags,
        "funny" in flags,
        nouns,
        tuple(picks),
        tuple(lines),
    )


def choices_of(plot: Plot) -> tuple[Choice, ...]:
    """The plot's beats; ValueError where a line breaks the form."""
    return choices_in(plot.body, plot.name)
