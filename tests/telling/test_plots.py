"""Plots and plans: every slot is filled, every beat is sound."""

from storybot.telling.plan import End, Length
from storybot.telling.planner import plan
from storybot.telling.roles import Wanted


def test_a_plan_is_the_same_each_time() -> None:
    assert plan([Wanted("duck")], 7, Length.LONG) == plan([Wanted("duck")], 7, Length.LONG)


def test_a_beat_tells_the_model_who_speaks() -> None:
    beats = [b for c in plan([Wanted("duck")], 3, Length.LONG).chapters for b in c.beats]
    said = [b for b in beats if b.speaks and b.actors == ("duck",) and b.begin.endswith('"')]
    assert said
    assert all(b.end is End.QUOTATION and b.tag.startswith("duck says:") for b in said)
