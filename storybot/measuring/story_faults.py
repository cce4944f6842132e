"""Faults of whole stories, counted with what is known of who is in them."""

from __future__ import annotations

from collections.abc import Mapping

from storybot.measuring.planned_stories import Planned
from storybot.measuring.plot_counts import people_of
from storybot.measuring.requests import Request
from storybot.measuring.sentence_faults import count


def cast_of(one: Planned) -> Mapping[str, str]:
    """Everybody and everything of all chapters, and its pronoun."""
    people: dict[str, str] = {}
    for chapter in one.plan.chapters:
        people |= people_of(chapter.cast)
    return people


def faults_of(one: Planned, known: frozenset[str]) -> dict[str, list[str]]:
    """The sentences of a story from a plan by fault; `known` are English words."""
    asked = frozenset(w.lower() for word in one.request.words for w in word.split())
    return count(one.text, known, cast_of(one), asked, one.record.given)


def faults_without_plan(text: str, request: Request, known: frozenset[str]) -> dict[str, list[str]]:
    """The same of a story as with `plot: off`: who is in it is read from the text."""
    own = (word for thing in request.things for word in (thing.word.lower(), thing.plural))
    return count(text, known, None, frozenset(own))
