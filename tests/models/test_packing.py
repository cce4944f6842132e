"""Checkpoints are packed by the real engine, checked, and a raw one says what a pack would gain."""

from __future__ import annotations

import os
import shutil
import struct
from pathlib import Path

import pytest

from storybot.cli import main
from storybot.config import load
from storybot.errors import Exit, StorybotError
from storybot.models import catalogue, installed
from storybot.models.catalogue import Download, KnownModel
from storybot.models.downloads import sha256_of
from storybot.models.packing import (
    estimated_speedup,
    pack_checkpoint,
    packing_advice,
    verify_pack,
)
from storybot.system.engine_program import find_engine
from tests.fakes.http_files import FileServer, serving

SHARED = Path(os.environ.get("STORYBOT_SHARED", Path(__file__).parents[3] / "shared"))
Out = pytest.CaptureFixture[str]


@pytest.fixture
def engine() -> Path:
    try:
        return find_engine("")
    except StorybotError:
        pytest.skip("the engine is not built: run `make engine`")


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The user's models: stories260K as it was downloaded."""
    given = [SHARED / "models" / name for name in ("stories260K.bin", "tok512.bin")]
    if not all(path.is_file() for path in given):
        pytest.skip("STORYBOT_SHARED has no stories260K")
    place = tmp_path / "models"
    place.mkdir()
    for path in given:
        shutil.copyfile(path, place / path.name)
    monkeypatch.setenv("STORYBOT_MODELS", str(place))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setattr(load, "SYSTEM_FILE", tmp_path / "etc.yaml")
    monkeypatch.setattr(installed, "SYSTEM_MODELS", tmp_path / "system")
    return place


def get(*options: str) -> int:
    return main.main(["models", "get", "stories260K", *options])


def coding_of(pack: Path) -> str:
    """Of its matrices, as the section table names it."""
    codings = {2: "fp32", 3: "int8", 4: "int4"}
    data = pack.read_bytes()
    sections = struct.unpack_from("<I", data, 24)[0]
    found = {codings.get(data[128 + 48 * i + 8], "") for i in range(sections)}
    return "int4" if "int4" in found else "int8" if "int8" in found else "fp32"


def test_what_is_fetched_is_packed_checked_and_used(
    engine: Path, folder: Path, capsys: Out
) -> None:
    pack = folder / "stories260K.story"
    assert get() == Exit.OK
    said = capsys.readouterr().out
    assert str(pack) in said and "int8" in said and "the original is kept" in said
    assert coding_of(pack) == "int8"
    verify_pack(engine, pack)
    assert installed.resolve_model("stories260K") == installed.ModelFiles(pack, None)
    told = ["tell", "--silent", "--model", "stories260K", "--plot", "off", "--seed", "3", "a cat"]
    assert main.main(told) == Exit.OK
    assert "A story about a cat." in capsys.readouterr().out


def test_the_small_profile_gets_int4(
    engine: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORYBOT_SERVICE_PROFILE", "small")
    assert get() == Exit.OK
    assert coding_of(folder / "stories260K.story") == "int4"


def test_the_original_is_kept_or_removed_as_told(engine: Path, folder: Path, capsys: Out) -> None:
    assert get("--original", "remove") == Exit.OK
    assert not (folder / "stories260K.bin").exists()
    assert installed.resolve_model("stories260K").model == folder / "stories260K.story"
    capsys.readouterr()
    assert get() == Exit.OK  # nothing is fetched again
    assert "packed before" in capsys.readouterr().out


def test_none_leaves_the_checkpoint_as_it_is(folder: Path) -> None:
    assert get("--pack", "none") == Exit.OK
    assert not (folder / "stories260K.story").exists()
    assert installed.resolve_model("stories260K").model == folder / "stories260K.bin"


def test_a_damaged_pack_is_made_anew(engine: Path, folder: Path, capsys: Out) -> None:
    assert get() == Exit.OK
    pack = folder / "stories260K.story"
    whole = sha256_of(pack)
    damaged = bytearray(pack.read_bytes())
    damaged[len(damaged) // 2] ^= 0xFF
    pack.write_bytes(damaged)
    assert get() == Exit.OK
    assert sha256_of(pack) == whole


def test_a_download_is_packed(
    engine: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Out
) -> None:
    body = (folder / "stories260K.bin").read_bytes()
    (folder / "stories260K.bin").rename(folder.parent / "away.bin")
    with serving(FileServer(body)) as server:
        file = Download(server.url, "mine.bin", len(body), sha256_of(folder.parent / "away.bin"))
        tokens = folder / "tok512.bin"
        tokenizer = Download(server.url, "tok512.bin", tokens.stat().st_size, sha256_of(tokens))
        mine = KnownModel("mine", "", (file, tokenizer))
        monkeypatch.setattr(catalogue, "KNOWN_MODELS", (*catalogue.KNOWN_MODELS, mine))
        assert main.main(["models", "get", "mine", "--original", "remove"]) == Exit.OK
    assert sorted(path.name for path in folder.iterdir()) == ["mine.story", "tok512.bin"]
    assert installed.resolve_model("mine").model == folder / "mine.story"


def test_a_checkpoint_that_cannot_be_packed_stays(engine: Path, folder: Path) -> None:
    wrong = folder / "wrong.bin"
    wrong.write_bytes((folder / "stories260K.bin").read_bytes()[:-4])
    with pytest.raises(StorybotError, match="shorter than its header says") as caught:
        pack_checkpoint(engine, wrong, folder / "tok512.bin", "int8")
    assert caught.value.code == Exit.MODEL
    assert wrong.exists() and not (folder / "wrong.story").exists()
    with pytest.raises(StorybotError, match="cannot be started"):
        pack_checkpoint(Path("/nowhere/storyteller"), wrong, folder / "tok512.bin", "int8")


def test_a_raw_checkpoint_says_what_a_pack_gains(tmp_path: Path) -> None:
    shapes = {
        "stories15M": (288, 768, 6, 6, 6, 32000, 256),
        "own": (768, 2048, 12, 12, 12, 32000, 1024),
    }
    for name, shape in shapes.items():
        raw = tmp_path / f"{name}.bin"
        with raw.open("wb") as file:
            file.write(struct.pack("<7i", *shape))
            file.truncate(60_000_000)
        gain = estimated_speedup(raw)
        assert gain is not None and 4 < gain < 9
    told = packing_advice(tmp_path / "stories15M.bin", "stories15M")
    assert "about 7 times as fast" in told and "storybot models get stories15M" in told
    assert "storyteller pack own.bin" in packing_advice(tmp_path / "own.bin")


def test_packs_and_other_files_say_nothing(tmp_path: Path) -> None:
    for name, data in (("a.story", b"STORY" * 20), ("b.bin", b""), ("c.bin", b"\0" * 99)):
        (tmp_path / name).write_bytes(data)
        assert packing_advice(tmp_path / name) == ""
    assert packing_advice(tmp_path / "nowhere.bin") == ""
    quantised = tmp_path / "q80.bin"  # version 2 is int8 already
    quantised.write_bytes(struct.pack("<2I7i", 0x616B3432, 2, 288, 768, 6, 6, 6, 32000, 256))
    assert packing_advice(quantised) == ""
