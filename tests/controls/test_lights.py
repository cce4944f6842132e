"""Lights: patterns on a lamp, and lamps that break."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from storybot.config.schema import ControlsSettings
from storybot.controls.lights import sysfs
from storybot.controls.lights.choice import make_lights
from storybot.controls.lights.lamp import PATTERNS_S, Lamp
from storybot.errors import StorybotError
from storybot.robot.commands import Light
from tests.fakes import clock
from tests.fakes.button_devices import FakeChip, PtyBoard


def test_every_light_of_the_robot_has_a_pattern() -> None:
    assert {light.value for light in Light} == set(PATTERNS_S)


def test_patterns() -> None:
    seen: list[tuple[bool, float]] = []

    async def body() -> None:
        def switch(on: bool) -> None:
            seen.append((on, round(asyncio.get_running_loop().time() - began, 3)))

        lamp = Lamp(switch, lambda: None)
        for name, pattern in PATTERNS_S.items():
            seen.clear()
            began = asyncio.get_running_loop().time()
            lamp.show(name)
            await asyncio.sleep(9.99)
            due = [sum((pattern * 99)[:turn]) for turn in range(99 if len(pattern) > 1 else 1)]
            turns = [(bool(pattern) and turn % 2 == 0, round(at, 3)) for turn, at in enumerate(due)]
            assert seen == [turn for turn in turns if turn[1] < 9.99], name
        lamp.close()
        seen.clear()
        await asyncio.sleep(10)
        assert seen == []

    clock.run(body())


def test_a_broken_lamp_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    def broken(_: bool) -> None:
        raise OSError(5, "Input/output error")

    async def body() -> None:
        lamp = Lamp(broken, lambda: None)
        lamp.show("hearing")
        lamp.show("telling")
        lamp.close()

    asyncio.run(body())
    assert caplog.text.count("lights do not work") == 1


def test_none() -> None:
    dark = make_lights(ControlsSettings())
    dark.show("telling")
    dark.close()


def test_sysfs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "board"
    folder.mkdir()
    (folder / "max_brightness").write_text("255\n")
    (folder / "trigger").write_text("heartbeat")
    (folder / "brightness").write_text("9")
    monkeypatch.setattr(sysfs, "LEDS_FOLDER", tmp_path)

    async def body() -> None:
        lamp = make_lights(ControlsSettings(lights="sysfs", lights_device="board"))
        assert (folder / "trigger").read_text() == "none"
        assert (folder / "brightness").read_text() == "0"
        lamp.show("hearing")
        assert (folder / "brightness").read_text() == "255"
        lamp.close()
        assert (folder / "brightness").read_text() == "0"

    asyncio.run(body())
    for wrong in ("", "none"):
        with pytest.raises(StorybotError, match="lights_device"):
            make_lights(ControlsSettings(lights="sysfs", lights_device=wrong))


def test_serial() -> None:
    far = PtyBoard()
    lamp = make_lights(ControlsSettings(lights="serial", lights_device=far.device))
    lamp.show("telling")
    assert far.received() == b"light telling\n"
    lamp.close()


def test_gpio(monkeypatch: pytest.MonkeyPatch) -> None:
    gpiod = pytest.importorskip("gpiod")
    chip = FakeChip()
    monkeypatch.setattr(gpiod, "request_lines", lambda *_, **__: chip)

    async def body() -> None:
        lamp = make_lights(ControlsSettings(lights="gpio", lights_line="LED"))
        lamp.show("hearing")
        lamp.close()

    asyncio.run(body())
    on, off = gpiod.line.Value.ACTIVE, gpiod.line.Value.INACTIVE
    assert chip.levels == [on, off]
    assert chip.released
