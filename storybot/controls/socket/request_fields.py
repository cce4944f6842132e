"""The fields of requests: each one's bounds, whatever request it is in."""

from __future__ import annotations

import re
from typing import Any

TEXT_MAX_CHARACTERS = 500
SETTINGS_MAX = 32  # settings changed by one request
STORIES_MAX = 200  # stories in one answer
_BOUNDS = {
    "percent": (0, 100),
    "by": (-100, 100),
    "minutes": (0, 1440),
    "stories": (1, 50),
    "story": (1, 10**9),
    "before": (1, 10**9),
    "limit": (1, STORIES_MAX),
    "seed": (1, 2**31 - 1),  # 0 would be another seed each time
}
_CODE = re.compile("[0-9]{6}")
_FRACTIONS = frozenset(("minutes",))  # all others are whole numbers
_TEXTS = frozenset(("do", "text", "word", "what", "sounds"))
_MAY_BE_NULL = frozenset(("percent", "by", "minutes", "stories", "before", "seed"))


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str) or len(value) > TEXT_MAX_CHARACTERS:
        raise ValueError(f'"{name}" must be a text of at most {TEXT_MAX_CHARACTERS} characters')
    return value.encode("utf-8", "replace").decode()  # JSON may carry half a surrogate pair


def checked(name: str, value: Any) -> Any:
    """The value of the field `name`; ValueError, with a sentence, for one it cannot have."""
    if name in _TEXTS:
        return _text(value, name)
    if name == "code":
        if not isinstance(value, str) or not _CODE.fullmatch(value):
            raise ValueError('"code" must be a text of six digits')
        return value
    if name == "settings":
        return _settings(value)
    if value is None and name in _MAY_BE_NULL:
        return None
    if name == "favourite":
        if not isinstance(value, bool):
            raise ValueError('"favourite" must be true or false')
        return value
    low, high = _BOUNDS[name]
    number = (int, float) if name in _FRACTIONS else (int,)
    if isinstance(value, bool) or not isinstance(value, number) or not low <= value <= high:
        what = "a number" if name in _FRACTIONS else "a whole number"
        raise ValueError(f'"{name}" must be {what} from {low} to {high}')
    return value


def _settings(value: Any) -> dict[str, bool | int | float | str]:
    if not isinstance(value, dict) or not 1 <= len(value) <= SETTINGS_MAX:
        raise ValueError(f'"settings" must be an object of 1 to {SETTINGS_MAX} settings')
    for name, one in value.items():
        if isinstance(one, str):
            _text(one, name)
        elif not isinstance(one, bool | int | float):
            raise ValueError(f'"{name}" must be a text, a number, true or false')
    return {_text(name, "settings"): one for name, one in value.items()}
