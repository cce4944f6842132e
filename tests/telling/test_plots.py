"""The plot files: their form, and that each plot keeps what its first lines promise."""

import re
from pathlib import Path

import pytest

from storybot.telling.plots import PLOTS_FOLDER, Plot, choices_of, load_family, load_plots

PLOTS = load_plots()
ENDS = load_family(PLOTS_FOLDER / "openings.txt") + load_family(PLOTS_FOLDER / "closings.txt")


def name_of(plot: Plot) -> str:
    return plot.name


def written(tmp_path: Path, text: str) -> tuple[Plot, ...]:
    path = tmp_path / "family.txt"
    path.write_text(text, encoding="utf-8")
    return load_family(path)


def test_there_are_many_plots_in_many_families() -> None:
    assert len(PLOTS) >= 60
    assert len({plot.family for plot in PLOTS}) >= 12
    assert len({plot.name for plot in PLOTS}) == len(PLOTS)
    assert sum(plot.calm for plot in PLOTS) >= 15


@pytest.mark.parametrize("plot", PLOTS, ids=name_of)
def test_a_plot_speaks_of_the_roles_that_it_names(plot: Plot) -> None:
    body = "\n".join(plot.body)
    assert bool(re.search(r"\{(?:\w+ )?thing\}", body, re.I)) == bool(plot.thing)
    assert bool(re.search(r"\{(?:\w+ )?second\}", body, re.I)) == bool(plot.second)
    assert bool(re.search(r"\{(?:\w+ )?place\}", body, re.I)) == plot.place
    assert all(re.search(rf"\{{{name}\}}", body, re.I) for name, _ in plot.picks)


@pytest.mark.parametrize("plot", PLOTS, ids=name_of)
def test_the_friend_is_introduced_before_anything_is_said_of_it(plot: Plot) -> None:
    slots = re.findall(r"\{(\w+ friend|friend)\}", "\n".join(plot.body), re.I)
    assert slots == [] or slots[0].lower() == "a friend"


@pytest.mark.parametrize("plot", PLOTS, ids=name_of)
def test_a_plot_is_long_enough_for_a_minute_and_varies(plot: Plot) -> None:
    choices = choices_of(plot)
    assert 10 <= sum(not choice.optional for choice in choices) <= 18
    assert any(choice.optional for choice in choices) or plot.picks
    assert sum(choice.paragraph for choice in choices) >= 2


def test_a_plot_of_one_s_own(tmp_path: Path) -> None:
    (plot,) = written(
        tmp_path,
        "# my own\n== the red boat\nhero: animal person\nthing: toy\npick spot: here / there\n"
        "calm\n\nnot yet: found\n? hero: {The hero} | *looked* {spot}. ; ban happy ; need sea\n"
        "or {The hero} | *waited*.\nnow: found\n\n! The end of {the thing} came.\n",
    )
    assert (plot.name, plot.family, plot.calm) == ("the red boat", "family", True)
    assert plot.picks == (("spot", ("here", "there")),)
    first, last = choices_of(plot)
    assert first.optional and first.paragraph and len(first.lines) == 2
    assert first.lines[0].ban == ("found", "happy") and first.lines[0].need == (("sea",),)
    assert last.told and last.paragraph and last.lines[0].ban == ()


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("hero: {The hero} slept.", "begins with !"),
        ("! {The hero} | *slept*.", "begins with !"),
        ("hero: *The* hero | *slept*.", r"stand after the \|"),
        ("hero: {The hero} | *slept*. ; never found", "need or ban"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str, why: str) -> None:
    (plot,) = written(tmp_path, f"== mine\nhero: any\n\n{line}\n")
    with pytest.raises(ValueError, match=f'plot "mine".*{why}'):
        choices_of(plot)


@pytest.mark.parametrize("head", ["hero: cats", "colour: red", "The dog slept."])
def test_a_wrong_head_is_named(tmp_path: Path, head: str) -> None:
    with pytest.raises(ValueError, match='plot "mine".*' + re.escape(head)):
        written(tmp_path, f"== mine\n{head}\n\n! The end.\n")


def test_openings_and_closings_parse() -> None:
    assert all(choices_of(part) for part in ENDS)


def test_openings_and_closings_vary() -> None:
    count = {
        kind: sum(p.name.split()[0] == kind for p in ENDS) for kind in ("story", "day", "calm")
    }
    assert min(count.values()) >= 6
