"""Values that are told apart by their class and fields, for the many that only carry a message.

`dataclasses` compiles six methods for each class at every start. With 54 messages that took the
daemon 0.5 MB and a tenth of its processor time until it listens; records share these methods.
Settings, and what `dataclasses.replace` is used for, are dataclasses.
"""

from __future__ import annotations

from typing import Any, NoReturn, dataclass_transform


@dataclass_transform(frozen_default=True)
class Record:
    """Base of a value whose fields are its annotations in order, as in a frozen dataclass."""

    __match_args__: tuple[str, ...] = ()  # the names of the fields

    def __init_subclass__(cls) -> None:
        own = [name for name in cls.__annotations__ if name not in cls.__match_args__]
        cls.__match_args__ = (*cls.__match_args__, *own)  # type: ignore[misc]  # set but here

    def __init__(self, *values: Any, **named: Any) -> None:
        """TypeError where a field without a default is missing, is given twice, or is none."""
        names = self.__match_args__
        given = dict(zip(names, values, strict=False)) | named
        wanted = [name for name in names if not hasattr(type(self), name)]
        twice_or_too_many = len(given) < len(values) + len(named)
        if twice_or_too_many or not given.keys() <= set(names) or not given.keys() >= set(wanted):
            raise TypeError(f"{type(self).__name__} takes {', '.join(names) or 'nothing'}")
        vars(self).update(given)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__}.{name} cannot be changed")

    def _values(self) -> tuple[object, ...]:
        return tuple(getattr(self, name) for name in self.__match_args__)

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._values() == other._values()

    def __hash__(self) -> int:
        return hash((type(self), self._values()))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__match_args__)
        return f"{type(self).__name__}({shown})"
