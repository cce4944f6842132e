"""What holds for all tests."""

from __future__ import annotations

import pytest

from tests.run_guard import begin_guarding

# Folders whose tests keep to real time: two of them at once would delay each other.
REAL_TIME = ("sound", "systemd", "vosk")


def pytest_sessionstart() -> None:
    begin_guarding()


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
