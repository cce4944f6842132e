"""The log as each test found it: the daemon takes it over, and other tests read it."""

from collections.abc import Iterator

import pytest

from storybot.system.systemd import LOG


@pytest.fixture(autouse=True)
def log_given_back() -> Iterator[None]:
    handlers, level, propagate = list(LOG.handlers), LOG.level, LOG.propagate
    yield
    LOG.handlers[:] = handlers
    LOG.setLevel(level)
    LOG.propagate = propagate
