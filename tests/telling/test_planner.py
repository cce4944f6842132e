"""Plans: every slot is filled, every beat is sound, and what was asked for is there at the end."""

import random
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from storybot.language.things import load_things
from storybot.telling.beats import beats_of
from storybot.telling.casting import fill_cast, wanted
from storybot.telling.describing import role_of
from storybot.telling.lore import KINDS, load_lore
from storybot.telling.plan import Beat, End, Length, Plan, words_of
from storybot.telling.planner import plan
from storybot.telling.plots import Plot, load_family, load_plots, names
from storybot.telling.roles import Role, Wanted

PLOTS = load_plots()
HEROES = {
    "animal": Wanted("fox"),
    "person": Wanted("", "Lily"),
    "being": Wanted("robot"),
    "vehicle": Wanted("tractor"),
}


def text_of(beats: Sequence[Beat]) -> str:
    return " ".join(beat.sentence for beat in beats)


def all_beats(one: Plan) -> list[Beat]:
    return [beat for chapter in one.chapters for beat in chapter.beats]


def check(beat: Beat) -> None:
    """What the engine and the editor count on."""
    sentence = beat.sentence
    assert not re.search(r"[{}*|]|  | [.,!?]", sentence + beat.begin + beat.tag), sentence
    assert sentence.startswith(beat.begin) and beat.plain_begin.startswith(beat.begin)
    assert sentence.startswith(beat.plain_begin)
    assert re.search(r"[.!?]\"?$", sentence), sentence
    assert re.match(r"[A-Z\"]", sentence), sentence
    assert (beat.begin.count('"') % 2 == 1) == (beat.end is End.QUOTATION)
    assert sentence.count('"') % 2 == 0, sentence
    assert beat.told == (beat.begin == sentence)
    assert len(beat.keywords) <= 4
    found = iter(re.findall(r"[A-Za-z'-]+", sentence))
    assert all(word in found for word in beat.keywords), (beat.keywords, sentence)
    own = frozenset(words_of(sentence[len(beat.begin) :]))
    assert not beat.breaks_ban(own - frozenset(k.lower() for k in beat.keywords)), sentence
    assert beat.meets_needs(frozenset(words_of(sentence))), sentence
    assert beat.actors or not beat.speaks


def things_for(plot: Plot) -> list[Wanted | None]:
    """One thing of each kind that the plot takes, in singular and plural."""
    if plot.nouns:
        return [Wanted(noun) for noun in sorted(plot.nouns)]
    lore = load_lore()
    found: list[Wanted | None] = [None]
    for kind in sorted(plot.thing):
        nouns = [noun for noun, one in lore.items() if one.kind == kind]
        found.append(Wanted(nouns[0]))
        if kind in ("toy", "small", "food"):
            found.append(Wanted(nouns[0], plural=True))
    return found


@pytest.mark.parametrize("plot", PLOTS, ids=lambda plot: plot.name)
def test_a_plot_fills_for_every_kind_that_it_fits(plot: Plot) -> None:
    for kind in sorted(plot.hero & HEROES.keys()):
        for thing in things_for(plot):
            for hero in (HEROES[kind], Wanted("brother", plural=True, count="two")):
                rng = random.Random(3)
                roles: dict[str, Role] = {"hero": role_of(hero, "hero", rng)}
                if thing is not None:
                    roles["thing"] = role_of(thing, "thing", rng)
                roles = fill_cast(plot, roles, rng)
                beats = beats_of(plot, roles, {"hero"}, 1.0, rng)
                for beat in beats:
                    check(beat)
                assert "brothers was" not in text_of(beats)
                if plot.thing:
                    assert roles["thing"].head.lower() in text_of(beats).lower()


def test_the_example_of_the_docs_is_a_plot(tmp_path: Path) -> None:
    docs = (Path(__file__).parents[2] / "docs" / "plots.md").read_text(encoding="utf-8")
    path = tmp_path / "ours.txt"
    path.write_text(docs.split("```\n")[1], encoding="utf-8")
    (plot,) = load_family(path)
    rng = random.Random(2)
    roles = fill_cast(plot, {"hero": role_of(Wanted("fox"), "hero", rng)}, rng)
    beats = beats_of(plot, roles, {"hero"}, 1.0, rng)
    for beat in beats:
        check(beat)
    assert len(beats) == 10


def given_share(beats: Sequence[Beat]) -> float:
    told = sum(len(words_of(beat.begin)) for beat in beats)
    return told / sum(len(words_of(beat.sentence)) for beat in beats)


def test_most_words_are_left_to_the_model() -> None:
    """Of the plan's own sentences, which are shorter than the model's."""
    things = [thing for thing in load_things() if not thing.is_name]
    shares = [given_share(all_beats(plan([wanted(t)], s))) for s, t in enumerate(things[:200])]
    assert sorted(shares)[len(shares) // 2] <= 0.35
    assert max(shares) <= 0.5


def check_first_tag(beats: Sequence[Beat]) -> None:
    """The engine refuses one longer than what was told: a tag stands at the positions before it."""
    opening, first, *_ = beats
    assert opening.told and (first.told or first.keywords or first.actors)
    assert len(words_of(first.tag)) + 3 <= len(words_of(opening.begin)) + 3


@pytest.mark.parametrize("letter", sorted({thing.word[0].lower() for thing in load_things()}))
def test_what_was_asked_for_is_there_at_the_end(letter: str) -> None:
    for thing in load_things():
        for seed in range(2) if thing.word[0].lower() == letter else ():
            beats = all_beats(plan([wanted(thing)], seed))
            check_first_tag(beats)
            for beat in beats:
                check(beat)
            last_third = text_of(beats[len(beats) * 2 // 3 :]).lower()
            assert re.search(rf"\b{re.escape(thing.word.lower())}", last_third), text_of(beats)


@pytest.mark.parametrize(
    "asked",
    [
        [Wanted("cat", "Mimi")],
        [Wanted("", "Noah"), Wanted("digger")],
        [Wanted("teddy bear", "Bruno")],
        [Wanted("gruffalo")],
        [Wanted("dragon"), Wanted("castle")],
        [Wanted("moon"), Wanted("hat")],
        [Wanted("hat"), Wanted("snow")],
        [Wanted("sea"), Wanted("island")],
        [Wanted("cat"), Wanted("dog")],
        [Wanted("brother", plural=True, count="two")],
        [Wanted("dinosaur", plural=True), Wanted("volcano")],
        [Wanted("cat"), Wanted("dog"), Wanted("cow"), Wanted("boat"), Wanted("pond")],
    ],
)
@pytest.mark.parametrize("length", list(Length))
def test_all_that_was_asked_for_is_told_of(asked: list[Wanted], length: Length) -> None:
    for seed in range(5):
        one = plan(asked, seed, length)
        text = text_of(all_beats(one)).lower()
        for beat in all_beats(one):
            check(beat)
        for each in asked:
            assert re.search(rf"\b{(each.name or each.noun).lower()}", text), (each, text)


def test_a_plan_is_the_same_each_time() -> None:
    assert plan([Wanted("duck")], 7, Length.LONG) == plan([Wanted("duck")], 7, Length.LONG)


def test_a_hundred_stories_about_a_cat_are_a_hundred_stories() -> None:
    plans = [plan([Wanted("cat")], seed) for seed in range(100)]
    assert len({text_of(all_beats(one)) for one in plans}) == 100
    assert len({one.plots for one in plans}) >= 40
    assert len({all_beats(one)[-1].sentence for one in plans}) >= 8


def test_plots_told_lately_are_avoided() -> None:
    recent: list[str] = []
    for seed in range(40):
        one = plan([Wanted("cat")], seed, recent=recent)
        assert not set(one.plots) & set(recent)
        recent += one.plots


def test_plots_come_again_when_all_were_told() -> None:
    assert plan([Wanted("cat")], 1, recent=[plot.name for plot in PLOTS]).plots


def test_where_all_were_told_it_is_the_one_told_longest_ago() -> None:
    told = [plan([Wanted("cat")], 1).plots[0]]
    while (found := plan([Wanted("cat")], 1, recent=told).plots[0]) not in told:
        told.append(found)
    assert found == told[0] and len(told) > 20


def test_at_bedtime_stories_are_calm() -> None:
    calm = {plot.name for plot in PLOTS if plot.calm}
    for seed in range(30):
        for asked in ([Wanted("cat")], [Wanted("moon")], []):
            assert set(plan(asked, seed, calm=True).plots) <= calm


@pytest.mark.parametrize(
    ("length", "chapters", "fewest", "most"),
    [(Length.SHORT, 1, 95, 220), (Length.MIDDLE, 2, 230, 460), (Length.LONG, 5, 600, 1100)],
)
def test_how_long_stories_are(length: Length, chapters: int, fewest: int, most: int) -> None:
    for seed in range(20):
        one = plan([Wanted("fox")], seed, length)
        assert len(one.chapters) == chapters
        assert len(set(one.plots)) == chapters
        assert fewest <= len(words_of(text_of(all_beats(one)))) <= most
        assert len({chapter.cast.hero for chapter in one.chapters}) == 1
        assert len({chapter.cast.friend for chapter in one.chapters}) == 1


def test_a_fresh_context_is_told_what_was_asked_for() -> None:
    _, second = plan([Wanted("fox"), Wanted("drum"), Wanted("pond")], 1, Length.MIDDLE).chapters
    assert second.recall.startswith("Once upon a time, there was a fox who lived ")
    assert second.recall.endswith("There was also a drum. They liked to play at the pond.")


def test_each_chapter_of_a_long_story_has_a_context_of_its_own() -> None:
    first, *others = plan([Wanted("cat", "Mimi")], 5, Length.LONG).chapters
    assert first.recall == ""
    assert all("a cat named Mimi" in chapter.recall for chapter in others)
    assert all("named Mimi" not in text_of(chapter.beats) for chapter in others)


def test_a_beat_tells_the_model_who_speaks() -> None:
    beats = all_beats(plan([Wanted("duck")], 3, Length.LONG))
    said = [b for b in beats if b.speaks and b.actors == ("duck",) and b.begin.endswith('"')]
    assert said
    assert all(b.end is End.QUOTATION and b.tag.startswith("duck says:") for b in said)


@pytest.mark.parametrize("noun", ["mouse", "bird", "puppy", "teacher", "farmer", "ladder", "box"])
def test_nobody_is_taken_for_another(noun: str) -> None:
    """A plot in which a mouse comes along is not told of a mouse."""
    for seed in range(20):
        for chapter in plan([Wanted(noun)], seed, Length.LONG).chapters:
            (plot,) = [one for one in PLOTS if one.name == chapter.plot]
            for role in (chapter.cast.hero, chapter.cast.thing):
                assert role.noun != noun or not names(plot, noun)


def test_what_a_hero_loves_is_told() -> None:
    """So that a pirate sails: in nearly every story."""
    loves = load_lore()["pirate"].loves
    told = [text_of(all_beats(plan([Wanted("pirate")], seed))) for seed in range(40)]
    assert sum(any(phrase in text for phrase in loves) for text in told) >= 38


def test_a_further_chapter_has_the_same_heroes_and_another_plot() -> None:
    asked = [Wanted("cat", "Mimi"), Wanted("fire truck")]
    for seed in range(10):
        chapters = [plan(asked, seed, part=part).chapters for part in range(4)]
        assert chapters[2] == plan(asked, seed, part=2).chapters
        (casts, plots) = zip(*((one.cast, one.plot) for (one,) in chapters), strict=True)
        assert len({cast.hero.a for cast in casts}) == len({cast.friend.a for cast in casts}) == 1
        assert len({*plots}) == 4
        for (chapter,) in chapters[1:]:
            assert "a cat named Mimi" in chapter.recall
            assert "named Mimi" not in text_of(chapter.beats)


def test_a_long_story_goes_on_with_one_chapter() -> None:
    (more,) = plan([Wanted("dog")], 3, Length.LONG, part=1).chapters
    assert more.plot not in plan([Wanted("dog")], 3, Length.LONG).plots


def test_a_funny_story_has_a_funny_plot() -> None:
    funny = {plot.name for plot in PLOTS if plot.funny}
    assert len(funny) >= 8
    assert {plan([Wanted("dog")], seed, funny=True).plots[0] for seed in range(20)} <= funny


def test_a_vehicle_alone_is_the_hero_of_plots_that_name_vehicles() -> None:
    made_for_them = {plot.name for plot in PLOTS if "vehicle" in plot.hero and plot.hero != KINDS}
    for seed in range(1, 20):
        assert set(plan([Wanted("tractor", "Max")], seed).plots) <= made_for_them


def test_a_thing_beside_a_vehicle_keeps_its_part() -> None:
    with_things = {plot.name for plot in PLOTS if "toy" in plot.thing}
    for seed in range(1, 20):
        assert set(plan([Wanted("tractor", "Max"), Wanted("ball")], seed).plots) <= with_things


@pytest.mark.parametrize("noun", ["rain", "mud", "counting", "cake", "ball"])
def test_each_chapter_has_a_plot_of_its_own(noun: str) -> None:
    lately = [one.name for one in PLOTS[::2]]
    for seed in range(1, 10):
        for recent in ((), lately):
            told = plan([Wanted("cat"), Wanted(noun)], seed, Length.LONG, recent=recent).plots
            assert len(set(told)) == len(told)


def test_a_name_that_begins_with_a_capital_is_found_in_a_plot() -> None:
    (way,) = (one for one in PLOTS if one.name == "the way to grandma")
    assert names(way, "grandma")


def test_the_things_that_a_plot_names_are_of_its_kinds() -> None:
    for one in PLOTS:
        wrong = {noun for noun in one.nouns if load_lore()[noun].kind not in one.thing}
        assert not wrong, f"{one.name}: {wrong}"
