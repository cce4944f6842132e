"""What is made with the image is what the box looks for."""

from __future__ import annotations

import asyncio
import dataclasses
import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

from storybot.config.schema import HearingSettings, Settings
from storybot.errors import StorybotError
from storybot.hearing import recogniser_client
from storybot.hearing.recogniser_client import RecogniserClient

PREPARE = Path(__file__).parents[2] / "image/prepare.py"


def prepare() -> Any:
    spec = importlib.util.spec_from_file_location("prepare", PREPARE)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_recognisers_files_are_for_the_words_of_the_small_profile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[HearingSettings] = []
    image = prepare()
    monkeypatch.setattr(image, "PocketSphinxRecogniser", lambda given, _: made.append(given))
    monkeypatch.setattr(image.bytecode_cache, "environment", lambda _: {})
    image.main()

    given: list[str] = []

    def command(module: str, settings: str, flags: tuple[str, ...]) -> list[str]:
        given.append(settings)
        return ["true"]

    monkeypatch.setattr(recogniser_client, "python_command", command)
    with pytest.raises(StorybotError):  # it ends at once
        asyncio.run(RecogniserClient(Settings().hearing, "small").start())
    assert [dataclasses.asdict(hearing) for hearing in made] == [
        json.loads(settings)["hearing"] for settings in given
    ]
