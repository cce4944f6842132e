"""What the commands are tested with: nobody's settings, the shipped model, spoken requests."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from storybot.config import load
from storybot.errors import StorybotError
from storybot.models import installed
from storybot.system.engine_program import find_engine

SHARED = Path(os.environ.get("STORYBOT_SHARED", Path(__file__).parents[3] / "shared"))


@pytest.fixture(autouse=True)
def nobody_at_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, folder in (
        ("XDG_CONFIG_HOME", "config"),
        ("STORYBOT_MODELS", "models"),
        ("STORYBOT_STATE", "state"),
    ):
        monkeypatch.setenv(name, str(tmp_path / folder))
    monkeypatch.setattr(load, "SYSTEM_FILE", tmp_path / "etc.yaml")


@pytest.fixture
def model() -> Path:
    """A real story model: the shipped one, else the shared small one."""
    try:
        find_engine("")
    except StorybotError:
        pytest.skip("the engine is not built: run `make engine`")
    for path in (installed.SHIPPED_MODEL, SHARED / "models" / "stories260K.bin"):
        if path.is_file():
            return path
    pytest.skip("neither the shipped model nor ../shared is here")


@pytest.fixture
def eos_model(tmp_path: Path) -> Path:
    """A model that ends its stories with token 2: stories260K with two rows exchanged."""
    source, tokens = (SHARED / "models" / name for name in ("stories260K.bin", "tok512.bin"))
    maker = SHARED / "field" / "eos_checkpoint.py"
    if not all(path.is_file() for path in (source, tokens, maker)):
        pytest.skip("STORYBOT_SHARED has no stories260K or no eos_checkpoint.py")
    made = tmp_path / "eos.bin"
    subprocess.run([sys.executable, maker, source, made], check=True, timeout=60)
    shutil.copy(tokens, tmp_path / "tokenizer.bin")
    return made


@pytest.fixture(scope="session")
def say(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Speaks words into a wav with a flite voice."""
    if shutil.which("flite") is None:
        pytest.skip("flite is not installed")
    folder = tmp_path_factory.mktemp("said")

    def speak(words: str) -> Path:
        path = folder / f"{words.replace(' ', '-')}.wav"
        if not path.exists():
            subprocess.run(
                ["flite", "-voice", "slt", "-t", words, "-o", path], check=True, timeout=60
            )
        return path

    return speak
