"""The benchmark of many boxes, with few."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.home.broker import PROGRAM
from tests.home.fleet import SENTENCES, measured


@pytest.mark.skipif(not PROGRAM.exists(), reason="needs mosquitto: make test-home installs it")
def test_a_few_boxes_on_one_broker(tmp_path: Path) -> None:
    """Each hears what is given to all, and nothing of their stories is lost."""
    figures = dict(measured(4, tmp_path))
    assert figures["sentences that came"] == f"{4 * SENTENCES} of {4 * SENTENCES}"
