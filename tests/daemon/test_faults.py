"""Faults: what the user notices, and how long until all is well. docs/faults.md is the table."""

from __future__ import annotations

import asyncio
import re
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from storybot.controls.messages import Ask, Status, Stop
from storybot.errors import Exit, StorybotError
from storybot.robot import Mode
from storybot.robot.moves import NOT_READY
from storybot.running import supervisor
from storybot.settings import (
    BedtimeSettings,
    LibrarySettings,
    SafetySettings,
    Settings,
    SpeakingSettings,
)
from tests.fakes.house import House, play
from tests.fakes.telling import STORY

CAT = "tell me a story about a cat"


async def listening(house: House) -> float:
    """Wait until a spoken request would be heard."""
    return await house.wait(lambda: house.ears.listens_for == "keyphrase", "listening")


async def telling(house: House) -> None:
    await house.ask(Ask("a story about a cat"))
    await house.until(Mode.TELLING)


# The ear


def test_no_microphone_at_start(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        assert house.heard[-1] == "<ready>" or house.heard[-1] == "<trouble>"
        assert house.lights.shown[-1] == "trouble"
        assert (await house.ask(Status()))["missing"] == ["hearing"]
        await house.press()  # the button still works
        await house.until(Mode.TELLING)
        await house.ask(Stop())
        house.ears.fails = 0
        assert await house.until(Mode.IDLE) < 5.0
        assert await listening(house) < 1.0

    def before(house: House) -> None:
        house.ears.fails = 1000

    play(tmp_path, scene, until=Mode.DEGRADED, before=before)


@pytest.mark.parametrize("mode", [Mode.IDLE, Mode.HEARING, Mode.TELLING])
def test_ear_killed(tmp_path: Path, mode: Mode) -> None:
    async def scene(house: House) -> None:
        await listening(house)
        if mode is Mode.HEARING:
            house.ears.keyphrase()
        elif mode is Mode.TELLING:
            house.ears.hear(CAT)
        await house.until(mode)
        wanted = {Mode.IDLE: "keyphrase", Mode.HEARING: "request", Mode.TELLING: "stop"}[mode]
        await house.wait(lambda: house.ears.listens_for == wanted)
        house.ears.child.die()
        await house.wait(lambda: not house.ears.child.living)
        assert await house.wait(lambda: house.ears.listens_for == wanted) < 1.0
        assert house.mode is mode
        assert house.ears.alive == 1

    play(tmp_path, scene)


def test_ear_hangs(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        await listening(house)
        house.ears.child.stalled = True
        await house.wait(lambda: house.ears.child.stopped)
        assert await listening(house) < 1.0
        assert len(house.ears.children) == 2

    play(tmp_path, scene)


def test_ear_keeps_dying(tmp_path: Path) -> None:
    """Degraded with a sign; tried again for ever, at most three seconds apart."""

    async def scene(house: House) -> None:
        await listening(house)
        house.ears.fails = 20
        house.ears.child.die()
        await house.until(Mode.DEGRADED)
        await house.wait(lambda: "<trouble>" in house.heard)
        before = asyncio.get_running_loop().time()
        await house.until(Mode.IDLE)
        assert asyncio.get_running_loop().time() - before < 20 * 3.2
        assert house.heard.count("<trouble>") == 1

    play(tmp_path, scene)


def test_microphone_unplugged_and_plugged_in(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        await listening(house)
        house.ears.child.trouble("the microphone is gone; plug it in again")
        await house.until(Mode.DEGRADED, 3)
        house.ears.child.well()
        assert await house.until(Mode.IDLE) < 5.0

    play(tmp_path, scene)


# The voice


def test_no_loudspeaker_at_start(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        refused = await house.ask(Ask("a story about a cat"))
        assert "voice" in refused["error"] and "doctor" in refused["error"]
        assert (await house.ask(Status()))["missing"] == ["voice"]
        house.speaker.plugged = True
        assert await house.until(Mode.IDLE) < 5.0
        await house.told_once()
        assert "The end." in house.heard

    def before(house: House) -> None:
        house.speaker.plugged = False

    play(tmp_path, scene, until=Mode.DEGRADED, before=before)


@pytest.mark.parametrize("mode", [Mode.THINKING, Mode.TELLING])
def test_loudspeaker_unplugged_during_a_story(tmp_path: Path, mode: Mode) -> None:
    async def scene(house: House) -> None:
        await house.ask(Ask("a story about a cat"))
        await house.until(mode)
        house.speaker.plugged = False
        await house.until(Mode.PAUSED, 3)
        await asyncio.sleep(10)
        house.speaker.plugged = True
        assert await house.until(Mode.TELLING) < 5.0
        await house.until(Mode.IDLE)
        said = " ".join(house.heard)
        assert said.index("The cat was happy.") < said.index("There it met a dog.")
        assert house.heard.count("The end.") == 1

    play(tmp_path, scene)


def test_loudspeaker_gone_for_long(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        await telling(house)
        house.speaker.plugged = False
        await house.until(Mode.PAUSED)
        assert 50 < await house.until(Mode.DEGRADED) < 70
        assert house.engines.running == 0
        house.speaker.plugged = True
        assert await house.until(Mode.IDLE) < 5.0
        assert house.heard[-1] == "<ready>"
        await house.told_once()

    play(tmp_path, scene)


def test_loudspeaker_unplugged_while_idle(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        house.speaker.plugged = False
        await house.ask(Ask("a story about a cat"))
        await house.until(Mode.PAUSED, 3)
        house.speaker.plugged = True
        assert await house.until(Mode.TELLING) < 5.0
        await house.until(Mode.IDLE)

    play(tmp_path, scene)


def test_stop_while_the_loudspeaker_is_gone(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        await telling(house)
        house.speaker.plugged = False
        await house.until(Mode.PAUSED)
        await house.press()
        await house.until(Mode.DEGRADED, 3)
        assert NOT_READY not in house.heard
        house.speaker.plugged = True
        assert await house.until(Mode.IDLE) < 5.0

    play(tmp_path, scene)


def test_voice_stuck_starves_the_watchdog(tmp_path: Path) -> None:
    """A library that never returns cannot be killed from inside: systemd must do it."""

    async def scene(house: House) -> None:
        await telling(house)
        house.speaker.stuck = True
        progress = house.daemon.rooms.progress
        took = await house.wait(lambda: "voice" in progress.stalled())
        assert took < 15.0
        assert (await house.ask(Status()))["stalled"] == ["voice"]
        house.speaker.stuck = False
        await house.wait(lambda: not progress.stalled())

    play(tmp_path, scene)


# The engine


@pytest.mark.parametrize("after", [0, 9])
def test_engine_crashes_once(tmp_path: Path, after: int) -> None:
    """Run again with the same seed and gone on where it broke off: nobody notices."""

    async def scene(house: House) -> None:
        house.engines.crashes, house.engines.after = 1, after
        await house.ask(Ask("a story about a cat"))
        await house.until(Mode.IDLE)
        assert len(house.engines.asked) == 2
        assert house.engines.asked[0] == house.engines.asked[1]
        story = " ".join(house.heard)
        for sentence in STORY.split(". ")[1:]:
            assert story.count(sentence.rstrip(".")) == 1

    play(tmp_path, scene)


def test_engine_crashes_twice(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        house.engines.crashes = 2
        await house.ask(Ask("a story about a cat"))
        await house.until(Mode.THINKING)
        await house.until(Mode.IDLE)
        await house.wait(lambda: "I have lost the end of my story" in house.heard[-1])
        await house.told_once()
        assert "The end." in house.heard

    play(tmp_path, scene)


def test_engine_hangs(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        house.engines.hangs = True
        await house.ask(Ask("a story about a cat"))
        await house.until(Mode.THINKING)
        assert await house.until(Mode.IDLE) < 15.0
        house.engines.hangs = False
        await house.told_once()

    play(tmp_path, scene)


def test_stop_while_the_engine_hangs(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        house.engines.hangs = True
        await house.ask(Ask("a story about a cat"))
        await house.until(Mode.THINKING)
        await house.ask(Stop())
        assert await house.until(Mode.IDLE) < 1.0
        assert await house.wait(lambda: house.engines.running == 0) < 1.0

    play(tmp_path, scene)


def test_engine_keeps_failing(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        house.engines.crashes = 6
        for _ in range(3):
            await house.ask(Ask("a story about a cat"))
            await house.wait(lambda: house.mode in (Mode.IDLE, Mode.DEGRADED))
            await house.wait(lambda: not house.daemon.rooms.voice.sounding)
        assert house.mode is Mode.DEGRADED
        assert house.lights.shown[-1] == "trouble"
        house.ears.hear(CAT)
        await house.wait(lambda: NOT_READY in house.heard)
        assert await house.until(Mode.IDLE) < 12.0
        await house.told_once()

    play(tmp_path, scene)


def test_no_model_at_start(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        assert (await house.ask(Status()))["missing"] == ["engine"]
        await house.press()
        await house.wait(lambda: NOT_READY in house.heard)
        house.engines.missing = False
        assert await house.until(Mode.IDLE) < 12.0

    def before(house: House) -> None:
        house.engines.missing = True

    play(tmp_path, scene, until=Mode.DEGRADED, before=before)


# Settings


def test_reload_with_broken_settings(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def scene(house: House) -> None:
        def broken() -> Settings:
            raise StorybotError("config.yaml:3: hearing.gat: unknown key", Exit.CONFIG)

        house.read_again = broken
        house.daemon.reload()
        await asyncio.sleep(0.5)
        assert house.daemon.robot.settings == house.settings
        bad_list = replace(house.settings, safety=SafetySettings(extra_words="/none"))
        bad_time = replace(house.settings, bedtime=BedtimeSettings(quiet_from="late"))
        for bad in (bad_list, bad_time):
            house.read_again = lambda settings=bad: settings  # type: ignore[misc]
            house.daemon.reload()
            await asyncio.sleep(0.5)
            assert house.daemon.robot.settings == house.settings
        await house.told_once()

    play(tmp_path, scene)
    assert caplog.text.count("the settings stay as they were") == 3


def test_reload_takes_new_settings(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        await listening(house)
        new = replace(
            house.settings,
            hearing=replace(house.settings.hearing, answer_window=3.0),
            speaking=SpeakingSettings(volume=50, speed=170),
            controls=replace(house.settings.controls, on_short="again"),
            library=LibrarySettings(folder=str(tmp_path / "elsewhere")),
        )
        house.read_again = lambda: new
        house.daemon.reload()
        await house.wait(lambda: len(house.speakers) == 2 and house.speaker.opened)
        await house.wait(lambda: len(house.ears.children) == 2)
        await listening(house)
        await house.told_once()
        assert house.speaker.volume == 50
        assert "The end." in house.heard
        await house.wait(lambda: bool(list((tmp_path / "elsewhere").glob("*.json"))))
        first = house.engines.asked[-1]
        await house.press()
        await house.until(Mode.THINKING)
        await house.until(Mode.IDLE)
        assert house.engines.asked[-1] == first

    play(tmp_path, scene)


@pytest.mark.parametrize("mode", [Mode.IDLE, Mode.THINKING, Mode.TELLING])
def test_hangup_signal_in_any_state(tmp_path: Path, mode: Mode) -> None:
    async def scene(house: House) -> None:
        if mode is not Mode.IDLE:
            await house.ask(Ask("a story about a cat"))
        await house.until(mode)
        signal.raise_signal(signal.SIGHUP)
        await asyncio.sleep(0.5)
        await house.until(Mode.IDLE)

    play(tmp_path, scene)


# The disk


@pytest.mark.parametrize("fault", ["full", "read-only"])
def test_the_disk_takes_nothing(
    tmp_path: Path, fault: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(house: House) -> None:
        library = house.daemon.rooms.story.library
        words = {
            "full": (28, "No space left on device"),
            "read-only": (30, "Read-only file system"),
        }

        def fails(story: object) -> None:
            raise OSError(*words[fault])

        monkeypatch.setattr(library, "save", fails)
        for _ in range(3):
            await house.told_once()
        monkeypatch.undo()
        await house.told_once()
        await house.wait(lambda: library.last() is not None)

    play(tmp_path, scene)
    assert caplog.text.count("stories cannot be kept") == 1


# Clocks


def test_clock_jumps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wall clock that jumps by years rings no alarm and loses no story."""
    monkeypatch.setattr("time.time", lambda: 0.0)

    async def scene(house: House) -> None:
        await house.ask(Ask("a story about a cat"))
        await house.until(Mode.TELLING)
        monkeypatch.setattr("time.time", lambda: 4e9)
        await asyncio.sleep(1)
        assert house.mode is Mode.TELLING
        monkeypatch.setattr("time.time", lambda: 1e9)
        await house.until(Mode.IDLE)
        assert "The end." in house.heard

    play(tmp_path, scene)


# The button


def test_button_hammered_fifty_times_a_second(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        for number in range(500):
            house.buttons[-1].put(number % 2 == 0)
            await asyncio.sleep(0.01)
        await asyncio.sleep(1)
        assert house.mode is Mode.IDLE
        await house.told_once()

    play(tmp_path, scene)


def test_button_pressed_as_fast_as_fingers_can(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        for _ in range(25):
            await house.press(0.05)
            await house.press(0.05)
            await asyncio.sleep(0.5)
        await house.ask(Stop())
        await house.until(Mode.IDLE)
        await house.wait(lambda: house.engines.running == 0)
        assert house.engines.most_running == 1
        await house.wait(lambda: house.ears.listens_for == "keyphrase")
        await house.told_once()

    play(tmp_path, scene)


def test_button_board_unplugged(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        house.button_fails = 4
        house.buttons[-1].put(StorybotError("the button board is gone; plug it in"))
        await house.until(Mode.DEGRADED, 5)
        assert await listening(house) < 1.0
        assert await house.until(Mode.IDLE) < 10.0
        await house.press()
        await house.until(Mode.THINKING)
        assert house.lights.shown[-1] == "thinking"

    play(tmp_path, scene)


# Ending


@pytest.mark.parametrize(
    "mode", [None, Mode.IDLE, Mode.HEARING, Mode.THINKING, Mode.TELLING, Mode.PAUSED, Mode.ASLEEP]
)
def test_ended_in_any_state(tmp_path: Path, mode: Mode | None) -> None:
    """SIGTERM: within three seconds every device is given back and no child is left."""
    took = 0.0

    async def scene(house: House) -> None:
        nonlocal took
        if mode is Mode.HEARING:
            await listening(house)
            house.ears.keyphrase()
        elif mode in (Mode.THINKING, Mode.TELLING, Mode.PAUSED):
            await house.ask(Ask("a story about a cat"))
        elif mode is Mode.ASLEEP:
            await house.ask(Ask("good night"))
            await house.ask(Ask("good night"))
        if mode is Mode.PAUSED:
            await house.until(Mode.TELLING)
            house.speaker.plugged = False
        if mode is not None:
            await house.until(mode)
        await asyncio.sleep(0.01)
        signal.raise_signal(signal.SIGTERM)
        took = await house.wait(lambda: house.speaker.closed, "closed", 10)

    house = play(tmp_path, scene, until=None if mode is None else Mode.IDLE)
    assert took < 3.0
    assert house.speaker.closed
    assert house.ears.alive == 0
    assert house.engines.running == 0
    assert not Path(house.settings.controls.socket).exists()


def test_ended_while_a_child_will_not_end(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        await listening(house)

        async def never(grace: float = 0.0) -> None:
            await asyncio.Event().wait()

        house.ears.child.stop = never  # type: ignore[method-assign]
        signal.raise_signal(signal.SIGTERM)
        assert await house.wait(lambda: house.speaker.closed, "closed", 10) < 3.0

    play(tmp_path, scene)


# The supervisor


def test_backoff() -> None:
    delays = [supervisor.delay(failures) for failures in range(1, 50)]
    assert delays == sorted(delays)
    assert delays[0] < 0.5 and delays[-1] == 3.0


def test_documented_faults_have_tests() -> None:
    """Every row of docs/faults.md names a test that exists."""
    root = Path(__file__).parents[2]
    rows = [
        line
        for line in (root / "docs" / "faults.md").read_text("utf-8").splitlines()
        if line.startswith("| ") and "test_" in line
    ]
    assert len(rows) >= 25
    tests = "\n".join(path.read_text("utf-8") for path in (root / "tests").rglob("test_*.py"))
    for row in rows:
        for name in re.findall(r"test_\w+", row):
            assert f"def {name}(" in tests, f"{row}: no such test"
