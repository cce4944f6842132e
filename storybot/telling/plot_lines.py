"""The lines of a plot: who acts, how the sentence begins, its keywords, what it must not hold."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_ACTOR = re.compile(r"(hero|friend|both|thing)( says)?: ")
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


def fault_in(plot: str, line: str, why: str) -> ValueError:
    return ValueError(f'plot "{plot}": {why}: {line}')


def choices_in(lines: Iterable[str], plot: str) -> tuple[Choice, ...]:
    """The beats in the lines of a plot of that name; ValueError where one breaks the form."""
    choices: list[Choice] = []
    banned: list[str] = []
    paragraph = False
    for line in lines:
        scope = _SCOPE.fullmatch(line)
        if not line:
            paragraph = True
        elif scope and scope[1] == "not yet":
            banned += scope[2].split()
        elif scope:
            banned = [word for word in banned if word not in scope[2].split()]
        elif line.startswith("or ") and choices and not paragraph:
            last = choices.pop()
            other = _line(plot, line[3:], banned)
            choices.append(Choice((*last.lines, other), last.paragraph, last.optional, last.told))
        elif not line.startswith("#"):
            mark = line[0] if line[:2] in ("? ", "! ") else ""
            read = _line(plot, line[2:] if mark else line, banned)
            if (mark == "!") != (not read.rest):
                raise fault_in(plot, line, "a sentence without * is told: it begins with !")
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
        raise fault_in(plot, line, "keywords between * stand after the |")
    need: list[tuple[str, ...]] = []
    ban = list(banned)
    for clause in clauses:
        kind, *words = clause.split()
        if kind not in ("need", "ban") or not words:
            raise fault_in(plot, line, "after ; comes need or ban and its words")
        if kind == "need":
            need.append(tuple(words))
        else:
            ban += words
    who, speaks = (actor[1], actor[2] is not None) if actor else ("", False)
    return Line(who, speaks, begin, rest, tuple(need), tuple(ban))
