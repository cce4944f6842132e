"""Button and lights: whether their settings name what their drivers need."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

from storybot.config.schema import ControlsSettings

# Driver -> the package of Python that it needs; the extra of storybot is named as the driver.
_PACKAGES = {"gpio": "gpiod", "evdev": "evdev"}
_LINES = ("", "text", "cts", "dsr")  # what button_line may be for a serial port


def find_control_faults(controls: ControlsSettings) -> Iterator[tuple[str, str]]:
    """Each "controls.KEY" that is wrong, and why; devices themselves may be plugged in later."""
    for part in ("button", "lights"):
        driver = getattr(controls, part)
        device, line = getattr(controls, f"{part}_device"), getattr(controls, f"{part}_line")
        package = _PACKAGES.get(driver)
        if package is not None and find_spec(package) is None:
            wrong = f"{driver} needs the package {package}: pip install storybot[{driver}]"
            yield f"controls.{part}", wrong
        elif driver == "gpio" and not line:
            wrong = f"gpio needs the number or name of a line: set controls.{part}_line"
            yield f"controls.{part}", wrong
        elif driver == "serial" and not device and not _shared(controls, part):
            wrong = f"serial needs a port: set controls.{part}_device, for example to /dev/ttyUSB0"
            yield f"controls.{part}", wrong
        elif driver in ("evdev", "sysfs") and not device:
            where = {"evdev": "an input device such as /dev/input/event0", "sysfs": "a lamp's name"}
            wrong = f"{driver} needs {where[driver]}: set controls.{part}_device"
            yield f"controls.{part}", wrong
    if controls.button == "serial" and controls.button_line not in _LINES:
        wrong = f"expected text, cts or dsr for a serial button, not {controls.button_line!r}"
        yield "controls.button_line", wrong
    if controls.button == "evdev" and not _is_key(controls.button_line):
        wrong = f"expected the name of a key such as KEY_ENTER, not {controls.button_line!r}"
        yield "controls.button_line", wrong


def _shared(controls: ControlsSettings, part: str) -> bool:
    """Whether the lights are on the button's board."""
    return part == "lights" and controls.button == "serial" and bool(controls.button_device)


def _is_key(name: str) -> bool:
    if not name or find_spec("evdev") is None:
        return True
    import evdev

    return name in evdev.ecodes.ecodes
