"""Python children that import nothing from the folder somebody works in.

Each starts isolated (-I): neither the working folder nor a variable of the environment adds to
where it finds modules. It gets the places where its parent finds them, behind those of its own, so
that none of them can stand in front of the standard library or of what is installed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

# Run as `python -m MODULE` is, after the places that come as an argument before it.
_BOOT = (
    "import runpy, sys; "
    "sys.path += [p for p in sys.argv.pop(1).split('\\n') if p not in sys.path]; "
    "runpy._run_module_as_main(sys.argv.pop(1))"
)
_ROOT = Path(__file__).parents[2]
# What the small profile sets for its children: an isolated Python takes it as flags alone.
_FLAGS = {
    "PYTHONNODEBUGRANGES": ("-X", "no_debug_ranges"),
    "PYTHONDONTWRITEBYTECODE": ("-B",),
}


def python_command(
    module: str,
    *arguments: str,
    flags: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
) -> list[str]:
    """The command that runs a module in an isolated Python, which reads and writes UTF-8.

    `environment` is that of the child; None: ours.
    """
    settings = os.environ if environment is None else environment
    options = ["-I", "-X", "utf8", *flags]
    level = settings.get("PYTHONOPTIMIZE", "")
    options += ["-O"] * (int(level) if level.isdecimal() else sys.flags.optimize)
    for name, flag in _FLAGS.items():
        options += flag if settings.get(name) else ()
    if prefix := settings.get("PYTHONPYCACHEPREFIX"):
        options += ["-X", f"pycache_prefix={prefix}"]
    return [sys.executable, *options, "-c", _BOOT, "\n".join(_places()), module, *arguments]


def _places() -> list[str]:
    """Where this process finds modules, without the folder it works in."""
    try:
        here: Path | None = Path.cwd()
    except FileNotFoundError:  # the folder was removed
        here = None
    places = [place for place in sys.path if Path(place).is_absolute() and Path(place) != here]
    return list(dict.fromkeys((*places, str(_ROOT))))
