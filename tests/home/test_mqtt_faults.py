"""What may go wrong between daemon, bridge and broker, with all three real."""

from __future__ import annotations

import random
import signal
import ssl
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from storybot.config.schema import HomeSettings, SpeakingSettings
from storybot.controls.socket.client import ask
from storybot.controls.socket.requests import ShowSettings, Sleep, Status
from storybot.errors import Exit
from storybot.home.box import Box
from storybot.home.mqtt.broker import Broker
from storybot.home.mqtt.commands import COMMANDS
from storybot.home.mqtt.shown import Shown
from tests.fakes.output import wait_for
from tests.home.broker import PROGRAM, Mosquitto, free_port, resident_mb
from tests.home.fleet import STATUS
from tests.home.listener import LONGEST_S, Listener
from tests.home.processes import BridgeProcess, Daemon, nobodys_settings

BOX = "storybot/ab12"
DISCOVERY = "homeassistant/device/storybot_ab12/config"
ODD_MESSAGES = 10_000

pytestmark = pytest.mark.skipif(
    not PROGRAM.exists(), reason="needs mosquitto: make test-home installs it"
)


def idle(daemon: Daemon) -> None:
    ask(daemon.socket, Sleep())
    daemon.calm()


def test_broker_killed_and_back(tmp_path: Path, daemon: Daemon) -> None:
    """It knows nothing any more; all is announced again, and commands are taken."""
    with Mosquitto(tmp_path) as broker, BridgeProcess(tmp_path, daemon.socket, broker.port) as box:
        with Listener(broker.port) as listener:
            listener.until(f"{BOX}/online", lambda text: text == "online")
        broker.kill()
        time.sleep(1.0)
        assert ask(daemon.socket, Status())["state"] == "idle", "the box does not notice"
        broker.start()
        with Listener(broker.port) as listener:
            listener.until(f"{BOX}/online", lambda text: text == "online")
            assert listener.last(DISCOVERY)["components"]
            listener.give(f"{BOX}/cmd/volume", "44")
            listener.until(f"{BOX}/state", lambda state: state["volume"] == 44)
        assert "is gone" in box.said()


def test_no_broker_at_the_start(tmp_path: Path, daemon: Daemon) -> None:
    """It is waited for, with growing delay, and told of once."""
    broker = Mosquitto(tmp_path)
    with BridgeProcess(tmp_path, daemon.socket, broker.port) as box:
        time.sleep(4.0)
        with broker, Listener(broker.port) as listener:
            listener.until(f"{BOX}/online", lambda text: text == "online")
        assert box.said().count("cannot be reached") == 1


def test_online_only_where_it_can_be_asked(tmp_path: Path) -> None:
    """Who sees the box online may give a command at once: it is subscribed to by then."""
    connected = threading.Event()
    with Mosquitto(tmp_path) as mosquitto, Listener(mosquitto.port) as listener:
        home = HomeSettings(id="ab12", mqtt_host="127.0.0.1", mqtt_port=mosquitto.port)
        broker = Broker(home, "", "storybot", None, connected.set, lambda _: None, lambda _: None)
        shown = Shown(broker, Box("ab12", "storybot", "1.0"), SpeakingSettings())
        broker.start()
        assert connected.wait(LONGEST_S)
        shown.status = STATUS
        shown.publish()
        assert not broker.ready
        broker.subscribe([f"{BOX}/cmd/#"])
        assert broker.ready
        shown.publish_all()
        listener.until(f"{BOX}/online", lambda text: text == "online")
        assert len(listener.texts(f"{BOX}/online")) == 1
        broker.stop()


def test_daemon_killed_and_back(
    tmp_path: Path, mosquitto: Mosquitto, listener: Listener, daemon: Daemon
) -> None:
    """Offline while it is away; what was pushed holds again after its return."""
    with BridgeProcess(tmp_path, daemon.socket, mosquitto.port):
        listener.until(f"{BOX}/online", lambda text: text == "online")
        listener.give(f"{BOX}/cmd/settings", '{"bedtime.fade": 7.5, "telling.length": "long"}')
        listener.until(f"{BOX}/state", lambda state: state["length"] == "long")
        listener.give(f"{BOX}/cmd/ask", "a story about a dog")
        listener.until_came(f"{BOX}/event", lambda event: event["event_type"] == "began")
        daemon.end(signal.SIGKILL)
        listener.until(f"{BOX}/online", lambda text: text == "offline")
        assert listener.last(f"{BOX}/event")["event_type"] == "ended"
        listener.give(f"{BOX}/cmd/tell", "")
        refused = listener.until_came(
            f"{BOX}/event", lambda event: event["event_type"] == "refused"
        )
        assert "not running" in refused["why"]
        daemon.start()
        daemon.until("idle")
        listener.until(f"{BOX}/online", lambda text: text == "online")
        # No message may tell: the state is as it was when the story had ended before the kill.
        assert wait_for(lambda: length_of(daemon) == "long", LONGEST_S)
        listener.give(f"{BOX}/cmd/settings", "")
        listener.give(f"{BOX}/cmd/length", "short")
        listener.until(f"{BOX}/state", lambda state: state["length"] == "short")


def length_of(daemon: Daemon) -> object:
    return ask(daemon.socket, ShowSettings())["settings"]["telling.length"]


def odd_messages(count: int) -> list[tuple[str, bytes]]:
    """Commands that exist and do not, with payloads of all kinds."""
    draw = random.Random(14)
    names = [*COMMANDS, "", "x", "volume/", "Tell", "ä", "set", "a" * 300]
    shapes = [
        lambda: b"",
        lambda: draw.randbytes(draw.randrange(200)),
        lambda: b"\xff" * draw.randrange(300),
        lambda: b"9" * draw.randrange(400),
        lambda: b"[" * draw.randrange(9000),
        lambda: b'{"telling.length":' * draw.randrange(500),
        lambda: b'{"a":"\\ud800"}',
        lambda: b'{"speaking.volume_cap":100,"safety.filter":false}',
        lambda: b'{"speaking.speed":NaN,"bedtime.fade":1e999}',
        lambda: draw.choice((b"nan", b"inf", b"-1", b"1e400", b"0x10", b"None", b"true", b"\0")),
        lambda: b"a story about " + draw.randbytes(8),
        lambda: b"x" * draw.randrange(15000),
    ]
    return [
        (f"storybot/{draw.choice(('ab12', 'all'))}/cmd/{draw.choice(names)}", draw.choice(shapes)())
        for _ in range(count)
    ]


def test_ten_thousand_odd_messages(
    tmp_path: Path, mosquitto: Mosquitto, listener: Listener, daemon: Daemon
) -> None:
    """Nothing breaks, little is logged, memory stays; then it works as before."""
    idle(daemon)
    with BridgeProcess(tmp_path, daemon.socket, mosquitto.port) as box:
        listener.until(f"{BOX}/online", lambda text: text == "online")
        assert box.process is not None
        before = resident_mb(box.process.pid)
        for topic, payload in odd_messages(ODD_MESSAGES):
            name = topic.rpartition("/")[2]
            if name in ("tell", "again", "good_night", "asleep"):
                continue  # these would do what they say, whatever the payload
            listener.client.publish(topic, payload)
        listener.give(f"{BOX}/cmd/ask", "?")
        time.sleep(1.0)
        limit = time.monotonic() + 60
        while listener.last(f"{BOX}/state")["volume"] != 37:  # a flood is dropped in part
            assert time.monotonic() < limit
            listener.give(f"{BOX}/cmd/volume", "37")
            time.sleep(0.5)
        assert box.process.poll() is None
        assert resident_mb(box.process.pid) < before + 12
        assert len(box.said().splitlines()) < 200 and "Traceback" not in box.said()
        assert "Traceback" not in daemon.said()


def test_a_message_that_is_too_large_does_not_reach_it(
    tmp_path: Path, mosquitto: Mosquitto, listener: Listener, daemon: Daemon
) -> None:
    with BridgeProcess(tmp_path, daemon.socket, mosquitto.port) as box:
        listener.until(f"{BOX}/online", lambda text: text == "online")
        assert box.process is not None
        before = resident_mb(box.process.pid)
        for _ in range(5):
            listener.give(f"{BOX}/cmd/ask", b"x" * 4_000_000)
        listener.give(f"{BOX}/cmd/volume", "39")
        listener.until(f"{BOX}/state", lambda state: state["volume"] == 39)
        assert resident_mb(box.process.pid) < before + 2


def test_two_boxes_with_one_id(
    tmp_path: Path, mosquitto: Mosquitto, listener: Listener, daemon: Daemon
) -> None:
    """The broker takes one client of an id: they put each other out ever less often, and say so."""
    with BridgeProcess(tmp_path, daemon.socket, mosquitto.port) as first:
        listener.until(f"{BOX}/online", lambda text: text == "online")
        (tmp_path / "second").mkdir()
        with BridgeProcess(tmp_path / "second", daemon.socket, mosquitto.port) as second:
            until_said(first, "home.id", 40)
            said = first.said() + second.said()
            assert 4 <= said.count("connected to the broker") <= 12, said


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority of the test's own, and the broker's certificate for 127.0.0.1."""
    folder = tmp_path_factory.mktemp("certificates")

    def run(*words: str) -> None:
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)

    new = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    run(*new, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=test authority")
    signed = ["-CA", "ca.pem", "-CAkey", "ca.key", "-subj", "/CN=broker"]
    host = ["-addext", "subjectAltName=IP:127.0.0.1"]
    run(*new, *signed, *host, "-keyout", "key.pem", "-out", "cert.pem")
    return folder


@pytest.fixture
def sealed(tmp_path: Path, certificates: Path) -> Mosquitto:
    """A broker with TLS and a password."""
    passwords = tmp_path / "passwords"
    done = ["mosquitto_passwd", "-b", "-c", passwords, "box", "open sesame"]
    subprocess.run(done, check=True, capture_output=True)
    options = f"password_file {passwords}\nallow_anonymous false\n"
    for key, name in (("cafile", "ca.pem"), ("certfile", "cert.pem"), ("keyfile", "key.pem")):
        options += f"{key} {certificates / name}\n"
    return Mosquitto(tmp_path, options)


def test_tls_and_a_password(
    tmp_path: Path, sealed: Mosquitto, certificates: Path, daemon: Daemon
) -> None:
    authority, password = certificates / "ca.pem", tmp_path / "password"
    password.write_text("open sesame\n")
    more = f", mqtt_user: box, mqtt_password_file: {password}, mqtt_tls: true"

    def prepare(client: object) -> None:
        client.username_pw_set("box", "open sesame")  # type: ignore[attr-defined]
        context = ssl.create_default_context(cafile=str(authority))
        client.tls_set_context(context)  # type: ignore[attr-defined]

    with sealed, Listener(sealed.port, prepare) as listener:
        trusted = f"{more}, mqtt_ca_file: {authority}"
        with BridgeProcess(tmp_path, daemon.socket, sealed.port, "sealed", trusted) as box:
            listener.until("storybot/sealed/online", lambda text: text == "online")
            assert "unencrypted" not in box.said()
        with BridgeProcess(tmp_path, daemon.socket, sealed.port, "doubts", more) as box:
            until_said(box, "cannot be reached")  # nobody that it trusts vouches for the broker
        password.write_text("wrong")
        with BridgeProcess(tmp_path, daemon.socket, sealed.port, "wrong", trusted) as box:
            until_said(box, "refuses storybot (Not authorized)")


def until_said(box: BridgeProcess, what: str, longest: float = 20.0) -> None:
    limit = time.monotonic() + longest
    while what not in box.said():
        assert time.monotonic() < limit, box.said()
        time.sleep(0.1)


def test_a_ghost_is_forgotten(
    tmp_path: Path, mosquitto: Mosquitto, listener: Listener, daemon: Daemon
) -> None:
    """All that the broker keeps of a box that is gone, and of no other."""
    for box in ("ghost", "other"):
        with BridgeProcess(tmp_path, daemon.socket, mosquitto.port, box):
            listener.until(f"storybot/{box}/online", lambda text: text == "online")
    listener.give("storybot/ghost/cmd/settings", '{"telling.length": "long"}', retain=True)
    here = BridgeProcess(tmp_path, daemon.socket, mosquitto.port, "ghost", "", "--forget")
    here.start()
    assert here.process is not None and here.process.wait(60) == 0
    elsewhere = BridgeProcess(tmp_path, daemon.socket, mosquitto.port, "x", "", "--forget", "none")
    elsewhere.start()
    assert elsewhere.process is not None and elsewhere.process.wait(60) == 0
    with Listener(mosquitto.port) as later:
        later.until("storybot/other/online", lambda text: text == "offline")
        assert not [each.topic for each in later.messages if "ghost" in each.topic]
    here = BridgeProcess(tmp_path, daemon.socket, mosquitto.port, "y", "", "--forget", "other")
    here.start()
    assert here.process is not None and here.process.wait(60) == 0


@pytest.mark.parametrize(
    ("home", "code", "why"),
    [
        ("{}", Exit.CONFIG, "set home.mqtt_host"),
        ("{mqtt_host: x, id: all}", Exit.CONFIG, "home.id"),
        ("{mqtt_host: x, id: a/b}", Exit.CONFIG, "home.id"),
        ("{mqtt_host: x, mqtt_ca_file: /x}", Exit.CONFIG, "home.mqtt_tls"),
        ("{mqtt_host: x, mqtt_password_file: /none}", Exit.CONFIG, "mqtt_password_file"),
        ("{mqtt_host: x, mqtt_tls: true, mqtt_ca_file: /x}", Exit.CONFIG, "home.mqtt_ca_file"),
        ("{mqtt_host: 'a..b'}", Exit.CONFIG, "home.mqtt_host"),
        ("{mqtt_host: 'a b'}", None, "cannot be reached"),
    ],
)
def test_wrong_settings(tmp_path: Path, home: str, code: int | None, why: str) -> None:
    """One sentence that names the setting."""
    path = tmp_path / "config.yaml"
    path.write_text(f"home: {home}\n")
    command = [sys.executable, "-m", "storybot", "mqtt", "--config", str(path)]
    if code is None:
        command += ["--forget"]
    env = nobodys_settings(tmp_path)
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=env)
    if code is None:
        assert done.returncode == Exit.FAULT and "does not answer" in done.stderr
    else:
        assert done.returncode == code, done.stderr
        assert why in done.stderr and len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("wrong", ["#", "+", "a/b"])
def test_forgetting_what_is_no_id(tmp_path: Path, wrong: str) -> None:
    """Or it would be every box."""
    box = BridgeProcess(tmp_path, "/none", free_port(), "ab12", "", "--forget", wrong)
    box.start()
    assert box.process is not None and box.process.wait(60) == Exit.USAGE
    assert "the id of no box" in box.said()


def test_forgetting_without_a_broker(tmp_path: Path) -> None:
    box = BridgeProcess(tmp_path, "/none", free_port(), "ab12", "", "--forget")
    box.start()
    assert box.process is not None and box.process.wait(60) == Exit.FAULT
    assert "does not answer" in box.said() and "nothing was removed" in box.said()
