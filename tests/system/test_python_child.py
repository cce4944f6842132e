"""Python children in a working folder, and an environment, that hold modules of the same names."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest

from storybot.config.handover import read_in_child
from storybot.config.schema import HearingSettings, SpeakingSettings
from storybot.errors import StorybotError
from storybot.hearing.recogniser_client import Ready, RecogniserClient, Trouble
from storybot.speaking.voices.pyttsx3 import Pyttsx3Voice
from storybot.speaking.voices.voice import SpeechParameters
from storybot.system import bytecode_cache
from storybot.system.python_child import python_command

NAMES = (
    *("json", "typing", "pyttsx3", "wave", "dataclasses", "asyncio", "yaml", "pocketsphinx"),
    *("sitecustomize", "usercustomize", "runpy", "contextlib", "storybot", "startup"),
)


@pytest.fixture
def trap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder worked in: whatever is imported from it writes its name into `sprung`."""
    folder = tmp_path / "works"
    folder.mkdir()
    sprung = tmp_path / "sprung"
    for name in NAMES:
        code = f"open({str(sprung)!r}, 'a').write('{name} ')\nraise SystemExit(77)\n"
        (folder / f"{name}.py").write_text(code)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("STORYBOT_CACHE", str(tmp_path / "cache"))
    return sprung


ENVIRONMENTS: dict[str, Callable[[Path], dict[str, str]]] = {
    "nothing": lambda folder: {},
    "PYTHONPATH": lambda folder: {"PYTHONPATH": str(folder)},
    "PYTHONPATH, relative": lambda folder: {"PYTHONPATH": f"{os.pathsep}.{os.pathsep}"},
    "PYTHONSTARTUP": lambda folder: {"PYTHONSTARTUP": str(folder / "startup.py")},
    "PYTHONHOME": lambda folder: {"PYTHONHOME": str(folder)},
    "ASCII": lambda folder: {"PYTHONIOENCODING": "ascii:strict", "LC_ALL": "C", "PYTHONUTF8": "0"},
    "PYTHONINSPECT": lambda folder: {"PYTHONINSPECT": "1", "PYTHONVERBOSE": "1"},
}


@pytest.fixture(params=ENVIRONMENTS)
def surroundings(
    request: pytest.FixtureRequest, trap: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    for name, value in ENVIRONMENTS[request.param](trap.parent / "works").items():
        monkeypatch.setenv(name, value)
    return trap


def test_the_settings_are_read(surroundings: Path, tmp_path: Path) -> None:
    file = tmp_path / "ä.yaml"
    file.write_text("speaking: {volume: 33}\n")
    assert read_in_child(file).speaking.volume == 33
    file.write_text("speaking: {volume: Zoë}\n", encoding="utf-8")
    with pytest.raises(StorybotError, match="Zoë"):
        read_in_child(file)
    assert not surroundings.exists()


def test_the_box_hears(surroundings: Path) -> None:
    pytest.importorskip("pocketsphinx")

    async def first() -> object:
        child = RecogniserClient(HearingSettings(recogniser="pocketsphinx", driver="alsa"), "full")
        try:
            await child.start()
            return await anext(child.events())
        finally:
            await child.stop(1.0)

    assert isinstance(asyncio.run(first()), Ready | Trouble)  # with a microphone or without
    assert not surroundings.exists()


def test_the_box_speaks(surroundings: Path) -> None:
    pytest.importorskip("pyttsx3")
    frames = []

    def keep(pcm: object) -> bool:
        frames.append(pcm)
        return True

    Pyttsx3Voice().synthesise("Hello.", SpeechParameters(), keep)
    assert frames and not surroundings.exists()


def test_the_code_of_the_small_box_is_compiled(trap: Path, tmp_path: Path) -> None:
    assert "PYTHONPYCACHEPREFIX" in bytecode_cache.environment(tmp_path / "compiled")
    assert not trap.exists()


def test_the_command_itself_as_a_module(trap: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "storybot", "voices"], capture_output=True, check=False, timeout=60
    )
    names = trap.read_text().split() if trap.exists() else []
    # Python itself looks for the module to run, and for its helpers, before storybot begins.
    assert set(names) <= {"runpy", "storybot", "typing", "contextlib"}, told.stderr


def test_what_the_small_profile_sets_becomes_flags() -> None:
    environment = {
        "PYTHONOPTIMIZE": "2",
        "PYTHONNODEBUGRANGES": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPYCACHEPREFIX": "/cache",
    }
    code = "import sys; print(sys.flags.optimize, sys.dont_write_bytecode, sys.pycache_prefix)"
    command = python_command("x", environment=environment)
    flags = command[: command.index("-c")]
    told = subprocess.run([*flags, "-c", code], capture_output=True, check=True, text=True)
    assert told.stdout.split() == ["2", "True", "/cache"]
    assert "no_debug_ranges" in flags and "-I" in flags


def test_what_is_only_found_by_the_parent_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with packages of a user's own folder, which an isolated Python leaves out."""
    (tmp_path / "only_here.py").write_text("import json, sys; print(json.__file__, *sys.argv[1:])")
    (tmp_path / "json.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    command = python_command("only_here", "a b", "c")
    told = subprocess.run(command, capture_output=True, check=True, text=True)
    assert told.stdout.strip().endswith("/json/__init__.py a b c")


def test_from_a_folder_that_was_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    command = python_command("storybot.speaking.voices.trial")
    settings = json.dumps(asdict(SpeakingSettings(voice="espeak"))).encode()
    subprocess.run(command, input=settings, capture_output=True, check=True, timeout=60)
