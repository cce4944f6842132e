"""A lean start: what the standard library imports and storybot never uses is not loaded.

The small profile's processes (python -OO) import this module before all others. A module named
here is then an empty shell that its importers get; it fills itself when anybody asks it for
anything that it lacks (PEP 562), so that it is late and never missing. Measured with Python 3.11:
2.8 MB less in the daemon, 1.8 MB less in the ear.
"""

from __future__ import annotations

import sys
import time
from _thread import RLock  # all there is of `threading` at this point
from collections.abc import Callable, Mapping, Sequence
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

BEGAN = time.time()  # s; before all that is imported next


def no_signature(of: object, **options: object) -> str:
    """`dataclasses` writes it into the docstring of a class that has none: with -OO, of each."""
    return ""


def own_annotations(of: type, **options: object) -> dict[str, object]:
    """What `dataclasses` of Python 3.13 reads the fields from."""
    return dict(vars(of).get("__annotations__", {}))


def is_coroutine_function(one: object) -> bool:
    """`asyncio` asks it of the handler of a signal; 0x80 is CO_COROUTINE."""
    return bool(getattr(getattr(one, "__code__", None), "co_flags", 0) & 0x80)


class Meaningless:
    """What `typing` has for annotations, which nobody reads, and for base classes."""

    def __class_getitem__(cls, of: object) -> type[Meaningless]:
        return cls


LATE = object()  # a function that its importers take at once: its first call brings the real one

# By module, what its shell holds from the start, because importers take it or ask for it at once.
PUT_OFF: dict[str, dict[str, object]] = {
    "inspect": {  # with ast, dis and opcode: 0.9 MB
        "signature": no_signature,
        "get_annotations": own_annotations,
        "iscoroutinefunction": is_coroutine_function,
    },
    "typing": {  # 0.45 MB
        **dict.fromkeys(("Any", "BinaryIO", "Optional", "Protocol"), Meaningless),
        **dict.fromkeys(("TextIO", "Type", "Union"), Meaningless),
        "ClassVar": object(),  # `dataclasses` compares what it finds with these two
        "_GenericAlias": object(),
        "TYPE_CHECKING": False,
        "TypeVar": lambda *about, **more: None,
        "final": lambda one: one,
    },
    "traceback": {"extract_stack": LATE},  # with linecache, tokenize and textwrap: 0.2 MB
    "linecache": {},
    "urllib.parse": {"quote_from_bytes": LATE},  # with ipaddress: 0.4 MB
    "shutil": {},  # with bz2, lzma and zlib: 0.2 MB
    "locale": {},  # 0.15 MB
    "asyncio.sslproto": {},  # 0.1 MB
    "asyncio.staggered": {},
}


class Shells:
    """The finder, and loader, of the modules that are put off."""

    def __init__(self, modules: Mapping[str, dict[str, object]]) -> None:
        self._modules = modules
        self._paths: dict[str, Sequence[str] | None] = {}  # where the real ones are looked for
        self._one_at_a_time = RLock()

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name not in self._modules or name in self._paths:
            return None
        self._paths[name] = path
        return ModuleSpec(name, self)  # type: ignore[arg-type]  # a loader by what it can do

    def create_module(self, spec: ModuleSpec) -> None:
        """A module like any other."""

    def exec_module(self, shell: ModuleType) -> None:
        """Give the shell what it holds from the start, and the way to all else."""
        holds = vars(shell)
        begun = False

        def fill() -> None:
            nonlocal begun
            with self._one_at_a_time:
                if not begun:
                    begun = True
                    self._load(shell)
                    if holds["__getattr__"] is look:
                        del holds["__getattr__"]

        def look(wanted: str) -> object:
            if wanted.startswith("__") and wanted != "__all__":  # asked of every module there is
                raise AttributeError(wanted)
            fill()
            if wanted not in holds:
                raise AttributeError(f"module {shell.__name__!r} has no attribute {wanted!r}")
            return holds[wanted]

        def late(name: str) -> Callable[..., object]:
            def call(*given: object, **more: object) -> object:
                fill()
                return holds[name](*given, **more)

            return call

        for name, what in self._modules[shell.__name__].items():
            holds[name] = late(name) if what is LATE else what
        holds["__getattr__"] = look

    def _load(self, shell: ModuleType) -> None:
        spec = PathFinder.find_spec(shell.__name__, self._paths[shell.__name__])
        if spec is None or spec.loader is None:
            raise ImportError(f"no module named {shell.__name__!r}", name=shell.__name__)
        shell.__spec__, shell.__loader__, shell.__file__ = spec, spec.loader, spec.origin
        spec.loader.exec_module(shell)


def begin() -> None:
    """Put them off from here on."""
    if not any(isinstance(finder, Shells) for finder in sys.meta_path):
        sys.meta_path.insert(0, Shells(PUT_OFF))


if sys.flags.optimize == 2:  # how the small profile's processes run; docstrings are gone anyway
    begin()
