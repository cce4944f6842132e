"""The models storybot knows: where each comes from, where it lies, and which one a name means."""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from storybot.downloads import Download, Progress, fetch, is_whole
from storybot.errors import Exit, StorybotError

LLAMA2C = "https://huggingface.co/karpathy/tinyllamas/resolve/main/"
VOSK = "https://alphacephei.com/vosk/models/"
TOKENIZER_32000 = Download(
    "https://raw.githubusercontent.com/karpathy/llama2.c/master/tokenizer.bin",
    "tokenizer.bin",
    433_869,
    "50a52ef822ee9e83de5ce9d0be0a025a773d019437f58b5ff9dcafb063ece361",
)
SHIPPED = Path(__file__).parent / "data" / "default.story"
SYSTEM_FOLDER = Path("/var/lib/storybot/models")


@dataclass(frozen=True)
class Known:
    """One model by name."""

    name: str
    what: str  # one line for the table
    files: tuple[Download, ...] = ()  # the model first, its tokenizer second; empty: shipped
    recogniser: bool = False  # a Vosk model: a zip that is unpacked to a folder


# Sizes follow from the published shapes: 28 header bytes and 4 bytes a weight, incl. the RoPE
# tables that version 0 of the format carries.
KNOWN = (
    Known("default", "storybot's own story model, shipped with it"),
    Known(
        "stories260K",
        "llama2.c, 260 thousand parameters: fast and foolish",
        (
            Download(
                LLAMA2C + "stories260K/stories260K.bin",
                "stories260K.bin",
                1_056_540,
                "b0a507e7ad0f626624f17112325e66691f9076d622e1d3274d103d00299f2696",
            ),
            Download(
                LLAMA2C + "stories260K/tok512.bin",
                "tok512.bin",
                6_227,
                "037cb335abb25d1fa9e8ecae30ed2a3a8ace9302862ebcdc05d51a6bbb10c312",
            ),
        ),
    ),
    Known(
        "stories15M",
        "llama2.c, 15 million parameters: good stories",
        (
            Download(
                LLAMA2C + "stories15M.bin",
                "stories15M.bin",
                60_816_028,
                "cd590644d963867a2b6e5a1107f51fad663c41d79c149fbecbbb1f95fa81f49a",
            ),
            TOKENIZER_32000,
        ),
    ),
    Known(
        "stories42M",
        "llama2.c, 42 million parameters, for a PC",
        (Download(LLAMA2C + "stories42M.bin", "stories42M.bin", 167_020_572), TOKENIZER_32000),
    ),
    Known(
        "stories110M",
        "llama2.c, 110 million parameters, for a PC",
        (Download(LLAMA2C + "stories110M.bin", "stories110M.bin", 438_381_596), TOKENIZER_32000),
    ),
    Known(
        "vosk-en",
        "Vosk's small English recogniser, for 512 MB of memory and more",
        (
            Download(
                VOSK + "vosk-model-small-en-us-0.15.zip",
                "vosk-model-small-en-us-0.15.zip",
                41_205_931,
                "30f26242c4eb449f948e42cb302dd7a686cb29a3423a8367f99ff41780942498",
            ),
        ),
        recogniser=True,
    ),
)


@dataclass(frozen=True)
class ModelFiles:
    """What the engine is started with."""

    model: Path
    tokenizer: Path | None  # None: inside the model


def user_folder() -> Path:
    """Where downloads go: STORYBOT_MODELS, or the user's data folder."""
    if chosen := os.environ.get("STORYBOT_MODELS"):
        return Path(chosen)
    base = os.environ.get("XDG_DATA_HOME") or Path("~/.local/share").expanduser()
    return Path(base) / "storybot" / "models"


def folders() -> tuple[Path, ...]:
    """The folders in which models are looked for, the first found wins."""
    return (user_folder(), SYSTEM_FOLDER)


def find(name: str) -> Known | None:
    """A known model by its name."""
    return next((known for known in KNOWN if known.name == name), None)


def location(known: Known) -> Path | None:
    """Where a known model lies on this machine (a Vosk model: its folder), None if nowhere."""
    if not known.files:
        return SHIPPED if SHIPPED.is_file() else None
    first = known.files[0]
    for folder in folders():
        path = folder / (first.name.removesuffix(".zip") if known.recogniser else first.name)
        if path.is_dir() if known.recogniser else path.is_file():
            return path
    return None


def resolve(name: str, tokenizer: str = "") -> ModelFiles:
    """The files behind the settings `telling.model` and `telling.tokenizer`.

    Raises StorybotError when the name is unknown, or known and not on this machine.
    """
    given = Path(tokenizer) if tokenizer else None
    known = find(name)
    if known is None:
        path = Path(name).expanduser()
        if not path.is_file():
            names = ", ".join(k.name for k in KNOWN if not k.recogniser)
            raise StorybotError(
                f"there is no model file {name}; give a path or one of {names}", Exit.MODEL
            )
        return ModelFiles(path, given or _beside(path))
    path_found = location(known)
    if known.recogniser or path_found is None:
        what = "is a recogniser, not a story model" if known.recogniser else "is not here"
        help_ = "choose another" if known.recogniser else f"run: storybot models get {name}"
        raise StorybotError(f"the model {name} {what}; {help_}", Exit.MODEL)
    if len(known.files) > 1 and given is None:
        given = path_found.parent / known.files[1].name
    return ModelFiles(path_found, given)


def _beside(model: Path) -> Path | None:
    """The tokenizer that lies beside a llama2.c checkpoint."""
    if model.suffix == ".story":
        return None
    names = (f"{model.stem}.tokenizer.bin", *_published(model.name), "tokenizer.bin")
    return next((p for n in names if (p := model.parent / n).is_file()), None)


def _published(file_name: str) -> Iterator[str]:
    for known in KNOWN:
        if known.files and known.files[0].name == file_name and len(known.files) > 1:
            yield known.files[1].name


def get(known: Known, progress: Progress) -> Path:
    """Download a known model (and its tokenizer) into the user's folder; returns its place."""
    if not known.files:
        raise StorybotError(f"{known.name} is shipped with storybot; nothing to get", Exit.MODEL)
    folder = user_folder()
    if known.recogniser and (place := location(known)) is not None:
        return place
    for wanted in known.files:
        fetch(wanted, folder, progress)
    if known.recogniser:
        return _unpacked(folder / known.files[0].name)
    return folder / known.files[0].name


def _unpacked(archive: Path) -> Path:
    target = archive.with_suffix("")
    half = target.with_name(target.name + ".part")
    shutil.rmtree(half, ignore_errors=True)
    try:
        with zipfile.ZipFile(archive) as bundle:
            bundle.extractall(half)
        inner = half / target.name
        (inner if inner.is_dir() else half).rename(target)
    except (OSError, zipfile.BadZipFile) as error:
        raise StorybotError(f"cannot unpack {archive.name}: {error}", Exit.MODEL) from error
    finally:
        shutil.rmtree(half, ignore_errors=True)
    archive.unlink()
    return target


def is_sound(known: Known, path: Path) -> bool:
    """Whether the file at `path` has the size and SHA-256 published for the model."""
    return is_whole(path, known.files[0]) if known.files else path.is_file()
