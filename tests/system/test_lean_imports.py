"""What is put off is not loaded, and is all there for whoever asks."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from storybot.config.schema import HearingSettings
from storybot.hearing.recogniser_client import PROCESS_MODULES
from tests.fakes.small_python import small_start
from tests.fakes.uncovered import uncovered

ROOT = Path(__file__).parents[2]


def lean(code: str, *options: str) -> str:
    """What this code prints in a process of the small profile."""
    done = subprocess.run(
        [
            sys.executable,
            *(options or ("-OO",)),
            "-c",
            "import storybot.system.lean_imports as lean_start\n"
            "lean_start.begin(lean_start.LAZY_MODULES)\n" + code,
        ],
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
import asyncio, dataclasses, pathlib, subprocess, sys
@dataclasses.dataclass(frozen=True)
class Point:
    __module__ = "storybot.points"
    x: int = 1
class Hand:
    def up(self): pass
async def main():
    asyncio.get_running_loop().add_signal_handler(10, Hand().up)
    return await (await asyncio.create_subprocess_exec("true")).wait()
assert asyncio.run(main()) == 0 and repr(Point()) == "Point(x=1)"
print([n for n in ("ast", "dis", "tokenize", "ipaddress", "_typing") if n in sys.modules])
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


@pytest.mark.parametrize(
    ("code", "printed"),
    [
        ("import inspect; print(*inspect.signature(lambda a, b: 0).parameters)", "a b"),
        ("from inspect import signature; print(signature(lambda a: 0))", "(a)"),
        ("import inspect; print(inspect.get_annotations(lambda a: 0))", "{}"),
        (
            "from inspect import iscoroutinefunction as i; from functools import partial\n"
            "async def f(): pass\nprint(i(partial(f)))",
            "True",
        ),
        ("from typing import ClassVar\nclass A: x: ClassVar[int]\nprint('made')", "made"),
        (
            "from typing import TypeVar, Generic\nT = TypeVar('T')\nclass A(Generic[T]): pass\n"
            "print(A[int].__args__)",
            "(<class 'int'>,)",
        ),
        (
            "from typing import Protocol, runtime_checkable\n@runtime_checkable\n"
            "class A(Protocol):\n def f(self): pass\nprint(isinstance(1, A))",
            "False",
        ),
        ("from typing import Any, Optional; print(Optional[int], Any)", "typing.Optional[int] "),
        ("from typing import ContextManager; print(ContextManager.__name__)", ""),
        ("from typing import final; print(final(type('A', (), {})).__final__)", "True"),
        ("import typing; print('get_type_hints' in dir(typing))", "True"),
        ("import shutil; print(shutil.__file__[-9:])", "shutil.py"),
        ("from traceback import extract_stack; print(extract_stack.__name__)", "extract_stack"),
        (
            "from dataclasses import dataclass\nfrom typing import ClassVar, get_type_hints\n"
            "@dataclass\nclass A:\n x: int\n y: ClassVar[int] = 2\nprint(A(1), A.__doc__)",
            "A(x=1) A(x: int)",
        ),
        (
            "import dataclasses\n@dataclasses.dataclass\nclass A:\n x: int\n"
            "import inspect; print(inspect.signature(A), A.__doc__)",
            "(x: int) -> None A(x: int)",
        ),
    ],
)
def test_who_is_not_named_gets_the_real_thing(code: str, printed: str) -> None:
    assert lean(code).startswith(printed)


def test_asked_again_after_it_could_not_be_loaded() -> None:
    code = """
import inspect
load, lean_start.LazyModules._load = lean_start.LazyModules._load, None
try: inspect.isclass
except TypeError: pass
lean_start.LazyModules._load = load
print(inspect.isclass(int))
"""
    assert lean(code) == "True"


@pytest.mark.parametrize("package", ["tqdm", "vosk"])
def test_packages_of_others_can_be_imported(package: str) -> None:
    pytest.importorskip(package)
    code = (
        "import sys; sys.meta_path.pop(0)\n"
        "from storybot.hearing.small_recogniser_process import LAZY_MODULES\n"
        f"lean_start.begin(LAZY_MODULES); import {package}, logging; print(logging.getLogger('a'))"
    )
    assert lean(code) == "<Logger a (WARNING)>"


@pytest.mark.skipif(importlib.util.find_spec("vosk") is None, reason="needs vosk")
def test_the_small_recogniser_process_gets_as_far_as_the_model_of_vosk(tmp_path: Path) -> None:
    (tmp_path / "am").mkdir()
    settings = HearingSettings(recogniser="vosk", driver="alsa", vosk_model=str(tmp_path))
    given = {"hearing": asdict(settings), "profile": "small"}
    flags, environment = small_start()
    done = subprocess.run(
        [sys.executable, *flags, "-m", PROCESS_MODULES["small"], json.dumps(given)],
        capture_output=True,
        check=False,
        text=True,
        env=environment,
    )
    assert "is no Vosk model" in done.stdout, done.stderr


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


@pytest.mark.parametrize("module", ["daemon.process", "hearing.recogniser_process"])
def test_other_profiles_stay_as_they_are(module: str) -> None:
    code = (
        f"import sys, storybot.{module}\n"
        "print([type(finder).__name__ for finder in sys.meta_path], sys.modules.get('ssl', 1))"
    )
    done = subprocess.run(
        [sys.executable, "-OO", "-c", code], capture_output=True, check=True, text=True, cwd=ROOT
    )
    assert "LazyModules" not in done.stdout and "None" not in done.stdout
