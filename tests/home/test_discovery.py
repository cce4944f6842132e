"""The device's message, held against Home Assistant's rules for any settings."""

from __future__ import annotations

import json
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storybot.config.home_check import ID, find_home_faults
from storybot.config.schema import HomeSettings, SpeakingSettings
from storybot.home.box import Box
from storybot.home.mqtt import report
from storybot.home.mqtt.commands import COMMANDS, RESET, SETTINGS
from storybot.home.mqtt.discovery import STATES, discovery
from storybot.home.mqtt.topics import Topics, command_name
from storybot.robot import Mode
from tests.home.home_assistant import check_component, check_device

BOX = Box("ab12", "Story box", "0.1.0")


@given(
    st.from_regex(ID, fullmatch=True),
    st.text(max_size=40),
    st.integers(0, 100),
    st.integers(1, 100),
)
def test_every_device_is_allowed(box: str, name: str, floor: int, cap: int) -> None:
    speaking = SpeakingSettings(volume_floor=floor, volume_cap=cap)
    check_device(Topics(box).discovery, discovery(Box(box, name, "1.2"), speaking))


def test_it_has_what_can_be_done_and_seen() -> None:
    components = discovery(BOX, SpeakingSettings())["components"]
    assert {name: each["platform"] for name, each in components.items()} == {
        "tell": "button",
        "again": "button",
        "stop": "button",
        "good_night": "button",
        "ask": "text",
        "volume": "number",
        "voice": "select",
        "length": "select",
        "asleep": "switch",
        "state": "sensor",
        "title": "sensor",
        "sentence": "sensor",
        "trouble": "binary_sensor",
        "event": "event",
        "version": "update",
    }
    assert len(report.encoded(discovery(BOX, SpeakingSettings()))) < 8192


def test_its_states_are_those_of_the_robot() -> None:
    assert list(STATES) == [mode.value for mode in Mode]


def test_each_command_of_a_component_is_known() -> None:
    components = discovery(BOX, SpeakingSettings())["components"].values()
    given_at = [each["command_topic"] for each in components if "command_topic" in each]
    assert {command_name(topic) for topic in given_at} == set(COMMANDS) - {SETTINGS, RESET}


@pytest.mark.parametrize(
    "wrong",
    [
        {"platform": "media_player", "unique_id": "x"},
        {"platform": "button", "unique_id": "x"},
        {"platform": "button", "command_topic": "x"},
        {"platform": "button", "unique_id": "x", "command_topic": "x/#"},
        {"platform": "sensor", "unique_id": "x", "state_topic": "x", "options": ["a"]},
        {"platform": "sensor", "unique_id": "x", "state_topic": "x", "brightness": 1},
        {"platform": "text", "unique_id": "x", "command_topic": "x", "max": 256},
        {"platform": "number", "unique_id": "x", "command_topic": "x", "min": 2, "max": 1},
    ],
)
def test_the_rules_refuse(wrong: dict[str, object]) -> None:
    with pytest.raises((AssertionError, KeyError)):
        check_component(wrong)


STATUS = {
    "state": "idle",
    "title": None,
    "story": None,
    "stories": 3,
    "missing": [],
    "works": [],
    "volume": 70,
    "night": False,
    "quiet": False,
}
FIRST = STATUS | {"state": "telling", "title": "A story about a cat.", "story": 4, "stories": 4}


@pytest.mark.parametrize(
    ("before", "after", "kinds"),
    [
        (None, STATUS, []),
        (STATUS, STATUS | {"state": "thinking", "story": 4}, []),
        (STATUS, FIRST, ["began"]),
        (None, FIRST, ["began"]),
        (FIRST, FIRST | {"state": "paused"}, []),
        (FIRST, STATUS, ["ended"]),
        (FIRST, None, ["ended"]),
        (FIRST, FIRST | {"stories": 5}, ["ended", "began"]),  # the same again
        (FIRST, FIRST | {"state": "thinking", "stories": 5}, ["ended"]),
    ],
)
def test_stories_begin_and_end(
    before: report.Fields | None, after: report.Fields | None, kinds: list[str]
) -> None:
    assert [event["event_type"] for event in report.events(before, after)] == kinds


def test_a_long_sentence_is_cut_where_home_assistant_would_refuse_it() -> None:
    said = report.sentence("long " * 100)["sentence"]
    assert len(said) == report.STATE_MAX_CHARACTERS and said.endswith("…")
    title = report.state(FIRST | {"title": "x" * 300}, {})["title"]
    assert len(title) == report.STATE_MAX_CHARACTERS


def test_messages_are_one_line_of_json() -> None:
    state = report.encoded(report.state(FIRST, {"telling.length": "long"}))
    assert "\n" not in state and json.loads(state)["length"] == "long"


@pytest.mark.parametrize("wrong", ["all", "a/b", "a+b", "#", "ä", "a b", "x" * 33])
def test_an_id_that_cannot_stand_in_a_topic(wrong: str) -> None:
    assert [key for key, _ in find_home_faults(HomeSettings(id=wrong))] == ["home.id"]


def test_defaults_are_right_and_off() -> None:
    assert list(find_home_faults(HomeSettings())) == []
    assert HomeSettings().mqtt_host == ""
    assert all(isinstance(each.default, str | int | bool) for each in fields(HomeSettings))
