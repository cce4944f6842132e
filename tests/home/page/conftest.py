"""The page beside a real daemon, and a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.home.page.processes import PageProcess
from tests.home.processes import Daemon

pytest.importorskip("microdot", reason="needs storybot[page]")


@pytest.fixture(scope="module")
def served(daemon: Daemon, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageProcess]:
    with PageProcess(tmp_path_factory.mktemp("page"), daemon.socket) as running:
        yield running
