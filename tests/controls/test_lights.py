"""Lights: patterns on a lamp, and lamps that break."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from storybot.controls import lights
from storybot.controls.lights import PATTERNS, Lamp, make_lights
from storybot.errors import StorybotError
from storybot.robot.commands import Light
from storybot.settings import ControlsSettings
from tests.fakes.button_devices import FakeChip, PtyBoard


def test_every_light_of_the_robot_has_a_pattern() -> None:
    assert {light.value for light in Light} == set(PATTERNS)


def test_patterns() -> None:
    seen: list[bool] = []

    async def body() -> None:
        lamp = Lamp(seen.append, lambda: None)
        lamp.show("hearing")
        await asyncio.sleep(0.05)
        assert seen == [True]
        lamp.show("thinking")
        await asyncio.sleep(0.7)
        assert seen[1:4] == [True, False, True]
        lamp.show("off")
        count = len(seen)
        await asyncio.sleep(0.5)
        assert seen[-1] is False and len(seen) == count
        lamp.close()

    asyncio.run(body())


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
    monkeypatch.setattr(lights, "LEDS", tmp_path)

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
