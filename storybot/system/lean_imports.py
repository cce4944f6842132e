"""Puts off modules of the standard library that are imported and hardly ever used.

Only the entry points of the small profile call begin(), before their other imports. From then on
an import of a module in the table gets an empty module, which loads the real one into itself at
the first use of anything that the table does not answer (module __getattr__, PEP 562). Nothing is
missing: it is only loaded later. The gains beside the entries are resident memory in the daemon
with Python 3.11 on x86-64; `make memory` measures them.
"""

from __future__ import annotations

import sys
from _thread import RLock  # all there is of `threading` at this point
from collections.abc import Callable, Mapping, Sequence
from importlib.machinery import ModuleSpec, PathFinder
from types import FrameType, ModuleType


def no_signature(of: type, **options: object) -> object:
    """`dataclasses` puts it into the docstring of a class without one; with -OO none has one."""
    if of.__module__.startswith("storybot."):
        return ""
    import inspect

    return inspect.signature(of, **options)  # type: ignore[arg-type]


def own_annotations(of: type, **options: object) -> dict[str, object]:
    """For `dataclasses` of Python 3.13, which reads the fields from it."""
    return dict(vars(of).get("__annotations__", {}))


def is_coroutine_function(one: object) -> bool:
    """For `asyncio`, which tests signal handlers; 0x80 is CO_COROUTINE."""
    return bool(getattr(getattr(one, "__code__", None), "co_flags", 0) & 0x80)


class AnnotationOnly:
    """In place of names of `typing` that are used in annotations and as base classes only."""

    def __class_getitem__(cls, of: object) -> type[AnnotationOnly]:
        return cls


# In place of a function that its importer takes by name: its first call loads the real module.
ON_FIRST_CALL = object()

# By the importing module or its package: what each name is, without loading the real module.
Substitutes = Mapping[str, Mapping[str, object]]
LAZY_MODULES: dict[str, Substitutes] = {
    "inspect": {  # with ast, dis and opcode: 0.8 MB
        "dataclasses": {"signature": no_signature, "get_annotations": own_annotations},
        "asyncio": {"iscoroutinefunction": is_coroutine_function},
    },
    "typing": {  # 0.4 MB
        "dataclasses": {"ClassVar": object(), "_GenericAlias": object()},  # it compares with them
        "asyncio": {
            **dict.fromkeys(("Optional", "Type", "Union"), AnnotationOnly),
            "final": lambda one: one,
        },
        "storybot": {
            **dict.fromkeys(("Any", "BinaryIO", "NoReturn", "Protocol", "TextIO"), AnnotationOnly),
            "TYPE_CHECKING": False,
            "TypeVar": lambda *arguments, **options: None,
            "dataclass_transform": lambda **options: lambda one: one,
        },
    },
    # Both import `tokenize`: 0.3 MB where neither is loaded.
    "traceback": {"asyncio": {"extract_stack": ON_FIRST_CALL}},
    "linecache": {},
    "urllib.parse": {"pathlib": {"quote_from_bytes": ON_FIRST_CALL}},  # with ipaddress: 0.3 MB
    "asyncio.staggered": {},  # 0.4 MB: its annotations would load `typing`
    # 0.3 MB together; shutil imports bz2, lzma and zlib.
    "shutil": {},
    "locale": {},
    "asyncio.sslproto": {},
}


def importing_package(frame: FrameType | None) -> str:
    """The package of the code in this frame; for a module in C, that of its importer."""
    while frame is not None and frame.f_globals.get("__name__", "").startswith("importlib."):
        frame = frame.f_back
    spec = None if frame is None else frame.f_globals.get("__spec__")  # of __main__ it has the name
    return str(getattr(spec, "name", "")).partition(".")[0]


class LazyModules:
    """The finder and loader of the modules that are put off."""

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
        """Let the import system create an empty module."""

    def exec_module(self, shell: ModuleType) -> None:
        """Add the __getattr__ that answers from the table, or loads the real module."""
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


def begin(modules: Mapping[str, Substitutes]) -> None:
    """Put these modules off from here on, in this process."""
    if not any(isinstance(finder, LazyModules) for finder in sys.meta_path):
        sys.meta_path.insert(0, LazyModules(modules))
