"""What mqtt, page and wyoming look at before they serve: the home settings and their package."""

from __future__ import annotations

from importlib.util import find_spec

from storybot.config.home_check import find_home_faults
from storybot.config.schema import HomeSettings
from storybot.errors import Exit, StorybotError


def check_home(home: HomeSettings, module: str, package: str, extra: str) -> None:
    """StorybotError for the first wrong setting, or where `module` of `package` is missing.

    `extra` is the one of storybot that installs it.
    """
    for key, wrong in find_home_faults(home):
        raise StorybotError(f"{key}: {wrong}", Exit.CONFIG)
    if find_spec(module) is None:
        raise StorybotError(
            f"this needs the package {package}: pip install storybot[{extra}]", Exit.CONFIG
        )
