"""The folders of a user, and of a service under systemd."""

from pathlib import Path

import pytest

from storybot.system.folders import cache_folder


def test_the_cache_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STORYBOT_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", "/x")
    assert cache_folder() == Path("/x/storybot")
    monkeypatch.setenv("CACHE_DIRECTORY", "/var/cache/storybot")
    assert cache_folder() == Path("/var/cache/storybot")
