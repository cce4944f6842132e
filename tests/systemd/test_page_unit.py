"""storybot-page.service under a real systemd, sealed as it is, in both profiles."""

from __future__ import annotations

import http.client
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.home.broker import free_port
from tests.home.processes import why_no_daemon
from tests.systemd.machine import Machine, why_not

UNIT = Path(__file__).parents[2] / "systemd/storybot-page.service"
REASON = (
    ("" if os.environ.get("STORYBOT_SYSTEMD") else "needs root and time: make test-home")
    or why_not()
    or why_no_daemon()
)
pytestmark = [pytest.mark.skipif(bool(REASON), reason=REASON), pytest.mark.slow]
CONFIG = """\
telling: {{engine: /opt/storytest/src/build/native/storyteller, plot: "off", longest: 60}}
hearing: {{driver: none}}
speaking: {{driver: silent, voice: espeak}}
service: {{profile: {profile}}}
home: {{page_port: {port}}}
"""
BESIDE = "[Unit]\nDefaultDependencies=no\n[Service]\nEnvironment=PYTHONDONTWRITEBYTECODE=1\n"
LONGEST_S = 60.0


class Box:
    """A machine with the page's unit."""

    def __init__(self, machine: Machine, port: int) -> None:
        self.machine, self.port, self.cookie = machine, port, ""

    def asked(self, path: str, body: dict[str, Any] | None = None) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("localhost", self.port, timeout=60)
        headers = {"Origin": f"http://localhost:{self.port}", "Content-Type": "application/json"}
        method, text = ("GET", None) if body is None else ("POST", json.dumps(body))
        connection.request(method, path, text, headers | {"Cookie": self.cookie})
        return connection.getresponse()

    def pair(self) -> None:
        code = json.loads(self.machine.run("storybot page --code --json"))["code"]
        answer = self.asked("/api/pair", {"code": code})
        assert answer.status == 204
        self.cookie = (answer.getheader("Set-Cookie") or "").partition(";")[0]

    def kept(self) -> list[int]:
        """The stories in the library."""
        found = json.loads(self.asked("/api/do", {"do": "library-list"}).read())
        return [one["story"] for one in found["library"]]

    def until_it_answers(self) -> None:
        limit = time.monotonic() + LONGEST_S
        while True:
            try:
                assert self.asked("/").status == 200
            except OSError:
                log = self.machine.run("journalctl -q --no-pager -u storybot-page -n 20")
                assert time.monotonic() < limit, log
                time.sleep(0.2)
            else:
                return


@pytest.fixture(scope="module", params=["full", "small"])
def box(request: pytest.FixtureRequest) -> Iterator[Box]:
    port = free_port()
    unit = UNIT.read_text().replace("@BINDIR@", "/usr/local/bin")
    files = {UNIT.name: unit, "beside.conf": BESIDE}
    drop_ins = f"/etc/systemd/system/{UNIT.name}.d"
    with Machine(CONFIG.format(profile=request.param, port=port), files) as machine:
        machine.run(f"mkdir -p {drop_ins}; cp /opt/storytest/data/beside.conf {drop_ins}/")
        machine.run("systemctl daemon-reload; systemctl start storybot storybot-page")
        made = Box(machine, port)
        made.until_it_answers()
        yield made


def test_paired_and_asked(box: Box) -> None:
    assert box.asked("/api/box").status == 401
    box.pair()
    assert box.asked("/api/box").status == 200
    answer = box.asked("/api/do", {"do": "ask", "text": "a story about a cat"})
    assert answer.status == 200, answer.read()
    assert box.asked("/api/do", {"do": "stop"}).status == 200


@pytest.mark.parametrize("kind", ["wav", "mp3"])
def test_a_story_becomes_sound_where_there_is_memory(box: Box, kind: str) -> None:
    """Within the unit's seal and bounds; in the small profile that is refused."""
    box.pair()
    story = json.loads(box.asked("/api/do", {"do": "ask", "text": "a story about a cat"}).read())
    limit = time.monotonic() + LONGEST_S
    while story["story"] not in (kept := box.kept()):
        assert time.monotonic() < limit, kept
        time.sleep(0.5)
    answer = box.asked(f"/sounds/{story['story']}.{kind}")
    found = answer.read()
    if "profile: small" in box.machine.run("cat /etc/storybot/config.yaml"):
        assert answer.status == 409 and json.loads(found)["code"] == "small-profile"
        return
    assert answer.status == 200, found
    least = {"wav": 100_000, "mp3": 20_000}[kind]
    assert found.startswith({"wav": b"RIFF", "mp3": b"\xff"}[kind]) and len(found) > least
    peak = box.machine.run("systemctl show -P MemoryPeak storybot-page", check=False).strip()
    assert not peak.isdecimal() or int(peak) < 96 * 2**20
    assert kind not in box.machine.run("ls /var/lib/storybot-page")


def test_it_is_nobody_else(box: Box) -> None:
    pid = box.machine.run("systemctl show -P MainPID storybot-page").strip()
    users = box.machine.run(f"stat -c %u /proc/{pid}; id -u storybot").split()
    assert users[0] not in ("0", users[1])
    secret = box.machine.run("stat -c '%a %U' /var/lib/storybot-page/secret").strip()
    assert secret == "600 storybot-page"
    score = box.machine.run("systemd-analyze security storybot-page | tail -n 1")
    assert float(score.split("storybot-page.service: ")[1].split()[0]) <= 2.5


def test_killed_it_comes_again_and_knows_its_devices(box: Box) -> None:
    box.pair()
    box.machine.run("systemctl kill -s KILL storybot-page")
    time.sleep(0.5)
    box.until_it_answers()
    assert box.asked("/api/box").status == 200
    box.machine.run("storybot page --forget")
    assert box.asked("/api/box").status == 401
    assert box.machine.show("NRestarts") == "0" and box.machine.show("ActiveState") == "active"
