"""The table of drivers: what the settings may choose is there, and made as its kind is."""

from __future__ import annotations

import importlib.util
from dataclasses import fields

import pytest

from storybot import drivers
from storybot.config.schema import Settings

SETTINGS = {  # the kind of driver that each setting chooses
    ("hearing", "driver"): "microphone",
    ("hearing", "recogniser"): "recogniser",
    ("speaking", "driver"): "output",
    ("speaking", "voice"): "voice",
    ("controls", "button"): "button",
    ("controls", "lights"): "lights",
}


@pytest.mark.parametrize(("setting", "kind"), SETTINGS.items())
def test_every_choice_of_a_setting_has_a_driver(setting: tuple[str, str], kind: str) -> None:
    section, key = setting
    (field,) = (one for one in fields(getattr(Settings(), section)) if one.name == key)
    assert set(field.metadata["choices"]) - {"auto", "none"} == set(drivers.names(kind))


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind in drivers.MODULES for name in drivers.names(kind)]
)
def test_every_driver_is_a_module_that_makes_it(kind: str, name: str) -> None:
    assert importlib.util.find_spec(drivers.MODULES[kind][name])
    try:
        module = drivers.driver(kind, name)
    except ImportError as fault:
        pytest.skip(f"{name} is not installed: {fault}")
    assert callable(module.make)
