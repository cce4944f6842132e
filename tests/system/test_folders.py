"""The folders of a user, and of a service under systemd."""

import os
import pwd
from pathlib import Path

import pytest

from storybot.system.folders import cache_folder
from storybot.system.home_directory import have_home


def test_the_cache_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STORYBOT_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", "/x")
    assert cache_folder() == Path("/x/storybot")
    monkeypatch.setenv("CACHE_DIRECTORY", "/var/cache/storybot")
    assert cache_folder() == Path("/var/cache/storybot")


def test_a_user_whom_nobody_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container may run as any number, without HOME: nothing may end in a traceback."""

    def unknown(uid: int) -> None:
        raise KeyError(uid)

    monkeypatch.setenv("HOME", "/somewhere")  # which restores it at the end
    monkeypatch.setattr(pwd, "getpwuid", unknown)
    have_home()
    assert os.environ["HOME"] == "/somewhere"
    del os.environ["HOME"]
    have_home()
    assert Path.home() == Path("/")
