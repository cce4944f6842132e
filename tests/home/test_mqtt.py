"""`storybot mqtt` between a real daemon and a real broker: all that Home Assistant can do."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from storybot.controls.socket.client import ask
from storybot.controls.socket.requests import (
    AddWord,
    ChangeSettings,
    ForgetEverything,
    ListLibrary,
    ShowSettings,
    ShowWords,
    Sleep,
    Status,
    Volume,
)
from tests.home.broker import Mosquitto
from tests.home.home_assistant import check_device, rendered
from tests.home.listener import Listener
from tests.home.processes import BridgeProcess, Daemon

BOX = "storybot/ab12"
DISCOVERY = "homeassistant/device/storybot_ab12/config"


@pytest.fixture(scope="module")
def bridge(
    tmp_path_factory: pytest.TempPathFactory, mosquitto: Mosquitto, daemon: Daemon
) -> Iterator[BridgeProcess]:
    folder = tmp_path_factory.mktemp("bridge")
    with BridgeProcess(folder, daemon.socket, mosquitto.port) as process:
        yield process


@pytest.fixture
def heard(bridge: BridgeProcess, listener: Listener, daemon: Daemon) -> Iterator[Listener]:
    """What is published by a box that is awake and idle."""
    listener.until(f"{BOX}/online", lambda text: text == "online")
    ask(daemon.socket, Sleep())
    daemon.calm()
    listener.until(f"{BOX}/state", lambda state: state["state"] == "idle")
    yield listener


@pytest.mark.usefixtures("heard")
def test_the_device_is_as_home_assistant_wants_it(mosquitto: Mosquitto) -> None:
    """And the broker keeps it for one that comes later."""
    with Listener(mosquitto.port) as later:
        message = later.until(DISCOVERY, bool)
        later.until(f"{BOX}/online", lambda text: text == "online")
        for name in ("state", "version"):
            later.until(f"{BOX}/{name}", bool)
        kept = {each.topic for each in later.messages if each.retain}
    check_device(DISCOVERY, message)
    assert message["components"]["volume"]["min"] == 20
    assert message["components"]["volume"]["max"] == 80
    assert kept >= {DISCOVERY, *(f"{BOX}/{name}" for name in ("online", "state", "version"))}


def test_every_component_finds_its_state(heard: Listener) -> None:
    """What a template of the device finds in the messages."""
    heard.until(f"{BOX}/state", lambda state: state["voice"] is not None)
    found = {
        name: rendered(component["value_template"], heard.last(component["state_topic"]))
        for name, component in heard.last(DISCOVERY)["components"].items()
        if "value_template" in component
    }
    assert found.pop("title") is None and found.pop("sentence") is None
    assert found == {
        "volume": 60,
        "voice": "espeak",
        "length": "short",
        "asleep": "OFF",
        "state": "idle",
        "trouble": "OFF",
    }
    version = heard.last(f"{BOX}/version")
    assert version["installed_version"] == version["latest_version"]


def test_a_story_is_told_and_followed(heard: Listener) -> None:
    heard.give(f"{BOX}/cmd/ask", "a story about a cat")
    telling = heard.until_came(f"{BOX}/state", lambda state: state["state"] == "telling")
    assert telling["title"] == "A story about a cat."
    heard.until_came(f"{BOX}/sentence", lambda said: bool(said["sentence"]))
    began = heard.until_came(f"{BOX}/event", lambda event: event["event_type"] == "began")
    assert began["title"] == "A story about a cat." and began["story"] > 0
    ended = heard.until_came(f"{BOX}/event", lambda event: event["event_type"] == "ended", 60)
    assert ended["story"] == began["story"]
    heard.until(f"{BOX}/sentence", lambda said: said["sentence"] is None)
    idle = heard.until(f"{BOX}/state", lambda state: state["state"] == "idle")
    assert idle["title"] is None


def test_again_is_another_telling_of_the_same_story(heard: Listener) -> None:
    heard.clear()
    heard.give(f"{BOX}/cmd/tell", "PRESS")
    first = heard.until_came(f"{BOX}/event", lambda event: event["event_type"] == "began")
    heard.give(f"{BOX}/cmd/again", "PRESS")
    events = heard.until_said(f"{BOX}/event", 3)
    assert [event["event_type"] for event in events[:3]] == ["began", "ended", "began"]
    assert events[2]["story"] == first["story"]
    heard.give(f"{BOX}/cmd/stop", "PRESS")
    heard.until(f"{BOX}/state", lambda state: state["state"] == "idle")
    heard.until_came(f"{BOX}/event", lambda event: event["event_type"] == "ended")


def test_volume_within_floor_and_cap(heard: Listener, daemon: Daemon) -> None:
    heard.give(f"{BOX}/cmd/volume", "42")
    heard.until(f"{BOX}/state", lambda state: state["volume"] == 42)
    heard.give(f"{BOX}/cmd/volume", "100")
    heard.until(f"{BOX}/state", lambda state: state["volume"] == 80)
    ask(daemon.socket, Volume(60))  # by somebody else
    heard.until(f"{BOX}/state", lambda state: state["volume"] == 60)


def test_asleep_and_good_night(heard: Listener, daemon: Daemon) -> None:
    heard.give(f"{BOX}/cmd/asleep", "ON")
    heard.until(f"{BOX}/state", lambda state: state["asleep"] == "ON")
    heard.give(f"{BOX}/cmd/asleep", "OFF")
    heard.until(f"{BOX}/state", lambda state: state["asleep"] == "OFF")
    heard.give(f"{BOX}/cmd/good_night", "PRESS")
    heard.until(f"{BOX}/state", lambda state: state["night"])
    assert daemon.status()["sleeps_after"] == 2


def test_length_and_voice(heard: Listener, daemon: Daemon) -> None:
    heard.give(f"{BOX}/cmd/length", "long")
    heard.until(f"{BOX}/state", lambda state: state["length"] == "long")
    heard.give(f"{BOX}/cmd/voice", "auto")
    heard.until(f"{BOX}/state", lambda state: state["voice"] == "auto")
    daemon.calm()
    heard.give(f"{BOX}/cmd/settings", json.dumps({"telling.length": "short"}))
    heard.until(f"{BOX}/state", lambda state: state["length"] == "short")
    ask(daemon.socket, ChangeSettings({"speaking.voice": "espeak"}))


def test_every_box_is_asked_at_once(heard: Listener) -> None:
    heard.give("storybot/all/cmd/volume", "33")
    heard.until(f"{BOX}/state", lambda state: state["volume"] == 33)
    heard.give("storybot/all/cmd/volume", "60")
    heard.until(f"{BOX}/state", lambda state: state["volume"] == 60)


def test_what_is_refused_is_told(heard: Listener, bridge: BridgeProcess) -> None:
    for command, payload, why in (
        ("ask", "a story about a gun", "nicer"),
        ("ask", "what time is it", "did not understand"),
        ("length", "endless", "expected one of"),
        ("volume", "loud", "per cent"),
        ("dance", "", "no command"),
    ):
        heard.give(f"{BOX}/cmd/{command}", payload)
        refused = heard.until_came(
            f"{BOX}/event", lambda event, why=why: why in event.get("why", "")
        )
        assert (refused["event_type"], refused["command"]) == ("refused", command)
    assert "no command" in bridge.said()


def test_a_command_that_the_broker_keeps_is_not_carried_out(
    heard: Listener, tmp_path: Path, mosquitto: Mosquitto, daemon: Daemon
) -> None:
    """Or the box would tell a story whenever it comes to the broker; settings may be kept."""
    heard.give("storybot/kept/cmd/volume", "22", retain=True)
    heard.give("storybot/kept/cmd/settings", '{"telling.length": "middle"}', retain=True)
    with BridgeProcess(tmp_path, daemon.socket, mosquitto.port, "kept"):
        heard.until("storybot/kept/state", lambda state: state["length"] == "middle")
        assert heard.last("storybot/kept/state")["volume"] == 60
    heard.give("storybot/kept/cmd/volume", "", retain=True)
    heard.give("storybot/kept/cmd/settings", "", retain=True)
    ask(daemon.socket, ChangeSettings({"telling.length": "short"}))


def test_announced_again_when_home_assistant_starts(heard: Listener) -> None:
    heard.clear()
    heard.give("homeassistant/status", "online")
    heard.until(f"{BOX}/online", lambda text: text == "online")
    assert heard.last(DISCOVERY)["device"]["name"] == "Story box"
    assert heard.last(f"{BOX}/state")["state"] == "idle"


def test_a_later_version_is_shown(heard: Listener) -> None:
    heard.give("storybot/all/latest_version", "99.1", retain=True)
    heard.until(f"{BOX}/version", lambda version: version["latest_version"] == "99.1")
    heard.give("storybot/all/latest_version", "", retain=True)
    heard.until(
        f"{BOX}/version",
        lambda version: version["latest_version"] == version["installed_version"],
    )


@pytest.mark.parametrize("who", ["terminated", "killed"])
def test_the_last_will(
    who: str, heard: Listener, tmp_path: Path, mosquitto: Mosquitto, daemon: Daemon
) -> None:
    """Whether it is ended in good order or not, Home Assistant sees that the box is away."""
    with BridgeProcess(tmp_path, daemon.socket, mosquitto.port, "will") as process:
        heard.until("storybot/will/online", lambda text: text == "online")
        code = process.end(signal.SIGKILL if who == "killed" else signal.SIGTERM)
        heard.until("storybot/will/online", lambda text: text == "offline")
        assert code == (-signal.SIGKILL if who == "killed" else 0)


def test_a_reset_between_lendings(heard: Listener, daemon: Daemon) -> None:
    """The settings for all stay; a message without the word, or one that is kept, does nothing."""
    heard.give(f"{BOX}/cmd/ask", "a story about a fox")
    heard.until_came(f"{BOX}/event", lambda event: event["event_type"] == "began")
    heard.until_came(f"{BOX}/event", lambda event: event["event_type"] == "ended", 60)
    ask(daemon.socket, AddWord("Mimi", "cat"))
    heard.give("storybot/all/cmd/settings", '{"speaking.speed": 200}', retain=True)
    heard.give(f"{BOX}/cmd/settings", '{"telling.length": "long"}', retain=True)
    heard.until(f"{BOX}/state", lambda state: state["length"] == "long")
    before = ask(daemon.socket, Status())["lendings"]
    heard.give(f"{BOX}/cmd/reset", "")
    heard.until_came(f"{BOX}/event", lambda event: event["event_type"] == "refused")
    assert ask(daemon.socket, ListLibrary())["library"]
    heard.give("storybot/all/cmd/reset", "reset")
    heard.until_came(f"{BOX}/event", lambda event: event["event_type"] == "reset")
    heard.until(f"{BOX}/state", lambda state: state["length"] == "short")
    assert heard.last(f"{BOX}/cmd/settings") == "", "nor does the broker keep them"
    assert ask(daemon.socket, ListLibrary())["library"] == []
    assert ask(daemon.socket, ShowWords())["words"] == []
    assert ask(daemon.socket, ShowSettings())["settings"]["speaking.speed"] == 200
    assert ask(daemon.socket, Status())["lendings"] == before + 1
    heard.give(f"{BOX}/cmd/settings", '{"telling.length": "long"}', retain=True)
    heard.until(f"{BOX}/state", lambda state: state["length"] == "long")
    ask(daemon.socket, ForgetEverything())  # by somebody else: the bridge sees it by the status
    heard.until(f"{BOX}/state", lambda state: state["length"] == "short")
    heard.until(f"{BOX}/cmd/settings", lambda text: text == "")
    assert ask(daemon.socket, ShowSettings())["settings"]["speaking.speed"] == 200
    heard.give("storybot/all/cmd/settings", "", retain=True)
