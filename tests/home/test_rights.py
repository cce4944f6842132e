"""The list of rights in docs/home-assistant.md, with a real broker: boxes cannot command others."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from paho.mqtt.client import Client

from tests.home.broker import PROGRAM, Mosquitto
from tests.home.listener import Listener
from tests.home.processes import BridgeProcess, Daemon

PAGE = Path(__file__).parents[2] / "docs" / "home-assistant.md"
USERS = ("homeassistant", "librarian", "ab12", "cd34")


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    if not PROGRAM.exists():
        pytest.skip("needs mosquitto: make test-home installs it")
    folder = tmp_path_factory.mktemp("guarded")
    for user in USERS:
        words = ["mosquitto_passwd", "-b", *([] if user != USERS[0] else ["-c"])]
        subprocess.run([*words, folder / "passwords", user, user], check=True, capture_output=True)
    (rights,) = re.findall(r"```acl\n(.*?)```", PAGE.read_text(), re.DOTALL)
    (folder / "acl").write_text(rights)
    options = f"allow_anonymous false\npassword_file {folder / 'passwords'}\n"
    with Mosquitto(folder, f"{options}acl_file {folder / 'acl'}\n") as broker:
        yield broker


def named(user: str) -> Callable[[Client], None]:
    def prepare(client: Client) -> None:
        client.username_pw_set(user, user)

    return prepare


def test_a_box_may_do_what_is_its_own(tmp_path: Path, guarded: Mosquitto, daemon: Daemon) -> None:
    password = tmp_path / "password"
    password.write_text("ab12")
    more = f", mqtt_user: ab12, mqtt_password_file: {password}"
    prepare = named("homeassistant")
    with (
        Listener(guarded.port, prepare) as owner,
        Listener(guarded.port, named("cd34")) as stranger,
        BridgeProcess(tmp_path, daemon.socket, guarded.port, "ab12", more),
    ):
        owner.until("storybot/ab12/online", lambda text: text == "online")
        owner.until(
            "homeassistant/device/storybot_ab12/config", lambda config: config["components"]
        )
        for topic in ("storybot/ab12/cmd/volume", "storybot/all/cmd/volume"):
            stranger.give(topic, "77")
        owner.give("storybot/ab12/cmd/volume", "47")
        owner.until("storybot/ab12/state", lambda state: state["volume"] == 47)
        owner.give("storybot/all/cmd/volume", "48")
        owner.until("storybot/ab12/state", lambda state: state["volume"] == 48)
        time.sleep(0.5)
        assert owner.last("storybot/ab12/state")["volume"] == 48
        assert not [each for each in stranger.messages if "ab12" in each.topic]
        told = daemon.status()["stories"]
        for user, reset in (("homeassistant", 0), ("cd34", 0), ("librarian", 1)):
            with Listener(guarded.port, named(user)) as somebody:
                somebody.give("storybot/all/cmd/reset", "reset")
                limit = time.monotonic() + (1.0 if reset == 0 else 20.0)
                while daemon.status()["lendings"] == 0 and time.monotonic() < limit:
                    time.sleep(0.1)
            assert daemon.status()["lendings"] == reset, user
        assert daemon.status()["stories"] == told
    forgotten = BridgeProcess(tmp_path, daemon.socket, guarded.port, "ab12", more, "--forget")
    forgotten.start()
    assert forgotten.process is not None and forgotten.process.wait(60) == 0
    with Listener(guarded.port, prepare) as later:
        time.sleep(1.0)
        assert not [each for each in later.messages if each.retain]
