"""A real broker, a real daemon, and somebody who listens to what is published."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.home.broker import Mosquitto
from tests.home.listener import Listener
from tests.home.processes import Daemon, why_no_daemon

settings.register_profile("any machine", deadline=None)  # a loaded one is slow, not wrong
settings.load_profile("any machine")


@pytest.fixture(scope="module")
def mosquitto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    if shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin") is None:
        pytest.skip("needs mosquitto: make test-home installs it")
    with Mosquitto(tmp_path_factory.mktemp("mosquitto")) as broker:
        yield broker


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    """`storybot run` with the real engine, the real voice and no loudspeaker."""
    if why := why_no_daemon():
        pytest.skip(why)
    with Daemon(Path(tmp_path_factory.mktemp("daemon"))) as running:
        yield running


@pytest.fixture
def listener(mosquitto: Mosquitto) -> Iterator[Listener]:
    with Listener(mosquitto.port) as listening:
        yield listening
