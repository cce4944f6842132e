"""The units beside the daemon under a real systemd, sealed as they are, with a real broker."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from wyoming.asr import Transcript
from wyoming.info import Describe, Info

from tests.fakes.recognisers import spoken
from tests.home.broker import PROGRAM, Mosquitto, free_port
from tests.home.listener import Listener
from tests.home.processes import why_no_daemon
from tests.home.test_wyoming import asked
from tests.systemd.machine import Machine, why_not

FOLDER = Path(__file__).parents[2] / "systemd"
REASON = (
    ("" if os.environ.get("STORYBOT_SYSTEMD") else "needs root and time: make test-home")
    or why_not()
    or why_no_daemon()
    or ("" if PROGRAM.exists() else "needs mosquitto")
)
pytestmark = [pytest.mark.skipif(bool(REASON), reason=REASON), pytest.mark.slow]
CONFIG = """\
telling: {{engine: /opt/storytest/src/build/native/storyteller, plot: "off", longest: 60}}
hearing: {{driver: none}}
speaking: {{driver: silent, voice: espeak}}
home: {{id: shelf, mqtt_host: 127.0.0.1, mqtt_port: {port}, mqtt_user: box,
  wyoming_port: {stories}, voice: "127.0.0.1:{voice}", recogniser: "127.0.0.1:{hearing}"}}
"""
NAMES = ("storybot-mqtt", "storybot-wyoming", "storybot-voice", "storybot-recogniser")
# What the daemon's recogniser does with speech, as its user.
ASK = """\
import time
from storybot.hearing.second.wyoming import WyomingRecogniser
recogniser = WyomingRecogniser()
assert recogniser.ask(open("/opt/storytest/data/said.raw", "rb").read(), ())
while (found := recogniser.answer()) is None and not recogniser.trouble:
    time.sleep(0.05)
print(found or recogniser.trouble)
"""
BESIDE = "[Unit]\nDefaultDependencies=no\n[Service]\nEnvironment=PYTHONDONTWRITEBYTECODE=1\n"
ONLINE = "storybot/shelf/online"


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    """With a password."""
    folder = tmp_path_factory.mktemp("broker")
    words = ["mosquitto_passwd", "-b", "-c", folder / "passwords", "box", "open sesame"]
    subprocess.run(words, check=True, capture_output=True)
    options = f"password_file {folder / 'passwords'}\nallow_anonymous false\n"
    with Mosquitto(folder, options) as running:
        yield running


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A service that speaks, on the port that its folder is named by; what it is to say."""
    port = free_port()
    folder = tmp_path_factory.mktemp("voice") / str(port)
    folder.mkdir()
    with (folder / "said").open("wb") as said:
        words = [sys.executable, "-m", "tests.home.flite_service", str(port)]
        service = subprocess.Popen(words, cwd=FOLDER.parent, stdout=said)
        yield folder / "said"
        service.kill()
        service.wait()


@pytest.fixture(scope="module")
def hearing() -> Iterator[int]:
    """The port of a service that recognises."""
    port = free_port()
    words = [sys.executable, "-m", "tests.home.hearing_service", str(port)]
    service = subprocess.Popen(words, cwd=FOLDER.parent)
    yield port
    service.kill()
    service.wait()


@pytest.fixture(scope="module")
def box(broker: Mosquitto, voice: Path, hearing: int) -> Iterator[Machine]:
    files = {"beside.conf": BESIDE}
    for name in NAMES:
        text = (FOLDER / f"{name}.service").read_text()
        files[f"{name}.service"] = text.replace("@BINDIR@", "/usr/local/bin")
    config = CONFIG.format(
        port=broker.port, stories=free_port(), voice=voice.parent.name, hearing=hearing
    )
    with Machine(config, files) as machine:
        for name in NAMES:
            drop_ins = f"/etc/systemd/system/{name}.service.d"
            machine.run(f"mkdir -p {drop_ins}; cp /opt/storytest/data/beside.conf {drop_ins}/")
        machine.run("systemd-tmpfiles --create /opt/storytest/src/systemd/storybot.tmpfiles")
        machine.run("echo 'open sesame' >/etc/storybot/mqtt-password")
        machine.run("systemctl daemon-reload; systemctl start storybot")
        yield machine


@pytest.fixture
def listener(broker: Mosquitto) -> Iterator[Listener]:
    with Listener(
        broker.port, lambda client: client.username_pw_set("box", "open sesame")
    ) as listening:
        yield listening


def pid_of(box: Machine) -> str:
    return box.run("systemctl show -P MainPID storybot-mqtt").strip()


def test_the_bridge_in_its_unit(box: Machine, listener: Listener) -> None:
    """It reads its password, reaches daemon and broker, and is nobody else's user."""
    assert box.run("systemctl is-active storybot-mqtt", check=False).strip() == "inactive"
    box.run("systemctl start storybot-mqtt")
    listener.until(ONLINE, lambda text: text == "online")
    listener.give("storybot/shelf/cmd/ask", "a story about a cat")
    listener.until_came("storybot/shelf/event", lambda event: event["event_type"] == "began")
    listener.give("storybot/shelf/cmd/stop", "")
    listener.until("storybot/shelf/state", lambda state: state["state"] == "idle")
    users = box.run(f"stat -c %u /proc/{pid_of(box)}; id -u storybot").split()
    assert users[0] not in ("0", users[1])
    password = box.run("stat -c '%a %U %G' /etc/storybot/mqtt-password").strip()
    assert password == "640 root storybot-mqtt"
    score = box.run("systemd-analyze security storybot-mqtt | tail -n 1")
    assert float(score.split("storybot-mqtt.service: ")[1].split()[0]) <= 2.5


def test_killed_it_comes_again_and_the_box_does_not_notice(
    box: Machine, listener: Listener
) -> None:
    box.run("systemctl start storybot-mqtt")
    listener.until(ONLINE, lambda text: text == "online")
    box.run("systemctl kill -s KILL storybot-mqtt")
    listener.until(ONLINE, lambda text: text == "offline")
    listener.until(ONLINE, lambda text: text == "online", 30)
    assert box.show("NRestarts") == "0" and box.show("ActiveState") == "active"


def test_the_daemon_goes_and_comes(box: Machine, listener: Listener) -> None:
    box.run("systemctl start storybot-mqtt")
    listener.until(ONLINE, lambda text: text == "online")
    box.run("systemctl stop storybot")
    listener.until(ONLINE, lambda text: text == "offline")
    box.run("systemctl start storybot")
    listener.until(ONLINE, lambda text: text == "online", 30)


def test_wrong_settings_are_not_tried_for_ever(box: Machine) -> None:
    box.run("sed -i 's/id: shelf/id: all/' /etc/storybot/config.yaml")
    box.run("systemctl restart storybot-mqtt", check=False)
    limit = time.monotonic() + 20
    while "failed" not in box.run("systemctl is-active storybot-mqtt", check=False):
        assert time.monotonic() < limit
        time.sleep(0.2)
    assert "home.id" in box.run("journalctl -q --no-pager -u storybot-mqtt -o cat -n 5")
    box.run("sed -i 's/id: all/id: shelf/' /etc/storybot/config.yaml")
    box.run("systemctl restart storybot-mqtt")


def test_without_its_seal_it_does_not_start(box: Machine) -> None:
    seal = "/etc/systemd/system/storybot-.service.d/10-beside.conf"
    box.run(f"systemctl stop storybot-mqtt; mv {seal} /tmp/; systemctl daemon-reload")
    said = box.run("systemctl start storybot-mqtt 2>&1", check=False)
    assert box.run("systemctl is-active storybot-mqtt", check=False).strip() == "inactive", said
    box.run(
        f"mv /tmp/10-beside.conf {seal}; systemctl daemon-reload; systemctl start storybot-mqtt"
    )
    assert box.run("systemctl is-active storybot-mqtt").strip() == "active"


def test_stories_for_voice_assistants_in_their_unit(box: Machine) -> None:
    """Announced as long as it runs, and by a user of its own."""
    box.run("mkdir -p /etc/avahi/services; systemctl start storybot")
    box.run("systemctl start storybot-wyoming")
    file = "/etc/avahi/services/storybot-wyoming.service"
    announced = ElementTree.fromstring(box.run(f"cat {file}"))
    port = int(announced.findtext("service/port") or 0)
    limit = time.monotonic() + 20
    while "served at" not in box.run("journalctl -q --no-pager -u storybot-wyoming -o cat"):
        assert time.monotonic() < limit
        time.sleep(0.2)
    (info,) = asked(port, Describe().event(), last=("info",))
    assert Info.from_event(info).handle
    events = asked(port, Transcript("a story about a cat").event(), last=("handled-stop",))
    assert len(events) > 4
    pid = box.run("systemctl show -P MainPID storybot-wyoming").strip()
    users = box.run(f"stat -c %u /proc/{pid}; id -u storybot").split()
    assert users[0] not in ("0", users[1])
    box.run("systemctl stop storybot-wyoming")
    assert box.run(f"ls {file}", check=False).count("No such file") == 1
    assert box.show("NRestarts") == "0"


def test_another_machine_speaks_for_the_box(box: Machine, voice: Path) -> None:
    """The daemon, which has no network, reaches it through the unit's socket; or speaks itself."""
    box.run("systemctl start storybot storybot-voice")
    box.run("sed -i 's/voice: espeak/voice: wyoming/' /etc/storybot/config.yaml")
    box.run("systemctl restart storybot")
    box.run("storybot ask a story about a cat")
    limit = time.monotonic() + 60
    while "cat" not in voice.read_text():
        assert time.monotonic() < limit, box.run("journalctl -q --no-pager -n 40 -o cat")
        time.sleep(0.2)
    box.run("storybot stop; systemctl stop storybot-voice")
    assert "No such file" in box.run("ls /run/storybot-voice", check=False)
    box.run("systemctl restart storybot; storybot ask a story about a dog")
    limit = time.monotonic() + 60
    while "the box's own speaks" not in box.journal():
        assert time.monotonic() < limit, box.journal()[-2000:]
        time.sleep(0.2)
    assert '"state": "' in box.run("storybot status --json") and box.show("NRestarts") == "0"


def test_another_machine_recognises_for_the_box(box: Machine) -> None:
    """The daemon's user reaches it through the unit's socket."""
    (box.data / "said.raw").write_bytes(spoken("tell me a story", "slt") + bytes(8000))
    (box.data / "ask.py").write_text(ASK)
    box.run("systemctl start storybot-recogniser")
    limit = time.monotonic() + 30
    while "is lent" not in box.run("journalctl -q --no-pager -u storybot-recogniser -o cat"):
        assert time.monotonic() < limit
        time.sleep(0.2)
    python = box.run("awk '/^exec/ {print $2}' /usr/local/bin/storybot").strip()
    paths = "PYTHONPATH=/opt/storytest/src:/opt/storytest/site"
    as_daemon = f"runuser -u storybot -- env {paths} {python} -P /opt/storytest/data/ask.py"
    answer = ""
    while "story" not in answer:  # a busy machine may take more than the 1.5 s that it has
        assert time.monotonic() < limit, answer
        answer = box.run(as_daemon)
    box.run("systemctl stop storybot-recogniser")
    assert "No such file" in box.run("ls /run/storybot-recogniser", check=False)
