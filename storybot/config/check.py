"""Checks settings against each other and against this machine, before they are used."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import replace
from enum import Enum

from storybot.config import quiet_hours
from storybot.config.controls_check import find_control_faults
from storybot.config.home_check import find_home_faults
from storybot.config.schema import (
    ONLY_TELL,
    SafetySettings,
    Settings,
    SpeakingSettings,
    TellingSettings,
)
from storybot.config.trial import fault_of_recogniser, fault_of_voice
from storybot.errors import StorybotError
from storybot.language.safety_filter import load_filter
from storybot.models import installed
from storybot.system.engine_program import find_engine
from storybot.system.profile import resolve_profile

Wrong = tuple[str, str]  # "bedtime.quiet_from", and what is wrong with it

# What a path from anywhere raises: a user that does not exist, a zero byte.
UNUSABLE = (StorybotError, RuntimeError, ValueError, OverflowError)


class CheckLevel(Enum):
    """How thoroughly settings are checked."""

    NONE = "each by itself, for a command that only talks to the daemon"
    USE = "beside the others; a model may be fetched later"
    SERVE = "as a daemon that tells stories must not lose what it has"


# Which other setting must be wrong where the first is at its default.
COUNTERPARTS = {
    "speaking.volume_floor": "speaking.volume_cap",
    "telling.model": "telling.tokenizer",
    "telling.tokenizer": "telling.model",
}


def find_faults(settings: Settings, changed: Container[str], trial: CheckLevel) -> Iterator[Wrong]:
    """What is wrong with the settings; values at their defaults are not checked."""
    if trial is CheckLevel.NONE:
        return
    found = [*_of_volume(settings.speaking), *_of_keyphrase(settings.hearing.keyphrase)]
    found += [*quiet_hours.find_faults(settings.bedtime), *_of_word_list(settings.safety)]
    if trial is CheckLevel.SERVE:
        if settings.speaking.driver == "wav":
            found.append(("speaking.driver", ONLY_TELL))
        if "telling.model" in changed or "telling.tokenizer" in changed:
            found += _of_model(settings.telling)
        if "telling.engine" in changed:
            found += _of_engine(settings.telling.engine)
        found += find_control_faults(settings.controls)
        found += find_home_faults(settings.home)
        if not found:  # they would only say once more what is wrong already
            found += _of_trials(settings, changed)
    for key, wrong in found:
        yield key if key in changed else COUNTERPARTS[key], wrong


def _of_volume(speaking: SpeakingSettings) -> Iterator[Wrong]:
    floor, cap = speaking.volume_floor, speaking.volume_cap
    if floor > cap:
        wrong = f"the floor ({floor}) is above the cap ({cap}); lower volume_floor"
        yield "speaking.volume_floor", wrong


def _of_keyphrase(keyphrase: str) -> Iterator[Wrong]:
    if not any(word.replace("'", "").isalpha() for word in keyphrase.split()):
        yield "hearing.keyphrase", f"expected words to be spoken, not {keyphrase!r}"


def _of_engine(engine: str) -> Iterator[Wrong]:
    try:
        find_engine(engine)
    except UNUSABLE as error:
        yield "telling.engine", str(error)


def _of_trials(settings: Settings, changed: Container[str]) -> Iterator[Wrong]:
    """What voice and recogniser say to the settings that only they can judge."""
    voice = [key for key in ("speaking.accent", "speaking.voice") if key in changed]
    if voice and (wrong := fault_of_voice(settings.speaking)):
        yield voice[0], wrong
    hearing = settings.hearing
    judged = {f"hearing.{key}" for key in ("keyphrase", "vosk_model", "recogniser")}
    ours = [key for key in sorted(judged) if key in changed]
    if not ours or hearing.driver == "none":
        return
    small = resolve_profile(settings.service.profile) == "small"
    key, wrong = fault_of_recogniser(hearing, loaded=not small)
    if wrong:
        name = f"hearing.{key}"
        yield name if name in changed else ours[0], wrong.removeprefix(f"{name}: ")


def _of_model(telling: TellingSettings) -> Iterator[Wrong]:
    """A model or tokenizer that is not on this machine."""
    try:
        files = installed.resolve_model(telling.model, telling.tokenizer)
    except UNUSABLE as error:
        yield "telling.model", str(error)
        return
    if files.tokenizer is not None and not files.tokenizer.is_file():
        yield "telling.tokenizer", f"there is no tokenizer file {files.tokenizer}"


def _of_word_list(safety: SafetySettings) -> Iterator[Wrong]:
    for key in ("extra_words", "allowed_phrases"):
        alone = replace(SafetySettings(filter=safety.filter), **{key: getattr(safety, key)})
        try:
            load_filter(alone)
        except UNUSABLE as error:
            yield f"safety.{key}", str(error)
