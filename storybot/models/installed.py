"""Where models lie on this machine, and which files the name of one means."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from storybot.data import DATA_FOLDER
from storybot.errors import Exit, StorybotError
from storybot.models.catalogue import KNOWN_MODELS, KnownModel, find_model
from storybot.models.packing import PACK_SUFFIX, pack_path
from storybot.record import Record

SHIPPED_MODEL = DATA_FOLDER / "default.story"
SYSTEM_MODELS = Path("/var/lib/storybot/models")


class ModelFiles(Record):
    """What the engine is started with."""

    model: Path
    tokenizer: Path | None  # None: inside the model


def user_models() -> Path:
    """Where downloads go: STORYBOT_MODELS, or the user's data folder."""
    if chosen := os.environ.get("STORYBOT_MODELS"):
        return Path(chosen)
    base = os.environ.get("XDG_DATA_HOME") or Path("~/.local/share").expanduser()
    return Path(base) / "storybot" / "models"


def model_folders() -> tuple[Path, ...]:
    """The folders in which models are looked for, the first found wins."""
    return (user_models(), SYSTEM_MODELS)


def installed_path(known: KnownModel) -> Path | None:
    """Where a known model lies on this machine (a Vosk model: its folder), None if nowhere.

    A folder's pack goes before the checkpoint that it was made from.
    """
    if not known.files:
        return SHIPPED_MODEL if SHIPPED_MODEL.is_file() else None
    first = known.files[0]
    for folder in model_folders():
        path = folder / (first.name.removesuffix(".zip") if known.recogniser else first.name)
        if known.recogniser:
            if path.is_dir():
                return path
            continue
        for candidate in (pack_path(path), path):
            if candidate.is_file():
                return candidate
    return None


def resolve_model(name: str, tokenizer: str = "") -> ModelFiles:
    """The files behind the settings `telling.model` and `telling.tokenizer`.

    Raises StorybotError when the name is unknown, or known and not on this machine.
    """
    given = Path(tokenizer) if tokenizer else None
    known = find_model(name)
    if known is None:
        path = Path(name).expanduser()
        if not path.is_file():
            names = ", ".join(k.name for k in KNOWN_MODELS if not k.recogniser)
            raise StorybotError(
                f"there is no model file {name}; give a path or one of {names}", Exit.MODEL
            )
        return ModelFiles(path, given or _beside(path))
    path_found = installed_path(known)
    if known.recogniser or path_found is None:
        what = "is a recogniser, not a story model" if known.recogniser else "is not here"
        help_ = "choose another" if known.recogniser else f"run: storybot models get {name}"
        raise StorybotError(f"the model {name} {what}; {help_}", Exit.MODEL)
    packed = path_found.suffix == PACK_SUFFIX  # its tokenizer is inside
    if len(known.files) > 1 and given is None and not packed:
        given = path_found.parent / known.files[1].name
    return ModelFiles(path_found, given)


def _beside(model: Path) -> Path | None:
    """The tokenizer that lies beside a llama2.c checkpoint."""
    if model.suffix == PACK_SUFFIX:
        return None
    names = (f"{model.stem}.tokenizer.bin", *_published(model.name), "tokenizer.bin")
    return next((p for n in names if (p := model.parent / n).is_file()), None)


def _published(file_name: str) -> Iterator[str]:
    for known in KNOWN_MODELS:
        if known.files and known.files[0].name == file_name and len(known.files) > 1:
            yield known.files[1].name
