"""What is put off is not loaded, and is all there for whoever asks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes.uncovered import uncovered

ROOT = Path(__file__).parents[2]


def lean(code: str, *options: str) -> str:
    """What this code prints in a process of the small profile."""
    done = subprocess.run(
        [sys.executable, *(options or ("-OO",)), "-c", "import storybot.lean\n" + code],
        capture_output=True,
        check=False,
        text=True,
        cwd=ROOT,
        env=uncovered(),
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_dataclasses_paths_and_signal_handlers_load_nothing() -> None:
    code = """
import asyncio, dataclasses, pathlib, subprocess, sys, tempfile
@dataclasses.dataclass(frozen=True)
class Point:
    x: int = 1
class Hand:
    def up(self): pass
async def main():
    asyncio.get_running_loop().add_signal_handler(10, Hand().up)
    return await (await asyncio.create_subprocess_exec("true")).wait()
assert asyncio.run(main()) == 0 and repr(Point()) == "Point(x=1)"
print([n for n in ("ast", "dis", "tokenize", "ipaddress", "lzma", "_typing") if n in sys.modules])
"""
    assert lean(code) == "[]"


@pytest.mark.parametrize(
    ("code", "printed"),
    [
        ("import inspect; print(inspect.getsource(inspect.cleandoc)[:3])", "def"),
        ("import inspect; inspect.isclass; print(inspect.signature(min))", "raises ValueError"),
        ("import pathlib; print(pathlib.Path('/a b').as_uri())", "file:///a%20b"),
        ("import urllib.parse; print(urllib.parse.quote('a b'))", "a%20b"),
        ("from urllib.parse import *; print(unquote('a%20b'))", "a b"),
        ("from shutil import which; print(which('sh')[-2:])", "sh"),
        (
            "import shutil, shutil; print(shutil.__spec__.name, hasattr(shutil, 'ship'))",
            "shutil False",
        ),
        ("import traceback; print(traceback.format_exception_only(KeyError()))", "['KeyError\\n']"),
        ("import asyncio; print(asyncio.sslproto.AppProtocolState.__name__)", "AppProtocolState"),
    ],
)
def test_what_is_asked_for_is_there(code: str, printed: str) -> None:
    if printed == "raises ValueError":
        printed, code = "no", f"try:\n {code}\nexcept ValueError: print('no')"
    assert lean(code) == printed


def test_two_threads_ask_at_once() -> None:
    code = """
import inspect, sys, threading
sys.setswitchinterval(1e-6)
found = []
threads = [threading.Thread(target=lambda: found.append(inspect.isclass)) for _ in range(20)]
for each in threads: each.start()
for each in threads: each.join()
print(len(found), len(set(found)))
"""
    assert lean(code) == "20 1"


def test_other_processes_stay_as_they_are() -> None:
    assert lean("import sys; print(type(sys.meta_path[0]).__name__)", "-O") != "Shells"
