"""For each service the same six faults: what status and lights show, and whether systemd is fed.

A lost part is shown and the box goes on; only a stalled one starves the watchdog.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from storybot.controls.socket.requests import Ask, ChangeSettings, Status
from storybot.errors import StorybotError
from storybot.robot import Mode
from storybot.robot.events import Pressed
from storybot.stories.library import Library
from storybot.system import systemd
from storybot.system.processes import CannotBeKilled
from tests.daemon.scenes import listening, telling
from tests.fakes.house import House, play
from tests.fakes.speaking import FakeSpeaker

WATCHDOG_S = 20.0  # as the unit has it


class Watchdog:
    """How long systemd heard nothing from the daemon."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.fed_at = 0.0
        self.longest = 0.0  # s between two feedings
        monkeypatch.setattr(systemd, "notify", self._told)

    def _told(self, message: str) -> bool:
        if message == "WATCHDOG=1":
            now = asyncio.get_running_loop().time()
            self.longest = max(self.longest, now - self.fed_at)
            self.fed_at = now
        return True

    async def starves(self, house: House) -> None:
        """Fails unless systemd would end the daemon."""
        loop = asyncio.get_running_loop()
        await house.wait(lambda: loop.time() - self.fed_at > WATCHDOG_S, "a hungry watchdog", 150)

    async def is_fed(self, seconds: float = 120.0) -> None:
        """Fails when systemd would have ended the daemon, until now or in so many seconds."""
        self.longest = 0.0
        await asyncio.sleep(seconds)
        assert self.longest < WATCHDOG_S


@pytest.fixture
def watchdog(monkeypatch: pytest.MonkeyPatch) -> Watchdog:
    return Watchdog(monkeypatch)


def missing(house: House) -> set[str]:
    return {part.value for part in house.daemon.robot.missing}


async def lost(house: House, part: str) -> None:
    """The part is shown as missing, by status and light, and the box is not idle."""
    await house.wait(lambda: part in missing(house), f"{part} lost")
    await house.until(Mode.DEGRADED)
    assert house.lights.shown[-1] == "trouble"
    status = await house.ask(Status())
    assert part in status["missing"] and status["state"] == "degraded"
    assert status["stalled"] == []


# The listener: the recogniser process.


def test_listener_never_opened(tmp_path: Path, watchdog: Watchdog) -> None:
    async def scene(house: House) -> None:
        await lost(house, "hearing")
        await watchdog.is_fed()

    def before(house: House) -> None:
        house.recognisers.fails = 10**6

    play(tmp_path, scene, until=Mode.DEGRADED, before=before)


@pytest.mark.parametrize("profile", ["full", "small"])
def test_listener_slow_to_open(tmp_path: Path, watchdog: Watchdog, profile: str) -> None:
    async def scene(house: House) -> None:
        await watchdog.is_fed(200)
        assert len(house.recognisers.children) >= 3
        house.recognisers.slow = False
        await listening(house)
        await house.until(Mode.IDLE)

    def before(house: House) -> None:
        house.recognisers.slow = True

    play(tmp_path, scene, before=before, profile=profile)


@pytest.mark.parametrize("profile", ["full", "small"])
@pytest.mark.parametrize("how", ["dies", "hangs"])
def test_listener_dies_or_hangs(tmp_path: Path, watchdog: Watchdog, profile: str, how: str) -> None:
    async def scene(house: House) -> None:
        await listening(house)
        if how == "dies":
            house.recognisers.child.die()
        else:
            house.recognisers.child.stalled = True
        await house.wait(lambda: house.recognisers.children[0].stopped, "ended", 8)
        await listening(house)
        assert house.mode is Mode.IDLE
        await watchdog.is_fed()

    play(tmp_path, scene, profile=profile)


@pytest.mark.parametrize("profile", ["full", "small"])
def test_listener_cannot_be_killed(tmp_path: Path, watchdog: Watchdog, profile: str) -> None:
    """A driver holds it in the kernel: hearing is lost until it lets go, all else works."""

    async def scene(house: House) -> None:
        await listening(house)
        stuck = house.recognisers.child
        stuck.stalled = stuck.unkillable = True
        await lost(house, "hearing")
        status = await house.ask(Status())
        assert status["listens_for"] is None
        await watchdog.is_fed()
        assert len(house.recognisers.children) == 1  # nothing is started in its way
        assert house.mode is Mode.DEGRADED
        await house.press()
        await house.until(Mode.TELLING, 10)
        await house.until(Mode.DEGRADED)
        await watchdog.is_fed()
        stuck.ended = True
        await listening(house)
        await house.until(Mode.IDLE, 5)

    play(tmp_path, scene, profile=profile)


def test_listener_cannot_be_killed_as_a_story_begins(tmp_path: Path, watchdog: Watchdog) -> None:
    """In the small profile the story waits for the process to end, but not for ever."""

    async def scene(house: House) -> None:
        await listening(house)
        stuck = house.recognisers.child
        stuck.unkillable = True
        await house.press()
        await house.until(Mode.TELLING, 10)
        await lost(house, "hearing")
        stuck.ended = True
        await listening(house)
        await house.until(Mode.IDLE, 5)
        await watchdog.is_fed()

    play(tmp_path, scene, profile="small")


def test_listener_restarted_twice_while_its_process_ends(
    tmp_path: Path, watchdog: Watchdog, caplog: pytest.LogCaptureFixture
) -> None:
    """The second restart does not cut the first one short: no process is started beside it."""

    async def scene(house: House) -> None:
        await listening(house)
        stuck = house.recognisers.child
        stuck.unkillable = True
        stuck.trouble("there is no microphone; plug one in")
        await lost(house, "hearing")
        for window in (8.0, 9.0, 10.0):
            answer = await house.ask(ChangeSettings({"hearing.answer_window": window}))
            assert answer["ok"]
            await asyncio.sleep(0.3)
        await watchdog.is_fed(30)
        assert len(house.recognisers.children) == 1
        why = (await house.ask(Status()))["services"]["listener"]["why"]
        assert str(stuck.pid) in why and "cannot be killed" in why
        assert why in caplog.text
        stuck.ended = True
        await listening(house)
        await house.until(Mode.IDLE, 5)
        assert house.recognisers.most_alive == 2  # the fake one never stopped

    play(tmp_path, scene)


def test_listener_that_cannot_be_killed_does_not_hold_up_a_reload_or_the_end(
    tmp_path: Path, watchdog: Watchdog
) -> None:
    async def scene(house: House) -> None:
        await listening(house)
        house.recognisers.child.unkillable = True
        hearing = replace(house.settings.hearing, gate=-40.0)
        house.settings = replace(house.settings, hearing=hearing)
        house.daemon.reload()
        await lost(house, "hearing")
        began = asyncio.get_running_loop().time()
        house.daemon.end()
        await house.wait(lambda: house.speaker.closed, "the end")
        assert asyncio.get_running_loop().time() - began < 5.0

    play(tmp_path, scene)


# The speaker: voice and loudspeaker, in a thread of this process, which nothing can kill.


def unplugged(house: House) -> None:
    house.speaker.plugged = False


def test_speaker_never_opened(tmp_path: Path, watchdog: Watchdog) -> None:
    async def scene(house: House) -> None:
        await lost(house, "voice")
        await watchdog.is_fed()
        house.speaker.plugged = True
        assert await house.until(Mode.IDLE) < 5.0
        await house.told_once()

    play(tmp_path, scene, until=Mode.DEGRADED, before=unplugged)


@pytest.mark.parametrize("way", ["press", "ask"])
@pytest.mark.parametrize("back", [False, True])
def test_a_story_asked_for_between_two_failed_openings(
    tmp_path: Path, watchdog: Watchdog, way: str, back: bool
) -> None:
    """It waits for a loudspeaker for a minute, and systemd has no reason to end the daemon."""

    async def scene(house: House) -> None:
        await house.wait(lambda: house.mode is Mode.IDLE, "started", 5)
        assert missing(house) == set()
        if way == "press":
            house.daemon.emit(Pressed("story", 7))
        else:
            assert (await house.ask(Ask("a story about a cat")))["ok"]
        await house.until(Mode.PAUSED, 5)
        if back:
            await watchdog.is_fed(30)
            house.speaker.plugged = True
            await house.until(Mode.TELLING, 5)
            await house.until(Mode.IDLE)
            assert "The end." in house.heard
        else:
            await house.until(Mode.DEGRADED, 70)
            await watchdog.is_fed()

    play(tmp_path, scene, until=None, before=unplugged)


def test_speaker_slow_to_open(tmp_path: Path, watchdog: Watchdog) -> None:
    async def scene(house: House) -> None:
        await lost(house, "voice")  # it said nothing until the box had to begin
        await house.until(Mode.IDLE, 20)
        await watchdog.is_fed()
        await house.told_once()

    def before(house: House) -> None:
        house.speaker.open_takes = 15.0

    play(tmp_path, scene, until=Mode.DEGRADED, before=before)


def test_speaker_hangs_as_it_opens(tmp_path: Path, watchdog: Watchdog) -> None:
    async def scene(house: House) -> None:
        await house.until(Mode.DEGRADED)
        await watchdog.starves(house)
        assert (await house.ask(Status()))["stalled"] == ["voice"]

    def before(house: House) -> None:
        house.speaker.open_takes = 10**6

    play(tmp_path, scene, until=None, before=before)


def test_speaker_hangs_as_it_plays(tmp_path: Path, watchdog: Watchdog) -> None:
    """What hangs in this process cannot be killed from inside: systemd does it."""

    async def scene(house: House) -> None:
        await telling(house)
        house.speaker.stuck = True
        await watchdog.starves(house)
        assert (await house.ask(Status()))["stalled"] == ["voice"]
        house.speaker.stuck = False
        await asyncio.sleep(5)
        await watchdog.is_fed()

    play(tmp_path, scene)


def test_speaker_dies_and_comes_back(tmp_path: Path, watchdog: Watchdog) -> None:
    async def scene(house: House) -> None:
        await telling(house)
        house.speaker.plugged = False
        await house.until(Mode.PAUSED, 5)
        await watchdog.is_fed(40)
        house.speaker.plugged = True
        await house.until(Mode.TELLING, 5)
        await house.until(Mode.IDLE)
        await watchdog.is_fed()

    play(tmp_path, scene)


@pytest.mark.parametrize("hangs", [False, True])
def test_a_reload_that_names_a_loudspeaker_which_is_not_there(
    tmp_path: Path, watchdog: Watchdog, hangs: bool
) -> None:
    """Lost, and tried for ever; one whose opening never returns is a matter for systemd."""

    async def scene(house: House) -> None:
        wrong = FakeSpeaker(plugged=False)
        wrong.open_takes = 10**6 if hangs else 0.01
        house.speakers.append(wrong)
        speaking = replace(house.settings.speaking, speaker="kitchen")
        house.settings = replace(house.settings, speaking=speaking)
        house.daemon.reload()
        if hangs:
            await watchdog.starves(house)
            return
        await lost(house, "voice")
        await watchdog.is_fed()
        assert (await house.ask(Ask("a story about a cat")))["ok"] is False
        wrong.plugged = True
        assert await house.until(Mode.IDLE) < 5.0
        await house.told_once()

    play(tmp_path, scene)


def test_a_reload_while_the_loudspeaker_before_is_still_opened(
    tmp_path: Path, watchdog: Watchdog
) -> None:
    """That the old one opens at last says nothing of the one that replaced it."""

    async def scene(house: House) -> None:
        await asyncio.sleep(1)
        house.speakers.append(FakeSpeaker(plugged=False))
        speaking = replace(house.settings.speaking, speaker="kitchen")
        house.settings = replace(house.settings, speaking=speaking)
        house.daemon.reload()
        await lost(house, "voice")
        await watchdog.is_fed(30)
        await lost(house, "voice")
        house.speaker.plugged = True
        assert await house.until(Mode.IDLE) < 5.0
        await house.told_once()

    def before(house: House) -> None:
        house.speaker.open_takes = 3.0

    play(tmp_path, scene, until=None, before=before)


def test_a_loudspeaker_lost_while_a_reload_waits_for_silence(
    tmp_path: Path, watchdog: Watchdog
) -> None:
    """The new settings need not wait for the old loudspeaker to come back."""

    async def scene(house: House) -> None:
        await telling(house)
        old = house.speaker
        house.speakers.append(FakeSpeaker())
        speaking = replace(house.settings.speaking, speaker="kitchen")
        house.settings = replace(house.settings, speaking=speaking)
        house.daemon.reload()
        await asyncio.sleep(1)
        assert not house.speaker.opened
        old.plugged = False
        await house.wait(lambda: house.speaker.opened, "the new loudspeaker", 10)
        await house.until(Mode.IDLE)
        await house.told_once()
        await watchdog.is_fed(30)

    play(tmp_path, scene)


def test_an_end_while_a_reload_waits_for_silence_gives_all_back(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        await telling(house)
        house.settings = replace(
            house.settings, speaking=replace(house.settings.speaking, speed=120)
        )
        house.daemon.reload()
        await asyncio.sleep(1)

    house = play(tmp_path, scene)
    assert all(speaker.closed for speaker in house.speakers if speaker.opened)


# The narrator: one engine process for each story.


def test_narrator_never_opened_and_comes_back(tmp_path: Path, watchdog: Watchdog) -> None:
    async def scene(house: House) -> None:
        await lost(house, "engine")
        await watchdog.is_fed()
        house.engines.missing = False
        await house.until(Mode.IDLE, 12)
        await house.told_once()

    def before(house: House) -> None:
        house.engines.missing = True

    play(tmp_path, scene, until=Mode.DEGRADED, before=before)


@pytest.mark.parametrize("how", ["dies", "hangs"])
def test_narrator_dies_or_hangs(tmp_path: Path, watchdog: Watchdog, how: str) -> None:
    async def scene(house: House) -> None:
        if how == "dies":
            house.engines.crashes = 1
            await house.told_once()
            assert "The end." in house.heard
        else:
            house.engines.hangs = True
            await telling(house)
            await house.until(Mode.IDLE)
            house.engines.hangs = False
            await house.told_once()
        await watchdog.is_fed()

    play(tmp_path, scene)


@pytest.mark.parametrize("stopped", [False, True], ids=["by itself", "by a stop"])
def test_narrator_cannot_be_killed(tmp_path: Path, watchdog: Watchdog, stopped: bool) -> None:
    async def scene(house: House) -> None:
        make: Callable[[], Any] = house.engines.make
        stuck = CannotBeKilled(os.getpid())  # a process that is there

        def unkillable(_: object = None) -> Any:
            engine = make()

            async def stop(grace: float = 1.0) -> None:
                engine._stopped.set()
                await asyncio.sleep(grace + 1.0)
                raise stuck

            async def tell(opening: str, seed: int, longest: int | None = None) -> Any:
                yield opening + " It ran. It sat down."
                while not engine._stopped.is_set() and stopped:
                    await asyncio.sleep(0.1)
                raise stuck

            engine.stop, engine.tell = stop, tell
            return engine

        house.engines.make = unkillable  # type: ignore[method-assign]
        await house.ask(Ask("a story about a cat"))
        await house.until(Mode.TELLING)
        if stopped:
            await house.press()
        await lost(house, "engine")
        house.engines.make = make  # type: ignore[method-assign]
        await watchdog.is_fed(60)
        await lost(house, "engine")  # no second one is started: the first one has its memory
        assert "cannot be killed" in (await house.ask(Status()))["services"]["narrator"]["why"]
        stuck.pid = 2**22 + 1  # above the highest that Linux gives: the process is gone
        await house.until(Mode.IDLE, 3)
        await house.told_once()
        await watchdog.is_fed()

    play(tmp_path, scene)


# Buttons.


def test_buttons_never_opened_and_come_back(tmp_path: Path, watchdog: Watchdog) -> None:
    async def scene(house: House) -> None:
        await house.wait(lambda: "button" in missing(house))
        await house.until(Mode.DEGRADED)
        await watchdog.is_fed(60)
        house.button_fails = 0
        await house.until(Mode.IDLE, 5)
        await house.press()
        await house.until(Mode.TELLING, 10)

    def before(house: House) -> None:
        house.button_fails = 10**6

    play(tmp_path, scene, until=Mode.DEGRADED, before=before)


def test_buttons_die_and_come_back(tmp_path: Path, watchdog: Watchdog) -> None:
    async def scene(house: House) -> None:
        house.buttons[-1].put(StorybotError("the button board is gone; plug it in"))
        await house.wait(lambda: len(house.buttons) == 2, "opened again", 5)
        assert house.mode is Mode.IDLE
        await house.press()
        await house.until(Mode.TELLING, 10)
        await watchdog.is_fed()

    play(tmp_path, scene)


# The start: what breaks there must not leave a daemon that waits for ever.


def test_a_fault_of_our_own_at_the_start_ends_the_daemon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: Library) -> None:
        raise RuntimeError("a fault of our own")

    async def scene(house: House) -> None:
        raise AssertionError("it runs")

    monkeypatch.setattr(Library, "newest", broken)
    with pytest.raises(RuntimeError, match="a fault of our own"):
        play(tmp_path, scene)


# Night and the robot itself: they hang only when the event loop does, or by a fault of ours.


@pytest.mark.parametrize("what", ["night", "robot"])
def test_what_hangs_in_the_loop_starves_the_watchdog(
    tmp_path: Path, watchdog: Watchdog, what: str
) -> None:
    async def scene(house: House) -> None:
        services = house.daemon.services
        free = asyncio.Event()
        if what == "night":
            services.night.health.expect(60)
            task = services.night._restarting._current
            assert task is not None
            services.night._restarting.restart = lambda: None  # type: ignore[method-assign]
            services.night._restarting._work = free.wait  # type: ignore[assignment]
            task.cancel()
        else:
            services.narrator.stop_story = free.wait  # type: ignore[method-assign,assignment]
            await telling(house)
            await house.press()
        await watchdog.starves(house)
        assert services.supervisor.stalled() == [what]
        free.set()

    play(tmp_path, scene)


# The control socket.


def test_control_removed_and_made_anew(tmp_path: Path, watchdog: Watchdog) -> None:
    async def scene(house: House) -> None:
        socket = tmp_path / "control"
        socket.unlink()
        await house.wait(socket.is_socket, "made anew", 10)
        await asyncio.sleep(1)
        assert not house.daemon.services.control.health.lost
        await watchdog.is_fed()

    play(tmp_path, scene)


def test_control_that_cannot_be_made_anew(tmp_path: Path, watchdog: Watchdog) -> None:
    async def scene(house: House) -> None:
        socket = tmp_path / "control"
        socket.unlink()
        socket.mkdir()
        health = house.daemon.services.control.health
        await house.wait(lambda: health.lost, "lost", 30)
        assert "controls.socket" in health.sentence
        await watchdog.is_fed()
        await house.press()
        await house.until(Mode.TELLING, 10)
        socket.rmdir()
        await house.wait(socket.is_socket, "made anew", 10)
        await house.wait(lambda: not health.lost, "back", 10)

    play(tmp_path, scene)
