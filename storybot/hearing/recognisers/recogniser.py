"""What turns sound into words: one small interface, and the choice between its kinds."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from storybot.errors import Exit, StorybotError
from storybot.hearing.utterance import Utterance
from storybot.language.listening import KeyphraseOnly, ListenFor
from storybot.system.profile import memory_kb

if TYPE_CHECKING:
    from storybot.config.schema import HearingSettings

VOSK_MIN_MEMORY_KB = 512 * 1024  # kB of MemAvailable; the small English model takes about 300 MB


class Recogniser(Protocol):
    """Takes the microphone's blocks one by one."""

    name: str
    meanwhile: Callable[[int], None]  # called in a long decoding with each piece's samples

    def listen_for(self, what: ListenFor) -> None:
        """From the next stretch of speech on."""

    def hear(self, block: bytes) -> list[Utterance | KeyphraseOnly]:
        """What was recognised by the end of this block: 16 kHz mono int16."""

    def finish(self) -> list[Utterance | KeyphraseOnly]:
        """What the sound so far still held; it ended here."""


def choose_recogniser(settings: HearingSettings, available_kb: int, vosk_model: Path | None) -> str:
    """'vosk' or 'pocketsphinx': auto takes Vosk where its model is and memory allows (pure)."""
    if settings.recogniser != "auto":
        return settings.recogniser
    return (
        "vosk" if vosk_model is not None and available_kb >= VOSK_MIN_MEMORY_KB else "pocketsphinx"
    )


def make_recogniser(settings: HearingSettings) -> Recogniser:
    """The recogniser of the settings; StorybotError where it or its model is missing."""
    model = find_vosk_model(settings) if settings.recogniser != "pocketsphinx" else None
    kind = choose_recogniser(settings, memory_kb("MemAvailable"), model)
    try:
        return _vosk(settings, model) if kind == "vosk" else _pocketsphinx(settings)
    except ImportError as fault:
        raise StorybotError(
            f"the recogniser {kind} is not usable ({fault}); install it: pip install {kind}",
            Exit.SOUND_IN,
        ) from None


def _vosk(settings: HearingSettings, model: Path | None) -> Recogniser:
    try:
        from storybot.hearing.recognisers.vosk import VoskRecogniser, english_phrases
    except Exception as fault:  # its library may not load, what it imports may not work
        raise ImportError(str(fault)) from fault
    if model is None:
        raise StorybotError(
            "no Vosk model was found; run: storybot models get vosk-en, "
            "or set hearing.vosk_model to its folder",
            Exit.MODEL,
        )
    return VoskRecogniser(settings, model, english_phrases(settings))


def _pocketsphinx(settings: HearingSettings) -> Recogniser:
    from storybot.hearing.recognisers.pocketsphinx.recogniser import PocketSphinxRecogniser

    return PocketSphinxRecogniser(settings, cache_folder())


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


def cache_folder() -> Path:
    """Where what was computed once is kept; losing it costs a second."""
    for variable in ("STORYBOT_CACHE", "CACHE_DIRECTORY"):
        if folder := os.environ.get(variable):
            return Path(folder)
    base = os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()
    return Path(base) / "storybot"
