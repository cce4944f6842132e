"""What holds for all tests."""

from __future__ import annotations

import pytest

from tests.run_guard import begin_guarding


def pytest_sessionstart() -> None:
    begin_guarding()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Real time passes on a machine that others use, too: sound has a second try, and it shows."""
    for item in items:
        if item.get_closest_marker("sound"):
            item.add_marker(pytest.mark.flaky(reruns=1))
