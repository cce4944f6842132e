"""Every state the robot can come to, found by trying every event in every state found so far.

Beside the robot goes a small world (is it listening, does a story run, which timers are set) that
its commands change, so that what the robot believes can be held against what it had done.
"""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache

from storybot.config.schema import Settings
from storybot.language.requests import Request, RequestKind
from storybot.language.things import load_things
from storybot.robot import Mode, Robot, commands, events, initial_robot, step
from storybot.robot.events import Event, Part, Source, Timer
from storybot.stories.story_request import StoryRequest

CAT, DOG = (next(t for t in load_things() if t.word == word) for word in ("cat", "dog"))
ABOUT_CAT, ABOUT_DOG = (Request(RequestKind.STORY, (thing,)) for thing in (CAT, DOG))
TALE = StoryRequest("A story about a cat.", "Once there was a cat.", 7)
NUMBER = 1  # every explored robot has told this many stories


@dataclass(frozen=True)
class World:
    """What the commands given so far brought about."""

    listens_for: str | None = None
    story: bool = False
    held: bool = False
    alarms: frozenset[Timer] = frozenset()
    shown: commands.Light | None = None
    finished: bool = False

    def after(self, todo: tuple[commands.Command, ...]) -> World:
        world = self
        for command in todo:
            match command:
                case commands.Listen(purpose):
                    world = replace(world, listens_for=purpose.value)
                case commands.StopListening():
                    world = replace(world, listens_for=None)
                case commands.Tell():
                    assert not world.story, "two stories at once"
                    world = replace(world, story=True, held=False)
                case commands.StopStory():
                    world = replace(world, story=False, held=False)
                case commands.PauseStory():
                    world = replace(world, held=True)
                case commands.ResumeStory():
                    world = replace(world, held=False)
                case commands.StartTimer(timer, seconds):
                    assert seconds > 0
                    world = replace(world, alarms=world.alarms | {timer})
                case commands.StopTimer(timer):
                    world = replace(world, alarms=world.alarms - {timer})
                case commands.Show(shown):
                    world = replace(world, shown=shown)
                case commands.Finish():
                    world = replace(world, finished=True, alarms=frozenset())
        return world

    def happened(self, event: Event) -> World:
        """What an event itself says about the world."""
        if isinstance(event, events.TimerExpired):
            return replace(self, alarms=self.alarms - {event.timer})
        if isinstance(event, events.StoryTold | events.StoryFailed) and event.number == NUMBER:
            return replace(self, story=False)
        return self


@dataclass(frozen=True)
class Found:
    """One step that was tried."""

    before: Robot
    event: Event
    label: str
    after: Robot
    todo: tuple[commands.Command, ...]
    world: World = field(default=World())


def alphabet(settings: Settings) -> dict[str, Event]:
    """Every event that can make a difference, by the name the docs give it.

    But for CodeAsked, which would double the states and makes a difference to the next press alone.
    """
    found: dict[str, Event] = {
        "started": events.Started(TALE),
        "keyphrase": events.KeyphraseHeard(3),
        "replay": events.ReplayAsked(TALE),
        "unclear": events.NotUnderstood(),
        "doubtful": events.DoubtfulHeard(ABOUT_CAT, 3),
        "alike": events.AlikeHeard(ABOUT_CAT, ABOUT_DOG, 3),
        "the first of two": events.Chosen(second=False),
        "the second of two": events.Chosen(second=True),
        "speech": events.SpeechBegan(),
        "unwelcome": events.RequestRefused(),
        "volume": events.VolumeAsked(50),
        "sleep off": events.SleepAsked(),
        "sleep in minutes": events.SleepAsked(minutes=10),
        "sleep after stories": events.SleepAsked(stories=1),
        "sleep now": events.SleepAsked(minutes=0),
        "one more": events.OneMoreAsked(5),
        "forgotten": events.Forgotten(),
        "story began": events.StoryBegan(NUMBER),
        "story goes on": events.StoryGoesOn(NUMBER),
        "story told": events.StoryTold(NUMBER),
        "story failed": events.StoryFailed(NUMBER),
        "late news of an old story": events.StoryTold(NUMBER - 1),
        "quiet hours begin": events.QuietBegan(),
        "quiet hours end": events.QuietEnded(),
        "reload": events.Reloaded(settings),
        "end": events.EndAsked(),
    }
    for part in Part:
        found[f"{part.value} lost"] = events.PartLost(part)
        found[f"{part.value} back"] = events.PartBack(part)
    for kind in RequestKind:
        for source in (Source.VOICE, Source.SOCKET):
            found[f"asked by {source.value}: {kind.value}"] = events.Asked(Request(kind), 5, source)
    for source in (Source.VOICE, Source.SOCKET):
        correction = Request(RequestKind.NO, (CAT,))
        found[f"asked by {source.value}: correction"] = events.Asked(correction, 5, source)
    for action in ("story", "again", "stop", "good-night", "nothing"):
        found[f"pressed: {action}"] = events.Pressed(action, 5)
    for timer in Timer:
        found[f"{timer.value} alarm"] = events.TimerExpired(timer)
    return found


def _essence(robot: Robot) -> Robot:
    """The robot without what never changes its transitions: counters and the last story."""
    story = TALE if robot.story else None
    return replace(robot, number=NUMBER, newest=0, story=story, seed=0, volume=50)


@cache
def explored(small: bool) -> tuple[Found, ...]:
    """Every step from every state that can be reached.

    Half a million values without a cycle among them: looking for cycles would take as long again,
    here and, where they are not frozen, in all tests that follow.
    """
    gc.disable()
    try:
        return tuple(_explore(small, Settings()))
    finally:
        gc.freeze()
        gc.enable()


def _explore(small: bool, settings: Settings) -> Iterator[Found]:
    events_by_name = alphabet(settings)
    first = (_essence(initial_robot(settings, small)), World())
    seen = {first}
    waiting = deque([first])
    while waiting:
        robot, world = waiting.popleft()
        for label, event in events_by_name.items():
            if isinstance(event, events.TimerExpired) and event.timer not in world.alarms:
                continue
            after, todo = step(robot, event)
            then = world.happened(event).after(todo)
            yield Found(robot, event, label, after, todo, then)
            if after is robot and then is world:
                continue
            state = (_essence(after), then)
            if state not in seen:
                seen.add(state)
                waiting.append(state)


def changes(found: Iterable[Found]) -> set[tuple[Mode, str, Mode]]:
    """The steps that lead from one mode to another: (from, event, to)."""
    steps = {
        (one.before.mode, one.label, one.after.mode)
        for one in found
        if one.before.mode is not one.after.mode
    }
    return {(before, _either(label, before, after, steps), after) for before, label, after in steps}


def _either(label: str, before: Mode, after: Mode, steps: set[tuple[Mode, str, Mode]]) -> str:
    """ "asked: again" where it makes no difference whether by voice or by socket."""
    asked = label.removeprefix("asked by voice: ").removeprefix("asked by socket: ")
    ways = [(before, f"asked by {way}: {asked}", after) for way in ("voice", "socket")]
    return f"asked: {asked}" if all(way in steps for way in ways) else label


__all__ = ["Found", "World", "alphabet", "changes", "explored"]
