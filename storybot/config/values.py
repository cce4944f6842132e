"""One configured value: brought into the type of its setting, or what was expected instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import Field
from pathlib import Path
from typing import Any

PATHS = (  # settings that name a file or folder, where ~ stands for a home
    *("engine", "model", "tokenizer", "vosk_model", "family_words", "extra_words"),
    *("forbidden_words", "allowed_phrases", "folder", "mqtt_password_file", "mqtt_ca_file"),
)

Checked = tuple[object, str]  # the value, and what was expected where it is wrong


def checked(key: Field[Any], value: object) -> Checked:
    """The value in the type of the setting's default, within its bounds or choices."""
    kind: type = type(key.default)
    if choices := key.metadata.get("choices"):
        return _word(choices, key.metadata["was"], value)
    if kind is bool:
        right = isinstance(value, bool)
        return value, "" if right else f"expected yes or no, not {value!r}"
    if kind is int or kind is float:
        return _number(kind, key.metadata["low"], key.metadata["high"], value)
    if value is None:
        return "", ""
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return str(value), _no_name(str(value)) or _no_home(key.name, str(value))
    return value, f"expected text, not {value!r}"


def _no_name(text: str) -> str:
    """Why no device, file or program can be named so; empty where it can."""
    if "\0" in text:
        return f"has a zero byte, which no name has: {text!r}"
    try:
        text.encode("utf-8", "surrogateescape")  # bytes of a file's name may be any
    except UnicodeEncodeError:
        return f"has half a character, which no name has: {text!r}"
    return ""


def _no_home(name: str, text: str) -> str:
    """Why a path below somebody's home is none; empty where it is one, or no path is wanted."""
    try:
        if name in PATHS:
            Path(text).expanduser()
    except RuntimeError:
        return f"names the home directory of a user that does not exist: {text!r}"
    return ""


def nearest(word: str, known: Sequence[str]) -> str:
    """'; did you mean X?' for the most similar known word, or nothing."""
    import difflib  # 0.15 MB for what is mistyped

    close = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f"; did you mean {close[0]}?" if close else ""


def _word(choices: Sequence[str], was: Mapping[str, str], value: object) -> Checked:
    if isinstance(value, bool):
        # YAML reads a bare on or off as a truth value.
        value = "on" if value else "off"
    if value in choices:
        return value, ""
    if isinstance(value, str) and value in was:
        return was[value], ""
    hint = nearest(str(value), choices)
    return value, f"expected one of {', '.join(choices)}, not {value!r}{hint}"


def _number(kind: type, low: float, high: float, value: object) -> Checked:
    given = value
    if isinstance(value, str):
        # YAML 1.1 takes 1e-30 for text.
        try:
            value = float(value)
        except ValueError:
            return given, f"expected a number, not {given!r}"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return given, f"expected a number, not {given!r}"
    if not low <= value <= high:
        return given, f"expected a number from {low:g} to {high:g}, not {given!r}"
    if kind is int and value != int(value):
        return given, f"expected a whole number, not {given!r}"
    return kind(value), ""
