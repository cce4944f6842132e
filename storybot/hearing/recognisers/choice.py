"""Which recogniser the settings choose."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from storybot.drivers import driver
from storybot.errors import Exit, StorybotError
from storybot.system.profile import memory_kb

if TYPE_CHECKING:
    from storybot.config.schema import HearingSettings
    from storybot.hearing.recognisers.recogniser import Recogniser

VOSK_MIN_MEMORY_KB = 512 * 1024  # of MemAvailable; the small English model takes about 300 MB


def make_recogniser(settings: HearingSettings) -> Recogniser:
    """The recogniser of the settings; StorybotError where it or its model is missing."""
    model = find_vosk_model(settings) if settings.recogniser != "pocketsphinx" else None
    name = chosen(settings, memory_kb("MemAvailable"), model)
    try:
        recogniser: Recogniser = driver("recogniser", name).make(settings)
    except ImportError as fault:
        raise StorybotError(
            f"the recogniser {name} is not usable ({fault}); install it: pip install {name}",
            Exit.SOUND_IN,
        ) from None
    return recogniser


def chosen(settings: HearingSettings, available_kb: int, vosk_model: Path | None) -> str:
    """The driver's name. "auto" is vosk where its model is found and memory allows (pure)."""
    if settings.recogniser != "auto":
        return settings.recogniser
    enough = available_kb >= VOSK_MIN_MEMORY_KB
    return "vosk" if vosk_model is not None and enough else "pocketsphinx"


def find_vosk_model(settings: HearingSettings) -> Path | None:
    """The folder in the settings, else the downloaded English model, else None."""
    if settings.vosk_model:
        folder = Path(settings.vosk_model).expanduser()
        if not (folder / "am").is_dir():
            raise StorybotError(f"hearing.vosk_model: {folder} is no Vosk model folder", Exit.MODEL)
        return folder
    from storybot.models.catalogue import find_model
    from storybot.models.installed import installed_path

    known = find_model("vosk-en")
    return installed_path(known) if known else None
