"""What holds for all tests."""

from __future__ import annotations

import re
import signal

import pytest

from tests.run_guard import begin_guarding

# Folders whose tests keep to real time: two of them at once would delay each other.
REAL_TIME = ("sound", "systemd", "vosk")


def pytest_sessionstart() -> None:
    begin_guarding()
    # A run in the background ignores Ctrl-C, and so would all that it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """What failed is told without xdist's groups: what is run once more, alone, has none."""
    cache = getattr(session.config, "cache", None)  # none with `-p no:cacheprovider`
    if cache is not None and not hasattr(session.config, "workerinput"):
        failed = cache.get("cache/lastfailed", {})
        cache.set("cache/lastfailed", {re.sub(r"@\w+$", "", name): True for name in failed})


@pytest.hookimpl(tryfirst=True)  # xdist's own reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Real time passes on a machine that others use, too: sound has a second try, and it shows.

    Where tests run on several processes (`-n 2 --dist loadgroup`), those with sound run on one, one
    after the other, and each other file's on one, for its fixtures are made once.
    """
    for item in items:
        sound = item.get_closest_marker("sound")
        if sound:
            item.add_marker(pytest.mark.flaky(reruns=1))
        alone = sound or item.path.parent.name in REAL_TIME
        item.add_marker(pytest.mark.xdist_group("sound" if alone else item.path.stem))
