"""A code pairs once, is not guessed, and ages; cookies are ours or none."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storybot.errors import StorybotError
from storybot.home.page.pairing import CODE_LIFE_S, GUESSES_MAX, Pairing


@pytest.fixture
def pairing(tmp_path: Path) -> Pairing:
    return Pairing(tmp_path / "page")


def test_a_code_pairs_one_device(pairing: Pairing) -> None:
    code = pairing.new_code()
    assert len(code) == 6 and code.isdecimal()
    assert pairing.take_code(f" {code[:3]} {code[3:]}")
    assert not pairing.take_code(code)


def test_only_the_last_code_counts(pairing: Pairing) -> None:
    codes = [pairing.new_code() for _ in range(3)]
    if len(set(codes)) == 3:
        assert not pairing.take_code(codes[0]) and pairing.take_code(codes[2])


def test_without_a_code_nothing_pairs(pairing: Pairing) -> None:
    assert not any(map(pairing.take_code, ("", "000000", "x" * 10_000)))


def test_a_code_is_gone_after_some_guesses(pairing: Pairing) -> None:
    code = pairing.new_code()
    wrong = "000000" if code != "000000" else "111111"
    assert not any(pairing.take_code(wrong) for _ in range(GUESSES_MAX))
    assert not pairing.take_code(code)
    code = pairing.new_code()
    assert pairing.take_code(code)


@pytest.mark.parametrize("age", [CODE_LIFE_S + 1, -60.0])
def test_an_old_code_and_one_of_the_future(pairing: Pairing, tmp_path: Path, age: float) -> None:
    """The clock of a box without a battery jumps."""
    code = pairing.new_code()
    at = time.time() - age
    os.utime(tmp_path / "page/code", (at, at))
    assert not pairing.take_code(code)


def test_cookies(pairing: Pairing, tmp_path: Path) -> None:
    pairing.prepare()
    cookie = pairing.new_cookie()
    assert pairing.knows(cookie) and cookie != pairing.new_cookie()
    assert Pairing(tmp_path / "page").knows(cookie), "also after a restart"
    name, _, mac = cookie.partition(".")
    for wrong in ("", ".", name, f"{name}.", f".{mac}", f"x{cookie}", f"{cookie}0", "é.é"):
        assert not pairing.knows(wrong)
    pairing.forget()
    assert not pairing.knows(cookie)


@given(st.text(max_size=300))
def test_no_other_cookie_is_known(text: str) -> None:
    class Fixed(Pairing):
        def _read_secret(self) -> bytes:
            return b"s" * 32

    assert not Fixed(Path("/nowhere")).knows(text)


def test_nobody_else_reads_the_files(pairing: Pairing, tmp_path: Path) -> None:
    pairing.prepare()
    pairing.new_code()
    for path in (tmp_path / "page").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "page").stat().st_mode) == 0o700


def test_a_damaged_secret_is_made_anew(pairing: Pairing, tmp_path: Path) -> None:
    pairing.prepare()
    cookie = pairing.new_cookie()
    (tmp_path / "page/secret").write_bytes(b"")
    assert not pairing.knows(cookie)
    assert pairing.knows(pairing.new_cookie())


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorybotError, match="cannot be kept in"):
        Pairing(tmp_path / "file/page").prepare()
