"""Which file a model's name means, and what is said when it is not there."""

import hashlib
import zipfile
from pathlib import Path

import pytest

from storybot.errors import StorybotError
from storybot.models import installed
from storybot.models.catalogue import KNOWN_MODELS, Download, KnownModel, find_model
from storybot.models.downloads import get, is_whole
from tests.fakes.http_files import FileServer, serving


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("STORYBOT_MODELS", str(tmp_path / "models"))
    monkeypatch.setattr(installed, "SYSTEM_MODELS", tmp_path / "system")
    (tmp_path / "models").mkdir()
    return tmp_path / "models"


def test_a_path_finds_the_tokenizer_beside_it(folder: Path) -> None:
    (folder / "stories260K.bin").touch()
    assert installed.resolve_model(str(folder / "stories260K.bin")).tokenizer is None
    (folder / "tokenizer.bin").touch()
    assert (
        installed.resolve_model(str(folder / "stories260K.bin")).tokenizer
        == folder / "tokenizer.bin"
    )
    (folder / "tok512.bin").touch()
    assert (
        installed.resolve_model(str(folder / "stories260K.bin")).tokenizer == folder / "tok512.bin"
    )
    mine = str(folder / "mine.bin")
    assert installed.resolve_model(str(folder / "stories260K.bin"), mine).tokenizer == Path(mine)


def test_a_name_means_the_downloaded_file(folder: Path) -> None:
    with pytest.raises(StorybotError, match="storybot models get stories15M"):
        installed.resolve_model("stories15M")
    (folder / "stories15M.bin").touch()
    files = installed.resolve_model("stories15M")
    assert files == installed.ModelFiles(folder / "stories15M.bin", folder / "tokenizer.bin")


def test_unknown_and_unfit_names() -> None:
    with pytest.raises(StorybotError, match="there is no model file stories15"):
        installed.resolve_model("stories15")
    with pytest.raises(StorybotError, match="is a recogniser"):
        installed.resolve_model("vosk-en")


def test_sizes_follow_from_the_shapes() -> None:
    def floats(dim: int, hidden: int, layers: int, heads: int, context: int) -> int:
        layer = 2 * dim + 4 * dim * dim + 3 * dim * hidden
        return 32000 * dim + layers * layer + dim + context * (dim // heads)

    shapes = {
        "stories15M": (288, 768, 6, 6, 256),
        "stories42M": (512, 1376, 8, 8, 1024),
        "stories110M": (768, 2048, 12, 12, 1024),
    }
    for name, shape in shapes.items():
        known = find_model(name)
        assert known is not None
        assert known.files[0].size == 28 + 4 * floats(*shape)


def test_a_vosk_model_is_unpacked(folder: Path, tmp_path: Path) -> None:
    archive = tmp_path / "v.zip"
    with zipfile.ZipFile(archive, "w") as bundle:
        bundle.writestr("vosk-small/am/final.mdl", "x")
    body = archive.read_bytes()
    with serving(FileServer(body)) as server:
        file = Download(server.url, "vosk-small.zip", len(body), hashlib.sha256(body).hexdigest())
        known = KnownModel("vosk-test", "", (file,), recogniser=True)
        place = get(known, folder, lambda done, total: None)
        assert (place / "am" / "final.mdl").read_text() == "x"
        assert [p.name for p in folder.iterdir()] == ["vosk-small"]
        assert get(known, folder, lambda done, total: None) == place
        assert len(server.asked) == 1


def test_a_story_model_comes_with_its_tokenizer(folder: Path) -> None:
    body = b"weights"
    with serving(FileServer(body)) as server:
        file = Download(server.url, "a.bin", len(body), hashlib.sha256(body).hexdigest())
        known = KnownModel("a", "", (file, Download(file.url, "tok.bin", file.size, file.sha256)))
        assert get(known, folder, lambda done, total: None) == folder / "a.bin"
        assert (folder / "tok.bin").read_bytes() == body
        assert is_whole(folder / "a.bin", file)
        (folder / "a.bin").write_bytes(b"wrights")
        assert not is_whole(folder / "a.bin", file)
    with pytest.raises(StorybotError, match="nothing to get"):
        get(KNOWN_MODELS[0], folder, lambda done, total: None)
