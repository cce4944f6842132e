"""The box under a real systemd, with real sound and real children: told, killed, hung, stopped."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.systemd.appliance import ROOT, SHARED, Appliance, listens
from tests.systemd.machine import why_not

MISSING = [program for program in ("pulseaudio", "paplay", "flite") if not shutil.which(program)]
REASON = (
    ("" if os.environ.get("STORYBOT_SYSTEMD") else "minutes of real time: make test-systemd")
    or why_not()
    or (f"needs {', '.join(MISSING)}" if MISSING else "")
    or ("" if (ROOT / "build/native/storyteller").exists() else "needs the engine: make engine")
    or ("" if (SHARED / "models/stories260K.bin").exists() else "needs ../shared/models")
)
pytestmark = [
    pytest.mark.skipif(bool(REASON), reason=REASON),
    pytest.mark.sound,
    pytest.mark.slow,
]
RECOVERY = 10.0  # s
WRITTEN = 120.0  # s within which the slow engine has written a story


def state(name: str) -> Any:
    return lambda status: status.get("state") == name


@pytest.fixture(scope="module")
def box() -> Iterator[Appliance]:
    with Appliance("full") as machine:
        machine.start()
        yield machine


@pytest.fixture
def calm(box: Appliance) -> Appliance:
    """The box, listening, whatever went before."""
    if not listens(box.status()):
        box.run("storybot stop", check=False)
        box.until(listens, 30)
    return box


def test_boot_to_ready(box: Appliance) -> None:
    assert box.show("ActiveState") == "active"
    assert box.show("StatusText") == "idle"
    assert box.show("NRestarts") == "0"
    assert box.run("stat -c '%a %U %G' /run/storybot/control").split() == [
        "660",
        "storybot",
        "storybot",
    ]


def test_asked_through_the_socket(calm: Appliance) -> None:
    before = calm.told()
    assert "A story about a cat." in calm.run("storybot ask a story about a cat")
    calm.until(state("telling"), 10)
    calm.until(listens, 60)
    assert calm.told() == before + 1
    assert "A story about a cat (" in calm.run("storybot library list")


def test_asked_by_button(calm: Appliance) -> None:
    before = calm.told()
    calm.press()
    calm.until(state("telling"), 10)
    calm.until(listens, 60)
    assert calm.told() == before + 1
    assert "light telling" in calm.run("cat /run/storytest/lights")


def test_asked_by_voice(calm: Appliance) -> None:
    before = calm.told()
    assert calm.say_until("tell me a story about a dog", state("telling"), 8)
    calm.until(listens, 60)
    assert calm.told() == before + 1


def test_stopped_by_voice(calm: Appliance) -> None:
    """The full profile listens for "stop" while it tells."""
    before = calm.told()
    with calm.slow_engine():
        calm.run("storybot ask a story about a cat")
        calm.until(lambda status: status.get("listens_for") == "stop", 10)
        assert calm.say_until("stop the story", state("idle"), 3)
        calm.until(listens, RECOVERY)
    assert calm.told() == before, "it was told to its end"


def test_journal_fields(calm: Appliance) -> None:
    calm.run("storybot ask a story about a cat")
    calm.until(state("telling"), 10)
    lines = calm.journal("-o json --output-fields=MESSAGE,STATE,STORY_ID,SEED").splitlines()
    found = [json.loads(line) for line in lines]
    told = [one for one in found if one.get("STATE") == "telling"]
    assert told and int(told[-1]["STORY_ID"]) > 0 and int(told[-1]["SEED"]) >= 0
    assert "cat" not in " ".join(str(one["MESSAGE"]) for one in found if "STATE" in one)


def bring_to(box: Appliance, wanted: str) -> None:
    """The box in a state, from listening."""
    if wanted == "hearing" and not box.say_until("tell me a story", state("hearing"), 3):
        pytest.skip("no synthetic voice was taken for the keyphrase")
    if wanted in ("thinking", "telling"):
        box.run("storybot ask a story about a cat")
        if wanted == "telling":
            box.until(state("telling"), 10)


def test_called_then_asked(calm: Appliance) -> None:
    """The keyphrase alone, a sign, and the wish after it."""
    bring_to(calm, "hearing")
    calm.say("a story about a dog", "slt")
    calm.until(state("telling"), 15)
    print("called, then asked for a dog:", calm.status()["title"])
    calm.run("storybot stop")


@pytest.mark.parametrize("wanted", ["idle", "hearing", "thinking", "telling"])
@pytest.mark.parametrize("who", ["daemon", "ear", "sound"])
def test_killed(calm: Appliance, who: str, wanted: str) -> None:
    """kill -9 of each process in each state: within ten seconds it listens again.

    A story that goes on all the same is stopped first, as somebody with a new wish would.
    """
    bring_to(calm, wanted)
    calm.kill(who)
    began = time.monotonic()
    time.sleep(0.3)
    while not listens(status := calm.status()):
        if status.get("state") in ("thinking", "telling", "hearing", "paused"):
            calm.run("storybot stop", check=False)
        assert time.monotonic() - began < RECOVERY, f"{status}\n{calm.journal()[-3000:]}"
        time.sleep(0.1)
    print(f"{who} killed while {wanted}: listening after {time.monotonic() - began:.1f} s")


def strike_engine(box: Appliance, number: str) -> float:
    """Signal the engine at work; s until another one is."""
    limit = time.monotonic() + RECOVERY
    while not (struck := set(box.pids("slow engine"))):
        assert time.monotonic() < limit, box.journal()[-3000:]
        time.sleep(0.05)
    box.kill("slow engine", number)
    began = time.monotonic()
    while not set(box.pids("slow engine")) - struck:
        assert time.monotonic() < began + RECOVERY, box.journal()[-3000:]
        time.sleep(0.05)
    return time.monotonic() - began


@pytest.mark.parametrize("wanted", ["thinking", "telling"])
@pytest.mark.parametrize("number", ["KILL", "STOP"])
def test_engine_killed_or_hung(calm: Appliance, number: str, wanted: str) -> None:
    """Another engine writes the same story on: at once, or when its deadline (2 s here) is over."""
    with calm.slow_engine():
        before = calm.journal().count("the engine broke off")
        told = calm.told()
        bring_to(calm, wanted)
        waited = strike_engine(calm, number)
        print(f"{number} of the engine while {wanted}: another after {waited:.1f} s")
        assert calm.journal().count("the engine broke off") == before + 1
        calm.until(state("telling"), 10)
        limit = time.monotonic() + WRITTEN
        while calm.pids("engine"):
            assert time.monotonic() < limit, calm.journal()[-3000:]
            time.sleep(0.1)
        goes_on = calm.status()["state"] == "telling"
        assert goes_on or calm.told() == told + 1, calm.journal()[-3000:]
        calm.run("storybot stop")
        calm.until(listens, RECOVERY)


@pytest.mark.parametrize("wanted", ["idle", "telling"])
def test_sound_away_and_back(calm: Appliance, wanted: str) -> None:
    """All devices gone for a while: the daemon lives on and is well 5 s after they are back."""
    pid = calm.pids("daemon")
    bring_to(calm, wanted)
    calm.run("systemctl stop storytest-sound")
    calm.until(lambda status: status["state"] in ("degraded", "paused"), 15)
    calm.run("systemctl start storytest-sound")
    began = time.monotonic()
    if wanted == "telling":
        calm.until(state("telling"), 5)
        calm.run("storybot stop")
    calm.until(listens, 5)
    print(f"sound away while {wanted}: well after {time.monotonic() - began:.1f} s")
    assert calm.pids("daemon") == pid


def test_hung_recogniser_process(calm: Appliance) -> None:
    recognisers = calm.pids("ear")
    calm.kill("ear", "STOP")
    began = time.monotonic()
    while calm.pids("ear") == recognisers or not listens(calm.status()):
        assert time.monotonic() - began < 20, calm.journal()[-3000:]
        time.sleep(0.2)
    assert not set(recognisers) & set(calm.pids("ear"))


def test_hung_daemon(calm: Appliance) -> None:
    """SIGSTOP: nothing feeds the watchdog (8 s here), systemd kills and starts anew."""
    pid = calm.pids("daemon")
    calm.kill("daemon", "STOP")
    began = time.monotonic()
    while calm.pids("daemon") in (pid, []) or not listens(calm.status()):
        assert time.monotonic() - began < 30, calm.journal()[-3000:]
        time.sleep(0.3)
    assert "watchdog" in calm.journal("-o cat").lower()


@pytest.mark.parametrize("wanted", ["idle", "thinking", "telling"])
def test_clean_stop(calm: Appliance, wanted: str) -> None:
    bring_to(calm, wanted)
    began = time.monotonic()
    calm.run("systemctl stop storybot")
    took = time.monotonic() - began
    assert took < 3.0
    assert calm.show("Result") == "success"
    assert (
        calm.run(
            "cat /sys/fs/cgroup/system.slice/storybot.service/cgroup.procs 2>/dev/null", check=False
        ).strip()
        == ""
    )
    pactl = "PULSE_SERVER=unix:/run/storytest/native pactl list short"
    assert calm.run(f"{pactl} sink-inputs").strip() == ""
    assert calm.run(f"{pactl} source-outputs | grep -v module-remap", check=False).strip() == ""
    calm.start()


def test_reload(calm: Appliance) -> None:
    pid = calm.pids("daemon")
    calm.run(
        "cp /etc/storybot/config.yaml /tmp/good; echo 'speaking: {volum: 3}' "
        ">> /etc/storybot/config.yaml; systemctl reload storybot; sleep 1"
    )
    assert "stay as they were" in calm.journal()
    calm.run(
        "sed 's/speed: 260/speed: 250, volume: 50/' /tmp/good > /etc/storybot/config.yaml; "
        "systemctl reload storybot"
    )
    calm.until(lambda status: status.get("volume") == 50, 10)
    assert calm.pids("daemon") == pid
    calm.run("cp /tmp/good /etc/storybot/config.yaml; systemctl reload storybot")
    calm.until(lambda status: status.get("volume") == 70, 10)


def test_small_profile() -> None:
    """The ear ends before the engine starts and is back after the story."""
    with Appliance("small") as box:
        box.start()
        assert box.status()["profile"] == "small"
        first = box.pids("ear")
        seen = box.run(
            "storybot ask a story about a cat >/dev/null; for i in $(seq 100); do "
            "echo engine: $(pgrep -x storyteller) ear: $(pgrep -f [h]earing.ear); done"
        ).splitlines()
        assert [line for line in seen if "engine: ear:" not in line], "the engine was never seen"
        for line in seen:
            assert "engine: ear:" in line or line.endswith("ear:"), "both at once"
        assert not box.pids("ear")
        box.until(listens, 60)
        assert box.pids("ear") and box.pids("ear") != first
        box.run("systemctl reload storybot; sleep 2")
        assert listens(box.status())
