"""A lean start: what the standard library imports and storybot never uses is not loaded.

The small profile's processes (python -OO) import this module before all others. A module named
here is then an empty shell that its importers get. It fills itself when anybody asks it for
anything (PEP 562), so that it is late and never missing. Only the few who are named here, whose
use is known, are answered with less than the real thing. Measured with Python 3.11: 2.8 MB less
in the daemon, 1.8 MB less in the recogniser process.
"""

from __future__ import annotations

import sys
from _thread import RLock  # all there is of `threading` at this point
from collections.abc import Callable, Mapping, Sequence
from importlib.machinery import ModuleSpec, PathFinder
from types import FrameType, ModuleType


def no_signature(of: type, **options: object) -> object:
    """`dataclasses` writes it into the docstring of a class that has none: with -OO, of each."""
    if of.__module__.startswith("storybot."):
        return ""
    import inspect

    return inspect.signature(of, **options)  # type: ignore[arg-type]


def own_annotations(of: type, **options: object) -> dict[str, object]:
    """What `dataclasses` of Python 3.13 reads the fields from."""
    return dict(vars(of).get("__annotations__", {}))


def is_coroutine_function(one: object) -> bool:
    """`asyncio` asks it of the handler of a signal; 0x80 is CO_COROUTINE."""
    return bool(getattr(getattr(one, "__code__", None), "co_flags", 0) & 0x80)


class AnnotationOnly:
    """What `typing` has for annotations, which nobody reads, and for base classes."""

    def __class_getitem__(cls, of: object) -> type[AnnotationOnly]:
        return cls


ON_FIRST_CALL = (
    object()
)  # a function that its importers take at once: its first call brings the real one

# By module: by who asks (a module, or the package that it is in), the answer to each name.
Substitutes = Mapping[str, Mapping[str, object]]
LAZY_MODULES: dict[str, Substitutes] = {
    "inspect": {  # with ast, dis and opcode: 0.9 MB
        "dataclasses": {"signature": no_signature, "get_annotations": own_annotations},
        "asyncio": {"iscoroutinefunction": is_coroutine_function},
    },
    "typing": {  # 0.45 MB
        "dataclasses": {"ClassVar": object(), "_GenericAlias": object()},  # it compares with them
        "asyncio": {
            **dict.fromkeys(("Optional", "Type", "Union"), AnnotationOnly),
            "final": lambda one: one,
        },
        "storybot": {
            **dict.fromkeys(("Any", "BinaryIO", "Protocol", "TextIO"), AnnotationOnly),
            "TYPE_CHECKING": False,
            "TypeVar": lambda *about, **more: None,
        },
    },
    "traceback": {"asyncio": {"extract_stack": ON_FIRST_CALL}},  # with linecache, tokenize: 0.2 MB
    "linecache": {},
    "urllib.parse": {"pathlib": {"quote_from_bytes": ON_FIRST_CALL}},  # with ipaddress: 0.4 MB
    "shutil": {},  # with bz2, lzma and zlib: 0.2 MB
    "locale": {},  # 0.15 MB
    "asyncio.sslproto": {},  # 0.1 MB
    "asyncio.staggered": {},
}


def importing_package(frame: FrameType | None) -> str:
    """The package of the code in this frame; of a module in C, the one of who imports it."""
    while frame is not None and frame.f_globals.get("__name__", "").startswith("importlib."):
        frame = frame.f_back
    spec = None if frame is None else frame.f_globals.get("__spec__")  # of __main__ it has the name
    return str(getattr(spec, "name", "")).partition(".")[0]


class LazyModules:
    """The finder, and loader, of the modules that are put off."""

    def __init__(self, modules: Mapping[str, Substitutes]) -> None:
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
        """Give the shell the way to the real module, and the answers for those who are named."""
        holds, answers = vars(shell), self._modules[shell.__name__]
        begun = False

        def fill() -> None:
            nonlocal begun
            with self._one_at_a_time:
                if begun:
                    return
                begun = True
                try:
                    self._load(shell)
                except BaseException:  # no memory or no file left just now
                    begun = False
                    raise
                for name, ours in (("__getattr__", look), ("__dir__", listing)):
                    if holds.get(name) is ours:
                        del holds[name]

        def look(wanted: str) -> object:
            if wanted == "__path__":  # every import asks for it; none of these is a package
                raise AttributeError(wanted)
            if not begun:
                known = answers.get(importing_package(sys._getframe(1)), {})
                if wanted in known:
                    return late(wanted) if known[wanted] is ON_FIRST_CALL else known[wanted]
            fill()
            if wanted not in holds and holds.get("__getattr__") is look:  # it is being filled
                raise AttributeError(f"module {shell.__name__!r} has no attribute {wanted!r}")
            return getattr(shell, wanted)

        def late(name: str) -> Callable[..., object]:
            def call(*given: object, **more: object) -> object:
                fill()
                return holds[name](*given, **more)

            return call

        def listing() -> list[str]:
            fill()
            return sorted(holds)

        holds["__getattr__"], holds["__dir__"] = look, listing

    def _load(self, shell: ModuleType) -> None:
        spec = PathFinder.find_spec(shell.__name__, self._paths[shell.__name__])
        if spec is None or spec.loader is None:
            raise ImportError(f"no module named {shell.__name__!r}", name=shell.__name__)
        shell.__spec__, shell.__loader__, shell.__file__ = spec, spec.loader, spec.origin
        spec.loader.exec_module(shell)


def begin() -> None:
    """Put them off from here on."""
    if not any(isinstance(finder, LazyModules) for finder in sys.meta_path):
        sys.meta_path.insert(0, LazyModules(LAZY_MODULES))


if sys.flags.optimize == 2:  # how the small profile's processes run; docstrings are gone anyway
    begin()
