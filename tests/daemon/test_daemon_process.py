"""`storybot run` as a process of its own, in both profiles, with real parts as far as they go."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from storybot.cli import run
from storybot.config import handover
from storybot.config.schema import Settings
from storybot.controls.socket.client import ask
from storybot.controls.socket.requests import Ask, Status
from storybot.daemon import process, services
from storybot.errors import Exit, StorybotError
from tests.daemon.test_real_engine import MODEL, STORYTELLER, TOKENIZER, needs_engine
from tests.fakes.house import House

CONFIG = """\
telling: {{engine: {engine}, model: {model}, tokenizer: {tokenizer}, longest: 60}}
hearing: {{driver: alsa, microphone: there-is-no-such-microphone}}
speaking: {{driver: silent, voice: espeak}}
controls: {{socket: {folder}/control, socket_group: ""}}
library: {{folder: {folder}/stories}}
service: {{profile: {profile}}}
"""


def config(folder: Path, profile: str) -> Path:
    path = folder / "config.yaml"
    path.write_text(
        CONFIG.format(
            folder=folder, profile=profile, engine=STORYTELLER, model=MODEL, tokenizer=TOKENIZER
        )
    )
    return path


def until_answered(socket: str, longest: float = 30.0) -> dict[str, object]:
    limit = time.monotonic() + longest
    while True:
        try:
            status = ask(socket, Status())
        except StorybotError:
            status = {"state": "starting"}
        if status["state"] != "starting":
            return status
        assert time.monotonic() < limit
        time.sleep(0.1)


def until_said(daemon: subprocess.Popen[str], what: str, longest: float = 60.0) -> str:
    """The line on stderr that says so; fails when it does not come."""
    assert daemon.stderr is not None
    killer = threading.Timer(longest, daemon.kill)  # ends the reading, too
    killer.start()
    try:
        return next(line for line in daemon.stderr if what in line)
    finally:
        killer.cancel()


@needs_engine
@pytest.mark.parametrize("profile", ["small", "full"])
def test_lives_and_ends(tmp_path: Path, profile: str) -> None:
    path = config(tmp_path, profile)
    command = [sys.executable, "-m", "storybot", "run", "--config", str(path)]
    daemon = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    socket = str(tmp_path / "control")
    try:
        assert until_answered(socket)["profile"] == profile
        assert ask(socket, Ask("a story about a cat"))["said"] == "A story about a cat."
        limit = time.monotonic() + 30
        while not list(tmp_path.glob("stories/*.json")) and time.monotonic() < limit:
            time.sleep(0.1)
        assert json.loads(next(tmp_path.glob("stories/*.json")).read_text())["whole"]
        path.write_text(path.read_text() + "bedtime: {fade: soon}\n")
        daemon.send_signal(signal.SIGHUP)
        said = until_said(daemon, "the settings stay as they were")
        second = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert second.returncode == Exit.CONFIG and "bedtime.fade" in second.stderr
        config(tmp_path, profile)
        third = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert third.returncode == Exit.DAEMON and "running already" in third.stderr
    finally:
        daemon.send_signal(signal.SIGTERM)
        began = time.monotonic()
        daemon.communicate(timeout=60)
    assert time.monotonic() - began < 30.0
    assert daemon.returncode == 0
    assert "bedtime.fade" in said


def test_small_process_from_handed_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process that `storybot run` becomes on the small board, inside this one."""
    house = House.bare_settings(tmp_path)
    handed = os.memfd_create("settings")
    os.write(handed, handover.to_json(house).encode())
    os.lseek(handed, 0, os.SEEK_SET)
    monkeypatch.setattr(os, "_exit", lambda code: None)  # a thread that another test left
    lived: list[tuple[Settings, str]] = []
    monkeypatch.setattr(
        process, "live", lambda settings, profile, reread: lived.append((settings, profile))
    )
    assert process.run_handed_over(handed, []) == 0
    assert lived == [(house, "small")]


def test_small_process_that_cannot_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "control").mkdir()  # no socket can be made there
    handed = os.memfd_create("settings")
    os.write(handed, handover.to_json(House.bare_settings(tmp_path)).encode())
    os.lseek(handed, 0, os.SEEK_SET)
    monkeypatch.setattr(os, "_exit", lambda code: None)
    config = [str(tmp_path / "config.yaml")]
    assert process.run_handed_over(handed, config) == Exit.DAEMON
    assert "controls.socket" in capsys.readouterr().err


def test_a_stuck_thread_does_not_hold_up_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[int] = []
    monkeypatch.setattr(os, "_exit", left.append)
    release = threading.Event()
    stuck = threading.Thread(target=release.wait)
    stuck.start()
    try:
        process.leave(3)
    finally:
        release.set()
        stuck.join()
    assert left == [3]


def test_becoming_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    became: list[list[str]] = []

    def execv(program: str, words: list[str]) -> None:
        became.append(words)

    monkeypatch.setattr(os, "execv", execv)
    monkeypatch.setattr(os, "environ", {"STORYBOT_CACHE": str(tmp_path)})
    args = argparse.Namespace(config=tmp_path / "c.yaml")
    run.become_small(args, Settings())
    assert os.environ["PYTHONOPTIMIZE"] == "2"
    (folder,) = tmp_path.glob("code-*")
    assert os.environ["PYTHONPYCACHEPREFIX"] == str(folder)
    at = became[0].index("storybot.daemon.small_process")
    assert became[0][1] == "-I" and f"pycache_prefix={folder}" in became[0]
    assert became[0][-1] == str(tmp_path / "c.yaml")
    with os.fdopen(int(became[0][at + 1])) as handed:
        assert handover.from_json(handed.read()).speaking == Settings().speaking


@needs_engine
def test_located_settings_need_no_search(tmp_path: Path) -> None:
    from storybot.config import load

    settings = load.load_settings(config(tmp_path, "small")).settings
    found = handover.with_found_paths(settings)
    assert found.telling.engine == str(STORYTELLER)
    engine = services.real_factories().engine(found)
    assert engine is not None
    nowhere = Settings(telling=Settings().telling.__class__(model="/nowhere/at/all.bin"))
    assert handover.with_found_paths(nowhere) == nowhere
    with pytest.raises(StorybotError):
        services.real_factories().engine(nowhere)
