"""The robot's numbers: volumes, alarms, tales, whatever is asked in whatever order."""

from __future__ import annotations

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storybot.config import quiet_hours
from storybot.config.schema import BedtimeSettings, Settings, SpeakingSettings
from storybot.errors import Exit, StorybotError
from storybot.language.listening import ListenFor
from storybot.language.requests import Request, RequestKind
from storybot.language.things import load_things
from storybot.robot import Mode, Robot, commands, events, initial_robot, obstacle, step
from storybot.robot.events import Event, Part, Source
from storybot.robot.state import Obstacle
from storybot.stories.story_request import new_story_request

CAT = next(thing for thing in load_things() if thing.word == "cat")

any_event = st.one_of(
    st.builds(events.VolumeAsked, st.integers(-1000, 1000)),
    st.builds(events.SleepAsked, st.none() | st.floats(0, 1440), st.none() | st.integers(0, 50)),
    st.builds(
        events.Asked,
        st.builds(Request, st.sampled_from(RequestKind), st.sampled_from([(), (CAT,)])),
        st.integers(0, 2**31 - 1),
        st.sampled_from(Source),
    ),
    st.builds(events.KeyphraseHeard, st.integers(0, 9)),
    st.builds(events.PartLost, st.sampled_from(Part)),
    st.builds(events.PartBack, st.sampled_from(Part)),
    st.builds(events.StoryBegan, st.integers(0, 5)),
    st.builds(events.StoryTold, st.integers(0, 5)),
    st.builds(events.StoryFailed, st.integers(0, 5)),
    st.sampled_from([events.QuietBegan(), events.QuietEnded(), events.Started()]),
)
speaking = st.builds(
    SpeakingSettings,
    volume=st.integers(0, 100),
    volume_floor=st.integers(0, 100),
    volume_cap=st.integers(1, 100),
)


@given(speaking, st.booleans(), st.lists(any_event, max_size=40))
def test_volume_keeps_to_floor_and_cap(
    settings: SpeakingSettings, small: bool, happened: list[Event]
) -> None:
    robot = initial_robot(Settings(speaking=settings), small)
    high = settings.volume_cap  # it has the last word where the floor is above it
    low = min(settings.volume_floor, high)
    for event in happened:
        robot, todo = step(robot, event)
        assert low <= robot.volume <= high
        for command in todo:
            if isinstance(command, commands.SetVolume | commands.Fade):
                assert 0 <= command.percent <= high


@given(st.booleans(), st.lists(any_event, max_size=60))
def test_each_story_has_its_number(small: bool, happened: list[Event]) -> None:
    """Numbers count up one by one, so that late news of an old story is never taken for new."""
    robot = initial_robot(Settings(), small)
    told = 0
    for event in happened:
        robot, todo = step(robot, event)
        for command in todo:
            if isinstance(command, commands.Tell):
                told += 1
                assert command.number == robot.number == told
                assert command.story == robot.story


@given(st.integers(0, 2**31 - 1))
def test_a_story_about_anything_is_about_some_thing(seed: int) -> None:
    story = new_story_request((), seed)
    assert story == new_story_request((), seed)
    assert story.title.startswith("A story about ")
    assert story.things == ()


def idle(**settings: BedtimeSettings) -> Robot:
    return step(initial_robot(Settings(**settings), small=False), events.Started())[0]


def ask(kind: RequestKind, *things: object) -> events.Asked:
    return events.Asked(Request(kind, tuple(things)), 7)  # type: ignore[arg-type]


def test_another_one_is_about_the_same_and_different() -> None:
    robot, _ = step(idle(), ask(RequestKind.STORY, CAT))
    first = robot.story
    robot, _ = step(robot, events.StoryTold(1))
    robot, _ = step(robot, events.Asked(Request(RequestKind.ANOTHER), 8))
    assert first is not None and robot.story is not None
    assert robot.story.title == first.title and robot.story.seed != first.seed


def test_what_keeps_a_story_from_beginning() -> None:
    assert obstacle(initial_robot(Settings(), small=False)) is Obstacle.NOT_RUNNING
    assert obstacle(idle()) is None
    robot, _ = step(idle(), ask(RequestKind.STORY, CAT))
    assert obstacle(robot) is Obstacle.BEING_TOLD
    robot, _ = step(idle(), events.PartLost(Part.ENGINE))
    assert obstacle(robot) is Obstacle.PARTS_MISSING


def test_reload_keeps_the_volume_people_chose() -> None:
    robot, _ = step(idle(), events.VolumeAsked(90))
    robot, _ = step(robot, events.Reloaded(Settings(bedtime=BedtimeSettings(fade=1.0))))
    assert robot.volume == 90
    robot, _ = step(robot, events.Reloaded(Settings(speaking=SpeakingSettings(volume_cap=60))))
    assert robot.volume == 60
    robot, _ = step(robot, events.Reloaded(Settings(speaking=SpeakingSettings(volume=30))))
    assert robot.volume == 30


def test_sleep_off_wakes_it_outside_quiet_hours() -> None:
    asleep, _ = step(idle(), events.SleepAsked(minutes=0))
    assert asleep.mode is Mode.ASLEEP
    awake, todo = step(asleep, events.SleepAsked())
    assert awake.mode is Mode.IDLE and not awake.night
    assert commands.Listen(ListenFor.KEYPHRASE) in todo
    assert step(asleep, events.SleepAsked(stories=2)) == (asleep, ())
    quiet, _ = step(asleep, events.QuietBegan())
    still, todo = step(quiet, events.SleepAsked())
    assert still == quiet and commands.StopListening() in todo


def test_good_night_twice_is_sleep_now() -> None:
    robot, todo = step(idle(), ask(RequestKind.GOOD_NIGHT))
    assert commands.StartTimer(events.Timer.SLEEP, 1200) in todo
    assert robot.night and robot.mode is Mode.IDLE
    robot, todo = step(robot, ask(RequestKind.GOOD_NIGHT))
    assert robot.mode is Mode.ASLEEP and not robot.night
    assert commands.Earcon("lullaby") in todo


@pytest.mark.parametrize(
    ("begin", "end", "now", "quiet"),
    [
        ("20:00", "07:00", "21:30", True),
        ("20:00", "07:00", "06:59", True),
        ("20:00", "07:00", "07:00", False),
        ("20:00", "07:00", "19:59", False),
        ("13:00", "15:00", "14:00", True),
        ("13:00", "15:00", "15:00", False),
        ("", "07:00", "03:00", False),
        ("20:00", "", "21:00", False),
        ("20:00", "20:00", "20:00", False),
    ],
)
def test_quiet_hours(begin: str, end: str, now: str, quiet: bool) -> None:
    settings = BedtimeSettings(quiet_from=begin, quiet_until=end)
    assert quiet_hours.is_quiet(time.fromisoformat(now), settings) is quiet


def test_a_time_that_is_none() -> None:
    with pytest.raises(StorybotError, match="quiet_from") as refused:
        quiet_hours.is_quiet(time(1), BedtimeSettings(quiet_from="eight", quiet_until="07:00"))
    assert refused.value.code is Exit.CONFIG
