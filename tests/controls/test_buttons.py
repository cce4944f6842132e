"""Buttons: the serial board on a real pty, switches on CTS, and faked GPIO and keyboards."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import serial

from storybot.config.schema import ControlsSettings, Settings
from storybot.controls.buttons import gpio
from storybot.controls.buttons.button import Button
from storybot.controls.buttons.choice import make_button
from storybot.controls.buttons.evdev import EvdevButton
from storybot.controls.serial_board import MAX_LINES_PER_S, SerialBoard
from storybot.daemon.button_service import ButtonService
from storybot.daemon.configuration import configure
from storybot.errors import Exit, StorybotError
from storybot.robot.events import Pressed
from tests.fakes.button_devices import FakeChip, FakeKeyboard, KeyEvent, PtyBoard


async def some_edges(button: Button, count: int) -> list[bool]:
    found = []
    async for down in button.edges():
        found.append(down)
        if len(found) == count:
            break
    return found


def collect(button: Button, count: int, meanwhile: Any = lambda: None) -> list[bool]:
    async def body() -> list[bool]:
        reading = asyncio.create_task(some_edges(button, count))
        await asyncio.sleep(0.05)
        meanwhile()
        return await asyncio.wait_for(reading, 20)

    return asyncio.run(body())


def on_pty(board: PtyBoard, line: str = "") -> Button:
    settings = ControlsSettings(button="serial", button_device=board.device, button_line=line)
    button = make_button(settings)
    assert button is not None
    return button


def test_none() -> None:
    assert make_button(ControlsSettings()) is None


def test_serial_lines() -> None:
    board = PtyBoard()
    button = on_pty(board)
    said = b"hello\ndo" + b"wn\r\n\xff\xfe\nUP\n" + b"z" * 500 + b"\ndown\n"
    assert collect(button, 3, lambda: board.send(said)) == [True, False, True]
    button.close()


class Presses:
    """What a serial board's lines make of the gestures; single and double presses in order."""

    def __init__(self, *said: bytes | float) -> None:
        """`said`: bytes of the board, and how many s pass between them."""
        board, self.pressed = PtyBoard(), list[str]()
        settings = ControlsSettings(
            button="serial",
            button_device=board.device,
            on_short="short",
            on_double="double",
            on_long="long",
        )
        service = ButtonService(configure(Settings(controls=settings), "full"), self._emit)

        async def scene() -> None:
            await service.start()
            await asyncio.sleep(0.05)
            for one in said:
                if isinstance(one, bytes):
                    board.send(one)
                else:
                    await asyncio.sleep(one)
            await asyncio.sleep(settings.double_press + 0.3)
            running = service.task()
            assert running is not None and not running.done()
            await service.stop()

        asyncio.run(scene())

    def _emit(self, event: object) -> None:
        assert isinstance(event, Pressed)
        self.pressed.append(event.action)


@pytest.mark.parametrize(
    ("said", "pressed"),
    [
        ((b"down\n", 0.1, b"up\n"), ["short"]),
        ((b"down\nup\n",), ["short"]),
        ((b"down\r\nup\r\n", 0.1, b"down\r\nup\r\n"), ["double"]),
        ((b"down\r", 0.1, b"up\r"), ["short"]),
        ((b"down\rup\r",), ["short"]),
        ((b"down\nup\n", 0.6, b"down\nup\n"), ["short", "short"]),
        ((b"down\nup\ndown\nup\n",), ["short"]),  # it bounces
        ((b"down\nup\n", 0.003, b"down\n", 0.1, b"up\ndown\n", 0.003, b"up\n"), ["short"]),
        ((b"\0\0down\n", 0.1, b"\0up\n"), ["short"]),
        ((b"\xf0\x00\xffDown\0\r\n", 0.1, b"\x1b\x80 up\t\n"), ["short"]),
        ((b"do\0wn\n\0\0\0up\0\n",), ["short"]),
        ((b"ets Jun  8 2016 rst:0x1\r\nready\r\n\0down\r\n", 0.1, b"up\r\n"), ["short"]),
        ((b"down\n", 1.4, b"\0boot\ndown\n", 0.1, b"up\n"), ["long", "short"]),
        ((b"down\n", 0.1, b"down\n", 0.1, b"up\n"), ["double"]),
        ((b"up\nup\n", 0.1, b"down\ndown\n", 0.1, b"up\n"), ["short"]),
    ],
)
def test_no_press_on_a_serial_board_is_lost(said: tuple[bytes | float], pressed: list[str]) -> None:
    assert Presses(*said).pressed == pressed


def test_serial_board_unplugged() -> None:
    board = PtyBoard()
    button = on_pty(board)
    with pytest.raises(StorybotError, match="plug it in"):
        collect(button, 1, board.unplug)
    button.close()


def test_serial_board_that_floods() -> None:
    """A flood is cut to so many lines a second, and what comes after it is heard."""
    board = PtyBoard()
    button = on_pty(board)

    async def body() -> tuple[int, bool]:
        found: list[bool] = []

        async def read() -> None:
            async for down in button.edges():
                found.append(down)

        reading = asyncio.create_task(read())
        await asyncio.sleep(0.05)
        for _ in range(40):
            board.send(b"down\nup\n" * 100)
            await asyncio.sleep(0.01)
        flooded = len(found)
        await asyncio.sleep(1.1)
        board.send(b"down\n")
        for _ in range(200):
            await asyncio.sleep(0.02)
            if len(found) > flooded:
                break
        reading.cancel()
        return flooded, found[-1]

    flooded, last = asyncio.run(body())
    assert flooded <= 4 * MAX_LINES_PER_S
    assert last
    button.close()


def test_a_port_that_is_not_there() -> None:
    with pytest.raises(StorybotError, match="/dev/ttyNONE"):
        SerialBoard("/dev/ttyNONE")
    with pytest.raises(StorybotError, match="names no port") as unset:
        make_button(ControlsSettings(button="serial"))
    assert unset.value.code is Exit.CONFIG
    board = PtyBoard()
    with pytest.raises(StorybotError, match="text, cts or dsr"):
        on_pty(board, "rts")


def test_a_switch_on_cts(monkeypatch: pytest.MonkeyPatch) -> None:
    """pyserial's loop:// port has CTS follow RTS."""
    port = serial.serial_for_url("loop://")
    port.rts = False
    monkeypatch.setattr(serial, "Serial", lambda *_, **__: port)
    button = make_button(ControlsSettings(button="serial", button_device="loop", button_line="cts"))
    assert button is not None

    def press() -> None:
        port.rts = True
        asyncio.get_running_loop().call_later(0.2, setattr, port, "rts", False)

    assert collect(button, 2, press) == [True, False]
    button.close()
    with pytest.raises(StorybotError, match="cannot be used"):
        collect(button, 1)


def test_lights_and_button_share_a_board() -> None:
    far = PtyBoard()
    board = SerialBoard(far.device)
    button, light = board.button("text"), board.light()
    light.show("thinking")
    assert far.received() == b"light thinking\n"
    light.close()
    assert board.port.is_open
    button.close()
    assert not board.port.is_open
    light.show("off")  # a port gone is no trouble


@pytest.fixture
def chip(monkeypatch: pytest.MonkeyPatch) -> FakeChip:
    gpiod = pytest.importorskip("gpiod")
    fake = FakeChip()
    asked: list[Any] = []

    def request_lines(path: str, consumer: str, config: dict[Any, Any]) -> FakeChip:
        asked.append((path, *config))
        if path == "/dev/gpiochip7":
            raise FileNotFoundError(2, "No such file or directory", path)
        return fake

    monkeypatch.setattr(gpiod, "request_lines", request_lines)
    return fake


def test_gpio(chip: FakeChip) -> None:
    button = make_button(ControlsSettings(button="gpio", button_line="17"))
    assert button is not None

    def press() -> None:
        chip.press(True)
        chip.press(False)

    assert collect(button, 2, press) == [True, False]
    chip.broken = True
    with pytest.raises(StorybotError, match="GPIO"):
        collect(button, 1, lambda: chip.press(True))
    button.close()
    assert chip.released


def test_gpio_that_cannot_be_had(chip: FakeChip, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(StorybotError, match="button_line"):
        gpio.GpioButton("/dev/gpiochip0", "")
    with pytest.raises(StorybotError, match="gpiochip7"):
        gpio.GpioButton("/dev/gpiochip7", "BUTTON")
    monkeypatch.setitem(__import__("sys").modules, "gpiod", None)
    with pytest.raises(StorybotError, match=r"storybot\[gpio\]"):
        gpio.GpioButton("/dev/gpiochip0", "17")


def test_evdev(monkeypatch: pytest.MonkeyPatch) -> None:
    evdev = pytest.importorskip("evdev")
    enter, space = evdev.ecodes.KEY_ENTER, evdev.ecodes.KEY_SPACE
    key = evdev.ecodes.EV_KEY
    keyboard = FakeKeyboard(
        [
            KeyEvent(0, 0, 0),
            KeyEvent(key, space, 1),
            KeyEvent(key, enter, 1),
            KeyEvent(key, enter, 2),
            KeyEvent(key, enter, 0),
        ]
    )
    monkeypatch.setattr(evdev, "InputDevice", lambda path: keyboard)
    button = make_button(
        ControlsSettings(button="evdev", button_device="x", button_line="KEY_ENTER")
    )
    assert button is not None
    assert collect(button, 2) == [True, False]
    with pytest.raises(StorybotError, match="plug it in"):
        collect(button, 99)
    button.close()
    assert keyboard.closed
    with pytest.raises(StorybotError, match="no key"):
        EvdevButton("x", "KEY_NONSENSE")


def test_evdev_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("evdev")
    with pytest.raises(StorybotError, match="event99"):
        EvdevButton("/dev/input/event99", "")
    monkeypatch.setitem(__import__("sys").modules, "evdev", None)
    with pytest.raises(StorybotError, match=r"storybot\[evdev\]"):
        EvdevButton("/dev/input/event99", "")
