"""The robot's numbers: volumes, alarms, tales, whatever is asked in whatever order."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from time import struct_time

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
from storybot.stories.story_request import StoryRequest, new_story_request

MONDAY = date(2026, 3, 2)
TALE = StoryRequest("A story about a cat.", "Once there was a cat.", 7)
CAT = next(thing for thing in load_things() if thing.word == "cat")


def at(day: date, clock: str) -> struct_time:
    return datetime.combine(day, time.fromisoformat(clock)).timetuple()


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
    st.sampled_from(
        [events.QuietBegan(), events.QuietEnded(), events.Started(), events.Forgotten()]
    ),
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
        ("20", "0700", "20:00", True),
        ("20:00:30", "07:00", "20:00:29", False),
        ("", "07:00", "03:00", False),
        ("20:00", "", "21:00", False),
        ("20:00", "20:00", "20:00", False),
    ],
)
def test_quiet_hours(begin: str, end: str, now: str, quiet: bool) -> None:
    settings = BedtimeSettings(quiet_from=begin, quiet_until=end)
    assert quiet_hours.is_quiet(at(MONDAY, now), settings) is quiet


@pytest.mark.parametrize(
    ("day", "now", "quiet"),
    [
        (3, "19:59", False),
        (3, "20:00", True),  # Thursday's
        (4, "06:59", True),
        (4, "07:00", False),
        (4, "20:30", False),  # on Friday later
        (4, "21:00", True),
        (5, "08:59", True),  # and longer
        (5, "09:00", False),
        (5, "22:00", False),  # Saturday has none
        (6, "03:00", False),
        (6, "20:00", True),
        (7, "06:59", True),
    ],
)
def test_quiet_hours_of_each_day(day: int, now: str, quiet: bool) -> None:
    settings = BedtimeSettings(
        quiet_from="20:00, fri 21:00,Sat none", quiet_until="07:00, fri 09:00"
    )
    assert list(quiet_hours.find_faults(settings)) == []
    assert quiet_hours.is_quiet(at(MONDAY + timedelta(day), now), settings) is quiet


@pytest.mark.parametrize(
    ("begin", "end", "key"),
    [
        ("20:00, 21:00", "07:00", "quiet_from"),
        ("20:00, someday 21:00", "07:00", "quiet_from"),
        ("20:00, fri", "07:00", "quiet_from"),
        ("none", "07:00", "quiet_from"),
        ("24:00", "07:00", "quiet_from"),
        ("8:00", "07:00", "quiet_from"),
        ("20:00+01:00", "07:00", "quiet_from"),
        ("20:00", "07:00, fri late", "quiet_until"),
        ("20:00", "07:00, fri none", "quiet_until"),
        ("20:00", "fri 07:00", "quiet_until"),
    ],
)
def test_quiet_hours_that_are_none(begin: str, end: str, key: str) -> None:
    settings = BedtimeSettings(quiet_from=begin, quiet_until=end)
    assert next(quiet_hours.find_faults(settings))[0] == f"bedtime.{key}"


def test_a_code_is_said_once_at_the_next_press() -> None:
    """Whatever the gesture does else; a story is only stopped."""
    asked, todo = step(idle(), events.CodeAsked("716232"))
    assert todo == ()
    said, todo = step(asked, events.Pressed("nothing", 5))
    assert todo == (commands.SayCode("716232"),) and said.code == ""
    telling = replace(asked, mode=Mode.TELLING)
    stopped, todo = step(telling, events.Pressed("story", 5))
    assert commands.StopStory() in todo and stopped.code == "716232"
    assert step(asked, events.CodeAsked(""))[0] == idle()


def test_one_more_story_is_the_last_one() -> None:
    """Also in the quiet hours, and when it was time to sleep already; "stop" takes it back."""
    asleep = replace(idle(), mode=Mode.ASLEEP, quiet=True)
    told, todo = step(asleep, events.OneMoreAsked(9))
    assert told.mode is Mode.THINKING and told.story is not None and told.story.seed == 9
    told, todo = step(told, events.StoryTold(told.number))
    assert told.mode is Mode.ASLEEP
    telling = replace(idle(), mode=Mode.TELLING, number=1, bedtime=True, sleeps_after_story=True)
    more, todo = step(telling, events.OneMoreAsked(9))
    assert more.mode is Mode.TELLING and more.stories_left == 2
    last, todo = step(more, events.StoryTold(1))
    assert last.mode is Mode.THINKING and any(isinstance(one, commands.Tell) for one in todo)
    assert step(last, events.StoryTold(2))[0].mode is Mode.ASLEEP
    stopped, _ = step(more, events.Pressed("stop", 5))
    assert stopped.one_more is None and stopped.mode is Mode.IDLE
    assert step(more, events.SleepAsked(minutes=0))[0].one_more is None


def test_what_is_forgotten() -> None:
    """The story, bedtime and volume; what is so goes on."""
    before = replace(
        idle(), mode=Mode.TELLING, story=TALE, volume=30, bedtime=True, stories_left=2,
        missing=frozenset((Part.BUTTON,)), number=4, newest=7,
    )  # fmt: skip
    after, todo = step(before, events.Forgotten())
    assert commands.StopStory() in todo and after.mode is Mode.DEGRADED
    assert after.story is None and not after.night and after.newest == 7 and after.number == 4
    assert after.volume == SpeakingSettings().volume


def test_a_time_that_is_none() -> None:
    with pytest.raises(StorybotError, match="quiet_from") as refused:
        quiet_hours.is_quiet(
            at(MONDAY, "01:00"), BedtimeSettings(quiet_from="eight", quiet_until="07:00")
        )
    assert refused.value.code is Exit.CONFIG
