"""The planner: from what was asked for, a length and a seed to a plan. Pure, the same each time."""

from __future__ import annotations

import random
import re
from collections.abc import Collection, Mapping, Sequence

from storybot.telling.casting import cast_asked, fill_cast, fits
from storybot.telling.plan import Beat, Chapter, End, Length, Plan, words_of
from storybot.telling.plots import (
    PLOTS_FOLDER,
    Choice,
    Line,
    Plot,
    choices_of,
    load_family,
    load_plots,
)
from storybot.telling.roles import Cast, Role, Wanted
from storybot.telling.slots import fill, said_by_many
from storybot.telling.small_words import SMALL_WORDS

CHAPTERS = {Length.SHORT: 1, Length.MIDDLE: 2, Length.LONG: 5}
# The share of optional beats that are kept.
DETAIL = {Length.SHORT: 0.35, Length.MIDDLE: 0.8, Length.LONG: 0.8}
MOST_KEYWORDS = 4  # in one tag
_STARRED = re.compile(r"(\*\*?)(.+?)\1")


def plan(
    asked: Sequence[Wanted],
    seed: int,
    length: Length = Length.SHORT,
    calm: bool = False,
    recent: Collection[str] = (),
) -> Plan:
    """The beats of a story about `asked`.

    `recent` names plots that were told lately (Plan.plots): they are avoided where others fit.
    Nothing here can fail for any words asked for.
    """
    rng = random.Random(seed)
    asked_roles, extras = cast_asked(asked, rng)
    plots = _chosen(asked_roles, CHAPTERS[length], calm, recent, rng)
    roles = fill_cast(plots[0], asked_roles, rng)
    met: set[str] = set()
    chapters: list[Chapter] = []
    for number, plot in enumerate(plots):
        kept = {name: r for name, r in roles.items() if name in (*asked_roles, "hero", "friend")}
        roles = roles if number == 0 else fill_cast(plot, kept, rng)
        met &= {"hero", "friend", *asked_roles}
        last = number == len(plots) - 1
        parts = [_part("openings", "story" if number == 0 else "chapter", roles, calm, rng), plot]
        if last:
            parts.append(_part("closings", "calm" if calm else "day", roles, calm, rng))
        recall = ""
        if number and length is Length.LONG:
            recall = _recall(roles)
        beats = [beat for part in parts for beat in _beats(part, roles, met, length, rng)]
        chapters.append(Chapter(plot.name, _cast(roles, asked_roles, extras), recall, tuple(beats)))
    return Plan(tuple(chapters), length, calm)


def _cast(roles: Mapping[str, Role], asked: Collection[str], extras: tuple[Role, ...]) -> Cast:
    hero, friend, thing, place = (roles[r] for r in ("hero", "friend", "thing", "place"))
    return Cast(hero, friend, thing, place, roles.get("second"), tuple(asked), extras)


def _chosen(
    roles: Mapping[str, Role],
    number: int,
    calm: bool,
    recent: Collection[str],
    rng: random.Random,
) -> list[Plot]:
    """So many different plots; what was asked for last has to go where no plot has room for all."""
    fitting: list[Plot] = []
    wanted_roles = dict(roles)
    while not fitting:
        fitting = [plot for plot in load_plots() if fits(plot, wanted_roles)]
        if not fitting:
            wanted_roles.popitem()
    fitting = [plot for plot in fitting if plot.calm] * calm or fitting
    fitting = [plot for plot in fitting if plot.name not in recent] or fitting
    chosen = [rng.choice(fitting)]
    while len(chosen) < number:
        left = [p for p in fitting if p not in chosen and not p.first] or fitting
        new = [p for p in left if p.family not in {c.family for c in chosen}] or left
        chosen.append(rng.choice(new))
    return chosen


def _part(file: str, name: str, roles: Mapping[str, Role], calm: bool, rng: random.Random) -> Plot:
    """One opening or closing of that name's kind (the first word of its name) that fits."""
    parts = load_family(PLOTS_FOLDER / f"{file}.txt")
    fitting = [p for p in parts if p.name.split()[0] == name and fits(p, {"hero": roles["hero"]})]
    return rng.choice(fitting)


def _recall(roles: Mapping[str, Role]) -> str:
    hero, friend = roles["hero"], roles["friend"]
    return (
        f"Once upon a time, there {hero.pronouns[4]} {hero.a} who lived {hero.home}. "
        f"{hero.the[0].upper()}{hero.the[1:]} had a good friend, {friend.a}."
    )


def _beats(
    plot: Plot,
    roles: Mapping[str, Role],
    met: set[str],
    length: Length,
    rng: random.Random,
) -> list[Beat]:
    picks = {name: rng.choice(values) for name, values in plot.picks}
    beats = []
    for number, choice in enumerate(choices_of(plot)):
        line = rng.choice(choice.lines)
        if choice.optional and rng.random() > DETAIL[length]:
            continue
        beats.append(_beat(line, choice, number == 0 and not met, roles, picks, met))
    return beats


def _beat(
    line: Line,
    choice: Choice,
    first: bool,
    roles: Mapping[str, Role],
    picks: Mapping[str, str],
    met: set[str],
) -> Beat:
    whole = fill(f"{line.begin}|{line.rest}", roles, picks, met)
    if line.speaks and roles[line.actor].plural:
        whole = said_by_many(whole)
    begin, _, rest = (part.strip() for part in whole.partition("|"))
    quoted = begin.count('"') % 2 == 1
    joined = not begin or not rest or (quoted and begin.endswith('"'))
    gap = "" if joined else " "
    sentence = begin + gap + _STARRED.sub(r"\2", rest)
    starred = _STARRED.findall(rest)
    keywords = [w for _, words in starred for w in _keywords(words)][:MOST_KEYWORDS]
    need = [frozenset(words_of(w)[-1:]) for stars, w in starred if stars == "**"]
    need += [frozenset(words_of(fill(" ".join(n), roles, picks, met))) for n in line.need]
    ban = words_of(fill(" ".join(line.ban), roles, picks, met))
    both = (roles["hero"].actor, roles["friend"].actor)
    actors = both if line.actor == "both" else (roles[line.actor].actor,) if line.actor else ()
    return Beat(
        actors,
        line.speaks,
        tuple(keywords),
        begin,
        _plain_begin(begin + gap, rest),
        sentence,
        End.QUOTATION if quoted else End.SENTENCE,
        tuple(need),
        frozenset(ban),
        first or choice.paragraph,
        choice.optional,
        choice.told,
    )


def _keywords(words: str) -> list[str]:
    return [w for w in re.findall(r"[A-Za-z'-]+", words) if w.lower() not in SMALL_WORDS]


def _plain_begin(begin: str, rest: str) -> str:
    """Up to and with the first keyword, if two words are left to write; else up to it."""
    first = _STARRED.search(rest)
    if first is None:
        return begin.strip()
    after = _STARRED.sub(r"\2", rest[first.end() :])
    cut = rest[: first.end() if len(words_of(after)) > 1 else first.start()]
    return (begin + _STARRED.sub(r"\2", cut)).strip()
