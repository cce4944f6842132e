"""The planner: from what was asked for, a length and a seed to a plan. Pure, the same each time."""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from storybot.telling.beats import beats_of, with_fitting_tags
from storybot.telling.casting import cast_asked, fill_cast, fit_of
from storybot.telling.plan import Beat, Chapter, Length, Plan
from storybot.telling.plots import PLOTS_FOLDER, Plot, load_family, load_plots
from storybot.telling.roles import Cast, Role, Wanted

CHAPTERS = {Length.SHORT: 1, Length.MIDDLE: 2, Length.LONG: 5}
# The share of optional beats that are kept.
DETAIL = {Length.SHORT: 0.35, Length.MIDDLE: 0.8, Length.LONG: 0.8}


@dataclass(frozen=True, slots=True)
class _Taste:
    """What kind of plots is wanted, where there are such."""

    calm: bool
    funny: bool
    recent: Sequence[str]  # names of plots that are to be avoided, the newest last


def plan(
    asked: Sequence[Wanted],
    seed: int,
    length: Length = Length.SHORT,
    calm: bool = False,
    recent: Sequence[str] = (),
    *,
    funny: bool = False,
    part: int = 0,
) -> Plan:
    """The beats of a story about `asked`, or of a chapter that goes on with it.

    `recent` names plots that were told lately (Plan.plots), the newest last: others that fit are
    taken before them, then those that were told longest ago.
    `part` is how many chapters were told since that story; all of them have the same heroes.
    Nothing here fails, whatever is asked for.
    """
    rng = random.Random(seed)
    asked_roles, over = cast_asked(asked, rng)
    first = CHAPTERS[length]
    plots = _chosen(asked_roles, first, _Taste(calm, funny, recent), rng)
    for later in range(1, part + 1):
        taste = _Taste(calm, funny, (*recent, *(plot.name for plot in plots)))
        plots += _chosen(asked_roles, 1, taste, random.Random(f"{seed} {later}"))
    roles = fill_cast(plots[0], asked_roles, rng)
    lasting = {"hero", "friend", *asked_roles}  # these roles stay the same in all chapters
    met: set[str] = set()
    chapters: list[Chapter] = []
    for number, plot in enumerate(plots):
        if number >= first:
            rng = random.Random(f"{seed} {number}")
        if number:
            kept = {name: role for name, role in roles.items() if name in lasting}
            roles = fill_cast(plot, kept, rng)
            met &= lasting
        extras = [
            *over,
            *(asked_roles[n] for n in ("second",) if n in asked_roles and not plot.second),
        ]
        ending = _ending(asked_roles, extras, calm, rng) if number == len(plots) - 1 else []
        scenes = [*_beginning(number == 0, plot, asked_roles, rng), plot, *ending]
        beats: list[Beat] = []
        for scene in scenes:
            if scene.name.startswith("extra "):
                roles["extra"] = extras.pop()
                met.discard("extra")
            without = "{loves}" if scene.family == "openings" and _has(plot, "{loves}") else ""
            beats += beats_of(scene, roles, met, DETAIL[length], rng, without)
        if number == 0:
            beats = with_fitting_tags(beats)
        recall = _recall(roles, asked_roles) if number else ""
        cast = _cast(roles, asked_roles, over)
        chapters.append(Chapter(plot.name, cast, recall, tuple(beats)))
    return Plan(tuple(chapters[-1:] if part else chapters), length, calm)


def _cast(roles: Mapping[str, Role], asked: Collection[str], extras: tuple[Role, ...]) -> Cast:
    hero, friend, thing, place = (roles[r] for r in ("hero", "friend", "thing", "place"))
    return Cast(hero, friend, thing, place, roles.get("second"), tuple(asked), extras)


def _chosen(
    roles: Mapping[str, Role],
    number: int,
    taste: _Taste,
    rng: random.Random,
) -> list[Plot]:
    """So many different plots, of different families where that is possible.

    Those with a part for everything asked for are best; then those to the taste; then new ones. The
    chapters after the first keep to a calm story's taste before they keep to a part for everything.
    """
    fits = [(fit_of(plot, roles), plot) for plot in load_plots()]
    chosen: list[Plot] = []
    while len(chosen) < number:
        left = [(fit, plot) for fit, plot in fits if plot not in chosen]
        if chosen and taste.calm:
            left = [(fit, plot) for fit, plot in left if plot.calm and fit] or left
        best = max(fit for fit, _ in left)
        fitting = [plot for fit, plot in left if fit == best]
        fitting = [plot for plot in fitting if plot.calm] * taste.calm or fitting
        fitting = [plot for plot in fitting if plot.funny] * taste.funny or fitting
        fitting = _not_lately(fitting, taste.recent)
        families = {plot.family for plot in chosen}
        chosen.append(rng.choice([p for p in fitting if p.family not in families] or fitting))
    return chosen


def _not_lately(plots: list[Plot], recent: Sequence[str]) -> list[Plot]:
    """Those that were not told lately; where all were, those told longest ago."""
    told = {name: at for at, name in enumerate(recent, 1)}
    longest_ago = min(told.get(plot.name, 0) for plot in plots)
    return [plot for plot in plots if told.get(plot.name, 0) == longest_ago]


def _has(plot: Plot, slot: str) -> bool:
    return any(slot in line for line in plot.body)


def _parts(file: str, name: str) -> list[Plot]:
    parts = load_family(PLOTS_FOLDER / f"{file}.txt")
    return [part for part in parts if part.name.split()[0] == name]


def _beginning(
    first: bool, plot: Plot, asked: Mapping[str, Role], rng: random.Random
) -> list[Plot]:
    """How a story or a chapter begins; what was asked for and has no part in the plot is there."""
    parts = [rng.choice(_parts("openings", "story" if first else "chapter"))]
    if "place" in asked and not plot.place:
        parts.append(rng.choice(_parts("openings", "place")))
    if first:
        for name, kinds in (("thing", plot.thing), ("second", plot.second)):
            if name in asked and not kinds:
                parts.append(rng.choice(_parts("openings", name)))
    return parts


def _ending(
    asked: Mapping[str, Role], extras: Sequence[Role], calm: bool, rng: random.Random
) -> list[Plot]:
    """How a story ends, with what was asked for."""
    parts = [rng.choice(_parts("closings", "extra")) for _ in extras]
    closings = _parts("closings", "calm" if calm else "day")
    if "thing" in asked:
        closings = [part for part in closings if part.thing]
    elif "place" in asked:
        closings = [part for part in closings if part.place]
    elif "friend" in asked:
        closings = [part for part in closings if _has(part, "{the friend}")]
    else:
        closings = [part for part in closings if not part.thing and not part.place]
    return [*parts, rng.choice(closings)]


def _recall(roles: Mapping[str, Role], asked: Collection[str]) -> str:
    """What a fresh context is told of the chapters before."""
    hero, friend = roles["hero"], roles["friend"]
    the = hero.the[0].upper() + hero.the[1:]
    sentences = [
        f"Once upon a time, there {hero.pronouns[4]} {hero.a} who lived {hero.home}.",
        f"{the} had a good friend, {friend.a}.",
    ]
    for name in ("thing", "second"):
        if name in asked:
            sentences.append(f"There {roles[name].pronouns[4]} also {roles[name].a}.")
    if "place" in asked:
        sentences.append(f"They liked to play {roles['place'].home}.")
    return " ".join(sentences)
