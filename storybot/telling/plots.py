"""Plots as they stand in the files of storybot/data/plots/; docs/plots.md documents the form."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from storybot.telling.lore import KINDS

PLOTS_FOLDER = Path(__file__).parents[1] / "data" / "plots"
EVERYBODY = frozenset(("animal", "person", "being"))
_ACTOR = re.compile(r"(hero|friend|both|thing)( says)?: ")
_HEADER = re.compile(r"(hero|thing|noun|second|place|calm|pick \w+)(?:: (.*))?")
_SCOPE = re.compile(r"(not yet|now): (.*)")


@dataclass(frozen=True, slots=True)
class Line:
    """One beat as it is written, slots unfilled."""

    actor: str  # "hero", "friend", "both", "thing" or ""
    speaks: bool
    begin: str  # before the bar
    rest: str  # after it, keywords between stars; "" for one that is told
    need: tuple[tuple[str, ...], ...]
    ban: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """The lines of which one becomes the beat."""

    lines: tuple[Line, ...]
    paragraph: bool
    optional: bool
    told: bool


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
    nouns: frozenset[str]  # the only things that it is about; empty: any of those kinds
    picks: tuple[tuple[str, tuple[str, ...]], ...]  # a slot's name and what it may be
    body: tuple[str, ...] = field(repr=False)  # the lines of its beats, read when it is chosen


def _fault(plot: str, line: str, why: str) -> ValueError:
    return ValueError(f'plot "{plot}": {why}: {line}')


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
        raise _fault(plot, line, f"kinds are {', '.join(sorted(KINDS))} or any")
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
            raise _fault(name, line, "what a plot fits stands before its first empty line")
        key, value = header[1], header[2] or ""
        if key.startswith("pick "):
            picks.append((key[5:], tuple(one.strip() for one in value.split("/"))))
        elif key in ("place", "calm"):
            flags.add(key)
        elif key == "noun":
            nouns = frozenset(value.split())
        else:
            found[key] = _kinds(name, line, value)
    nothing: frozenset[str] = frozenset()
    return Plot(
        name,
        family,
        found.get("hero", EVERYBODY),
        found.get("thing", nothing),
        found.get("second", nothing),
        "place" in flags,
        "calm" in flags,
        nouns,
        tuple(picks),
        tuple(lines),
    )


def choices_of(plot: Plot) -> tuple[Choice, ...]:
    """The plot's beats; ValueError where a line breaks the form."""
    choices: list[Choice] = []
    banned: list[str] = []
    paragraph = False
    for line in plot.body:
        scope = _SCOPE.fullmatch(line)
        if not line:
            paragraph = True
        elif scope and scope[1] == "not yet":
            banned += scope[2].split()
        elif scope:
            banned = [word for word in banned if word not in scope[2].split()]
        elif line.startswith("or ") and choices and not paragraph:
            last = choices.pop()
            other = _line(plot.name, line[3:], banned)
            choices.append(Choice((*last.lines, other), last.paragraph, last.optional, last.told))
        elif not line.startswith("#"):
            mark = line[0] if line[:2] in ("? ", "! ") else ""
            read = _line(plot.name, line[2:] if mark else line, banned)
            if (mark == "!") != (not read.rest):
                raise _fault(plot.name, line, "a sentence without * is told: it begins with !")
            choices.append(Choice((read,), paragraph, mark == "?", mark == "!"))
            paragraph = False
    return tuple(choices)


def _line(plot: str, line: str, banned: list[str]) -> Line:
    sentence, *clauses = (part.strip() for part in line.split(";"))
    actor = _ACTOR.match(sentence)
    sentence = sentence[actor.end() :] if actor else sentence
    begin, bar, rest = (part.strip() for part in sentence.partition("|"))
    if not bar and "*" in sentence:
        begin, rest = "", sentence
    if "*" in begin:
        raise _fault(plot, line, "keywords between * stand after the |")
    need: list[tuple[str, ...]] = []
    ban = list(banned)
    for clause in clauses:
        kind, *words = clause.split()
        if kind not in ("need", "ban") or not words:
            raise _fault(plot, line, "after ; comes need or ban and its words")
        if kind == "need":
            need.append(tuple(words))
        else:
            ban += words
    who, speaks = (actor[1], actor[2] is not None) if actor else ("", False)
    return Line(who, speaks, begin, rest, tuple(need), tuple(ban))
