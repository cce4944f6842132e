"""From a request to the writer of its plan."""

from __future__ import annotations

from storybot.language.safety_filter import Filter
from storybot.stories.story_request import StoryRequest
from storybot.telling.casting import wanted
from storybot.telling.drafts import DraftsEngine
from storybot.telling.plan import Length
from storybot.telling.plan_writer import PlanWriter
from storybot.telling.planner import plan


def planned_story(engine: DraftsEngine, request: StoryRequest, allowed: Filter) -> PlanWriter:
    """Who writes the story that was asked for, from the plan that its seed makes."""
    about = [wanted(thing) for thing in request.about]
    beats = plan(
        about,
        request.seed,
        Length(request.length),
        request.calm,
        request.recent or (),
        funny=request.funny,
        part=request.part,
    )
    return PlanWriter(engine, beats, request.seed, request.drafts, allowed.allows)
