from __future__ import annotations

import sys
from pathlib import Path

import pytest

from storybot.config.schema import HearingSettings
from storybot.errors import Exit, StorybotError
from storybot.hearing.recognisers.choice import (
    chosen,
    find_vosk_model,
    make_recogniser,
)

AUTO = HearingSettings()
PLENTY = 1_000_000  # kB


@pytest.fixture(autouse=True)
def no_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORYBOT_MODELS", str(tmp_path))
    monkeypatch.setenv("STORYBOT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))


@pytest.mark.parametrize(
    ("setting", "available", "model", "name"),
    [
        ("auto", PLENTY, Path("m"), "vosk"),
        ("auto", 300_000, Path("m"), "pocketsphinx"),
        ("auto", PLENTY, None, "pocketsphinx"),
        ("vosk", 0, None, "vosk"),
        ("pocketsphinx", PLENTY, Path("m"), "pocketsphinx"),
    ],
)
def test_auto_takes_vosk_where_model_and_memory_are(
    setting: str, available: int, model: Path | None, name: str
) -> None:
    assert chosen(HearingSettings(recogniser=setting), available, model) == name


def test_auto_without_a_model_is_pocketsphinx() -> None:
    pytest.importorskip("pocketsphinx")
    assert make_recogniser(AUTO).name == "pocketsphinx"


@pytest.mark.parametrize(
    ("kind", "module"), [("pocketsphinx", "pocketsphinx.recogniser"), ("vosk", "vosk")]
)
def test_one_that_is_not_installed_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, module: str
) -> None:
    (tmp_path / "am").mkdir()
    monkeypatch.delitem(sys.modules, f"storybot.hearing.recognisers.{module}", raising=False)
    monkeypatch.setitem(sys.modules, kind, None)
    with pytest.raises(StorybotError, match=f"{kind} is not usable .*; install it: pip") as fault:
        make_recogniser(HearingSettings(recogniser=kind, vosk_model=str(tmp_path)))
    assert fault.value.code is Exit.SOUND_IN


def test_a_downloaded_model_is_found(tmp_path: Path) -> None:
    assert find_vosk_model(AUTO) is None
    folder = tmp_path / "vosk-model-small-en-us-0.15"
    folder.mkdir()
    assert find_vosk_model(AUTO) == folder


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path) -> None:
    for settings in (HearingSettings(vosk_model=str(tmp_path)), HearingSettings(recogniser="vosk")):
        with pytest.raises(StorybotError) as fault:
            make_recogniser(settings)
        assert fault.value.code is Exit.MODEL
    (tmp_path / "am").mkdir()
    assert find_vosk_model(HearingSettings(vosk_model=str(tmp_path))) == tmp_path
